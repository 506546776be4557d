"""Which dwellings of the register a proposal means: those it names, or so many that stand somewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from boundaries.delineation.dwellings import stand_on
from boundaries.whatif.ledger import Ledger, list_known
from boundaries.whatif.proposals import Place, Selection


@dataclass(frozen=True)
class Selector:
    """Chooses dwellings, none for two proposals of one kind.

    Attributes
    ----------
    placed
        Dwellings with their place, by ``dwelling_id``, as
        `boundaries.delineation.dwellings.decide_dwellings` returns them.
    ledger
        Takes up what cannot be found.
    named
        Dwellings that any proposal names; a choice by number leaves them alone.
    taken
        Proposal that has chosen each dwelling already, by kind of proposal and dwelling id.
    """

    placed: pd.DataFrame
    ledger: Ledger
    named: frozenset[str]
    taken: dict[tuple[str, str], str] = field(default_factory=dict)

    def choose(self, kind: str, name: str, selection: Selection, on: date) -> list[str]:
        """Choose the dwellings of one proposal.

        Parameters
        ----------
        kind
            ``"relabelling"`` or ``"demolition"``.
        name
            The proposal.
        selection
            What it means.
        on
            Its day: chosen by place, a dwelling must stand then, and have the tenure asked for.

        Returns
        -------
        list of str
            Dwelling ids in rising order; faults are in the ledger.
        """
        if selection.dwelling_ids:
            chosen = self._find_named(name, selection, on)
        else:
            chosen = self._find_at(name, selection, on)
        for dwelling_id in chosen:
            earlier = self.taken.setdefault((kind, dwelling_id), name)
            if earlier != name:
                self.ledger.fault("chosen_twice", name, dwelling=dwelling_id, other=earlier)
        return chosen

    def _find_named(self, name: str, selection: Selection, on: date) -> list[str]:
        tenures = dict(zip(self.placed["dwelling_id"], self.placed["tenure"], strict=True))
        is_standing = dict(zip(self.placed["dwelling_id"], stand_on(self.placed, on), strict=True))
        found = []
        for dwelling_id in sorted(selection.dwelling_ids):
            if dwelling_id not in tenures:
                self.ledger.fault("unknown_dwelling", name, dwelling=dwelling_id)
                continue
            tenure = str(tenures[dwelling_id])
            if not is_standing[dwelling_id]:
                self.ledger.fault("not_standing", name, dwelling=dwelling_id, on=on.isoformat())
            elif selection.tenure and tenure != selection.tenure:
                self.ledger.fault(
                    "other_tenure", name, dwelling=dwelling_id, found=tenure, required=selection.tenure
                )
            else:
                found.append(dwelling_id)
        return found

    def _find_at(self, name: str, selection: Selection, on: date) -> list[str]:
        mask = self._stand_at(name, selection.place)
        if mask is None:
            return []
        is_wanted = mask & stand_on(self.placed, on) & self.placed["is_dwelling"]
        if selection.tenure:
            is_later = self.placed["relabelled_on"].gt(pd.Timestamp(on)).fillna(value=False)
            is_wanted &= self.placed["tenure"].eq(selection.tenure) & ~is_later
        ids = self.placed.loc[is_wanted, "dwelling_id"]
        left_out = self.named | {dwelling_id for _, dwelling_id in self.taken}
        free = [dwelling_id for dwelling_id in ids if dwelling_id not in left_out]
        wanted_n = len(free) if selection.dwellings_n is None else selection.dwellings_n
        if not free or wanted_n > len(free):
            self.ledger.fault("too_few", name, found=len(free), required=max(wanted_n, 1))
            return []
        if wanted_n < len(free):
            self.ledger.note("chosen_by_id", name, value=str(wanted_n), other=str(len(free)))
        return free[:wanted_n]

    def _stand_at(self, name: str, place: Place) -> pd.Series | None:
        """Tell which dwellings stand at a place; None where there are none at a part of it."""
        if place.area_id:
            return self._match(name, "area_id", (place.area_id,))
        if place.extension_id:
            found = self._match(name, "extension_id", (place.extension_id,))
            return None if found is None else found & self.placed["area_id"].notna()
        return self._match(name, "parcel_key", place.parcels)

    def _match(self, name: str, column: str, wanted: Sequence[str]) -> pd.Series | None:
        missing = [value for value in wanted if not self.placed[column].eq(value).any()]
        known = "–" if column == "parcel_key" else list_known(self.placed[column])
        for value in missing:
            self.ledger.fault("no_dwellings_at", name, place=value, known=known)
        return None if missing else self.placed[column].isin(wanted)
