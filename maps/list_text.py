"""What the terminal says of a list, of the law, and of published values. Prints nothing itself."""

from collections import Counter
from typing import Any

import pandas as pd

from boundaries.designation.categories import Category
from boundaries.designation.law import Criterion, LawListing, LawRow
from boundaries.designation.published import PublishedClassification, PublishedDecision
from boundaries.designation.verdict import Status
from boundaries.disclosure.lists import PublishedList
from data.texts import Texts
from maps import labels
from maps.list_sources import show_law_value
from maps.list_words import (
    DECIMALS,
    find_last_list,
    format_decimal,
    format_margin,
    format_reasons,
    is_hidden,
    list_kinds,
    name_category,
    rank_category,
    show_comparison,
    to_limit,
    to_percent,
)
from maps.terminal import format_findings
from maps.text_table import clean, format_table, wrap

_MARKS = {Status.MET: "*", Status.UNDECIDED: "?", Status.NOT_MET: ""}


def format_list(published: PublishedList, texts: Texts, *, width: int = 100) -> str:
    """Return a list: how many areas, each area with its criteria and margins, and what has changed.

    Parameters
    ----------
    published
        As `boundaries.disclosure.lists.publish_list` makes it.
    texts
        Catalog.
    width
        Columns of the terminal.
    """
    parts = [
        *wrap(summarise_list(published, texts), width),
        "",
        _head(texts.get("list_text.areas")),
        format_table(_tabulate_areas(published, texts), texts, width=width),
        "",
        _head(texts.get("list_text.criteria")),
        format_table(_tabulate_criteria(published, texts), texts, width=width),
        "",
        _head(texts.get("list_text.changes")),
        _format_changes(published, texts, width),
        *_format_plan(published, texts, width),
    ]
    if published.criteria["hidden"].ne("").any() or published.areas["hidden"].ne("").any():
        word = {"word": texts.get("label.suppressed")}
        parts += ["", *wrap(texts.get("list_text.hidden", word), width)]
    return "\n".join(parts)


def _head(title: str) -> str:
    return f"{title}\n{'─' * len(title)}"


def summarise_list(published: PublishedList, texts: Texts) -> str:
    """Return the sentences that say how many areas are on each list, and how many more or fewer than before.

    Parameters
    ----------
    published
        The list; the difference is left out where there is no earlier list.
    texts
        Catalog.
    """
    counts = published.made.yearly_list.counts
    now = {row["list"]: row["areas_n"] for row in labels.list_rows(counts) if not row["kommune_code"]}
    last = find_last_list(published)
    kinds, sentences = list_kinds(published), []
    for kind in kinds:
        key = "summary" if kind == kinds[0] else "part"
        if kind is Category.FOREBYGGELSESOMRAADE:
            key = "beside"
        number = int(now[kind.value])
        values = {
            "day": labels.format_date(published.list_date, texts.language, is_long=True),
            "areas": _count_areas(number, published.made.rules.terms[kind], texts),
        }
        if last is not None:
            is_year = last.year == published.list_date.year - 1
            before = texts.get("list_text.year_before" if is_year else "list_text.last_list")
            values["difference"] = _compare(number - published.before_n[kind.value], before, texts)
        sentences.append(texts.get(f"list_text.{key}{'' if last else '_first'}", values))
    if last is None:
        sentences.append(texts.get("list_text.no_last_list"))
    day = {"day": labels.format_date(published.status_date, texts.language, is_long=True)}
    sentences.append(texts.get("list_text.counted_on", day))
    if published.is_synthetic:
        sentences.append(texts.get("list_text.synthetic"))
    return " ".join(sentences)


def _count_areas(number: int, term: str, texts: Texts) -> str:
    key = term.replace("å", "aa").replace(" ", "_")
    if number == 0:
        return texts.get("list_text.none", {"areas": texts.get(f"list_text.term.{key}.other")})
    words = texts.get(f"list_text.term.{key}.{'one' if number == 1 else 'other'}")
    return f"{labels.format_count(number, texts.language)} {words}"


