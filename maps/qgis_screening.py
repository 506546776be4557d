"""Layers of a screening for the GeoPackage, styled by the palette of its pages."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.city_screening import ComparedZones, ScreenedCity
from boundaries.disclosure.cells import Shown
from boundaries.screening.designations import Land
from boundaries.screening.zones import draw_cells
from data.texts import Texts
from geo.geopackage import Column, Layer
from maps.palette import OutlineStyle
from maps.qml import (
    add_aliases,
    add_categories,
    add_hatch,
    add_labels,
    add_symbol_layer,
    make_fill_symbol,
    make_symbol,
    rgba,
    start_style,
    write_style,
)
from maps.screening_palette import (
    BLOCK_STYLE,
    CELL_INKS,
    HIDDEN_INKS,
    LAND_ANGLES,
    LAND_INKS,
    STATUS_STYLES,
    ZONE_STYLE,
)
from maps.screening_tables import (
    tabulate_block_zones,
    tabulate_cells,
    tabulate_compared,
    tabulate_zones,
    title_column,
)
from maps.screening_views import COUNT_N, EMPTY_STYLE

HIDDEN, NONE = "hidden", "none"
"""Values of ``drawn_as`` for a cell that shows nothing, and for one without a figure."""


def screening_layers(city: ScreenedCity, texts: Texts) -> list[Layer]:
    """Return the layers of a screening.

    Parameters
    ----------
    city
        As it may be shown.
    texts
        Catalog of titles and words.

    Returns
    -------
    list of Layer
        ``zones`` and ``cells`` (MultiPolygon, EPSG:25832), with another designation ``compared_zones``
        and ``compared_land``, and with blocks ``block_zones``. What is hidden is empty.
    """
    zones = city.published.zones
    cells = tabulate_cells(city)
    cells.insert(3, "drawn_as", _class_cells(cells))
    places = city.published.cells[["column", "row"]].reset_index(drop=True)
    squares = draw_cells(places, city.settings.grid).geometry
    table = tabulate_zones(city)
    table = table[table["part"] == "zone"].drop(columns="part").reset_index(drop=True)
    layers = [
        _make_layer("zones", table, zones.geometry, _style_zones(table, texts), texts),
        _make_layer("cells", cells, squares, _style_cells(cells, texts), texts),
    ]
    if city.compared is not None:
        layers += _compare_layers(city, city.compared, texts)
    if city.block_zones is not None:
        blocks = tabulate_block_zones(city)
        qml = _style_blocks(blocks, texts)
        layers.append(_make_layer("block_zones", blocks, city.block_zones.geometry, qml, texts))
    return layers


def _compare_layers(city: ScreenedCity, compared: ComparedZones, texts: Texts) -> list[Layer]:
    table = tabulate_compared(city, texts)
    kept = [not shape.is_empty for shape in compared.land.geometry]
    land = compared.land[kept].reset_index(drop=True)
    frame = pd.DataFrame(land[["land", "area_m2"]])
    return [
        _make_layer("compared_zones", table, compared.zones.geometry, _style_status(table, texts), texts),
        _make_layer("compared_land", frame, land.geometry, _style_land(frame, texts), texts),
    ]


def _make_layer(name: str, table: pd.DataFrame, shapes: gpd.GeoSeries, qml: str, texts: Texts) -> Layer:
    multi = [shapely.multipolygons(shapely.get_parts(shape)) for shape in shapes]
    geometry = gpd.GeoSeries(multi, index=table.index, crs=shapes.crs)
    return Layer(
        name=name,
        frame=gpd.GeoDataFrame(table, geometry=geometry),
        title=texts.get(f"screening.layer.{name}.title"),
        description=texts.get(f"screening.layer.{name}.description"),
        columns={
            column: Column(title=title_column(column, texts), codes=_codes_of(column, texts))
            for column in table.columns
        },
        qml=qml,
        geometry_type="MultiPolygon",
    )


def _codes_of(column: str, texts: Texts) -> Mapping[str, str] | None:
    if column in {"shown", "status", "land", "drawn_as"}:
        return texts.section(f"screening.{column}")
    return None


def _class_cells(cells: pd.DataFrame) -> pd.Series:
    """Return what the style tells cells apart by: the number of criteria met, in text."""
    met = cells["criteria_met_n"].astype("str").fillna(NONE)
    drawn = met.mask(cells["residents_n"].eq(0).fillna(value=False).astype(bool), NONE)
    return drawn.mask(cells["shown"].eq(Shown.NOTHING.value), HIDDEN).astype("str")


def _style_cells(cells: pd.DataFrame, texts: Texts) -> str:
    root = start_style()
    words = texts.section("screening.drawn_as")
    categories = [
        (str(at), words[str(at)], _fill(str(at), CELL_INKS[f"g-count-{at}"].light)) for at in range(COUNT_N)
    ]
    hidden = _fill(HIDDEN, HIDDEN_INKS[0].light)
    add_hatch(hidden, HIDDEN_INKS[1])
    categories += [
        (HIDDEN, words[HIDDEN], hidden),
        (NONE, words[NONE], _fill(NONE, CELL_INKS[EMPTY_STYLE].light)),
    ]
    add_categories(root, "drawn_as", categories)
    return _finish(root, cells, texts)


def _fill(name: str, colour: str) -> ET.Element:
    symbol = make_symbol(name, "fill")
    properties = {
        "color": rgba(colour),
        "style": "solid",
        "outline_color": rgba("#ffffff", 0.6),
        "outline_style": "solid",
        "outline_width": "0.1",
        "outline_width_unit": "MM",
    }
    add_symbol_layer(symbol, "SimpleFill", properties)
    return symbol


def _style_zones(table: pd.DataFrame, texts: Texts) -> str:
    root = start_style()
    renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol", enableorderby="0", symbollevels="0")
    ET.SubElement(renderer, "symbols").append(make_fill_symbol("0", ZONE_STYLE))
    add_labels(root, "name")
    return _finish(root, table, texts)


def _style_blocks(table: pd.DataFrame, texts: Texts) -> str:
    root = start_style()
    renderer = ET.SubElement(root, "renderer-v2", type="singleSymbol", enableorderby="0", symbollevels="0")
    ET.SubElement(renderer, "symbols").append(make_fill_symbol("0", BLOCK_STYLE))
    return _finish(root, table, texts)


def _style_status(table: pd.DataFrame, texts: Texts) -> str:
    root = start_style()
    categories = [
        (status.value, texts.get(f"screening.status.{status}"), make_fill_symbol(status.value, style))
        for status, style in STATUS_STYLES.items()
    ]
    add_categories(root, "status", categories)
    add_labels(root, "label")
    return _finish(root, table, texts)


def _style_land(table: pd.DataFrame, texts: Texts) -> str:
    root = start_style()
    categories = []
    for land in Land:
        outline = OutlineStyle(line=LAND_INKS[land], width_px=0.5, fill_opacity=0.3)
        symbol = make_fill_symbol(land.value, outline)
        if land in LAND_ANGLES:
            add_hatch(symbol, LAND_INKS[land], angle=LAND_ANGLES[land])
        categories.append((land.value, texts.get(f"screening.land.{land}"), symbol))
    add_categories(root, "land", categories)
    return _finish(root, table, texts)


def _finish(root: ET.Element, table: pd.DataFrame, texts: Texts) -> str:
    add_aliases(root, ((name, title_column(name, texts)) for name in table.columns))
    return write_style(root)
