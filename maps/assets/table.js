// A sortable table that is linked with the map, and the search that narrows it.
"use strict";

// columns: [{title, kind: "text" | "number" | "date"}]; rows: [{key, cells, values, notes?, mark?}] where
// values are what a column sorts by (null is last, always) and cells what it shows. For a download a row may
// say otherwise (csv: [text | undefined]), and a column may give its notes a heading of their own (noteTitle). Without onPick a row cannot be picked.
boligkort.table = (id, { columns, rows, texts, language, pageSize = Infinity, shapes = {}, onPick, onHover }) => {
  const { make, byId, symbol, openFrom } = boligkort;
  const collator = new Intl.Collator(language, { numeric: true });
  const table = byId(id);
  const body = make("tbody");
  const heads = columns.map(makeHead);
  const elements = new Map();
  const more = make("button", { type: "button", cls: "more" });
  const empty = make("p", { cls: "empty", text: texts.none_found });
  let kept = rows;
  let order = { column: -1, isDescending: false };
  let shownLimit = pageSize;

  table.append(make("thead", {}, make("tr", {}, ...heads)), body);
  table.after(empty, more);
  more.addEventListener("click", () => {
    const first = shownLimit;
    shownLimit += pageSize;
    draw();
    body.rows[first]?.querySelector("button").focus();
  });

  function makeHead(column, at) {
    // A date or an id keeps together: it has hyphens where a line could break.
    const words = column.title.split(/(\S*\d\S*)/).map((text, n) => (n % 2 ? make("span", { cls: "whole", text }) : text));
    const button = make("button", { type: "button", cls: "sort" }, ...words);
    button.addEventListener("click", () => sortBy(at));
    return make("th", { scope: "col", cls: column.kind === "number" ? "num" : "" }, button);
  }

  function sortBy(at) {
    const startsDescending = columns[at].kind === "number";
    const isDescending = order.column === at ? !order.isDescending : startsDescending;
    order = { column: at, isDescending };
    heads.forEach((head, i) => {
      if (i === at) head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    draw();
  }

  function compare(left, right) {
    const a = left.values[order.column];
    const b = right.values[order.column];
    if (a === null || b === null) return (a === null) - (b === null);
    const way = order.isDescending ? -1 : 1;
    return way * (typeof a === "number" ? a - b : collator.compare(a, b));
  }

  function makeRow(row) {
    const cells = row.cells.map((text, at) => {
      if (at > 0) return makeCell(row, text, at);
      if (!onPick) return make("th", { scope: "row" }, make("bdi", { text }));
      const button = make("button", { type: "button", cls: "pick" }, make("bdi", { text }));
      return make("th", { scope: "row" }, button, row.notes?.[0] ? make("span", { cls: "cell-note", text: row.notes[0] }) : null);
    });
    const element = make("tr", {}, ...cells);
    if (!onPick) return element;
    element.addEventListener("click", () => {
      openFrom(element.querySelector("button"));
      onPick(row.key);
    });
    for (const [event, isOn] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
      element.addEventListener(event, () => onHover?.(row.key, isOn));
    }
    return element;
  }

  function makeCell(row, text, at) {
    const kind = columns[at].kind;
    const isWord = kind === "number" && !/\d/.test(text);
    const cell = make("td", { cls: isWord ? "num word" : ({ number: "num", date: "date" }[kind] ?? "") });
    if (columns[at].isMarked && row.mark) cell.append(make("span", { cls: "cell-mark" }, symbol(shapes, row.mark), text));
    else cell.append(make("bdi", { text }));
    if (row.notes?.[at]) cell.append(make("span", { cls: "cell-note", text: row.notes[at] }));
    return cell;
  }

  function sorted() {
    return order.column < 0 ? kept : [...kept].sort(compare);
  }

  function elementOf(row) {
    if (!elements.has(row.key)) elements.set(row.key, makeRow(row));
    return elements.get(row.key);
  }

  function draw() {
    body.replaceChildren(...sorted().slice(0, shownLimit).map(elementOf));
    empty.hidden = kept.length > 0;
    more.hidden = kept.length <= shownLimit;
    more.textContent = boligkort.fill(texts.show_more, {
      shown: texts.number.format(Math.min(shownLimit, kept.length)),
      total: texts.number.format(kept.length),
    });
  }

  draw();
  boligkort.addTable(id, { title: table.caption.textContent, columns, rows: sorted, missing: texts.missing });
  return {
    keep(test) {
      kept = rows.filter(test);
      shownLimit = pageSize;
      draw();
      return kept;
    },
    first: () => sorted()[0],
    light: (key, isOn) => elements.get(key)?.classList.toggle("lit", isOn),
    mark(key) {
      for (const [other, element] of elements) element.classList.toggle("picked", other === key);
      const row = rows.find((candidate) => candidate.key === key);
      if (row && key !== null) elementOf(row).scrollIntoView?.({ block: "nearest", behavior: "instant" });
    },
  };
};

// Enter in the search opens the first row that is left; from its card the focus comes back.
boligkort.openFirst = (tables, open) => () => {
  const first = tables.map((table) => table.first()).find(Boolean);
  if (!first) return;
  boligkort.openFrom(boligkort.byId("search"));
  open(first.key);
};

// Every word of the query must be found somewhere in the row, whatever its case.
boligkort.search = (language, onChange, onEnter) => {
  const field = boligkort.byId("search");
  const fold = (text) => text.toLocaleLowerCase(language).normalize("NFC");
  const update = () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    onChange((text) => {
      const folded = fold(text);
      return words.every((word) => folded.includes(word));
    }, words.length > 0);
  };
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, 60);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    clearTimeout(timer);
    update();
    onEnter();
  });
  return { update };
};
