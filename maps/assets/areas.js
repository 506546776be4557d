// The map of areas and extensions.
"use strict";

boligkort.drawAreas = (map, id) => {
  const { read, make, fill, decodeLines, decodePolygons, frameMap, addHome, popupRoom, show, card, makeReachable, putLabel, byId } = boligkort;
  const page = read(id);
  const texts = { ...page.texts, number: new Intl.NumberFormat(page.language) };
  const parts = new Map();
  let picked = null;
  const listing = page.list ? boligkort.listing(page.list, page.language) : null;

  for (const [name, order] of [["context", 250], ["parcels", 350], ["labels", 620]]) {
    map.createPane(name).style.zIndex = order;
    map.getPane(name).style.pointerEvents = "none";
  }
  frameMap(map, texts);
  drawContext();
  const renderer = L.svg({ padding: 0.4 });
  page.shapes.forEach(drawShape);
  L.polyline(decodeLines(page.parcels), { renderer: L.svg({ pane: "parcels", padding: 0.4 }), pane: "parcels", className: "lines parcels", interactive: false, color: null }).addTo(map);
  const labels = page.shapes.filter((shape) => shape.label).map(drawLabel);
  boligkort.addSwitches(texts.layers, [
    { label: texts.layer_names, set: (isOn) => (map.getPane("labels").style.display = isOn ? "" : "none") },
    ...(page.parcels.length || page.context.length ? [{ label: texts.layer_parcels, set: (isOn) => ["parcels", "context"].forEach((name) => (map.getPane(name).style.display = isOn ? "" : "none")) }] : []),
    ...(page.shapes.some((shape) => shape.key.startsWith("e")) ? [{ label: texts.layer_extensions, set: (isOn) => map.getContainer().classList.toggle("without-extensions", !isOn) }] : []),
  ]);
  listing?.addViews(map, parts);
  addHome(map, texts, wholeBounds());
  map.on("zoomend moveend resize paint", tidyLabels);
  tidyLabels();

  // One canvas path for all other parcels: they are paper, not data.
  function drawContext() {
    if (!page.context.length) return;
    const canvas = L.canvas({ pane: "context", padding: 0.4 });
    const lines = L.polyline(decodeLines(page.context), { renderer: canvas, pane: "context", interactive: false, weight: 0.8 }).addTo(map);
    const colour = () => lines.setStyle({ color: getComputedStyle(document.documentElement).getPropertyValue("--context").trim() });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", colour);
    map.on("paint", colour);
    colour();
  }

  // What a screen reader hears of a shape is what its card shows.
  function speak({ title, kicker, big, rows }) {
    return [title, kicker, ...(big ? [big.join(" ")] : []), ...rows.map(([label, value]) => `${label}: ${value}`)].join(", ");
  }

  function drawShape(shape) {
    shape.spoken = speak(shape.card);
    const layer = L.polygon(decodePolygons(shape.polygons), { renderer, className: "shape " + shape.style, color: null, fill: true, fillColor: null, smoothFactor: 0.5 }).addTo(map);
    const part = { shape, layer, path: layer.getElement() };
    parts.set(shape.key, part);
    layer.bindPopup(() => card({ ...shape.card, ...listing?.cardOf(shape.key) }, page.symbols), popupRoom(map, listing ? 430 : 330));
    layer.on("mouseover", () => light(shape.key, true)).on("mouseout", () => light(shape.key, false));
    layer.on("popupopen", () => pick(shape.key)).on("popupclose", () => pick(null));
    makeReachable(part.path, { key: shape.key, spoken: shape.spoken, light, open: () => layer.openPopup(anchorOf(part)) });
  }

  function anchorOf(part) {
    return [part.shape.anchor[1] / 1e6, part.shape.anchor[0] / 1e6];
  }

  function wholeBounds() {
    const bounds = L.latLngBounds([]);
    for (const part of parts.values()) bounds.extend(part.layer.getBounds());
    return bounds;
  }

  function light(key, isOn) {
    parts.get(key)?.path.classList.toggle("lit", isOn);
    for (const table of tables) table.light(key, isOn);
  }

  function pick(key) {
    if (picked) parts.get(picked).path.classList.remove("picked");
    picked = key;
    if (key) parts.get(key).path.classList.add("picked");
    for (const table of tables) table.mark(key);
  }

  function open(key) {
    const part = parts.get(key);
    if (!part) return;
    map.closePopup();
    show(map, part.layer.getBounds().pad(0.6), false);
    part.layer.openPopup(anchorOf(part));
    boligkort.reveal(map);
  }

  // Permanent names; where two would touch, the larger area keeps its name.
  function drawLabel(shape) {
    const text = make("span", {}, make("bdi", { text: shape.label }));
    return { element: putLabel(map, anchorOf({ shape }), text, "label").getElement(), text, weight: shape.weight };
  }

  function tidyLabels() {
    const taken = [];
    for (const label of [...labels].sort((a, b) => b.weight - a.weight)) {
      const box = label.text.getBoundingClientRect();
      const isFree = taken.every((other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
      label.element.classList.toggle("tucked", !isFree);
      if (isFree) taken.push(box);
    }
  }

  const tables = page.tables.map((table) =>
    boligkort.table(table.key, { ...table, texts, language: page.language, onPick: open, onHover: (key, isOn) => parts.get(key)?.path.classList.toggle("lit", isOn) }),
  );
  const search = boligkort.search(
    page.language,
    (matches, isNarrowed) => {
      const kept = tables.flatMap((table) => table.keep((row) => matches(row.search)).map((row) => row.key));
      const keys = new Set(kept);
      for (const [key, part] of parts) part.path.classList.toggle("faded", isNarrowed && !keys.has(key));
      const total = page.tables.reduce((sum, table) => sum + table.rows.length, 0);
      byId("status").textContent = isNarrowed ? fill(texts.found, { shown: texts.number.format(kept.length), total: texts.number.format(total) }) : "";
    },
    boligkort.openFirst(tables, open),
  );
  search.update();
};
