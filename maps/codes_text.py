"""The code lists and the program's own words, for the terminal and as plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches

import pandas as pd

from boundaries.model import REASON_DECISIONS, Decision, ExtensionStatus, Settings, Tenure
from boundaries.registers.project import SETTING_CHOICES
from boundaries.registers.schemas import CATEGORIES, PLAN_ACTIONS, PLAN_STATUSES, SCHEMAS
from boundaries.registers.severity import SEVERITIES
from data.codes import CodeList, load_code_lists
from data.texts import Texts, show_template
from geo.errors import UsageError
from maps import labels
from maps.results import list_records
from maps.text_table import format_table, measure_width, wrap


@dataclass(frozen=True, kw_only=True)
class CodeTable:
    """A code list, ready to be shown.

    Attributes
    ----------
    name
        By which it is asked for.
    title
        What the codes tell.
    source
        The register and field, or the program itself.
    codes
        One row a code: ``code`` and ``code_text``, and what else the list says of it.
    """

    name: str
    title: str
    source: str
    codes: pd.DataFrame


def list_codes(texts: Texts) -> Mapping[str, CodeTable]:
    """Return every code list by name: those of BBR, then the words of the program."""
    official = {name: _make_official(told, texts) for name, told in load_code_lists().items()}
    return official | {name: _make_own(name, make, texts) for name, make in _OWN_LISTS.items()}


def find_codes(name: str, texts: Texts) -> CodeTable:
    """Return one code list.

    Raises
    ------
    UsageError
        Where there is none of that name (``codes.unknown_list``).
    """
    lists = list_codes(texts)
    folded = name.strip().lower().replace("-", "_")
    if folded in lists:
        return lists[folded]
    nearest = get_close_matches(folded, lists, n=1, cutoff=0.0)[0]
    raise UsageError("codes.unknown_list", {"found": name, "nearest": nearest, "known": ", ".join(lists)})


def format_codes(name: str | None, texts: Texts, *, width: int | None = None) -> str:
    """Return one code list as a table; without a name which lists there are.

    Raises
    ------
    UsageError
        Where there is no list of that name (``codes.unknown_list``).
    """
    columns = width or measure_width()
    if name is None:
        told = format_table(_overview(texts), texts, width=columns)
        return "\n\n".join(["\n".join(wrap(texts.get("codes.overview"), columns)), told])
    shown = find_codes(name, texts)
    values = {"name": shown.name, "title": shown.title, "source": shown.source}
    heading = "\n".join(wrap(texts.get("codes.heading", values), columns))
    return "\n\n".join([heading, format_table(shown.codes, texts, width=columns)])


def describe_codes(name: str | None, texts: Texts) -> list[dict[str, object]]:
    """Describe one code list, or all, by plain values: ``name``, ``title``, ``source``, ``codes``.

    Raises
    ------
    UsageError
        Where there is no list of that name (``codes.unknown_list``).
    """
    shown = list(list_codes(texts).values()) if name is None else [find_codes(name, texts)]
    return [
        {
            "name": one.name,
            "title": one.title,
            "source": one.source,
            "codes": list_records(one.codes, list(one.codes.columns)),
        }
        for one in shown
    ]


def _overview(texts: Texts) -> pd.DataFrame:
    lists = list_codes(texts).values()
    return pd.DataFrame(
        {
            "code_list": _text([one.name for one in lists]),
            "code_text": _text([one.title for one in lists]),
            "source": _text([one.source for one in lists]),
            "codes_n": [len(one.codes) for one in lists],
        }
    )


def _make_official(told: CodeList, texts: Texts) -> CodeTable:
    codes = pd.DataFrame(
        {
            "code": _text(list(told.codes)),
            "code_text": _text([code.text_da for code in told.codes.values()]),
        }
    )
    answers = [code.is_dwelling for code in told.codes.values()]
    if any(answer is not None for answer in answers):
        codes["is_dwelling"] = pd.array(answers, dtype="boolean")
    title = told.title_da if texts.language == "da" else told.title_en
    return CodeTable(name=told.name, title=title, source=told.source, codes=codes)


def _make_own(name: str, make: Callable[[Texts], pd.DataFrame], texts: Texts) -> CodeTable:
    return CodeTable(
        name=name, title=texts.get(f"codes.{name}"), source=texts.get("codes.program"), codes=make(texts)
    )


def _text(values: list[str]) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="str")


def _word_list(words: tuple[str, ...], section: str, texts: Texts) -> pd.DataFrame:
    # A word without a text of its own, of a newer register say, stands for itself.
    shown = [texts.get(f"{section}.{word}") if texts.has(f"{section}.{word}") else word for word in words]
    return pd.DataFrame({"code": _text(list(words)), "code_text": _text(shown)})


def _list_reasons(texts: Texts) -> pd.DataFrame:
    reasons = [str(reason) for reason in REASON_DECISIONS]
    return pd.DataFrame(
        {
            "code": _text(reasons),
            "decision": _text([str(decision) for decision in REASON_DECISIONS.values()]),
            "code_text": _text([texts.get(f"reason.{reason}.sentence") for reason in reasons]),
            "clause": _text([texts.get(f"reason.{reason}.clause") for reason in reasons]),
        }
    )


def _list_settings(texts: Texts) -> pd.DataFrame:
    defaults = {entry.name: getattr(Settings(), entry.name) for entry in fields(Settings)}
    return pd.DataFrame(
        {
            "code": _text(list(defaults)),
            "code_text": _text([texts.get(f"page.setting.{name}.title") for name in defaults]),
            "default": _text([_show_setting(value) for value in defaults.values()]),
            "choices": _text([", ".join(_list_choices(name, value)) for name, value in defaults.items()]),
        }
    )


def _show_setting(value: object) -> str:
    """Show a value as the project file writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return labels.format_text(f"{value:g}" if isinstance(value, float) else value)


def _list_choices(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("true", "false")
    return SETTING_CHOICES.get(name, ())


def _list_rules(texts: Texts) -> pd.DataFrame:
    texted = [texts.entries[f"finding.{rule}.text"] for rule in SEVERITIES]
    return pd.DataFrame(
        {
            "code": _text(list(SEVERITIES)),
            "severity": _text(list(SEVERITIES.values())),
            "code_text": _text([show_template(text) for text in texted]),
        }
    )


_OWN_LISTS: Mapping[str, Callable[[Texts], pd.DataFrame]] = {
    "tenures": lambda texts: _word_list(tuple(map(str, Tenure)), "tenure", texts),
    "statuses": lambda texts: _word_list(tuple(map(str, ExtensionStatus)), "status", texts),
    "decisions": lambda texts: _word_list(tuple(map(str, Decision)), "decision", texts),
    "reasons": _list_reasons,
    "categories": lambda texts: _word_list(CATEGORIES, "codes.category", texts),
    "plan_actions": lambda texts: _word_list(PLAN_ACTIONS, "codes.plan_action", texts),
    "plan_statuses": lambda texts: _word_list(PLAN_STATUSES, "codes.plan_status", texts),
    "settings": _list_settings,
    "registers": lambda texts: _word_list(tuple(SCHEMAS), "codes.register", texts),
    "rules": _list_rules,
}
"""The program's own lists, in the order in which they are shown."""