def _compare(difference: int, before: str, texts: Texts) -> str:
    if difference == 0:
        return texts.get("list_text.same", {"before": before})
    number = abs(difference)
    key = f"list_text.{'more' if difference > 0 else 'fewer'}.{'one' if number == 1 else 'other'}"
    return texts.get(key, {"n": labels.format_count(number, texts.language), "before": before})


def _tabulate_areas(published: PublishedList, texts: Texts) -> pd.DataFrame:
    rows = []
    for row in sorted(labels.list_rows(published.areas), key=_place):
        residents = {
            "criterion": "residents",
            "margin_n": row["residents_margin_n"],
            "margin_direction": row["residents_margin_direction"],
            "hidden": "margin_n" if is_hidden(row, "residents_margin_n") else "",
        }
        met = _show_count(row, "criteria_met_n", texts)
        rows.append(
            {
                "area_id": row["area_id"],
                "area": row["name"],
                "category": name_category(row["category"], published, texts),
                "possible": labels.format_text(row["possible"]),
                "residents_n": _show_count(row, "residents_n", texts),
                "residents_margin": format_margin(residents, texts),
                "criteria_met_n": f"{met}/{row['criteria_required_n']}",
            }
        )
    table = pd.DataFrame(rows, dtype="str")
    if table["possible"].eq(labels.MISSING).all():
        table = table.drop(columns="possible")
    return _title(table, texts)


def _place(row: dict[str, Any]) -> tuple[int, str]:
    return rank_category(row["category"]), str(row["area_id"])


def _title(table: pd.DataFrame, texts: Texts) -> pd.DataFrame:
    return table.rename(columns=lambda name: texts.get(f"sheet.column.{name}"))


def _show_count(row: dict[str, Any], column: str, texts: Texts) -> str:
    if is_hidden(row, column):
        return texts.get("label.suppressed")
    return labels.format_count(row[column], texts.language)


def _tabulate_criteria(published: PublishedList, texts: Texts) -> pd.DataFrame:
    """Return the criteria of § 61 a of every area, and those of § 61 b of prevention areas."""
    places = {row["area_id"]: (_place(row), row["name"]) for row in labels.list_rows(published.areas)}
    prevention = set(
        published.areas.loc[published.areas["category"].eq(Category.FOREBYGGELSESOMRAADE.value), "area_id"]
    )
    rows = [
        row
        for row in labels.list_rows(published.criteria)
        if row["criteria_set"] == "main" or row["area_id"] in prevention
    ]
    rows.sort(key=lambda row: places[row["area_id"]][0])
    table = [
        {
            "area": places[row["area_id"]][1],
            "criterion": _name_criterion(row, texts),
            "value": _show_share(row, texts),
            "limit": f"{show_comparison(row['compare'])} "
            + format_decimal(to_limit(row["limit"]), texts.language),
            "status": _show_status(row, texts),
            "margin_text": format_margin(row, texts),
        }
        for row in rows
    ]
    return _title(pd.DataFrame(table, dtype="str"), texts)


def _name_criterion(row: dict[str, Any], texts: Texts) -> str:
    title = texts.get(f"criterion.{row['criterion']}.title")
    is_main = row["criteria_set"] == "main"
    return title if is_main else texts.get("list_text.prevention", {"criterion": title})


def _show_share(row: dict[str, Any], texts: Texts) -> str:
    if is_hidden(row, "value"):
        return texts.get("label.suppressed")
    return format_decimal(to_percent(row["value"], str(row["criterion"])), texts.language)


def _show_status(row: dict[str, Any], texts: Texts) -> str:
    if is_hidden(row, "status"):
        return texts.get("label.suppressed")
    status = texts.get(f"criterion.status.{row['status']}")
    return texts.get("list_text.is_open", {"status": status}) if row["is_open"] else status


