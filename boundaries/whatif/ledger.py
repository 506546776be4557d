"""What goes wrong, and what should be known, while proposals are applied: collected, then told together."""

from dataclasses import dataclass, field

import pandas as pd

from boundaries.model import FINDING_COLUMNS
from boundaries.registers.findings import combine_findings
from boundaries.whatif.proposals import raise_proposal_errors
from geo.errors import UsageError


@dataclass(frozen=True)
class Ledger:
    """Faults and notes of one file of proposals.

    Attributes
    ----------
    file
        The file, for messages.
    faults
        Why a proposal cannot be applied.
    notes
        What can be applied but should be known; rows of findings.
    """

    file: str
    faults: list[UsageError] = field(default_factory=list)
    notes: list[dict[str, object]] = field(default_factory=list)

    def fault(self, kind: str, proposal: str, **values: object) -> None:
        """Collect a fault; its sentence is ``error.whatif.<kind>``."""
        named = {"file": self.file, "proposal": proposal, **values}
        self.faults.append(UsageError(f"whatif.{kind}", named))

    def note(self, rule: str, proposal: str, **values: object) -> None:
        """Collect a warning; its sentence is ``finding.whatif_<rule>.text``."""
        named = {"file": self.file, "record_id": proposal, **values}
        self.notes.append({"severity": "warning", "rule": f"whatif_{rule}", "register": "", **named})

    def raise_faults(self) -> None:
        """Raise the faults, all of them at once; nothing where there are none."""
        raise_proposal_errors(self.file, self.faults)

    def make_findings(self) -> pd.DataFrame:
        """Return the notes as findings, columns `FINDING_COLUMNS`."""
        rows = [{column: note.get(column) for column in FINDING_COLUMNS} for note in self.notes]
        return combine_findings([pd.DataFrame([row], columns=list(FINDING_COLUMNS)) for row in rows])


def list_known(values: pd.Series) -> str:
    """Return the values as a message lists them, the first twenty."""
    known = sorted(set(values.dropna()))
    more = ", …" if len(known) > 20 else ""
    return ", ".join(known[:20]) + more or "–"
