// The map of kommuner: polygons or tiles, coloured by class.
"use strict";

boligkort.drawKommuner = (map, id) => {
  const { read, make, fill, decodeLines, decodePolygons, frameMap, addHome, popupRoom, show, card, openFrom, putLabel, byId } = boligkort;
  const page = read(id);
  const texts = { ...page.texts, number: new Intl.NumberFormat(page.language) };
  const byKey = new Map(page.kommuner.map((one) => [one.key, one]));
  const parts = new Map();
  const home = L.latLngBounds([]);
  const CORNERS = [[0, 2], [1, 1], [1, -1], [0, -2], [-1, -1], [-1, 1]];
  let view = page.view;
  let picked = null;
  let stop = null;

  for (const [name, order] of [["outlines", 450], ["labels", 620]]) {
    map.createPane(name).style.zIndex = order;
    map.getPane(name).style.pointerEvents = "none";
  }
  frameMap(map, texts);
  const scale = map.getContainer().querySelector(".leaflet-control-scale");
  const corner = scale.parentNode;
  const renderer = L.svg({ padding: 0.5 });
  const outlineRenderer = L.svg({ pane: "outlines", padding: 0.5 });
  const outlines = L.polyline([], { renderer: outlineRenderer, pane: "outlines", className: "lines regions", interactive: false, color: null, smoothFactor: 0.5 });
  page.kommuner.forEach(makePart);

  // Tiles stand on a plane of their own: half widths east and half sides north, on the map's projection.
  function tilePoint([x, y]) {
    const side = 21000;
    return map.options.crs.unproject(L.point(890000 + (x * Math.sqrt(3) * side) / 2, 7950000 + (y * side) / 2));
  }
  function tileShape({ tile: [x, y], isSmall }) {
    const size = isSmall ? 0.55 : 0.97;
    return CORNERS.map(([right, up]) => tilePoint([x + size * right, y + size * up]));
  }

  function shapeOf(one) {
    if (view === "tiles") return one.tile ? tileShape(one) : [];
    return page.polygons[one.key] ? decodePolygons(page.polygons[one.key]) : [];
  }

  function anchorOf(one) {
    if (view === "tiles") return one.tile ? tilePoint(one.tile) : null;
    const anchor = page.anchors[one.key];
    return anchor ? L.latLng(anchor[1] / 1e6, anchor[0] / 1e6) : null;
  }

  function makePart(one) {
    const layer = L.polygon(shapeOf(one), { renderer, className: `shape kommune ${one.style}`, color: null, fill: true, fillColor: null, smoothFactor: 0.4 });
    parts.set(one.key, { one, layer, path: null });
  }

  function drawPart(part) {
    const { one, layer } = part;
    part.path = layer.addTo(map).getElement();
    for (const [name, value] of Object.entries({ tabindex: "-1", role: "button", "aria-label": one.spoken })) part.path.setAttribute(name, value);
    part.path.dataset.key = one.key;
    layer.bindPopup(() => card(one.card, {}), popupRoom(map, 320));
    layer.bindTooltip(() => tip(one), { sticky: true, direction: "top", offset: [0, -6], className: "tip", opacity: 1 });
    layer.on("mouseover", () => light(one.key, true)).on("mouseout", () => light(one.key, false));
    layer.on("popupopen", () => pick(one.key)).on("popupclose", () => pick(null));
    part.path.addEventListener("focus", () => {
      settle(one.key);
      light(one.key, true);
    });
    part.path.addEventListener("blur", () => light(one.key, false));
    part.path.addEventListener("keydown", (event) => onKey(event, part));
  }

  function tip(one) {
    return make("span", {}, make("bdi", { text: one.name }), make("b", { text: one.shown }));
  }

  // One kommune is in the tab order; the arrow keys go to its neighbours.
  function settle(key) {
    if (stop) parts.get(stop).path.setAttribute("tabindex", "-1");
    stop = key;
    parts.get(stop).path.setAttribute("tabindex", "0");
  }

  const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  function onKey(event, part) {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      event.stopPropagation();
      openFrom(part.path);
      part.layer.openPopup(anchorOf(part.one));
    } else if (ARROWS[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      const next = neighbourOf(part.one, ARROWS[event.key]);
      if (next) parts.get(next.key).path.focus({ preventScroll: true });
    }
  }

  // The nearest within 60 degrees of the arrow; what lies aside counts as farther.
  function neighbourOf(one, [right, down]) {
    const from = map.latLngToContainerPoint(anchorOf(one));
    let best = null;
    let least = Infinity;
    for (const other of byKey.values()) {
      const at = other === one ? null : anchorOf(other);
      if (!at) continue;
      const step = map.latLngToContainerPoint(at).subtract(from);
      const ahead = step.x * right + step.y * down;
      const aside = Math.abs(step.x * down - step.y * right);
      if (ahead <= 0 || aside > ahead * 1.75) continue;
      if (ahead + 2 * aside < least) [best, least] = [other, ahead + 2 * aside];
    }
    return best;
  }

  function light(key, isOn) {
    const part = parts.get(key);
    if (!part) return;
    part.path.classList.toggle("lit", isOn);
    if (isOn) raise(part);
    for (const table of tables) table.light(key, isOn);
    strip.light(key, isOn);
  }

  // An element that is moved loses the focus, so the one that has it stays.
  function raise(part) {
    if (document.activeElement !== part.path) part.layer.bringToFront();
  }

  function pick(key) {
    if (picked) parts.get(picked).path.classList.remove("picked");
    picked = key;
    if (key) {
      parts.get(key).path.classList.add("picked");
      raise(parts.get(key));
    }
    for (const table of tables) table.mark(key);
    strip.mark(key);
    tidyLabels();
  }

  function open(key) {
    const part = parts.get(key);
    const anchor = part && anchorOf(part.one);
    if (!anchor) return;
    map.closePopup();
    if (map.getSize().x < 560 || !map.getBounds().contains(anchor)) map.panTo(anchor, { animate: false });
    part.layer.openPopup(anchor);
    if (byId("map_main").getBoundingClientRect().bottom < 80) byId("map_main").scrollIntoView({ block: "center" });
  }

  // Names: all on tiles, where they fit; on the map the highest, and the one that is picked.
  function makeLabel({ one }) {
    const text = make("span", {}, make("bdi", { cls: "place", text: one.name }), make("b", { text: one.bare }));
    const marker = putLabel(map, [0, 0], text, `label ${one.style}`);
    return { one, marker, element: marker.getElement(), text };
  }

  // What changes with the view beside the shapes: home, scale, outlines, words.
  function settleView() {
    map.getContainer().classList.toggle("is-tiles", view === "tiles");
    if (view === "tiles") scale.remove();
    else corner.append(scale);
    const bounds = L.latLngBounds([]);
    for (const { layer } of parts.values()) if (!layer.isEmpty()) bounds.extend(layer.getBounds());
    Object.assign(home, L.latLngBounds(bounds.getSouthWest(), bounds.getNorthEast()));
    outlines.setLatLngs(view === "tiles" ? page.tileOutlines.map((ring) => ring.map(tilePoint)) : decodeLines(page.regionBorders));
    const note = document.querySelector(".map-note");
    if (note) note.textContent = view === "tiles" ? texts.tiles_note : texts.map_note;
  }

  function settleLabels() {
    for (const { one, marker, element, text } of labels) {
      const anchor = anchorOf(one);
      if (anchor) marker.setLatLng(anchor);
      element.classList.toggle("tile-label", view === "tiles");
      text.firstChild.textContent = view === "tiles" ? one.short : one.name;
    }
  }

  function changeView(next) {
    map.closePopup();
    view = next;
    for (const { one, layer } of parts.values()) layer.setLatLngs(shapeOf(one));
    settleView();
    settleLabels();
    map.setMaxBounds(null);
    show(map, home, false);
    map.setMaxBounds(home.pad(1.5));
    tidyLabels();
  }

  function tidyLabels() {
    const pane = map.getPane("labels");
    const [left, right] = [0, 2].map((x) => map.latLngToContainerPoint(tilePoint([x, 0])));
    const width = right.x - left.x;
    pane.style.setProperty("--hex", `${width}px`);
    for (const label of labels) {
      const { one, element, text } = label;
      const size = Math.min(width * 0.235, (width * 1.62) / Math.max(4, one.short.length), 19);
      const isTile = view === "tiles";
      text.style.setProperty("--name", `${size}px`);
      // Figures are about 0.62 as wide as they are high, and stand inside the tile.
      text.style.setProperty("--value", `${Math.min(width * 0.29, (width * 0.94) / (0.62 * (one.bare ?? "").length || 1), 24)}px`);
      text.firstChild.hidden = isTile && (size < 7.4 || one.isSmall);
      text.lastChild.hidden = isTile ? width < 22 || !one.bare || one.isSmall : !one.bare;
      element.classList.toggle("tucked", !anchorOf(one) || (!isTile && !page.topLabels.includes(one.key) && one.key !== picked));
    }
    if (view === "map") partLabels();
  }

  // Where two names on the map would touch, the one that is picked stays, and else the higher.
  function partLabels() {
    const taken = [];
    const open = labels.filter((label) => !label.element.classList.contains("tucked"));
    for (const label of open.sort((a, b) => (b.one.key === picked) - (a.one.key === picked))) {
      const box = label.text.getBoundingClientRect();
      const isFree = taken.every((other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
      label.element.classList.toggle("tucked", !isFree);
      if (isFree) taken.push(box);
    }
  }

  function addSwitch() {
    const buttons = ["map", "tiles"].map((name) => {
      const button = make("button", { type: "button", text: texts[`view_${name}`], "aria-pressed": String(name === view) });
      button.addEventListener("click", () => {
        if (name === view) return;
        changeView(name);
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      });
      return button;
    });
    byId("view-title").after(make("div", { cls: "views no-paper", role: "group", "aria-label": texts.view_label }, ...buttons));
  }

  const stripHost = make("div", { cls: "strip" });
  byId("map-head").prepend(make("h2", { id: "view-title", text: texts.value_label }), stripHost);
  const strip = boligkort.strip(stripHost, page.strip, page.kommuner, { onHover: light, onPick: open });
  const tables = page.tables.map((table) =>
    boligkort.table(table.key, { ...table, texts, language: page.language, onPick: open, onHover: light }),
  );
  drawBars();
  // The view is set before anything is drawn, so that it is drawn once.
  settleView();
  map.options.zoomSnap = 0.1; // a closer fit of the whole
  map.invalidateSize({ animate: false, pan: false }); // the strip above took room
  addHome(map, texts, home);
  for (const part of parts.values()) drawPart(part);
  outlines.addTo(map);
  const labels = [...parts.values()].map(makeLabel);
  settleLabels();
  if (page.polygons) addSwitch();
  map.on("zoomend moveend resize paint", tidyLabels);
  tidyLabels();
  const first = page.kommuner.find((one) => anchorOf(one));
  if (first) settle(first.key);
  hoverClasses();

  // A bar below each number, as long as the value is large; rows stand in the order of the data here.
  function drawBars() {
    const cells = document.querySelectorAll("#kommuner tbody td:nth-child(2)");
    const most = Math.max(...page.kommuner.map((one) => Math.abs(one.value ?? 0)));
    page.kommuner.forEach((one, at) => {
      if (!cells[at]) return;
      cells[at].classList.add("barred");
      if (one.value === null) cells[at].classList.add("without");
      cells[at].style.setProperty("--bar", String(one.value && most ? Math.abs(one.value) / most : 0));
    });
  }

  // A class of the legend lights its kommuner while it is pointed at.
  function hoverClasses() {
    for (const entry of document.querySelectorAll("#legend li")) {
      const style = [...(entry.querySelector("rect")?.classList ?? [])].find((name) => name.startsWith("class-") || name === "no-value" || name === "withheld");
      if (!style) continue;
      const set = (isOn) => {
        const keys = isOn ? new Set(page.kommuner.filter((one) => one.style.split(" ")[0] === style).map((one) => one.key)) : null;
        fade(keys);
      };
      entry.addEventListener("mouseenter", () => set(true));
      entry.addEventListener("mouseleave", () => search.update());
    }
  }

  function fade(keys) {
    for (const [key, { path }] of parts) path.classList.toggle("faded", keys !== null && !keys.has(key));
    for (const { one, element } of labels) element.classList.toggle("faded", keys !== null && !keys.has(one.key));
    strip.keep(keys);
  }

  const search = boligkort.search(
    page.language,
    (matches, isNarrowed) => {
      const kept = tables.flatMap((table) => table.keep((row) => matches(row.search)).map((row) => row.key));
      fade(isNarrowed ? new Set(kept) : null);
      byId("status").textContent = isNarrowed ? fill(texts.found, { shown: texts.number.format(kept.length), total: texts.number.format(page.kommuner.length) }) : "";
    },
    boligkort.openFirst(tables, open),
  );
  search.update();
};
