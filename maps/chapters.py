"""What each command has put into a folder of results, kept beside it so that one page leads to all of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import cast

from data.texts import LANGUAGES
from geo.writers import write_json

RECORD = "indhold.json"
"""The record of a folder: the chapters of its front page."""

COMMANDS = ("run", "screen", "movers")
"""Commands whose results have a chapter, in the order of the page, whichever ran last."""

_FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class ChapterFigure:
    """A figure that matters: value, what it is, and a note below."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What one command has put into a folder, as its front page tells it.

    Attributes
    ----------
    command
        One of `COMMANDS`.
    language
        Of its texts and files.
    heading, kicker, lead, credits
        Texts as they may be shown.
    is_synthetic
        The inputs are made up.
    figures
        The figures that matter, as they may be shown.
    folder
        Of its files, relative to the folder of the page, with slashes; empty for that folder itself.
    files
        Names relative to `folder`, with slashes, in the order in which a reader wants to know of them.
    """

    command: str
    language: str
    heading: str
    kicker: str
    lead: str
    credits: str
    is_synthetic: bool = False
    figures: tuple[ChapterFigure, ...] = ()
    folder: str = ""
    files: tuple[str, ...] = ()


def place_chapter(chapter: Chapter, front: Path, folder: Path, written: Sequence[Path]) -> Chapter:
    """Return a chapter with the files that were written into `folder`, which lies in or below `front`."""
    below = folder.relative_to(front).as_posix()
    names = tuple(path.relative_to(folder).as_posix() for path in written)
    return replace(chapter, folder="" if below == "." else below, files=names)


def read_chapters(front: Path) -> tuple[Chapter, ...]:
    """Read the record of a folder, as far as its files are still there.

    Parameters
    ----------
    front
        Folder of the page.

    Returns
    -------
    tuple of Chapter
        In the order of the page; of each only the files that lie there, and none without files. A record
        that is missing or cannot be understood gives none: the results can be made again.
    """
    try:
        raw = json.loads((front / RECORD).read_text(encoding="utf-8"))
        chapters = [_read_chapter(entry) for entry in raw["chapters"]] if raw["format"] == _FORMAT else []
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return ()
    found = [replace(one, files=_list_present(front, one)) for one in chapters]
    return _order([one for one in found if one.files])


def write_chapter(front: Path, chapter: Chapter) -> tuple[Chapter, ...]:
    """Put a chapter into the record, in the place of an older one of the same command and folder.

    Returns
    -------
    tuple of Chapter
        All of the folder, as `read_chapters` would return them.

    Raises
    ------
    WriteError
        As `geo.writers.write_json`.
    """
    others = [one for one in read_chapters(front) if _name(one) != _name(chapter)]
    chapters = _order([*others, replace(chapter, files=_list_present(front, chapter))])
    record = {"format": _FORMAT, "chapters": [asdict(one) for one in chapters]}
    write_json(front / RECORD, record, overwrite=True)
    return chapters


def _name(chapter: Chapter) -> tuple[str, str]:
    return chapter.command, chapter.folder


def _order(chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    return tuple(sorted(chapters, key=lambda one: (COMMANDS.index(one.command), one.folder)))


def _list_present(front: Path, chapter: Chapter) -> tuple[str, ...]:
    inside = [name for name in dict.fromkeys(chapter.files) if _is_below(chapter.folder) and _is_below(name)]
    return tuple(name for name in inside if (front / chapter.folder / name).is_file())


def _is_below(name: str) -> bool:
    """Tell whether a name stays in its folder: a record may have been edited."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name


def _read_chapter(entry: Mapping[str, object]) -> Chapter:
    names = ("command", "language", "heading", "kicker", "lead", "credits", "folder")
    texts = {name: _require_text(entry[name]) for name in names}
    if texts["command"] not in COMMANDS or texts["language"] not in LANGUAGES:
        raise ValueError(texts["command"])
    figures = cast("Sequence[Mapping[str, object]]", entry["figures"])
    return Chapter(
        **texts,
        is_synthetic=entry["is_synthetic"] is True,
        figures=tuple(
            ChapterFigure(**{name: _require_text(figure[name]) for name in ("value", "label", "note")})
            for figure in figures
        ),
        files=tuple(_require_text(name) for name in cast("Sequence[object]", entry["files"])),
    )


def _require_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value
