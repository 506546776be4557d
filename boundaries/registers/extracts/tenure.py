"""The tenure of a unit, derived from its codes by the table of `data.codes.tenure_rules`."""

from dataclasses import dataclass, replace

import pandas as pd

from boundaries.model import Tenure
from boundaries.registers.findings import add_details, make_finding
from boundaries.registers.rows import Checked, Rows
from data.codes import use_codes
from data.codes.tenure_rules import CONDITIONS, NONE, UNKNOWN_CODE, TenureRule, load_tenure_rules

_NAMES = {
    "support": "enh046",
    "owner": "ejerforhold",
    "use": "enh020",
    "dwelling_type": "enh023",
    "letting": "enh045",
}
_ALMEN_OWNER = "20"


@dataclass(frozen=True, kw_only=True)
class DerivedTenure:
    """The tenure of every unit.

    Attributes
    ----------
    tenure
        A word of `Tenure`, on the index of the units.
    source
        Code of the rule that gave it, or `UNKNOWN_CODE`; same index.
    findings
        Codes that contradict each other, dwellings whose tenure is not told, and how many dwellings of an
        almen owner say nothing of support.
    """

    tenure: pd.Series
    source: pd.Series
    findings: tuple[pd.DataFrame, ...]


@dataclass(frozen=True)
class _Answer:
    tenure: str
    source: str
    is_contradicted: bool


def derive_tenure(units: Rows) -> DerivedTenure:
    """Derive the tenure of each unit: the first rule of the table that fits.

    Parameters
    ----------
    units
        The fields `data.codes.tenure_rules.CONDITIONS` as text, as far as the files have them.
    """
    codes = pd.DataFrame({name: units.text(name).fillna(NONE) for name in CONDITIONS})
    number = codes.groupby(list(CONDITIONS), sort=False).ngroup()
    first = codes.loc[~number.duplicated()]
    answers = [_answer(dict(zip(CONDITIONS, row, strict=True))) for row in first.itertuples(index=False)]
    told = pd.DataFrame(answers, columns=["tenure", "source", "is_contradicted"]).iloc[number]
    told = told.set_axis(units.frame.index)
    return DerivedTenure(
        tenure=told["tenure"].astype("str"),
        source=told["source"].astype("str"),
        findings=_report(units, told),
    )


def drop_told_twice(dwellings: Checked, told: pd.DataFrame) -> Checked:
    """Leave out that a tenure is unknown where it has been said why it could not be derived.

    Parameters
    ----------
    dwellings
        The dwellings, and what was found in them.
    told
        What was found on the way to them.
    """
    why = told.loc[told["rule"] == "tenure_not_derivable", ["file", "line"]]
    if why.empty:
        return dwellings
    known = pd.MultiIndex.from_frame(why.astype({"file": "str"}))
    left = []
    for found in dwellings.findings:
        places = pd.MultiIndex.from_frame(found[["file", "line"]].astype({"file": "str"}))
        left.append(found[~((found["rule"] == "tenure_unknown").to_numpy() & places.isin(known))])
    return replace(dwellings, findings=tuple(left))


def _answer(values: dict[str, str]) -> _Answer:
    rule = _find_rule(values)
    if rule is None:
        return _Answer(Tenure.UKENDT.value, UNKNOWN_CODE, is_contradicted=False)
    return _Answer(rule.tenure, rule.code, is_contradicted=rule.is_contradicted(values))


def _find_rule(values: dict[str, str]) -> TenureRule | None:
    return next((rule for rule in load_tenure_rules() if rule.fits(values)), None)


def _report(units: Rows, told: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    """Report on the units that are dwellings."""
    answers = {code: bool(entry.is_dwelling) for code, entry in use_codes().items()}
    is_dwelling = units.text("use").map(answers).astype("boolean").fillna(value=True).astype(bool)
    shown = _show_codes(units)
    contradiction = units.found(
        "tenure_contradiction", is_dwelling & told["is_contradicted"], column="support"
    )
    is_unknown = is_dwelling & told["tenure"].eq(Tenure.UKENDT.value)
    not_told = units.found("tenure_not_derivable", is_unknown, column="owner")
    return (
        add_details(contradiction, {"value": shown, "other": told["tenure"]}),
        add_details(not_told, {"value": shown, "other": told["source"]}),
        *_tell_missing_support(units, is_dwelling),
    )


def _show_codes(units: Rows) -> pd.Series:
    """Return the codes of each unit as ``"enh046 10, ejerforhold 20"``, ``–`` where there is none."""
    shown = [_NAMES[name] + " " + units.text(name).fillna("–") for name in ("support", "owner")]
    return shown[0] + ", " + shown[1]


def _tell_missing_support(units: Rows, is_dwelling: pd.Series) -> list[pd.DataFrame]:
    """Say once a file how many almen-owned dwellings do not tell their kind, and are taken by their owner."""
    where = is_dwelling & units.text("owner").eq(_ALMEN_OWNER) & units.text("support").isna()
    counts = units.origin.loc[where, "file"].astype("str").value_counts().sort_index()
    return [
        make_finding("support_not_told", units.register, {"file": file, "measure": float(n)})
        for file, n in counts.items()
    ]
