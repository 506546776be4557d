"""Layers of a list for the GeoPackage: areas by category, criteria, and earlier lists."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from boundaries.designation.categories import SEVERITY, Category
from boundaries.disclosure.lists import PublishedList
from data.texts import Texts
from geo.geopackage import Column, Layer
from maps import labels
from maps.list_words import format_margin, name_category, to_limit, to_percent
from maps.palette import Ink, OutlineStyle
from maps.qml import (
    add_aliases,
    add_categories,
    add_hatch,
    add_labels,
    make_fill_symbol,
    start_style,
    write_style,
)
from maps.yearly_lists import list_area_changes

ListLayer = Literal["designations", "criteria", "lists"]

NO_CATEGORY = "none"
"""Value of ``category`` for an area that is on no list."""

CATEGORY_STYLES: Mapping[str, OutlineStyle] = MappingProxyType(
    {
        Category.OMDANNELSESOMRAADE: OutlineStyle(
            line=Ink("#3b0a4a", "#d9a3ef"), width_px=2.4, fill_opacity=0.35
        ),
        Category.PARALLELSAMFUND: OutlineStyle(
            line=Ink("#b01030", "#ff8a80"), width_px=2.2, fill_opacity=0.25
        ),
        Category.UDSAT_BOLIGOMRAADE: OutlineStyle(
            line=Ink("#c77700", "#ffb066"), width_px=2.0, fill_opacity=0.3
        ),
        Category.FOREBYGGELSESOMRAADE: OutlineStyle(
            line=Ink("#0068b5", "#7cc0ee"), width_px=2.0, fill_opacity=0.2
        ),
        NO_CATEGORY: OutlineStyle(line=Ink("#84898c", "#767d82"), width_px=1.4, dash="6 4"),
    }
)
"""How an area is drawn by category, the most severe first."""

HATCH_ANGLES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        Category.OMDANNELSESOMRAADE: (45, 135),
        Category.PARALLELSAMFUND: (45,),
        Category.FOREBYGGELSESOMRAADE: (0,),
    }
)
"""Lines over the fill, in degrees, so that no category rests on colour alone."""

COLUMNS: Mapping[ListLayer, tuple[str, ...]] = MappingProxyType(
    {
        "designations": (
            *("area_id", "area", "kommune_code", "category", "term", "change", "possible", "residents_n"),
            *("residents_max_n", "residents_2010", "residents_margin_n", "criteria_met_n"),
            *("criteria_required_n", "hidden"),
        ),
        "criteria": (
            *("area_id", "area", "criteria_set", "criterion", "status", "value_pct", "compare", "limit_pct"),
            *("margin_n", "margin_direction", "margin_text", "numerator", "denominator", "missing_n"),
            *("undecided_n", "low_pct", "high_pct", "is_open", "mean_income_dkk", "limit_dkk"),
            *("margin_per_person_dkk", "hidden"),
        ),
        "lists": ("list_date", "area_id", "area", "term"),
    }
)
"""Columns of each layer, in order."""


def style_designations(texts: Texts, *, labels_of: Mapping[str, str]) -> str:
    """Return the QML style of the areas by category.

    Parameters
    ----------
    texts
        Catalog of the columns' titles.
    labels_of
        Category to the law's word on the list date, and `NO_CATEGORY`; the legend shows these alone.
    """
    root = start_style()
    categories = []
    for category, label in labels_of.items():
        outline = CATEGORY_STYLES[category]
        symbol = make_fill_symbol(category, outline)
        for angle in HATCH_ANGLES.get(category, ()):
            add_hatch(symbol, outline.line, angle=angle)
        categories.append((category, label, symbol))
    add_categories(root, "category", categories)
    add_labels(root, "area")
    add_aliases(root, ((name, _title_of(name, texts)) for name in COLUMNS["designations"]))
    return write_style(root)


def list_layers(published: PublishedList, texts: Texts) -> list[Layer]:
    """Return the layers of a list, for the GeoPackage of a run.

    Parameters
    ----------
    published
        As `boundaries.disclosure.lists.publish_list` makes it; a hidden number is empty, and its column
        named in ``hidden``.
    texts
        Catalog of titles and words.

    Returns
    -------
    list of Layer
        ``designations`` (areas, EPSG:25832, styled by category), and the tables ``criteria`` and ``lists``
        (every area on every earlier list; left out where no list is known).
    """
    words = _name_categories(published, texts)
    designations = _designations(published)
    codes: dict[str, Mapping[str, str]] = {
        "category": words,
        "change": texts.section("list.change"),
        "status": texts.section("criterion.status"),
        "criterion": {
            name: texts.get(f"criterion.{name}.title") for name in published.criteria["criterion"].unique()
        },
    }
    frames: dict[ListLayer, pd.DataFrame] = {
        "designations": designations,
        "criteria": _criteria(published, texts),
        "lists": _lists(published),
    }
    return [
        Layer(
            name=name,
            frame=frame,
            title=texts.get(f"sheet.layer.{name}.title"),
            description=texts.get(f"sheet.layer.{name}.description"),
            columns={
                column: Column(title=_title_of(column, texts), codes=codes.get(column))
                for column in COLUMNS[name]
            },
            qml=style_designations(texts, labels_of=words) if name == "designations" else None,
            geometry_type="MultiPolygon" if name == "designations" else None,
        )
        for name, frame in frames.items()
        if len(frame) or name != "lists"
    ]


def _title_of(column: str, texts: Texts) -> str:
    key = f"sheet.layer.column.{column}"
    return texts.get(key) if texts.has(key) else texts.get(f"sheet.column.{column}")


def _name_categories(published: PublishedList, texts: Texts) -> dict[str, str]:
    kinds = [kind for kind in SEVERITY if kind in published.made.rules.terms]
    named = {kind.value: name_category(kind, published, texts) for kind in kinds}
    return named | {NO_CATEGORY: texts.get("category.none")}


def _designations(published: PublishedList) -> gpd.GeoDataFrame:
    areas, shapes = published.areas, published.made.assessment.areas
    changed = {row["area_id"]: row["change"] for row in list_area_changes(published)}
    frame = areas.rename(columns={"name": "area"}).assign(
        category=areas["category"].fillna(NO_CATEGORY).astype("str"),
        change=areas["area_id"].map(changed).astype("str"),
        criteria_required_n=areas["criteria_required_n"].astype("Int64"),
    )
    geometry = areas[["area_id"]].merge(shapes[["area_id", "geometry"]], on="area_id", validate="1:1")
    columns = list(COLUMNS["designations"])
    return gpd.GeoDataFrame(frame[columns], geometry=geometry["geometry"].to_numpy(), crs=shapes.crs)


def _criteria(published: PublishedList, texts: Texts) -> pd.DataFrame:
    criteria = published.criteria
    names = dict(zip(published.areas["area_id"], published.areas["name"], strict=True))
    rows = labels.list_rows(criteria)
    shares = {
        f"{name}_pct": [_to_float(to_percent(row[name], str(row["criterion"]))) for row in rows]
        for name in ("value", "low", "high")
    }
    frame = criteria.assign(
        area=criteria["area_id"].map(names).astype("str"),
        margin_text=pd.array([format_margin(row, texts) for row in rows], dtype="str"),
        limit_pct=pd.array([_to_float(to_limit(row["limit"])) for row in rows], dtype="Float64"),
        **{name: pd.array(values, dtype="Float64") for name, values in shares.items()},
    )
    return frame[list(COLUMNS["criteria"])]


def _to_float(number: Any) -> float | None:
    return None if number is None else float(number)


def _lists(published: PublishedList) -> pd.DataFrame:
    names = dict(zip(published.areas["area_id"], published.areas["name"], strict=True))
    rows = [
        (pd.Timestamp(day), str(row["area_key"]), names.get(row["area_key"], row["area_key"]), str(term))
        for row in labels.list_rows(published.made.yearly_list.history)
        for day, term in row.items()
        if day != "area_key" and not labels.is_missing(term) and term != "?"
    ]
    frame = pd.DataFrame(sorted(rows), columns=list(COLUMNS["lists"]))
    text = dict.fromkeys(("area_id", "area", "term"), "str")
    return frame.astype({"list_date": "datetime64[s]", **text})
