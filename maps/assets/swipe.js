// Before and after on one map: two sets of panes, each cut at the divider.
"use strict";

boligkort.drawSwipe = (map, id) => {
  const { read, make, fill, decodePolygons, frameMap, addHome, popupRoom, card, byId, radiusAt } = boligkort;
  const page = read(id);
  const texts = { ...page.texts, number: new Intl.NumberFormat(page.language) };
  const { dwellings, codes, sides } = page;
  const bounds = L.latLngBounds([]);
  const names = ["before", "after"];
  const titles = sides.map(({ label }) => label.charAt(0).toLocaleUpperCase(page.language) + label.slice(1));
  let share = 0.5;
  let chosen = null;
  let isNarrowed = () => true;

  frameMap(map, texts);
  map.createPane("ring").style.zIndex = 640;
  map.getPane("ring").style.pointerEvents = "none";
  const { Dot, canvasIn } = boligkort.dots(map, page.symbols);
  const drawn = names.map(drawSide);
  const ring = L.circleMarker([0, 0], { pane: "ring", renderer: L.svg({ pane: "ring" }), radius: 10, className: "ring", color: null, fill: false, interactive: false });
  const popup = L.popup(popupRoom(map, 400));
  map.on("popupclose", () => {
    table.mark(null);
    ring.remove();
  });
  const divider = makeDivider();

  function paneOf(kind, side, depth) {
    const pane = map.createPane(`${kind}-${names[side]}`);
    pane.style.zIndex = depth;
    pane.exportClip = () => clipOf(side);
    return pane;
  }

  function drawSide(name, side) {
    paneOf("pieces", side, 400 + side);
    paneOf("dots", side, 450 + side);
    const renderer = L.svg({ pane: `pieces-${name}`, padding: 0.4 });
    for (const piece of sides[side].pieces) {
      const layer = L.polygon(decodePolygons(piece.polygons), { renderer, pane: `pieces-${name}`, className: "shape quiet " + piece.style, color: null, fill: true, fillColor: null }).addTo(map);
      layer.bindTooltip(() => make("div", {}, make("bdi", { text: piece.title })), { sticky: true });
      bounds.extend(layer.getBounds());
    }
    const canvas = canvasIn(`dots-${name}`);
    const reasons = dwellings[name];
    const dots = dwellings.x.map((x, at) => {
      if (x === null) return null;
      const decision = codes.decision[codes.reason_decision[reasons[at]]];
      return new Dot([(page.origin[1] + dwellings.y[at]) / 1e6, (page.origin[0] + x) / 1e6], { renderer: canvas, pane: `dots-${name}`, decision, at, isHidden: false, bubblingMouseEvents: false });
    });
    for (const decision of [...codes.decision].reverse()) {
      for (const dot of dots) {
        if (!dot || dot.options.decision !== decision) continue;
        dot.addTo(map);
        bounds.extend(dot.getLatLng());
        dot.on("click", () => open(dot.options.at, false));
      }
    }
    return { dots, canvas };
  }

  // The divider is a slider: arrows, Page Up and Down, Home and End, mouse and finger.
  function makeDivider() {
    const bar = make("div", { cls: "divider", role: "slider", tabindex: "0", "aria-label": texts.divider, "aria-orientation": "horizontal", "aria-valuemin": "0", "aria-valuemax": "100" });
    const chips = titles.map((title, at) => make("span", { cls: `side-chip ${names[at]}`, "aria-hidden": "true" }, make("bdi", { text: title })));
    bar.append(make("span", { cls: "grip", "aria-hidden": "true" }), ...chips);
    map.getContainer().append(bar);
    L.DomEvent.disableClickPropagation(bar);
    const steps = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
    bar.addEventListener("keydown", (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      event.stopPropagation();
      move(share + steps[event.key]);
    });
    const follow = (event) => {
      const box = map.getContainer().getBoundingClientRect();
      move((event.clientX - box.left) / box.width);
    };
    bar.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      bar.focus({ preventScroll: true });
      bar.setPointerCapture(event.pointerId);
      bar.addEventListener("pointermove", follow);
    });
    for (const name of ["pointerup", "pointercancel"]) bar.addEventListener(name, () => bar.removeEventListener("pointermove", follow));
    return bar;
  }

  function move(to) {
    share = Math.max(0, Math.min(1, to));
    const percent = Math.round(share * 100);
    divider.style.left = `${share * 100}%`;
    divider.setAttribute("aria-valuenow", String(percent));
    divider.setAttribute("aria-valuetext", fill(texts.divider_value, { percent: String(percent), before: sides[0].label, after: sides[1].label }));
    cut();
  }

  function clipOf(side) {
    const { x: width } = map.getSize();
    return side === 0 ? { x: 0, width: share * width } : { x: share * width, width: (1 - share) * width };
  }

  // A pane moves with the map, so what is cut is found anew each time the map does.
  function cut() {
    const { y: height } = map.getSize();
    names.forEach((name, side) => {
      const { x, width } = clipOf(side);
      const [from, to] = [map.containerPointToLayerPoint([x, 0]), map.containerPointToLayerPoint([x + width, height])];
      const clip = `polygon(${from.x}px ${from.y}px,${to.x}px ${from.y}px,${to.x}px ${to.y}px,${from.x}px ${to.y}px)`;
      for (const kind of ["pieces", "dots"]) map.getPane(`${kind}-${name}`).style.clipPath = clip;
    });
  }
  map.on("move zoomend viewreset resize", cut);

  // On paper and in the drawing the divider is a line with the two labels.
  const DividerLine = L.Layer.extend({
    onAdd() {},
    onRemove() {},
    exportTo({ group, draw, ink }) {
      const { x, y } = map.getSize();
      const at = share * x;
      group.append(draw("path", { d: `M${at} 0V${y}`, stroke: ink("text"), "stroke-width": 2 }));
      titles.forEach((title, n) => {
        const text = draw("text", { x: at + (n ? 10 : -10), y: 22, "font-size": 14, "font-weight": 650, fill: ink("text"), "text-anchor": n ? "start" : "end" });
        text.textContent = title;
        group.append(text);
      });
    },
  });
  new DividerLine({ pane: "ring" }).addTo(map);

  const wordOf = (reason) => codes.decision_text[codes.reason_decision[reason]];
  function cardOf(at) {
    const [before, after] = [dwellings.before[at], dwellings.after[at]];
    return {
      kicker: `${texts.dwelling_kicker} ${dwellings.id[at]} · ${dwellings.tenure[at] < 0 ? texts.missing : codes.tenure[dwellings.tenure[at]]}`,
      title: dwellings.address[at] ?? texts.no_address,
      tables: [
        {
          caption: before === after ? texts.same : texts.changed,
          rows: [[titles[0], `${wordOf(before)}: ${codes.short[before]}`], [titles[1], `${wordOf(after)}: ${codes.short[after]}`]],
        },
      ],
      because: codes.sentence[after],
      clause: codes.clause[after],
    };
  }

  function open(at, isMoved = true) {
    map.closePopup();
    table.mark(at);
    const dot = drawn[1].dots[at];
    if (dot && isMoved) map.setView(dot.getLatLng(), Math.max(map.getZoom(), 19), { animate: false });
    popup.setLatLng(dot ? dot.getLatLng() : map.getCenter()).setContent(card(cardOf(at), page.symbols)).openOn(map);
    if (dot) ring.setLatLng(dot.getLatLng()).setRadius(radiusAt(map.getZoom()) + 5).addTo(map);
    if (isMoved) boligkort.reveal(map);
  }

  // A change that is picked shows its dwellings alone; picked again, all are back.
  function pickChange(key) {
    chosen = chosen === key ? null : key;
    changes.mark(chosen);
    refresh();
  }
  const isOf = (at, change) => dwellings.before[at] === change.ends[0] && dwellings.after[at] === change.ends[1];

  function refresh() {
    const change = chosen === null ? null : page.changes.rows[chosen];
    const kept = table.keep((row) => isNarrowed(row.search) && (!change || isOf(row.key, change)));
    for (const { dots, canvas } of drawn) {
      for (const dot of dots) if (dot) dot.options.isHidden = Boolean(change) && !isOf(dot.options.at, change);
      canvas._updatePaths();
    }
    byId("status").textContent = kept.length === rows.length ? "" : fill(texts.found, { shown: texts.number.format(kept.length), total: texts.number.format(rows.length) });
  }

  const rows = dwellings.id
    .map((name, at) => at)
    .filter((at) => dwellings.before[at] !== dwellings.after[at])
    .map((at) => {
      const ends = [dwellings.before[at], dwellings.after[at]];
      const address = dwellings.address[at] ?? texts.no_address;
      return {
        key: at,
        cells: [address, ...ends.map(wordOf)],
        values: [dwellings.address[at] ?? null, ...ends.map(wordOf)],
        notes: [null, ...ends.map((end) => codes.short[end])],
        search: `${address} ${dwellings.id[at]} ${ends.map((end) => codes.short[end]).join(" ")}`,
      };
    });
  const common = { texts, language: page.language };
  boligkort.table("counts", { ...common, ...page.counts });
  const changes = boligkort.table("changes", { ...common, ...page.changes, onPick: pickChange });
  const table = boligkort.table("dwellings", { ...common, columns: page.columns, rows, pageSize: 100, onPick: (at) => open(at) });
  addHome(map, texts, bounds);
  move(share);
  boligkort.search(
    page.language,
    (matches) => {
      isNarrowed = matches;
      refresh();
    },
    boligkort.openFirst([table], open),
  );
};
