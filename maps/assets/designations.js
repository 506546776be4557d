// Old against new: land in two colours, zones by number and letter.
"use strict";

boligkort.drawDesignations = (map, id) => {
  const { read, make, fill, decodePolygons, frameMap, addHome, popupRoom, show, card, makeReachable, putLabel, byId, reveal } = boligkort;
  const page = read(id);
  const format = new Intl.NumberFormat(page.language);
  const texts = { ...page.texts, number: format };
  const parts = new Map();
  let picked = null;

  map.createPane("land").style.zIndex = 350;
  map.getPane("land").style.pointerEvents = "none";
  map.createPane("labels").style.zIndex = 620;
  map.getPane("labels").style.pointerEvents = "none";
  frameMap(map, texts);
  const under = L.svg({ pane: "land", padding: 0.4 });
  for (const { style, polygons } of page.land) {
    L.polygon(decodePolygons(polygons), { renderer: under, pane: "land", className: `shape ${style}`, color: null, fill: true, fillColor: null, interactive: false, smoothFactor: 0.5 }).addTo(map);
  }
  const renderer = L.svg({ padding: 0.4 });
  page.zones.forEach(drawZone);
  const labels = page.zones.filter((zone) => zone.label).map(drawLabel);

  function anchorOf({ anchor }) {
    return [anchor[1] / 1e6, anchor[0] / 1e6];
  }

  function drawZone(zone) {
    const layer = L.polygon(decodePolygons(zone.polygons), { renderer, className: `shape hollow ${zone.style}`, color: null, fill: true, fillColor: null, smoothFactor: 0.5 }).addTo(map);
    const path = layer.getElement();
    const { title, kicker, big, rows } = zone.card;
    const spoken = [title, kicker, big.join(" "), ...rows.map((row) => row.join(": "))].join(", ");
    parts.set(zone.key, { zone, layer, path });
    layer.bindPopup(() => card(zone.card, {}), popupRoom(map, 360));
    layer.bindTooltip(() => make("div", {}, make("bdi", { text: title }), make("b", { text: kicker })), { sticky: true, className: "tip" });
    layer.on("mouseover", () => light(zone.key, true)).on("mouseout", () => light(zone.key, false));
    layer.on("popupopen", () => pick(zone.key)).on("popupclose", () => pick(null));
    makeReachable(path, { key: zone.key, spoken, light, open: () => layer.openPopup(anchorOf(zone)) });
  }

  function drawLabel(zone) {
    const text = make("span", { cls: zone.style }, make("bdi", { text: zone.label }));
    return putLabel(map, anchorOf(zone), text, "label zone-label").getElement();
  }

  function light(key, isOn) {
    parts.get(key).path.classList.toggle("lit", isOn);
    table.light(key, isOn);
  }
  function pick(key) {
    if (picked !== null) parts.get(picked).path.classList.remove("picked");
    picked = key;
    if (key !== null) parts.get(key).path.classList.add("picked");
    table.mark(key);
  }
  function open(key) {
    const { zone, layer } = parts.get(key);
    map.closePopup();
    show(map, layer.getBounds().pad(0.8), false);
    layer.openPopup(anchorOf(zone));
    reveal(map);
  }

  const [listed] = page.tables;
  const table = boligkort.table(listed.key, { ...listed, texts, language: page.language, onPick: open, onHover: (key, isOn) => parts.get(key).path.classList.toggle("lit", isOn) });
  boligkort.addSwitches(texts.layers, [
    { label: texts.layer_labels, set: (isOn) => (map.getPane("labels").style.display = isOn ? "" : "none") },
    { label: texts.layer_land, set: (isOn) => (map.getPane("land").style.display = isOn ? "" : "none") },
  ]);
  const bounds = L.latLngBounds([]);
  for (const { layer } of parts.values()) bounds.extend(layer.getBounds());
  map.options.zoomSnap = 0.1;
  addHome(map, texts, bounds.isValid() ? bounds : L.latLngBounds([[54.5, 8], [57.8, 12.8]]));

  boligkort
    .search(
      page.language,
      (matches, isNarrowed) => {
        const kept = new Set(table.keep((row) => matches(row.search)).map((row) => row.key));
        for (const [key, { path }] of parts) path.classList.toggle("faded", isNarrowed && !kept.has(key));
        byId("status").textContent = isNarrowed ? fill(texts.found, { shown: format.format(kept.size), total: format.format(page.zones.length) }) : "";
      },
      boligkort.openFirst([table], open),
    )
    .update();
};
