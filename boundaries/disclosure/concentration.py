"""How concentrated the destinations of leavers are, from what may be shown alone.

Every figure is computed from sums that are published already, so that it tells readers nothing that they
could not work out themselves. Kommuner whose sum is hidden are left out of what was found and of what gravity
expects alike, and counted.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from boundaries.moves.concentration import compare_exposures, measure_concentration
from boundaries.moves.gravity import (
    DistanceDecay,
    Geography,
    fit_distance_decay,
    make_geography,
    share_by_gravity,
)
from data.kommune_population import load_populations
from data.tiles import count_steps, load_tiles
from geo.errors import DataError

TOP_N = 5
"""How many of the largest destinations are taken together."""

_CELL = ["year", "exposure"]


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """How concentrated the destinations of leavers are, as it may be shown.

    Attributes
    ----------
    measures
        As `boundaries.moves.concentration.measure_concentration`, over the destinations whose sums are shown,
        and ``hidden_n``: kommuner whose sum is hidden.
    comparison
        As `boundaries.moves.concentration.compare_exposures`, over the same.
    decay
        How moves fall off with distance, on the flows that are shown.
    kommuner_n
        Kommuner that leavers could move between.
    """

    measures: pd.DataFrame
    comparison: pd.DataFrame
    decay: DistanceDecay
    kommuner_n: int


def publish_concentration(
    shown: pd.DataFrame, destinations: pd.DataFrame, leavers: pd.DataFrame, kommuner_with: Collection[str]
) -> Concentration:
    """Measure the concentration of the destinations of those who leave kommuner with prevention areas.

    Distances are steps of the tile map, inhabitants those of `data.kommune_population`.

    Parameters
    ----------
    shown
        As `boundaries.disclosure.flows.suppress_flows` returns the flows.
    destinations, leavers
        As `boundaries.disclosure.move_products` publishes them.
    kommuner_with
        Kommuner that are left, as given there.

    Raises
    ------
    DataError
        ``movers.few_kommuner`` where there are hardly more kommuner than the largest destinations;
        ``social_export.no_moves`` and ``social_export.no_decay`` where no expectation can be formed.
    """
    geography = _place_kommuner({*shown["from_kommune"], *shown["to_kommune"]})
    decay = fit_distance_decay(shown, geography)
    expected = _expect(leavers, geography, decay.power, kommuner_with)
    inside = destinations[destinations["to_kommune"].isin(geography.kommune_codes)]
    keys = [*_CELL, "to_kommune"]
    is_hidden = inside["movers_n"].isna()
    hidden = is_hidden.groupby([inside[name] for name in _CELL]).sum().rename("hidden_n")
    known = inside[~is_hidden].merge(expected, on=keys).astype({"movers_n": "int64"})
    # Without an expectation there is nothing to hold a share against.
    table = known[known.groupby(_CELL)["expected_n"].transform("sum").gt(0)]
    if table.empty:
        raise DataError("social_export.no_moves", {"kommuner_n": len(kommuner_with)})
    measures = measure_concentration(table, top_n=TOP_N)
    return Concentration(
        measures=measures.merge(hidden.reset_index(), on=_CELL, how="left", validate="1:1"),
        comparison=compare_exposures(table, top_n=TOP_N),
        decay=decay,
        kommuner_n=len(geography.kommune_codes),
    )


def _place_kommuner(codes: Collection[str]) -> Geography:
    """Return inhabitants and distances of the kommuner that the table of moves has."""
    populations, tiles = load_populations(), load_tiles()
    known = sorted(set(codes) & set(populations) & set(tiles))
    # One of them is left, and five destinations of six would be nearly all.
    if len(known) < TOP_N + 2:
        raise DataError("movers.few_kommuner", {"found": len(known), "required": TOP_N + 2})
    rows = [
        (one, other, count_steps(tiles[one], tiles[other]))
        for one in known
        for other in known
        if one != other
    ]
    distances = pd.DataFrame(rows, columns=["from_kommune", "to_kommune", "distance"])
    return make_geography({code: populations[code] for code in known}, distances)


def _expect(
    leavers: pd.DataFrame, geography: Geography, power: float, kommuner_with: Collection[str]
) -> pd.DataFrame:
    """Share out the leavers of each kommune by gravity; a kommune whose sum is hidden takes no part."""
    codes = list(geography.kommune_codes)
    pattern = share_by_gravity(geography, power)
    own = leavers[leavers["kommune_code"].isin(set(kommuner_with) & set(codes))]
    parts = []
    for (year, exposure), rows in own.groupby(_CELL, sort=True):
        counts = rows.groupby("kommune_code")["leavers_n"].sum().reindex(codes, fill_value=0)
        shares = counts.to_numpy(dtype=np.float64, na_value=0) @ pattern
        heads = {"year": year, "exposure": exposure, "to_kommune": codes}
        parts.append(pd.DataFrame(heads | {"expected_n": shares}))
    if not parts:
        return pd.DataFrame(columns=[*_CELL, "to_kommune", "expected_n"])
    return pd.concat(parts, ignore_index=True).astype({"exposure": "str", "to_kommune": "str"})
