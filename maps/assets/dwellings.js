// The dwelling check map: one symbol a dwelling, drawn on a canvas, filtered by reason.
"use strict";

boligkort.drawDwellings = (map, id) => {
  const { read, make, fill, symbol, decodePolygons, frameMap, addHome, popupRoom, card, byId, radiusAt } = boligkort;
  const page = read(id);
  const texts = { ...page.texts, number: new Intl.NumberFormat(page.language) };
  const { dwellings, codes } = page;
  const isOff = new Set();
  let isNarrowed = () => true;

  frameMap(map, texts);
  map.createPane("ring").style.zIndex = 640;
  map.getPane("ring").style.pointerEvents = "none";
  const pieceRenderer = L.svg({ padding: 0.4 });
  const bounds = L.latLngBounds([]);
  page.pieces.forEach(drawPiece);

  map.createPane("dots").style.zIndex = 450;
  const { Dot, canvasIn } = boligkort.dots(map, page.symbols);
  const canvas = canvasIn("dots");

  const decisionOf = (at) => codes.decision[codes.reason_decision[dwellings.reason[at]]];
  const dots = dwellings.x.map((x, at) => {
    if (x === null) return null;
    return new Dot([(page.origin[1] + dwellings.y[at]) / 1e6, (page.origin[0] + x) / 1e6], { renderer: canvas, pane: "dots", decision: decisionOf(at), at, isHidden: false, bubblingMouseEvents: false });
  });
  const drawOrder = [...codes.decision].reverse();
  for (const decision of drawOrder) {
    for (const dot of dots) {
      if (!dot || dot.options.decision !== decision) continue;
      dot.addTo(map);
      bounds.extend(dot.getLatLng());
      dot.on("click", () => open(dot.options.at, false));
      dot.on("mouseover", () => ringAt(dot.options.at));
      dot.on("mouseout", () => ringAt(null));
    }
  }
  const ring = L.circleMarker([0, 0], { pane: "ring", renderer: L.svg({ pane: "ring" }), radius: 10, className: "ring", color: null, fill: false, interactive: false });
  const popup = L.popup(popupRoom(map, 340));
  map.on("popupclose", () => {
    table.mark(null);
    ringAt(null);
  });

  function drawPiece(piece) {
    const layer = L.polygon(decodePolygons(piece.polygons), { renderer: pieceRenderer, className: "shape quiet " + piece.style, color: null, fill: true, fillColor: null }).addTo(map);
    layer.bindTooltip(() => make("div", {}, make("bdi", { text: piece.title })), { sticky: true });
    bounds.extend(layer.getBounds());
  }

  function ringAt(at) {
    if (at === null || !dots[at]) {
      if (!map.hasLayer(popup)) ring.remove();
      return;
    }
    ring.setLatLng(dots[at].getLatLng()).setRadius(radiusAt(map.getZoom()) + 5).addTo(map);
  }
  map.on("zoomend", () => ring.setRadius(radiusAt(map.getZoom()) + 5));

  const pick = (list, at) => (at < 0 ? texts.missing : list[at]);
  function cardOf(at) {
    const reason = dwellings.reason[at];
    return {
      kicker: texts.dwelling_kicker + " " + dwellings.id[at],
      title: dwellings.address[at] ?? texts.no_address,
      verdict: [decisionOf(at), codes.decision_text[codes.reason_decision[reason]]],
      because: codes.sentence[reason],
      rows: [
        [texts.tenure, pick(codes.tenure, dwellings.tenure[at])],
        [texts.built, dwellings.built[at] ?? texts.missing],
        ...(dwellings.relabelled[at] ? [[texts.relabelled, dwellings.relabelled[at]]] : []),
        [texts.parcel, pick(codes.parcel, dwellings.parcel[at])],
        [texts.extension, dwellings.extension[at] < 0 ? texts.no_extension : codes.extension[dwellings.extension[at]]],
      ],
      clause: codes.clause[reason],
    };
  }

  function open(at, isMoved = true) {
    map.closePopup();
    table.mark(at);
    if (!dots[at]) {
      popup.setLatLng(map.getCenter()).setContent(card(cardOf(at), page.symbols)).openOn(map);
      return;
    }
    if (isMoved) map.setView(dots[at].getLatLng(), Math.max(map.getZoom(), 19), { animate: false });
    popup.setLatLng(dots[at].getLatLng()).setContent(card(cardOf(at), page.symbols)).openOn(map);
    ringAt(at);
    if (isMoved) boligkort.reveal(map);
  }

  // Filter: each decision is a box, its reasons are boxes below it.
  const boxes = [];
  function drawFilter() {
    const list = make("ul");
    codes.decision.forEach((decision, d) => {
      const reasons = codes.reason_decision.map((of, r) => (of === d ? r : -1)).filter((r) => r >= 0);
      if (!reasons.length) return;
      const inner = make("ul", {}, ...reasons.map((r) => make("li", {}, boxOf(r))));
      list.append(make("li", {}, groupOf(decision, d, reasons), inner));
    });
    byId("filters").append(list);
  }

  function boxOf(reason) {
    const input = make("input", { type: "checkbox" });
    input.checked = true;
    input.dataset.reason = codes.reason[reason];
    input.addEventListener("change", () => {
      setReason(reason, input.checked);
      refresh();
    });
    boxes[reason] = input;
    return make("label", {}, input, make("span", { text: codes.short[reason] }), make("span", { cls: "n", text: texts.number.format(codes.reason_n[reason]) }));
  }

  const groups = [];
  function groupOf(decision, d, reasons) {
    const input = make("input", { type: "checkbox" });
    input.checked = true;
    input.dataset.decision = decision;
    input.addEventListener("change", () => {
      for (const reason of reasons) setReason(reason, input.checked);
      refresh();
    });
    groups.push({ input, reasons });
    const n = reasons.reduce((sum, r) => sum + codes.reason_n[r], 0);
    return make("label", { cls: "group" }, input, symbol(page.symbols, decision), make("span", { text: codes.decision_text[d] }), make("span", { cls: "n", text: texts.number.format(n) }));
  }

  function setReason(reason, isShown) {
    if (isShown) isOff.delete(reason);
    else isOff.add(reason);
    boxes[reason].checked = isShown;
  }

  function refresh() {
    for (const { input, reasons } of groups) {
      const shown = reasons.filter((r) => !isOff.has(r)).length;
      input.checked = shown > 0;
      input.indeterminate = shown > 0 && shown < reasons.length;
    }
    const kept = new Set(table.keep((row) => !isOff.has(dwellings.reason[row.key]) && isNarrowed(row.search)).map((row) => row.key));
    for (const dot of dots) if (dot) dot.options.isHidden = !kept.has(dot.options.at);
    canvas._updatePaths();
    const isWhole = kept.size === dwellings.id.length;
    byId("status").textContent = isWhole ? "" : fill(texts.found, { shown: texts.number.format(kept.size), total: texts.number.format(dwellings.id.length) });
  }

  const rows = dwellings.id.map((name, at) => {
    const address = dwellings.address[at] ?? texts.no_address;
    const tenure = pick(codes.tenure, dwellings.tenure[at]);
    const decision = codes.decision_text[codes.reason_decision[dwellings.reason[at]]];
    const short = codes.short[dwellings.reason[at]];
    return {
      key: at,
      cells: [address, tenure, dwellings.built[at] ?? texts.missing, decision],
      values: [dwellings.address[at] ?? null, tenure, dwellings.built_sort[at], decision],
      notes: [null, null, null, short],
      csv: [, , dwellings.built[at] ?? texts.missing],
      mark: decisionOf(at),
      search: `${address} ${name} ${tenure} ${pick(codes.parcel, dwellings.parcel[at])}`,
    };
  });
  // Dwellings of the area come first, in the order of the legend; sorting is stable.
  rows.sort((a, b) => codes.reason_decision[dwellings.reason[a.key]] - codes.reason_decision[dwellings.reason[b.key]]);
  const table = boligkort.table("dwellings", { columns: page.columns, rows, texts, language: page.language, pageSize: 100, shapes: page.symbols, onPick: (at) => open(at), onHover: (at, isOn) => ringAt(isOn ? at : null) });
  drawFilter();
  addHome(map, texts, bounds);
  boligkort.search(
    page.language,
    (matches) => {
      isNarrowed = matches;
      refresh();
    },
    boligkort.openFirst([table], open),
  );
};
