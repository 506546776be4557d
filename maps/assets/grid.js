// The page of a screened city: cells by view, zones over them, cards by mouse and by keyboard.
"use strict";

boligkort.drawGrid = (map, id) => {
  const { read, make, fill, decodePolygons, frameMap, addHome, popupRoom, show, card, openFrom, makeReachable, putLabel, byId, setLegend, reveal } = boligkort;
  const page = read(id);
  const format = new Intl.NumberFormat(page.language);
  const tenths = new Intl.NumberFormat(page.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const texts = { ...page.texts, number: format };
  const { cells, criteria, views } = page;
  const grid = boligkort.gridCells(map, cells);
  const zones = new Map();
  let view = views[0];
  let cursorAt = -1;
  let picked = null;

  for (const [name, order, isSilent] of [["cells", 300, false], ["casing", 420, true], ["zones", 430, true], ["blocks", 435, true], ["cursor", 440, true], ["labels", 620, true]]) {
    map.createPane(name).style.zIndex = order;
    if (isSilent) map.getPane(name).style.pointerEvents = "none";
  }
  frameMap(map, texts);
  const layer = boligkort.gridLayer(map, grid, "cells");
  const outline = (pane, cls) => ({ renderer: L.svg({ pane, padding: 0.4 }), pane, className: `shape ${cls}`, color: null, fill: false, interactive: false, smoothFactor: 0 });
  const casing = outline("casing", "zone-casing");
  const rim = outline("zones", "zone");
  page.zones.forEach(drawZone);
  const blocks = outline("blocks", "block-zone");
  for (const polygons of page.blocks) L.polygon(decodePolygons(polygons), blocks).addTo(map);
  const labels = page.zones.map(drawLabel);
  const cursor = L.polygon(grid.count ? grid.ringOf(0) : [], { ...outline("cursor", "cell-cursor"), fill: true });
  const hover = L.polygon([], outline("cursor", "cell-hover"));
  const popup = L.popup(popupRoom(map, 430));
  const tip = L.tooltip({ direction: "top", offset: [0, -10], className: "tip" });

  // Tables and search
  const tables = page.tables.map((table) =>
    boligkort.table(table.key, { ...table, texts, language: page.language, ...(table.key === "zones" ? { onPick: (key) => openZone(key), onHover: light } : {}) }),
  );
  addCellTable();

  const choice = addViews();
  boligkort.addSwitches(texts.layers, [
    { label: texts.layer_zones, set: (isOn) => ["casing", "zones", "labels"].forEach((name) => (map.getPane(name).style.display = isOn ? "" : "none")) },
    ...(page.blocks.length ? [{ label: texts.layer_blocks, set: (isOn) => (map.getPane("blocks").style.display = isOn ? "" : "none") }] : []),
  ]);
  // The legend takes room above the map, so it is there before the map is fitted.
  paint(view);
  map.options.zoomSnap = 0.1;
  addHome(map, texts, grid.count ? grid.bounds : L.latLngBounds([[54.5, 8], [57.8, 12.8]]));
  addCursor();
  map.on("zoomend moveend resize paint", tidyLabels);
  tidyLabels();

  function drawZone(zone) {
    const rings = decodePolygons(zone.polygons);
    const edge = L.polygon(rings, casing).addTo(map);
    const shape = L.polygon(rings, rim).addTo(map);
    const path = shape.getElement();
    const { title, big, tables: listed } = zone.card;
    const spoken = [title, big.join(" "), ...listed[0].rows.map((row) => `${row[0]}: ${row[1]}`)].join(", ");
    zones.set(zone.key, { zone, shape, edge, path });
    makeReachable(path, { key: zone.key, spoken, light, open: () => openZone(zone.key, false) });
  }
  function anchorOf({ anchor }) {
    return [anchor[1] / 1e6, anchor[0] / 1e6];
  }

  function drawLabel(zone) {
    const text = make("span", {}, make("bdi", { text: zone.label }));
    return { element: putLabel(map, anchorOf(zone), text, "label zone-label").getElement(), text, weight: zone.weight };
  }

  // Where two would touch, the larger zone keeps its name.
  function tidyLabels() {
    const taken = [];
    for (const { element, text } of [...labels].sort((a, b) => b.weight - a.weight)) {
      const box = text.getBoundingClientRect();
      const isFree = taken.every((other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
      element.classList.toggle("tucked", !isFree);
      if (isFree) taken.push(box);
    }
  }

  // Views
  function addViews() {
    const select = make("select", { id: "view" });
    const groups = new Map();
    for (const one of views) {
      if (one.group && !groups.has(one.group)) {
        groups.set(one.group, make("optgroup", { label: one.group }));
        select.append(groups.get(one.group));
      }
      (groups.get(one.group) ?? select).append(make("option", { value: one.key, text: one.title }));
    }
    const head = byId("map-head");
    head.classList.add("has-views");
    head.prepend(make("div", { cls: "view-choice no-paper" }, make("label", { for: "view", text: texts.choose }), select), make("p", { id: "view-title" }));
    head.append(make("p", { cls: "view-note", id: "view-note" }));
    select.addEventListener("change", () => paint(views.find((one) => one.key === select.value)));
    return select;
  }

  function paint(next) {
    view = next;
    choice.value = view.key;
    layer.paint(view);
    setLegend(view.legend);
    byId("view-title").textContent = view.title;
    byId("view-note").textContent = view.note;
    byId("view-note").hidden = !view.note;
    map.invalidateSize({ pan: false, animate: false });
  }

  // What a cell shows
  function classOf(at) {
    return view.legend[parseInt(view.classes[at], 36)][1];
  }
  function tellValue(criterion, at) {
    const value = cells.values[criterion.key][at];
    if (value === null) return cells.residents[at] === 0 ? texts.missing : texts.hidden;
    return value < 0 ? fill(texts[`about_${criterion.unit}`], { value: format.format(-1 - value) }) : fill(texts[criterion.unit], { value: tenths.format(value / 10) });
  }
  const MET = { 1: "yes", 0: "no", "-": "unknown", ".": "hidden" };
  const tellMet = (criterion, at) => texts[MET[cells.met[criterion.key][at]]];
  const tellCount = (numbers, at) => (numbers[at] === null ? texts.hidden : format.format(numbers[at]));

  function cardOf(at) {
    const zone = zones.get(cells.zone[at])?.zone;
    const isHidden = cells.shown[at] === "n";
    const rows = criteria.map((one) => [one.name, tellValue(one, at), one.limit, tellMet(one, at)]);
    return {
      kicker: `${texts.cell} ${grid.idOf(at)}`,
      title: zone ? zone.card.title : texts.outside,
      ...(isHidden ? {} : { big: [tellCount(cells.residents, at), texts.residents] }),
      tables: isHidden || cells.residents[at] === 0 ? [] : [{ caption: texts.values, head: [texts.criterion, texts.own, texts.limit, texts.nearby], rows }],
      rows: [...(isHidden ? [] : [[texts.households, tellCount(cells.households, at)]]), [texts.stability, fill(texts.pct, { value: format.format(cells.stability[at]) })]],
      notes: [{ n: texts.shown_nothing, a: texts.shown_averages }[cells.shown[at]]].filter(Boolean),
    };
  }
  function speak(at) {
    return `${texts.cell} ${grid.idOf(at)}, ${view.title}: ${classOf(at)}`;
  }

  function openCell(at, isMoved = true) {
    map.closePopup();
    moveCursor(at);
    if (isMoved && !map.getBounds().pad(-0.1).contains(grid.centreOf(at))) map.panTo(grid.centreOf(at), { animate: false });
    popup.setLatLng(grid.centreOf(at)).setContent(card(cardOf(at), {})).openOn(map);
  }

  function openZone(key, isMoved = true) {
    const found = zones.get(key);
    if (!found) return;
    map.closePopup();
    if (isMoved) show(map, found.shape.getBounds().pad(0.6), false);
    popup.setLatLng(anchorOf(found.zone)).setContent(card(found.zone.card, {})).openOn(map);
    pick(key);
    if (isMoved) reveal(map);
  }

  function light(key, isOn) {
    const found = zones.get(key);
    found?.path.classList.toggle("lit", isOn);
    found?.edge.getElement().classList.toggle("lit", isOn);
    tables[0].light(key, isOn);
  }
  function pick(key) {
    if (picked) zones.get(picked).path.classList.remove("picked");
    picked = key;
    if (key) zones.get(key).path.classList.add("picked");
    tables[0].mark(key);
  }
  map.on("popupclose", () => pick(null));

  // A press opens the zone in the view of the designation, and the cell in all others.
  map.on("click", (event) => {
    const at = grid.find(event.latlng);
    if (at < 0) return;
    const zone = cells.zone[at];
    if (view.key === "designation" && zone) openZone(zone, false);
    else openCell(at, false);
  });

  let waiting = 0;
  map.on("mousemove", (event) => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => point(event.latlng));
  });
  map.on("mouseout movestart zoomstart", () => {
    cancelAnimationFrame(waiting);
    point(null);
  });
  let pointed = -1;
  function point(latlng) {
    const at = latlng ? grid.find(latlng) : -1;
    if (at !== pointed) {
      pointed = at;
      if (at < 0) {
        hover.remove();
        map.closeTooltip(tip);
        return;
      }
      hover.setLatLngs(grid.ringOf(at)).addTo(map);
      const zone = zones.get(cells.zone[at])?.zone;
      tip.setContent(make("span", {}, make("bdi", { text: zone ? zone.card.title : `${texts.cell} ${grid.idOf(at)}` }), make("b", { text: classOf(at) })));
    }
    if (at >= 0) tip.setLatLng(latlng).addTo(map);
  }

  // One stop of the tab order walks over the cells by the arrow keys.
  function addCursor() {
    if (!grid.count) return;
    cursor.addTo(map);
    const path = cursor.getElement();
    for (const [name, value] of Object.entries({ tabindex: "0", role: "button" })) path.setAttribute(name, value);
    const first = cells.zone.findIndex((zone) => zone > 0);
    moveCursor(first < 0 ? Math.floor(grid.count / 2) : first);
    const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };
    path.addEventListener("focus", () => moveCursor(cursorAt));
    path.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        openFrom(path);
        openCell(cursorAt);
      } else if (ARROWS[event.key]) {
        event.preventDefault();
        event.stopPropagation();
        const next = grid.step(cursorAt, ...ARROWS[event.key]);
        if (next < 0) return;
        moveCursor(next);
        if (!map.getBounds().pad(-0.05).contains(grid.centreOf(next))) map.panTo(grid.centreOf(next), { animate: false });
      }
    });
  }
  function moveCursor(at) {
    cursorAt = at;
    cursor.setLatLngs(grid.ringOf(at));
    cursor.getElement().setAttribute("aria-label", speak(at));
  }

  // All cells as they are published, for "Hent": made when it is asked for.
  function addCellTable() {
    const numbers = criteria.map((one) => ({ title: `${one.name} (${texts[`unit_${one.unit}`]})`, kind: "number" }));
    const columns = [
      { title: texts.cell, kind: "text" },
      { title: texts.zone, kind: "text" },
      { title: texts.residents_head, kind: "number" },
      { title: texts.households, kind: "number" },
      ...numbers,
      ...criteria.map((one) => ({ title: `${one.name}: ${texts.nearby}`, kind: "text" })),
      { title: texts.stability_pct, kind: "number" },
    ];
    const toNumber = (value) => (value === null ? null : value < 0 ? -1 - value : value / 10);
    const rows = () =>
      Array.from({ length: grid.count }, (_, at) => {
        const said = (value) => (value !== null ? String(value) : cells.residents[at] === 0 ? texts.missing : texts.hidden);
        const amounts = [cells.residents[at], cells.households[at], ...criteria.map((one) => toNumber(cells.values[one.key][at]))];
        const zone = zones.get(cells.zone[at])?.zone;
        const met = criteria.map((one) => tellMet(one, at));
        const values = [grid.idOf(at), zone?.card.title ?? "", ...amounts, ...met, cells.stability[at]];
        return { cells: [values[0], values[1] || texts.missing, ...amounts.map(said), ...met, String(cells.stability[at])], values };
      });
    boligkort.addTable("cells", { title: texts.cells_title, columns, rows, missing: texts.missing });
  }

  const total = page.zones.length;
  boligkort
    .search(
      page.language,
      (matches, isNarrowed) => {
        const kept = new Set(tables[0].keep((row) => matches(row.search)).map((row) => row.key));
        for (const [key, { path }] of zones) path.classList.toggle("faded", isNarrowed && !kept.has(key));
        for (const [at, { element }] of labels.entries()) element.classList.toggle("faded", isNarrowed && !kept.has(page.zones[at].key));
        byId("status").textContent = isNarrowed ? fill(texts.found, { shown: format.format(kept.size), total: format.format(total) }) : "";
      },
      () => {
        const wanted = byId("search").value.trim().toLowerCase();
        const at = Array.from({ length: grid.count }, (_, cell) => cell).find((cell) => grid.idOf(cell).toLowerCase() === wanted);
        const first = tables[0].first();
        if (at === undefined && !first) return;
        openFrom(byId("search"));
        if (at === undefined) openZone(first.key);
        else {
          map.setView(grid.centreOf(at), Math.max(map.getZoom(), 16), { animate: false });
          openCell(at);
        }
      },
    )
    .update();
};
