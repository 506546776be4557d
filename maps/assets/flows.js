// Flow lines between kommuner: curves as wide as the count, arrows at the end, the same flows in a table.
"use strict";

boligkort.drawFlows = (map, id) => {
  const { read, make, fill, decodePolygons, frameMap, addHome, show, putLabel, byId } = boligkort;
  const page = read(id);
  const texts = page.texts;
  const number = new Intl.NumberFormat(page.language);
  const CORNERS = [[0, 2], [1, 1], [1, -1], [0, -2], [-1, -1], [-1, 1]];
  const places = page.kommuner;
  const years = [...new Set(page.sets.map((one) => one.year))].sort((a, b) => b - a);
  const exposures = [...new Map(page.sets.map((one) => [one.exposure, one.name]))];
  const chosen = { year: years[0], exposure: (exposures.find(([key]) => key === "udsat") ?? exposures[0] ?? [""])[0], kommune: "", way: "from" };
  let view = page.polygons ? "map" : "tiles";
  let matches = () => true;
  let drawn = [];
  let picked = null;
  const lines = new Map();

  map.createPane("flows").style.zIndex = 460;
  map.createPane("labels").style.zIndex = 450;
  map.getPane("labels").style.pointerEvents = "none";
  frameMap(map, { ...texts, number });
  const scale = map.getContainer().querySelector(".leaflet-control-scale");
  const corner = scale.parentNode;
  const ground = L.svg({ padding: 0.5 });
  const above = L.svg({ pane: "flows", padding: 0.5 });
  const group = L.layerGroup().addTo(map);

  function tilePoint([x, y]) {
    return map.options.crs.unproject(L.point(890000 + x * Math.sqrt(3) * 10500, 7950000 + y * 10500));
  }
  function shapeOf(one) {
    if (view === "tiles") return one.tile ? CORNERS.map(([right, up]) => tilePoint([one.tile[0] + 0.97 * right, one.tile[1] + 0.97 * up])) : [];
    return page.polygons[one.key] ? decodePolygons(page.polygons[one.key]) : [];
  }
  function anchorOf(one) {
    if (view === "tiles") return one.tile ? tilePoint(one.tile) : null;
    const at = page.anchors[one.key];
    return at ? L.latLng(at[1] / 1e6, at[0] / 1e6) : null;
  }

  const parts = places.map((one) => {
    const layer = L.polygon(shapeOf(one), { renderer: ground, className: `shape kommune${one.isMarked ? " marked" : ""}`, color: null, fill: true, fillColor: null, smoothFactor: 0.4 });
    layer.on("click", () => choose({ kommune: chosen.kommune === one.key ? "" : one.key }));
    layer.bindTooltip(() => make("bdi", { text: one.name }), { sticky: true, className: "tip", opacity: 1 });
    return { one, layer };
  });

  // What is chosen, largest first; then so many that they make the share of the rule, at most so many.
  function select() {
    const own = page.sets.find((one) => one.year === chosen.year && one.exposure === chosen.exposure);
    const all = [];
    let hidden = 0;
    const at = places.findIndex((one) => one.key === chosen.kommune);
    if (own) {
      hidden = at < 0 ? own.hidden : (chosen.way === "from" ? own.hiddenFrom : own.hiddenTo)[at];
      for (let i = 0; i < own.flows.length; i += 3) {
        const [from, to, count] = own.flows.slice(i, i + 3);
        if (at >= 0 && at !== (chosen.way === "from" ? from : to)) continue;
        const flow = { from: places[from], to: places[to], count };
        if (matches(`${flow.from.name} ${flow.from.key} ${flow.to.name} ${flow.to.key}`)) all.push({ ...flow, key: `${flow.from.key}-${flow.to.key}` });
      }
    }
    const total = all.reduce((sum, flow) => sum + flow.count, 0);
    let sum = 0;
    const kept = [];
    for (const flow of all) {
      if (kept.length >= page.rule.most || sum * 100 >= total * page.rule.share) break;
      kept.push(flow);
      sum += flow.count;
    }
    return { kept, sum, total, all: all.length, hidden };
  }

  // A curve to the left of the way, so that both ways between two kommuner are seen apart.
  function curve(flow) {
    const [a, b] = [anchorOf(flow.from), anchorOf(flow.to)].map((point) => map.latLngToLayerPoint(point));
    const way = b.subtract(a);
    const bend = L.point(way.y, -way.x).multiplyBy(0.2);
    const control = a.add(way.multiplyBy(0.5)).add(bend);
    const at = (t) => a.multiplyBy((1 - t) ** 2).add(control.multiplyBy(2 * t * (1 - t))).add(b.multiplyBy(t * t));
    return { at, length: Math.hypot(way.x, way.y) };
  }

  // Tiles lie close: the widest line is a third of one, and lines begin and end off its middle.
  function sizes() {
    if (view === "map") return { widest: 14, gap: 5 };
    const [left, right] = [0, 2].map((x) => map.latLngToLayerPoint(tilePoint([x, 0])).x);
    return { widest: Math.min(18, Math.max(5, (right - left) * 0.3)), gap: (right - left) * 0.3 };
  }
  const widthOf = (count, most) => Math.max(1, (sizes().widest * count) / most);
  const unlay = (points) => points.map((point) => map.layerPointToLatLng(point));

  function drawLine(flow, most) {
    const { at, length } = curve(flow);
    const width = widthOf(flow.count, most);
    const gap = Math.min(sizes().gap, length * 0.3) / Math.max(length, 1);
    const head = Math.min(5 + width * 0.8, length * 0.3) / Math.max(length, 1);
    const stop = 1 - gap - head;
    const points = Array.from({ length: 25 }, (_, i) => at(gap + ((stop - gap) * i) / 24));
    const line = L.polyline(unlay(points), { renderer: above, pane: "flows", className: "shape flow", color: null, weight: null, smoothFactor: 0 });
    const [base, tip] = [at(stop), at(1 - gap)];
    const along = tip.subtract(base);
    const side = L.point(-along.y, along.x).multiplyBy((width / 2 + 2.5) / Math.max(1, Math.hypot(along.x, along.y)));
    const arrow = L.polygon(unlay([base.add(side), tip, base.subtract(side)]), { renderer: above, pane: "flows", className: "shape flow-head", color: null, fillColor: null, interactive: false, smoothFactor: 0 });
    group.addLayer(line).addLayer(arrow);
    line.getElement().style.strokeWidth = `${width}px`;
    line.bindTooltip(() => make("span", {}, make("bdi", { text: `${flow.from.name} → ${flow.to.name}` }), make("b", { text: number.format(flow.count) })), { sticky: true, className: "tip", opacity: 1 });
    line.on("mouseover", () => light(flow.key, true)).on("mouseout", () => light(flow.key, false)).on("click", () => pick(flow.key));
    lines.set(flow.key, [line, arrow]);
  }

  function drawLines() {
    group.clearLayers();
    lines.clear();
    const most = drawn[0]?.count ?? 1;
    // The widest first, so that the narrow ones lie above.
    for (const flow of drawn) if (anchorOf(flow.from) && anchorOf(flow.to)) drawLine(flow, most);
    if (picked && lines.has(picked)) mark(picked, true);
  }

  function light(key, isOn) {
    for (const layer of lines.get(key) ?? []) layer.getElement()?.classList.toggle("lit", isOn);
    rows.get(key)?.classList.toggle("lit", isOn);
  }
  function mark(key, isOn) {
    for (const layer of lines.get(key) ?? []) layer.getElement()?.classList.toggle("picked", isOn);
    const row = rows.get(key);
    row?.classList.toggle("picked", isOn);
    row?.querySelector("button").setAttribute("aria-pressed", String(isOn));
  }
  function pick(key) {
    if (picked) mark(picked, false);
    picked = picked === key ? null : key;
    if (picked) mark(picked, true);
  }

  // The table beside: arrow keys go up and down, and light the line of each flow.
  const table = byId("flows");
  const body = make("tbody");
  const rows = new Map();
  const columns = [["head_from", "text"], ["head_to", "text"], ["head_count", "number"]].map(([name, kind]) => ({ title: texts[name], kind }));
  table.append(make("thead", {}, make("tr", {}, ...columns.map(({ title, kind }) => make("th", { scope: "col", cls: kind === "number" ? "num" : "", text: title })))), body);
  const cellsOf = (flow) => [flow.from.name, flow.to.name, number.format(flow.count)];
  boligkort.addTable("flows", { title: table.caption.textContent, columns, missing: "", rows: () => drawn.map((flow) => ({ cells: cellsOf(flow), values: [flow.from.name, flow.to.name, flow.count] })) });

  function makeRow(flow) {
    const [from, to, count] = cellsOf(flow);
    const button = make("button", { type: "button", cls: "pick", "aria-pressed": "false" }, make("bdi", { text: from }));
    const row = make("tr", {}, make("th", { scope: "row" }, button), make("td", {}, make("bdi", { text: to })), make("td", { cls: "num", text: count }));
    row.addEventListener("click", () => pick(flow.key));
    for (const [event, isOn] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) row.addEventListener(event, () => light(flow.key, isOn));
    button.addEventListener("keydown", (event) => {
      const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
      if (!next) return;
      event.preventDefault();
      next.querySelector("button").focus();
    });
    return row;
  }

  const said = make("p", { cls: "said", id: "said", role: "status" });
  function settle() {
    const found = select();
    drawn = found.kept;
    picked = null;
    rows.clear();
    for (const flow of drawn) rows.set(flow.key, makeRow(flow));
    body.replaceChildren(...rows.values());
    for (const { one, layer } of parts) layer.getElement()?.classList.toggle("chosen", one.key === chosen.kommune);
    const values = { shown: number.format(drawn.length), all: number.format(found.all), sum: number.format(found.sum), total: number.format(found.total), hidden: number.format(found.hidden) };
    said.textContent = fill(found.all ? texts.said : texts.said_none, values);
    settleLegend();
    drawLines();
  }

  // Three widths with their counts: the largest, and a half and a tenth of it in round numbers.
  function settleLegend() {
    const most = drawn[0]?.count ?? 0;
    const round = (value) => {
      const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))));
      return Math.max(1, Math.round(value / step) * step);
    };
    const counts = [...new Set([most, round(most / 2), round(most / 10)])].filter((count) => count > 0);
    const entry = (tag, attributes, text) => {
      const [svg, mark] = ["svg", tag].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
      for (const [name, value] of Object.entries({ viewBox: "0 0 40 16", class: "swatch", "aria-hidden": "true" })) svg.setAttribute(name, value);
      for (const [name, value] of Object.entries(attributes)) mark.setAttribute(name, value);
      svg.append(mark);
      return [make("li", {}, svg, make("span", { text })), mark];
    };
    const entries = counts.map((count) => {
      const [item, line] = entry("path", { d: "M1 8H39", class: "shape flow" }, fill(texts.legend, { count: number.format(count) }));
      line.style.strokeWidth = `${widthOf(count, most)}px`;
      return item;
    });
    if (places.some((one) => one.isMarked)) entries.push(entry("rect", { x: 2, y: 2, width: 36, height: 12, class: "shape origin" }, texts.legend_marked)[0]);
    byId("legend").replaceChildren(...entries);
  }

  function makeSelect(name, label, options) {
    const field = make("select", { id: `choose-${name}` }, ...options.map(([value, text]) => make("option", { value, text })));
    field.value = String(chosen[name]);
    field.addEventListener("change", () => choose({ [name]: name === "year" ? Number(field.value) : field.value }));
    return make("label", {}, make("span", { text: label }), field);
  }
  function choose(changes) {
    Object.assign(chosen, changes);
    for (const [name, value] of Object.entries(chosen)) byId(`choose-${name}`).value = String(value);
    settle();
  }

  const named = [...places].sort((a, b) => a.name.localeCompare(b.name, page.language));
  const choices = make("div", { cls: "choices" },
    makeSelect("kommune", texts.choose_kommune, [["", texts.every], ...named.map((one) => [one.key, one.name])]),
    makeSelect("way", texts.choose_way, [["from", texts.way_from], ["to", texts.way_to]]),
    makeSelect("year", texts.choose_year, years.map((year) => [String(year), String(year)])),
    makeSelect("exposure", texts.choose_exposure, exposures));
  byId("map-head").prepend(make("h2", { id: "view-title", text: texts.view_title }), choices, said);

  function changeView(next) {
    view = next;
    for (const { one, layer } of parts) layer.setLatLngs(shapeOf(one));
    settleView();
    map.setMaxBounds(null);
    show(map, home, false);
    map.setMaxBounds(home.pad(1.5));
    drawLines();
  }
  const home = L.latLngBounds([]);
  function settleView() {
    map.getContainer().classList.toggle("is-tiles", view === "tiles");
    if (view === "tiles") scale.remove();
    else corner.append(scale);
    const bounds = L.latLngBounds([]);
    for (const { layer } of parts) if (!layer.isEmpty()) bounds.extend(layer.getBounds());
    Object.assign(home, L.latLngBounds(bounds.getSouthWest(), bounds.getNorthEast()));
    for (const { one, marker } of names) {
      const at = anchorOf(one);
      if (at) marker.setLatLng(at);
    }
  }
  function tidyNames() {
    const [left, right] = [0, 2].map((x) => map.latLngToContainerPoint(tilePoint([x, 0])));
    const width = right.x - left.x;
    map.getPane("labels").style.setProperty("--hex", `${width}px`);
    for (const { one, marker } of names) {
      const size = Math.min(width * 0.235, (width * 1.62) / Math.max(4, one.short.length), 19);
      marker.getElement().classList.toggle("tucked", view !== "tiles" || size < 6);
      marker.getElement().firstChild.style.setProperty("--name", `${size}px`);
    }
  }
  const names = places.filter((one) => one.tile).map((one) => {
    const text = make("span", {}, make("bdi", { cls: "place", text: one.short }));
    return { one, marker: putLabel(map, [0, 0], text, "label tile-label") };
  });
  settleView();
  map.options.zoomSnap = 0.1;
  map.invalidateSize({ animate: false, pan: false });
  addHome(map, texts, home);
  for (const { layer } of parts) layer.addTo(map);
  if (page.polygons) {
    const buttons = ["map", "tiles"].map((name) => {
      const button = make("button", { type: "button", text: texts[`view_${name}`], "aria-pressed": String(name === view) });
      button.addEventListener("click", () => {
        changeView(name);
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      });
      return button;
    });
    byId("view-title").after(make("div", { cls: "views no-paper", role: "group", "aria-label": texts.view_label }, ...buttons));
  }
  map.on("zoomend resize paint", () => {
    tidyNames();
    drawLines();
  });
  tidyNames();
  boligkort.search(page.language, (test, isNarrowed) => {
    matches = isNarrowed ? test : () => true;
    settle();
  }, () => body.querySelector("button")?.focus()).update();
};