def _format_changes(published: PublishedList, texts: Texts, width: int) -> str:
    names = dict(zip(published.areas["area_id"], published.areas["name"], strict=True))
    order = {"new": 0, "left": 1, "still": 2}
    rows = sorted(labels.list_rows(published.changes), key=lambda row: order[row["change"]])
    table = [
        {
            "change": texts.get(f"list.change.{row['change']}"),
            "list": name_category(row["list"], published, texts),
            "area": names.get(row["area_key"], row["area_key"]),
            "reasons": format_reasons(row["reasons"], texts) or labels.MISSING,
        }
        for row in rows
    ]
    columns = ["change", "list", "area", "reasons"]
    frame = pd.DataFrame(table, columns=columns, dtype="str")
    if len(frame) and frame["reasons"].eq(labels.MISSING).all():
        frame = frame.drop(columns="reasons")
    return format_table(_title(frame, texts), texts, width=width)


_PLAN_CHANGES = ("sold_n", "relabelled_n", "demolished_n", "built_family_n", "built_other_n")


def _format_plan(published: PublishedList, texts: Texts, width: int) -> list[str]:
    """Return the account of the development plans with its heading; nothing where no area has one."""
    rules, names = (
        published.made.mix_rules,
        dict(zip(published.areas["area_id"], published.areas["name"], strict=True)),
    )
    if rules is None or published.made.plan.empty:
        return []
    target = {
        "limit": format_decimal(to_limit(rules.share_max), texts.language),
        "day": labels.format_date(rules.target_on, texts.language, is_long=True),
    }
    table = [
        {
            "area": names.get(row["area_id"], texts.get("sheet.stage.all_areas")),
            "plan_year": labels.format_year(row["year"]),
            "stage": texts.get(f"sheet.stage.{row['stage']}"),
            "plan_changes": _tell_plan_changes(row, texts),
            "family_n": labels.format_count(row["family_n"], texts.language),
            "total_n": labels.format_count(row["total_n"], texts.language),
            "share": format_decimal(to_percent(row["share"]), texts.language),
        }
        for row in labels.list_rows(published.made.plan)
    ]
    frame = _title(pd.DataFrame(table, dtype="str"), texts)
    return ["", _head(texts.get("list_text.plan", target)), format_table(frame, texts, width=width)]


def _tell_plan_changes(row: dict[str, Any], texts: Texts) -> str:
    told = [
        texts.get(
            f"list_text.plan_change{'' if row[name] == 1 else 's'}.{name}",
            {"n": labels.format_count(row[name], texts.language)},
        )
        for name in _PLAN_CHANGES
        if row[name]
    ]
    return ", ".join(told) or labels.MISSING


def format_law(listing: LawListing, texts: Texts, *, width: int = 100) -> str:
    """Return the law: every parameter with its value, comparison and source, and what changed when.

    Parameters
    ----------
    listing
        As `boundaries.designation.law.list_law` makes it.
    texts
        Catalog of the parameters' titles.
    width
        Columns of the terminal.
    """
    day = labels.format_date(listing.on, texts.language, is_long=True)
    heading = (
        texts.get("list_text.law.heading", {"day": day})
        if listing.on
        else texts.get("list_text.law.heading_all")
    )
    return "\n\n".join([_head(heading), *(_format_parameter(row, texts, width) for row in listing.rows)])


def _format_parameter(row: LawRow, texts: Texts, width: int) -> str:
    parameter = row.parameter
    is_counted = parameter.unit not in {"rule", "term", "date", "day", "flag", "year"}
    is_word = row.in_force is not None and isinstance(row.in_force.value, tuple)
    words = f" {texts.get(f'law.unit.{parameter.unit}')}" if is_counted and not is_word else ""
    value = show_law_value(parameter, row.in_force.value if row.in_force else None, texts)
    lines = wrap(f"{texts.get(f'law.{parameter.name}.title')}: {value}{words if row.in_force else ''}", width)
    for change in row.changes:
        since = {
            "day": labels.format_date(change.starts_on, texts.language),
            "value": show_law_value(parameter, change.value, texts),
        }
        told = f"{texts.get('list_text.law.since', since)}. {change.reference.title} {change.reference.href}"
        lines += [f"    {line}" for line in wrap(clean(told), width - 4)]
    return "\n".join(lines)


