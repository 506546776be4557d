"""The page that a folder of results opens with: what each file is, how large, and the figures that matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from data.texts import Texts, load_texts
from geo.locks import hold_lock
from geo.writers import require_absent, write_text
from maps import labels
from maps.chapters import RECORD, Chapter, ChapterFigure, read_chapters, write_chapter
from maps.document import render_document

INDEX = "index.html"
"""The front page of a folder of results."""

FINDING_FILES = ("fund.csv", "fund.json")
"""Findings of whichever command read the registers last; the page names them in its first chapter."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "read": (
        "rapport.html",
        "kort/omraader.html",
        "kort/kvadratnet.html",
        "kort/udpegninger.html",
        "flytninger.html",
        "kort/samling.html",
        "kort/stroemme.html",
        "kort/hvorhen.html",
    ),
    "work": (
        "boligkort.gpkg",
        "lister.xlsx",
        "screening.gpkg",
        "screening.xlsx",
        "flytninger.gpkg",
        "flytninger.xlsx",
    ),
    "figures": ("figurer",),
    "tables": ("lister", "celler.csv", "zoner.csv", "barrierer.csv", "flytninger"),
    "data": (
        "lister.json",
        "resultat.json",
        "screening.json",
        "flytninger.json",
        "oprindelse.json",
        *FINDING_FILES,
    ),
}
"""Files and folders by what a reader wants of them, in order; what is in none comes last, with the data."""

_TABLE_FOLDERS: Mapping[str, tuple[str, str]] = {
    "lister": ("sheet.file", "sheet"),
    "flytninger": ("moves.file", "moves"),
}
"""Of a folder of tables, the section that names its files and the start of the keys of their words."""

_LOCK = "indhold"


