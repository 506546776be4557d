"""Words and numbers of a screening: criteria, values, limits, settings and columns, as people read them."""

from collections.abc import Mapping
from fractions import Fraction

import pandas as pd

from boundaries.city_screening import ScreenedCity
from boundaries.registers.cell_columns import UNITS, GridCriterion, name_denominator, name_numerator
from boundaries.screening.settings import CriterionRule, ScreeningSettings
from data.texts import Texts
from maps import labels

_NUMBERED = (
    "cell_size_m",
    "radius_cells",
    "neighbourhood_residents_n",
    "max_radius_cells",
    "observations_n",
    "criteria_required_n",
    "gap_cells_n",
    "hole_cells_n",
    "width_cells_n",
    "group_residents_n",
    "connectivity",
    "dwelling_m2_from",
    "dwelling_m2_to",
    "dwelling_residents_most_n",
    "low_income_below_median_pct",
)
_WORDED = ("neighbourhood_shape", "origin_list", "unknown_education_counts", "leaves_out_students")


def name_criterion(criterion: GridCriterion, texts: Texts) -> str:
    """Return the name of a criterion."""
    return texts.get(f"criterion.grid.{criterion}.name")


def is_area(criterion: GridCriterion) -> bool:
    """Tell whether a criterion is m2 a resident; the others are per cent."""
    return criterion is GridCriterion.DWELLING_AREA


def list_known(city: ScreenedCity) -> list[GridCriterion]:
    """Return the criteria of which the city has a value, in the order of the policy."""
    return [name for name, limit in city.limits.items() if limit.city is not None]


def find_value(row: Mapping[str, object], criterion: GridCriterion) -> Fraction | None:
    """Return a value from numerator and denominator: m2 a resident, or per cent; None where it is hidden."""
    numerator, denominator = row[name_numerator(criterion)], row[name_denominator(criterion)]
    if labels.is_missing(numerator) or labels.is_missing(denominator) or not denominator:
        return None
    value = Fraction(int(str(numerator)), int(str(denominator)) * UNITS[criterion])
    return value if is_area(criterion) else 100 * value


def scale_share(value: Fraction | None, criterion: GridCriterion) -> Fraction | None:
    """Return a value held as a share of 1, or m2, in per cent or m2."""
    return value if value is None or is_area(criterion) else 100 * value


def show_number(value: Fraction | None, texts: Texts) -> str:
    """Return a value with one decimal and no unit."""
    return labels.MISSING if value is None else labels.format_number(value, texts.language)


def show_value(value: Fraction | None, criterion: GridCriterion, texts: Texts) -> str:
    """Return a value with its unit."""
    if value is None:
        return labels.MISSING
    return texts.get(f"screening_map.unit.{_unit(criterion)}", {"value": show_number(value, texts)})


def show_points(value: Fraction | None, criterion: GridCriterion, texts: Texts) -> str:
    """Return a distance between two values with its unit: percentage points, or m2."""
    if value is None:
        return labels.MISSING
    unit = "m2" if is_area(criterion) else "points"
    return texts.get(f"screening_map.unit.{unit}", {"value": show_number(value, texts)})


def _unit(criterion: GridCriterion) -> str:
    return "m2" if is_area(criterion) else "pct"


def list_stability(city: ScreenedCity) -> dict[int, Fraction]:
    """Return the stability of each zone, 0 to 1."""
    frame = city.stability_zones
    return {
        int(zone): Fraction(int(part), int(whole))
        for zone, part, whole in zip(frame["zone"], frame["stability_n"], frame["stability_of"], strict=True)
        if whole
    }


def show_stability(share: Fraction | None, texts: Texts) -> str:
    """Return a stability in whole per cent."""
    if share is None:
        return labels.MISSING
    return labels.format_share(share.numerator, share.denominator, texts.language, decimals=0)


