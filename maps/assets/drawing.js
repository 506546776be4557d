// The map as one SVG drawing with title, legend, scale and credits, in the colours of paper.
//
// Lines and symbols are taken from Leaflet's layers, whichever renderer draws them. A layer that draws in
// its own way brings `exportTo(tools)`; a pane that is cut brings `exportClip()` ({x, width} of the map).
"use strict";

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const FONT = "Segoe UI, Roboto, Helvetica Neue, Arial, Noto Sans, sans-serif";
  const MARGIN = 24;
  const INKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "opacity"];

  const number = (value) => String(Math.round(value * 10) / 10);
  function draw(tag, attributes = {}, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }
  const local = (paint) => paint.replace(/url\(["']?[^#]*#([^"')]+)["']?\)/, "url(#$1)");

  function inksOf(element) {
    const style = getComputedStyle(element);
    const plain = { "fill-opacity": "1", "stroke-opacity": "1", opacity: "1", "stroke-dasharray": "none", "stroke-linejoin": "miter" };
    const inks = {};
    for (const name of INKS) {
      const value = local(style.getPropertyValue(name));
      if (value && value !== plain[name]) inks[name] = value;
    }
    return inks;
  }

  // A picture of the page (swatch, pattern) with its style written into it.
  function copy(element) {
    const attributes = {};
    for (const { name, value } of element.attributes) if (!["class", "style", "tabindex"].includes(name)) attributes[name] = value;
    return draw(element.localName, { ...attributes, ...inksOf(element) }, ...[...element.children].map(copy));
  }

  const measure = document.createElement("canvas").getContext("2d");
  function widthOf(text, size, weight) {
    measure.font = `${weight} ${size}px ${FONT}`;
    return measure.measureText(text).width;
  }
  function wrap(text, size, weight, width) {
    const lines = [];
    for (const word of text.split(/\s+/).filter(Boolean)) {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      if (lines.length && widthOf(longer, size, weight) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  function textOf(selector) {
    const element = document.querySelector(selector);
    return element ? element.textContent.trim() : "";
  }
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // Text that flows down the sheet; returns where it ended.
  function flow(sheet, text, { y, size, weight = 400, colour, width }) {
    for (const line of wrap(text, size, weight, width)) {
      y += Math.round(size * 1.32);
      const element = draw("text", { x: MARGIN, y, "font-size": size, "font-weight": weight, fill: colour });
      element.textContent = line;
      sheet.append(element);
    }
    return y;
  }

  function drawLegend(sheet, top, width) {
    let x = MARGIN;
    let y = top + 12;
    for (const entry of document.querySelectorAll("#legend li")) {
      const swatch = entry.querySelector("svg");
      const label = entry.textContent.trim().replace(/\s+/g, " ");
      const [w, h] = swatch ? [swatch.clientWidth || 26, swatch.clientHeight || 16] : [0, 16];
      const whole = w + 7 + widthOf(label, 13, 400);
      if (x > MARGIN && x + whole > width - MARGIN) {
        x = MARGIN;
        y += 22;
      }
      if (swatch) {
        const picture = copy(swatch);
        for (const [name, value] of Object.entries({ x, y: y + 8 - h / 2, width: w, height: h, overflow: "visible" })) picture.setAttribute(name, value);
        sheet.append(picture);
      }
      const text = draw("text", { x: x + w + (w ? 7 : 0), y: y + 12.5, "font-size": 13, fill: ink("text") });
      text.textContent = label;
      sheet.append(text);
      x += whole + 20;
    }
    return y + 24;
  }

  function linesOf(map, latlngs, isClosed) {
    if (!latlngs.length) return "";
    if (!(latlngs[0] instanceof L.LatLng)) return latlngs.map((part) => linesOf(map, part, isClosed)).join("");
    let last = "";
    let path = "";
    for (const latlng of latlngs) {
      const point = map.latLngToContainerPoint(latlng);
      const at = `${number(point.x)} ${number(point.y)}`;
      if (at !== last) path += (path ? "L" : "M") + at;
      last = at;
    }
    return path + (isClosed ? "Z" : "");
  }

  function outlineOf(map, layer) {
    if (layer instanceof L.CircleMarker) {
      const { x, y } = map.latLngToContainerPoint(layer.getLatLng());
      const r = layer.getRadius();
      return `M${number(x - r)} ${number(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
    }
    return linesOf(map, layer.getLatLngs(), layer instanceof L.Polygon);
  }

  function paintOf(layer) {
    const element = layer.getElement?.();
    if (element) return inksOf(element);
    const { stroke, color, weight, opacity, fill, fillColor, fillOpacity, dashArray } = layer.options;
    const inks = { fill: fill ? fillColor || color : "none", stroke: stroke ? color : "none" };
    if (fill) inks["fill-opacity"] = fillOpacity;
    if (stroke) Object.assign(inks, { "stroke-width": weight, "stroke-opacity": opacity }, dashArray ? { "stroke-dasharray": dashArray } : {});
    return inks;
  }

  // The words of an element by the lines they stand on.
  function readLines(element) {
    const lines = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (const found of node.data.matchAll(/[^\s/-]*[/-]|[^\s/-]+/g)) {
        const range = document.createRange();
        range.setStart(node, found.index);
        range.setEnd(node, found.index + found[0].length);
        const box = range.getBoundingClientRect();
        const line = lines.find((one) => Math.abs(one.top - box.top) < 3);
        const gap = /\s/.test(node.data[found.index - 1] ?? " ") ? " " : "";
        if (line) Object.assign(line, { text: line.text + gap + found[0], right: box.right });
        else lines.push({ text: found[0], top: box.top, bottom: box.bottom, left: box.left, right: box.right });
      }
    }
    return lines;
  }

  function drawLabels(map, group, element) {
    const holder = element.querySelector("span") ?? element;
    const style = getComputedStyle(holder);
    if (style.visibility === "hidden" || style.display === "none") return;
    const frame = map.getContainer().getBoundingClientRect();
    for (const line of readLines(element)) {
      const place = { x: number((line.left + line.right) / 2 - frame.left), y: number((line.top + line.bottom) / 2 - frame.top + parseFloat(style.fontSize) * 0.35) };
      const type = { "font-size": parseFloat(style.fontSize), "font-weight": style.fontWeight, "text-anchor": "middle" };
      const halo = draw("text", { ...place, ...type, fill: "none", stroke: ink("ground"), "stroke-width": 3, "stroke-linejoin": "round" });
      const text = draw("text", { ...place, ...type, fill: style.color });
      halo.textContent = text.textContent = line.text;
      group.append(...(style.textShadow === "none" ? [] : [halo]), text);
    }
  }

  function drawLayers(map, sheet, definitions) {
    const panes = new Map();
    map.eachLayer((layer) => {
      if (!(layer instanceof L.Path || layer instanceof L.Marker || layer.exportTo)) return;
      const pane = layer.getPane();
      if (!panes.has(pane)) panes.set(pane, []);
      panes.get(pane).push(layer);
    });
    const depth = (pane) => Number(getComputedStyle(pane).zIndex) || 400;
    for (const [pane, layers] of [...panes].sort((a, b) => depth(a[0]) - depth(b[0]))) {
      if (getComputedStyle(pane).display === "none") continue;
      const group = draw("g");
      const clip = pane.exportClip?.();
      if (clip) {
        const id = `clip-${definitions.children.length}`;
        definitions.append(draw("clipPath", { id }, draw("rect", { x: clip.x, y: 0, width: clip.width, height: map.getSize().y })));
        group.setAttribute("clip-path", `url(#${id})`);
      }
      for (const layer of layers) {
        if (layer.exportTo) layer.exportTo({ map, group, draw, number, inksOf, ink });
        else if (layer instanceof L.Marker) drawLabels(map, group, layer.getElement());
        else drawPath(map, group, layer);
      }
      sheet.append(group);
    }
  }

  function drawPath(map, group, layer) {
    const element = layer.getElement?.();
    if (element && getComputedStyle(element).display === "none") return;
    const outline = outlineOf(map, layer);
    if (outline) group.append(draw("path", { d: outline, "fill-rule": "evenodd", ...paintOf(layer) }));
  }

  function drawScale(map, group) {
    const line = map.getContainer().querySelector(".leaflet-control-scale-line");
    if (!line) return;
    const [x, y, w] = [14, map.getSize().y - 14, line.offsetWidth];
    group.append(draw("path", { d: `M${x} ${y - 7}V${y}H${x + w}V${y - 7}`, fill: "none", stroke: ink("text"), "stroke-width": 1.5 }));
    const text = draw("text", { x: x + 5, y: y - 5, "font-size": 12, fill: ink("text") });
    text.textContent = line.textContent;
    group.append(text);
  }

  function drawSheet(map) {
    const size = map.getSize();
    const width = Math.max(size.x, 480) + 2 * MARGIN;
    const inner = width - 2 * MARGIN;
    const sheet = draw("svg", { xmlns: SVG, lang: document.documentElement.lang, "font-family": FONT });
    const definitions = draw("defs", {}, ...[...document.querySelectorAll(".patterns pattern")].map(copy));
    definitions.append(draw("clipPath", { id: "frame" }, draw("rect", { width: size.x, height: size.y })));
    const ground = draw("rect", { fill: ink("page"), width });
    sheet.append(definitions, ground);
    let y = flow(sheet, [...document.querySelectorAll(".masthead .kicker > *")].map((part) => part.textContent.trim()).join(" · "), { y: 12, size: 12.5, colour: ink("muted"), width: inner });
    y = flow(sheet, textOf("h1"), { y: y + 2, size: 23, weight: 700, colour: ink("text"), width: inner });
    y = flow(sheet, textOf("#view-title"), { y: y + 2, size: 15, weight: 600, colour: ink("text"), width: inner });
    y = drawLegend(sheet, y, width);
    const body = draw("g", { transform: `translate(${MARGIN} ${y})`, "clip-path": "url(#frame)" }, draw("rect", { width: size.x, height: size.y, fill: ink("ground") }));
    drawLayers(map, body, definitions);
    drawScale(map, body);
    sheet.append(body);
    y = flow(sheet, textOf(".map-note"), { y: y + size.y + 4, size: 12, colour: ink("muted"), width: inner });
    y = flow(sheet, document.querySelector(".credits")?.firstChild?.textContent.trim() ?? "", { y, size: 12, colour: ink("muted"), width: inner });
    const height = y + 16;
    ground.setAttribute("height", height);
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) sheet.setAttribute(name, value);
    return sheet;
  }

  boligkort.toSvg = (map) => {
    const root = document.documentElement;
    const wasPaper = root.classList.contains("printing");
    root.classList.add("printing");
    map.fire("paint");
    const drawing = new XMLSerializer().serializeToString(drawSheet(map));
    root.classList.toggle("printing", wasPaper);
    map.fire("paint");
    return drawing;
  };
})();
