// The page: data, elements, map controls, popups, tables, search and paper.
// Text from the data is only ever set as textContent.
"use strict";

const boligkort = (() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const byId = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

  function make(tag, settings = {}, ...children) {
    const { text, cls, ...attributes } = settings;
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (cls) element.className = cls;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  function fill(template, values) {
    return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  // A symbol or swatch: shapes come from the palette, colours from the style sheet.
  function symbol(shapes, decision) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "-1.25 -1.25 2.5 2.5");
    svg.setAttribute("class", "swatch symbol");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shapes[decision]);
    path.setAttribute("class", "decision-" + decision);
    svg.append(path);
    return svg;
  }

  // Geometry travels as whole millionths of a degree, each point as the step from the one before it,
  // also from one line to the next.
  function decodeLines(lines) {
    let x = 0;
    let y = 0;
    return lines.map((steps) => {
      const line = [];
      for (let i = 0; i < steps.length; i += 2) {
        x += steps[i];
        y += steps[i + 1];
        line.push([y / 1e6, x / 1e6]);
      }
      return line;
    });
  }
  const decodePolygons = (polygons) => polygons.map(decodeLines);

  function frameMap(map, texts) {
    const container = map.getContainer();
    container.setAttribute("aria-label", texts.map_label);
    container.setAttribute("role", "region");
    container.classList.toggle("narrow", isNarrow(map));
    if (isStill) {
      map._fadeAnimated = false;
      map._zoomAnimated = false;
      container.classList.remove("leaflet-fade-anim", "leaflet-zoom-anim");
    }
    L.control.zoom({ position: cornerOf(map), zoomInTitle: texts.zoom_in, zoomOutTitle: texts.zoom_out }).addTo(map);
    L.control.scale({ metric: true, imperial: false, position: "bottomleft", maxWidth: 140 }).addTo(map);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") map.closePopup();
    });
    map.on("popupopen", (event) => settlePopup(map, event.popup, texts));
    addBackground(map);
    boligkort.addDownloads(map, texts);
  }

  // Tiles only where the page was made with them; the policy lets through their host alone.
  function addBackground(map) {
    if (!byId("background")) return;
    const { url, zoom_max: maxNativeZoom } = read("background");
    map.createPane("background").style.zIndex = 150;
    L.tileLayer(url, { pane: "background", maxNativeZoom, maxZoom: 21, referrerPolicy: "no-referrer" }).addTo(map);
  }

  // On a phone the buttons stand in a row below, where no popup opens and the thumb is; nothing is shown under them.
  const isNarrow = (map) => map.getSize().x < 560;
  const cornerOf = (map) => (isNarrow(map) ? "bottomright" : "topleft");
  const popupRoom = (map, widest) => ({
    minWidth: Math.min(260, map.getSize().x - 60),
    maxWidth: Math.min(widest, map.getSize().x - 60),
    autoPanPaddingTopLeft: isNarrow(map) ? [10, 10] : [60, 12],
    autoPanPaddingBottomRight: [10, 10],
  });

  function addHome(map, texts, bounds) {
    const control = L.control({ position: cornerOf(map) });
    control.onAdd = () => {
      const button = make("button", { type: "button", title: texts.home, "aria-label": texts.home });
      const icon = document.createElementNS(SVG, "svg");
      icon.setAttribute("viewBox", "0 0 16 16");
      icon.setAttribute("width", "16");
      icon.setAttribute("height", "16");
      icon.setAttribute("aria-hidden", "true");
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", "M1 5V1h4M11 1h4v4M15 11v4h-4M5 15H1v-4");
      path.setAttribute("fill", "none");
      path.setAttribute("stroke", "currentColor");
      path.setAttribute("stroke-width", "1.8");
      icon.append(path);
      button.append(icon);
      button.addEventListener("click", () => show(map, bounds));
      const bar = make("div", { cls: "leaflet-bar leaflet-control" }, button);
      L.DomEvent.disableClickPropagation(bar);
      return bar;
    };
    control.addTo(map);
    show(map, bounds, false);
    map.setMinZoom(Math.floor(map.getZoom()) - 2);
    map.setMaxBounds(bounds.pad(1.5));
    printOn(map, bounds);
  }

  function show(map, bounds, animate = !isStill) {
    map.fitBounds(bounds, { paddingTopLeft: [28, 28], paddingBottomRight: [28, isNarrow(map) ? 56 : 28], maxZoom: 18, animate });
  }

  // On paper the map has the size of the sheet, shows everything and is drawn before the sheet is.
  function printOn(map, bounds) {
    let before = null;
    let unfolded = [];
    addEventListener("beforeprint", () => {
      before = { centre: map.getCenter(), zoom: map.getZoom() };
      map.closePopup();
      unfolded = [...document.querySelectorAll("details:not([open])")];
      for (const details of unfolded) details.open = true;
      document.documentElement.classList.add("printing", "sheet");
      map.invalidateSize({ animate: false, pan: false });
      show(map, bounds, false);
      map.fire("paint");
    });
    addEventListener("afterprint", () => {
      document.documentElement.classList.remove("printing", "sheet");
      for (const details of unfolded) details.open = false;
      map.invalidateSize({ animate: false, pan: false });
      if (before) map.setView(before.centre, before.zoom, { animate: false });
      map.fire("paint");
    });
  }

  // On a phone the map may be scrolled away when a row opens a card on it.
  function reveal(map) {
    const { top, bottom } = map.getContainer().getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) map.getContainer().scrollIntoView({ block: "center", behavior: "instant" });
  }

  // Focus goes into a popup that was opened by keyboard and back to where it was opened from.
  let opener = null;
  function settlePopup(map, popup, texts) {
    const element = popup.getElement();
    element.setAttribute("role", "dialog");
    element.setAttribute("aria-label", texts.popup_label);
    const close = element.querySelector(".leaflet-popup-close-button");
    close.setAttribute("aria-label", texts.close);
    close.setAttribute("title", texts.close);
    // A long card scrolls, by keyboard too.
    const content = element.querySelector(".leaflet-popup-content");
    content.setAttribute("tabindex", "0");
    if (!opener) return;
    const from = opener;
    opener = null;
    content.focus({ preventScroll: true });
    popup.once("remove", () => {
      if (element.contains(document.activeElement) || document.activeElement === document.body) {
        from.focus({ preventScroll: true });
      }
    });
  }
  function openFrom(element) {
    opener = element;
  }

  // A shape that the keyboard reaches: it says what its card shows, and opens on Enter and space.
  function makeReachable(path, { key, spoken, light, open }) {
    for (const [name, value] of Object.entries({ tabindex: "0", role: "button", "aria-label": spoken })) path.setAttribute(name, value);
    path.dataset.key = key;
    path.addEventListener("focus", () => light(key, true));
    path.addEventListener("blur", () => light(key, false));
    path.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      openFrom(path);
      open();
    });
  }

  // A text on the map that a screen reader hears of elsewhere.
  function putLabel(map, at, text, className) {
    const icon = L.divIcon({ className, html: text, iconSize: [0, 0] });
    const marker = L.marker(at, { icon, pane: "labels", interactive: false, keyboard: false }).addTo(map);
    marker.getElement().setAttribute("aria-hidden", "true");
    return marker;
  }

  // A button that unfolds a list; Escape and a press elsewhere fold it again, the focus comes back.
  function menu(id, label, makeItems) {
    const list = make("ul", { id });
    list.hidden = true;
    const button = make("button", { type: "button", cls: "menu-button", text: label, "aria-expanded": "false", "aria-controls": id });
    const root = make("div", { cls: "menu" }, button, list);
    const settle = (isOpen, isBack = false) => {
      list.hidden = !isOpen;
      button.setAttribute("aria-expanded", String(isOpen));
      if (isOpen) list.replaceChildren(...makeItems(() => settle(false, true)).map((item) => make("li", {}, item)));
      else if (isBack) button.focus();
    };
    button.addEventListener("click", () => settle(list.hidden));
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || list.hidden) return;
      event.stopPropagation();
      settle(false, true);
    });
    root.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !root.contains(event.relatedTarget)) settle(false);
    });
    document.addEventListener("pointerdown", (event) => {
      if (!root.contains(event.target)) settle(false);
    });
    return root;
  }

  // Switches of what lies on the map: [{label, isOn, set(isOn)}].
  function addSwitches(label, switches) {
    const items = switches.map((one) => {
      const input = make("input", { type: "checkbox" });
      input.checked = one.isOn ?? true;
      input.addEventListener("change", () => one.set(input.checked));
      return make("label", {}, input, make("span", { text: one.label }));
    });
    byId("map-head").querySelector(".menu").before(menu("layers", label, () => items));
  }

  // The legend of what is shown now: [[style, label, count]].
  function setLegend(lines) {
    byId("legend").replaceChildren(...lines.map(([style, label, count]) => make("li", {}, swatch(style), make("span", { text: label }), ...(count ? [" ", make("span", { cls: "n", text: count })] : []))));
  }
  function swatch(style) {
    const svg = document.createElementNS(SVG, "svg");
    const box = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ viewBox: "0 0 26 16", class: "swatch", "aria-hidden": "true" })) svg.setAttribute(name, value);
    for (const [name, value] of Object.entries({ x: 1.5, y: 1.5, width: 23, height: 13, class: "shape " + style })) box.setAttribute(name, value);
    svg.append(box);
    return svg;
  }

  // A card is plain data: heading, figure, bar, rows, tables and notes.
  function card(content, shapes) {
    const root = make("div", { cls: "card" });
    if (content.kicker) root.append(make("p", { cls: "kicker", text: content.kicker }));
    root.append(make("h2", {}, make("bdi", { text: content.title })));
    if (content.verdict) {
      root.append(make("p", { cls: "verdict" }, symbol(shapes, content.verdict[0]), make("span", { text: content.verdict[1] })));
    }
    if (content.listed) {
      root.append(make("p", { cls: "verdict" }, swatch(content.listed[0]), make("span", { text: content.listed[1] })));
    }
    if (content.because) root.append(make("p", { cls: "because", text: content.because }));
    if (content.big) {
      root.append(make("p", { cls: "big" }, make("b", { text: content.big[0] }), make("span", { text: content.big[1] })));
    }
    root.append(...(content.tables || []).map(cardTable));
    if (content.bar) root.append(bar(content.bar));
    const rows = (content.rows || []).map(([label, value, decision]) => {
      const head = make("th", { scope: "row" });
      if (decision) head.append(symbol(shapes, decision));
      head.append(label);
      return make("tr", {}, head, make("td", {}, make("bdi", { text: value })));
    });
    if (rows.length) root.append(make("table", {}, make("tbody", {}, ...rows)));
    for (const note of content.notes || []) root.append(make("p", { cls: "note", text: note }));
    if (content.clause) root.append(make("p", { cls: "clause", text: content.clause }));
    return root;
  }

  function cardTable({ caption, head, rows }) {
    const line = (tag, cells) => make("tr", {}, ...cells.map((text, at) => make(at && tag === "td" ? "td" : "th", { scope: tag === "th" ? "col" : "row" , text })));
    const table = make("table", { cls: "listed" }, make("caption", { text: caption }));
    if (head) table.append(make("thead", {}, line("th", head)));
    table.append(make("tbody", {}, ...rows.map((cells) => line("td", cells))));
    return table;
  }

  function bar(parts) {
    const whole = parts.reduce((sum, part) => sum + part[1], 0);
    const element = make("div", { cls: "bar", "aria-hidden": "true" });
    for (const [decision, count] of parts) {
      if (!count) continue;
      const piece = make("i", { cls: "ground-" + decision });
      piece.style.flexGrow = String(count / whole);
      element.append(piece);
    }
    return element;
  }

  return { read, byId, make, fill, symbol, decodeLines, decodePolygons, frameMap, addHome, popupRoom, show, card, openFrom, makeReachable, putLabel, isStill, menu, addSwitches, setLegend, reveal };
})();