def name_zone(zone: int, name: str, texts: Texts) -> str:
    """Return the number of a zone, with its name where it has one of its own."""
    key = "zone_number" if name == str(zone) else "zone_named"
    return texts.get(f"screening_map.{key}", {"zone": zone, "name": name})


def describe_limit(city: ScreenedCity, criterion: GridCriterion, texts: Texts) -> str:
    """Return a criterion's limit and how it came about, as a part of a sentence."""
    limit, rule = city.limits[criterion], city.settings.rules[criterion]
    values = {
        "limit": show_value(scale_share(limit.value, criterion), criterion, texts),
        "city": show_value(scale_share(limit.city, criterion), criterion, texts),
        "distance": show_points(rule.limit, criterion, texts),
        "percentile": show_number(rule.limit, texts),
    }
    return texts.get(f"screening_map.limit.{rule.basis}", values)


def describe_settings(city: ScreenedCity, texts: Texts) -> list[tuple[str, str]]:
    """Return every setting of a screening with its value, and the limits of what is shown."""
    settings = city.settings
    lines = [(_title("year", texts), _show_year(city, texts))]
    lines += [(_title(name, texts), _show_setting(settings, name, texts)) for name in (*_NUMBERED, *_WORDED)]
    median = settings.median_income_dkk
    shown = labels.format_count(median, texts.language)
    lines.append(
        (_title("median_income_dkk", texts), shown if median else _word("median_income_dkk.none", texts))
    )
    for name, rule in settings.rules.items():
        lines.append((name_criterion(name, texts), _describe_rule(city, name, rule, texts)))
    limits = city.published.limits
    for limit in ("households_n", "residents_n", "full_households_n", "full_residents_n", "threshold_n"):
        lines.append(
            (_title(f"limit_{limit}", texts), labels.format_count(getattr(limits, limit), texts.language))
        )
    return lines


def _title(name: str, texts: Texts) -> str:
    return texts.get(f"screening.setting.{name}")


def _word(name: str, texts: Texts) -> str:
    return texts.get(f"screening.setting_word.{name}")


def _show_year(city: ScreenedCity, texts: Texts) -> str:
    year = city.years.get(None)
    return _word("year.none", texts) if year is None else str(year)


def _show_setting(settings: ScreeningSettings, name: str, texts: Texts) -> str:
    value = getattr(settings, name)
    if name in _WORDED:
        return _word(f"{name}.{str(value).lower()}", texts)
    return labels.format_count(int(value), texts.language)


def _describe_rule(city: ScreenedCity, name: GridCriterion, rule: CriterionRule, texts: Texts) -> str:
    if city.limits[name].city is None:
        return texts.get("screening_map.limit.unknown")
    said = describe_limit(city, name, texts)
    year = city.years.get(name)
    if rule.year is None or year is None:
        return said
    return texts.get("screening_map.limit.of_year", {"limit": said, "year": year})


def describe_sources(files: pd.DataFrame, texts: Texts) -> str:
    """Return the input files in one line, each with its number of rows."""
    return "; ".join(
        texts.get("page.source", {"file": file, "rows": labels.format_count(rows, texts.language)})
        for file, rows in zip(files["file"], files["rows_n"], strict=True)
    )


def list_notes(city: ScreenedCity, texts: Texts) -> list[tuple[str, str]]:
    """Return what the page says below the map: method, what it cannot say, settings, inputs."""
    size = labels.format_count(int(city.settings.cell_size_m), texts.language)
    required = {"required": city.settings.criteria_required_n, "size": size}
    said = ("method", "areal_unit", "stability", "disclosure")
    notes = [
        (texts.get(f"screening_map.note.{name}"), texts.get(f"screening_map.note.{name}_text", required))
        for name in said
    ]
    settings = "; ".join(f"{title}: {value}" for title, value in describe_settings(city, texts))
    return [
        *notes,
        (texts.get("screening_map.note.settings"), settings),
        (texts.get("page.sources"), describe_sources(city.files, texts)),
    ]