@dataclass(frozen=True)
class OtherFormat:
    """The same picture in another format: address and ending."""

    href: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ListedFile:
    """A file of the page: address, name, size, what it is, and the same in other formats."""

    href: str
    name: str
    size: str
    title: str
    text: str
    others: tuple[OtherFormat, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FileGroup:
    """Files that serve one purpose: element id, heading, lines."""

    key: str
    title: str
    files: tuple[ListedFile, ...]


@dataclass(frozen=True, kw_only=True)
class PageChapter:
    """A chapter of the page: element id, title, what its command tells, and its files."""

    key: str
    title: str
    badge: str
    told: Chapter
    groups: tuple[FileGroup, ...]


def refuse_foreign_index(front: Path, *, overwrite: bool) -> None:
    """Refuse to begin where a page lies that no command here has written.

    Raises
    ------
    WriteError
        As `geo.writers.require_absent`, where there is a page without a record of what it leads to.
    """
    if not (front / RECORD).exists():
        require_absent([front / INDEX], overwrite=overwrite)


def write_index(front: Path, chapter: Chapter, *, overwrite: bool = False) -> Path:
    """Put a chapter on the front page of a folder; the chapters of other commands stay.

    Parameters
    ----------
    front
        Folder of the page.
    chapter
        What a command has written in it or below.
    overwrite
        Replace a page that no command here has written; one of ours always is.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    WriteError
        As `refuse_foreign_index`; or where the page cannot be written, or another command is writing it.
    """
    refuse_foreign_index(front, overwrite=overwrite)
    with hold_lock(front / _LOCK):
        chapters = write_chapter(front, chapter)
        write_text(front / INDEX, render_index(front, chapters), overwrite=True)
    return front / INDEX


def refresh_index(front: Path) -> None:
    """Write the front page of a folder again, where it has one: a file it names has changed.

    Raises
    ------
    WriteError
        As `write_index`.
    """
    chapters = read_chapters(front)
    if chapters:
        write_index(front, chapters[0])


def render_index(front: Path, chapters: Sequence[Chapter]) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    front
        Where the page will lie; links are relative to it, and the sizes of the files are told.
    chapters
        At least one, in the order of the page, with files that are there. The first heads the page, in its
        language.

    Returns
    -------
    str
        One HTML document without scripts that fetches nothing; the same bytes for the same files.
    """
    first = chapters[0]
    texts = load_texts(first.language)
    made = [_make_chapter(front, chapters, at) for at in range(len(chapters))]
    page = {
        "language": first.language,
        "title": first.heading,
        "first": first,
        "badge": made[0].badge,
        "words": texts.section("index.words"),
        "chapters": made,
        "credits": list(dict.fromkeys((one.credits, one.language) for one in chapters)),
    }
    return render_document("index.html", page, styles=("report.css", "index.css"))


def make_figures(figures: Sequence[object]) -> tuple[ChapterFigure, ...]:
    """Return key figures of a page as those of a chapter: ``value``, ``label``, ``note``."""
    return tuple(
        ChapterFigure(**{name: str(getattr(figure, name)) for name in ("value", "label", "note")})
        for figure in figures
    )


def _make_chapter(front: Path, chapters: Sequence[Chapter], at: int) -> PageChapter:
    chapter = chapters[at]
    texts = load_texts(chapter.language)
    is_repeated = sum(one.command == chapter.command for one in chapters) > 1
    title = texts.get(f"index.chapter.{chapter.command}")
    key = f"{chapter.command}-{at + 1}" if is_repeated else chapter.command
    findings = [name for name in FINDING_FILES if (front / name).is_file()] if at == 0 else []
    return PageChapter(
        key=key,
        title=f"{title} ({chapter.folder})" if is_repeated and chapter.folder else title,
        badge=texts.get("page.synthetic") if chapter.is_synthetic else "",
        told=chapter,
        groups=_group_files(front, chapter, findings, texts),
    )


def _group_files(
    front: Path, chapter: Chapter, findings: Sequence[str], texts: Texts
) -> tuple[FileGroup, ...]:
    """Return the files of a chapter by purpose; of the findings, which lie beside the page, last."""
    own = [PurePosixPath(name) for name in chapter.files if name not in findings]
    groups: dict[str, list[PurePosixPath]] = {key: [] for key in GROUPS}
    order = [name for group in GROUPS.values() for name in group]
    for name in sorted(own, key=lambda name: _place(name, order, own)):
        groups[_find_group(name)].append(name)
    listed = {
        key: _list_files(front, PurePosixPath(chapter.folder), found, texts) for key, found in groups.items()
    }
    listed["data"] += _list_files(front, PurePosixPath(), [PurePosixPath(name) for name in findings], texts)
    return tuple(
        FileGroup(key=key, title=texts.get(f"index.group.{key}"), files=tuple(found))
        for key, found in listed.items()
        if found
    )


def _find_group(name: PurePosixPath) -> str:
    own = {str(name), name.parts[0]}
    return next((key for key, members in GROUPS.items() if own & set(members)), "data")


def _place(name: PurePosixPath, order: Sequence[str], names: Sequence[PurePosixPath]) -> tuple[int, int]:
    at = order.index(str(name)) if str(name) in order else len(order)
    return at, names.index(name)


def _list_files(
    front: Path, folder: PurePosixPath, names: Sequence[PurePosixPath], texts: Texts
) -> list[ListedFile]:
    """Return a line a file; a picture in several formats has one line."""
    lines: dict[str, list[PurePosixPath]] = {}
    for name in names:
        is_picture = name.parts[0] == "figurer"
        lines.setdefault(str(name.with_suffix("")) if is_picture else str(name), []).append(name)
    return [_describe(front, folder, found, texts) for found in lines.values()]


def _describe(front: Path, folder: PurePosixPath, names: Sequence[PurePosixPath], texts: Texts) -> ListedFile:
    first = names[0]
    key = f"index.file.{_name_key(first, texts)}"
    known = texts.has(f"{key}.title")
    return ListedFile(
        href=quote(str(folder / first)),
        name=first.name,
        size=show_size((front / folder / first).stat().st_size, texts),
        title=texts.get(f"{key}.title") if known else first.name,
        text=texts.get(f"{key}.text") if known else "",
        others=tuple(OtherFormat(quote(str(folder / one)), one.suffix[1:]) for one in names[1:]),
    )


def _name_key(name: PurePosixPath, texts: Texts) -> str:
    """Return the key of a file's words; a table goes by its sheet, in any language."""
    if name.parts[0] in _TABLE_FOLDERS and len(name.parts) > 1:
        section, start = _TABLE_FOLDERS[name.parts[0]]
        sheets = {text: key for key, text in texts.section(section).items()}
        return f"{start}_{sheets.get(name.stem, name.stem)}"
    stem = name.stem.replace("-", "_")
    return f"figure_{stem}" if name.parts[0] == "figurer" else f"{stem}_{name.suffix[1:]}"


def show_size(bytes_n: int, texts: Texts) -> str:
    """Return a size as kB or MB of a thousand, at least 1 kB."""
    if bytes_n < 1_000_000:
        return f"{labels.format_count(max(1, round(bytes_n / 1000)), texts.language)} kB"
    return f"{labels.format_number(bytes_n / 1_000_000, texts.language)} MB"
