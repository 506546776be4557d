"""The page that a folder of results opens with: what each file is, how large, and the figures that matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from boundaries.designation.made_list import NoList
from boundaries.disclosure.lists import PublishedList
from boundaries.disclosure.suppression import Published
from data.texts import Texts
from maps import labels
from maps.document import render_document
from maps.list_text import summarise_list
from maps.page_texts import describe_law
from maps.report import make_key_figures, tell_heading

GROUPS: Mapping[str, tuple[str, ...]] = {
    "read": ("rapport.html", "kort/omraader.html"),
    "work": ("boligkort.gpkg", "lister.xlsx"),
    "figures": ("figurer",),
    "tables": ("lister",),
    "data": ("lister.json", "resultat.json", "oprindelse.json", "fund.csv", "fund.json"),
}
"""Files and folders by what a reader wants of them, in order; what is in none comes last, with the data."""


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


def render_index(
    folder: Path, files: Sequence[Path], published: Published, listed: PublishedList | NoList, texts: Texts
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    folder
        Where the page will lie; links are relative to it.
    files
        What was written below it; their sizes are told.
    published, listed
        As `maps.report.render_report`.
    texts
        Catalog of the page's language.

    Returns
    -------
    str
        One HTML document without scripts that fetches nothing; the same bytes for the same files.
    """
    assessment = published.assessment
    lead = (
        summarise_list(listed, texts)
        if isinstance(listed, PublishedList)
        else texts.get(f"error.{listed.key}", listed.values)
    )
    heading = tell_heading(assessment, listed, texts)
    page = {
        "language": texts.language,
        "title": heading,
        "heading": heading,
        "kicker": describe_law(assessment.status_date, texts),
        "badge": texts.get("page.synthetic") if assessment.is_synthetic else "",
        "lead": lead,
        "figures": make_key_figures(published, listed, texts),
        "groups": _group_files(folder, files, texts),
        "credits": texts.get("figure.credits_synthetic" if assessment.is_synthetic else "figure.credits"),
    }
    return render_document("index.html", page, styles=("report.css", "index.css"))


def _group_files(folder: Path, files: Sequence[Path], texts: Texts) -> list[dict[str, object]]:
    names = [PurePosixPath(file.relative_to(folder).as_posix()) for file in files]
    groups: dict[str, list[PurePosixPath]] = {key: [] for key in GROUPS}
    for name in names:
        groups[_find_group(name)].append(name)
    order = [name for group in GROUPS.values() for name in group]
    return [
        {
            "key": key,
            "title": texts.get(f"index.group.{key}"),
            "files": _list_files(folder, sorted(found, key=lambda name: _place(name, order, names)), texts),
        }
        for key, found in groups.items()
        if found
    ]


def _find_group(name: PurePosixPath) -> str:
    own = {str(name), name.parts[0]}
    return next((key for key, members in GROUPS.items() if own & set(members)), "data")


def _place(name: PurePosixPath, order: Sequence[str], names: Sequence[PurePosixPath]) -> tuple[int, int]:
    at = order.index(str(name)) if str(name) in order else len(order)
    return at, names.index(name)


def _list_files(folder: Path, names: Sequence[PurePosixPath], texts: Texts) -> list[ListedFile]:
    """Return a line a file; a picture in several formats has one line."""
    lines: dict[str, list[PurePosixPath]] = {}
    for name in names:
        is_picture = name.parts[0] == "figurer"
        lines.setdefault(str(name.with_suffix("")) if is_picture else str(name), []).append(name)
    return [_describe(folder, found, texts) for found in lines.values()]


def _describe(folder: Path, names: Sequence[PurePosixPath], texts: Texts) -> ListedFile:
    first = names[0]
    key = f"index.file.{_name_key(first, texts)}"
    known = texts.has(f"{key}.title")
    return ListedFile(
        href=quote(str(first)),
        name=first.name,
        size=show_size((folder / first).stat().st_size, texts),
        title=texts.get(f"{key}.title") if known else first.name,
        text=texts.get(f"{key}.text") if known else "",
        others=tuple(OtherFormat(quote(str(one)), one.suffix[1:]) for one in names[1:]),
    )


def _name_key(name: PurePosixPath, texts: Texts) -> str:
    """Return the key of a file's words; a table of the list goes by its sheet, in any language."""
    if name.parts[0] == "lister" and len(name.parts) > 1:
        sheets = {text: key for key, text in texts.section("sheet.file").items()}
        return f"sheet_{sheets.get(name.stem, name.stem)}"
    stem = name.stem.replace("-", "_")
    return f"figure_{stem}" if name.parts[0] == "figurer" else f"{stem}_{name.suffix[1:]}"


def show_size(bytes_n: int, texts: Texts) -> str:
    """Return a size as kB or MB of a thousand, at least 1 kB."""
    if bytes_n < 1_000_000:
        return f"{labels.format_count(max(1, round(bytes_n / 1000)), texts.language)} kB"
    return f"{labels.format_number(bytes_n / 1_000_000, texts.language)} MB"
