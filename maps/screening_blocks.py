"""The zones given to whole blocks on the page: their outlines, and a note of what they are."""

from boundaries.city_screening import ScreenedCity
from data.texts import Texts
from maps import layers


def describe_outlines(city: ScreenedCity) -> list[list[list[list[int]]]]:
    """Return the outlines of the zones given to whole blocks, as the page draws polygons."""
    if city.block_zones is None:
        return []
    return [layers.encode_polygons(shape) for shape in layers.to_wgs84(city.block_zones.geometry)]


def describe_blocks(city: ScreenedCity, texts: Texts) -> str:
    """Say how blocks were given to zones, and what is told of them; empty where there are none."""
    if city.block_zones is None:
        return ""
    files = city.files[city.files["register"] == "blocks"]["file"]
    rule = texts.get(f"screening.blocks.rule.{city.settings.snap_by}")
    values = {"rule": rule, "files": ", ".join(files), "zones": len(city.block_zones)}
    word = "counted" if "residents_n" in city.block_zones else "uncounted"
    parts = [texts.get("screening.blocks.note", values), texts.get(f"screening.blocks.{word}")]
    return " ".join(parts)