def format_classification(classification: PublishedClassification, texts: Texts, *, width: int = 100) -> str:
    """Return published values as decided: a row an area, figures with a mark where a criterion is met.

    Parameters
    ----------
    classification
        As `boundaries.designation.published.classify_published` makes it.
    texts
        Catalog.
    width
        Columns of the terminal.
    """
    decisions = classification.decisions
    criteria = [each for each in Criterion if any(each in decision.figures for decision in decisions)]
    keys = ["list_date", "area", "kommune", "is_listed", "category", *map(str, criteria)]
    rows = [_describe_decision(decision, criteria, texts) for decision in decisions]
    table = pd.DataFrame(rows, columns=keys, dtype="str")
    table = table.rename(columns={key: texts.get(f"list_text.classified.{key}") for key in keys})
    parts = [format_table(table, texts, width=width), texts.get("list_text.classified.key")]
    parts += [_count_decisions(decisions, texts), *_list_notes(decisions, texts, width)]
    if len(classification.findings):
        parts.append(format_findings(classification.findings, texts, width=width))
    return "\n\n".join(parts)


def _describe_decision(
    decision: PublishedDecision, criteria: list[Criterion], texts: Texts
) -> dict[str, str]:
    words = {
        Status.MET: "label.yes",
        Status.NOT_MET: "label.no",
        Status.UNDECIDED: "criterion.status.undecided",
    }
    return {
        "list_date": labels.format_date(decision.list_date, texts.language),
        "area": decision.area,
        "kommune": decision.kommune,
        "is_listed": texts.get(words[decision.is_listed]),
        "category": decision.term or labels.MISSING,
        **{str(criterion): _show_figure(decision, criterion, texts) for criterion in criteria},
    }


def _show_figure(decision: PublishedDecision, criterion: Criterion, texts: Texts) -> str:
    figure = decision.figures.get(criterion)
    if figure is None:
        return labels.MISSING
    if figure.figure is None:
        return labels.MISSING + _MARKS[figure.status]
    # As printed, at least: a figure of more decimals shows them.
    usual = DECIMALS.get(str(criterion), 1)
    decimals = next((n for n in range(usual, 7) if (figure.figure * 10**n).denominator == 1), 6)
    return labels.format_number(figure.figure, texts.language, decimals=decimals) + _MARKS[figure.status]


def _count_decisions(decisions: tuple[PublishedDecision, ...], texts: Texts) -> str:
    found = Counter(decision.is_listed for decision in decisions)
    values = {"listed": Status.MET, "off": Status.NOT_MET, "undecided": Status.UNDECIDED}
    counts = {name: labels.format_count(found[status], texts.language) for name, status in values.items()}
    key = f"list_text.classified.count.{'one' if len(decisions) == 1 else 'other'}"
    return texts.get(key, counts | {"n": labels.format_count(len(decisions), texts.language)})


def _list_notes(decisions: tuple[PublishedDecision, ...], texts: Texts, width: int) -> list[str]:
    """Return every note once, with the number of rows that it is of."""
    notes = Counter(
        texts.get(f"list.note.{key}", values) for decision in decisions for key, values in decision.notes
    )
    if not notes:
        return []
    lines = [texts.get("list_text.classified.notes")]
    for note, number in notes.items():
        key = f"list_text.classified.note.{'one' if number == 1 else 'other'}"
        told = texts.get(key, {"note": note, "n": labels.format_count(number, texts.language)})
        lines += [f"  {line}" for line in wrap(clean(told), width - 2)]
    return ["\n".join(lines)]
