// Cells of the national grid on one canvas: a path for each class, the corners interpolated from a lattice.
"use strict";

// cells: {steps, width, column, row, size, prefix, factor, lattice}. Corners are kept at zoom 0 and scaled.
boligkort.gridCells = (map, cells) => {
  const { lattice, width, size } = cells;
  const count = cells.steps.length;
  const columns = new Int32Array(count);
  const rows = new Int32Array(count);
  const numbers = new Map();
  let number = 0;
  cells.steps.forEach((step, at) => {
    number += step;
    columns[at] = number % width;
    rows[at] = Math.floor(number / width);
    numbers.set(number, at);
  });

  const nodes = lattice.lng.map((lng, at) => map.project([lattice.lat[at] / 1e6, lng / 1e6], 0));
  function place(column, row) {
    const across = Math.min(Math.floor(column / lattice.every), lattice.columns - 2);
    const up = Math.min(Math.floor(row / lattice.every), nodes.length / lattice.columns - 2);
    const u = column / lattice.every - across;
    const v = row / lattice.every - up;
    const at = up * lattice.columns + across;
    const [a, b, c, d] = [nodes[at], nodes[at + 1], nodes[at + lattice.columns], nodes[at + lattice.columns + 1]];
    const blend = (name) => (1 - v) * ((1 - u) * a[name] + u * b[name]) + v * ((1 - u) * c[name] + u * d[name]);
    return L.point(blend("x"), blend("y"));
  }

  // South-west, south-east, north-east, north-west.
  const corners = new Float64Array(8 * count);
  for (let at = 0; at < count; at++) {
    [[0, 0], [1, 0], [1, 1], [0, 1]].forEach(([right, up], corner) => {
      const point = place(columns[at] + right, rows[at] + up);
      corners[8 * at + 2 * corner] = point.x;
      corners[8 * at + 2 * corner + 1] = point.y;
    });
  }

  const bounds = L.latLngBounds([]);
  const ringOf = (at) => [0, 1, 2, 3].map((corner) => map.unproject(L.point(corners[8 * at + 2 * corner], corners[8 * at + 2 * corner + 1]), 0));
  for (const right of [0, width]) {
    for (const up of [0, count ? rows[count - 1] + 1 : 0]) if (count) bounds.extend(map.unproject(place(right, up), 0));
  }

  // The cell under a place; cells are convex and turn the same way.
  function find(latlng) {
    const { x, y } = map.project(latlng, 0);
    for (let at = 0; at < count; at++) {
      const from = 8 * at;
      if (Math.abs(corners[from] - x) > 2 * Math.abs(corners[from + 4] - corners[from])) continue;
      let inside = true;
      for (let corner = 0; corner < 8 && inside; corner += 2) {
        const [ax, ay] = [corners[from + corner], corners[from + corner + 1]];
        const [bx, by] = [corners[from + ((corner + 2) % 8)], corners[from + ((corner + 3) % 8)]];
        inside = (bx - ax) * (y - ay) - (by - ay) * (x - ax) <= 0;
      }
      if (inside) return at;
    }
    return -1;
  }

  // The next cell in a direction, over places without one.
  function step(at, right, up) {
    let [column, row] = [columns[at], rows[at]];
    for (let tried = 0; tried < 60; tried++) {
      column += right;
      row += up;
      if (column < 0 || column >= width) return -1;
      const found = numbers.get(row * width + column);
      if (found !== undefined) return found;
    }
    return -1;
  }

  const idOf = (at) => `${cells.prefix}_${(cells.row + rows[at]) * cells.factor}_${(cells.column + columns[at]) * cells.factor}`;
  const centreOf = (at) => map.unproject(L.point((corners[8 * at] + corners[8 * at + 4]) / 2, (corners[8 * at + 1] + corners[8 * at + 5]) / 2), 0);

  return { count, size, corners, bounds, ringOf, find, step, idOf, centreOf };
};

// The layer: `paint({legend, classes})` shows a view. A renderer of Leaflet that draws by itself.
boligkort.gridLayer = (map, grid, pane) => {
  const { make } = boligkort;
  const HIDDEN = "g-hidden";
  let buckets = [];
  let styles = [];
  let keep = null;
  const inkOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  function hatch() {
    const tile = make("canvas", { width: "6", height: "6" });
    const context = tile.getContext("2d");
    context.fillStyle = inkOf("g-hidden-ground");
    context.fillRect(0, 0, 6, 6);
    context.strokeStyle = inkOf("g-hidden-line");
    context.lineWidth = 1.2;
    context.beginPath();
    for (const shift of [-6, 0, 6]) {
      context.moveTo(shift - 1, 7);
      context.lineTo(shift + 7, -1);
    }
    context.stroke();
    return tile;
  }

  let inks = [];
  function readInks(context) {
    inks = styles.map((style) => (style === HIDDEN ? context.createPattern(hatch(), "repeat") : inkOf(style)));
  }

  // Where cells are large a hair of ground is left between them; where small they overlap a hair.
  function trace(path, at, scale, left, top, gap) {
    const c = grid.corners;
    const o = 8 * at;
    path.moveTo(c[o] * scale - left + gap, c[o + 1] * scale - top - gap);
    path.lineTo(c[o + 2] * scale - left - gap, c[o + 3] * scale - top - gap);
    path.lineTo(c[o + 4] * scale - left - gap, c[o + 5] * scale - top + gap);
    path.lineTo(c[o + 6] * scale - left + gap, c[o + 7] * scale - top + gap);
    path.closePath();
  }
  const sideAt = (scale) => (grid.count ? (grid.corners[2] - grid.corners[0]) * scale : 0);
  const gapAt = (scale) => (sideAt(scale) > 9 ? 0.5 : -0.2);

  const Layer = L.Canvas.extend({
    _draw() {
      const scale = this._map.options.crs.scale(this._map.getZoom()) / this._map.options.crs.scale(0);
      const { x: left, y: top } = this._map.getPixelOrigin();
      const { min, max } = this._bounds;
      const side = sideAt(scale);
      const gap = gapAt(scale);
      const context = this._ctx;
      if (!inks.length) readInks(context);
      buckets.forEach((bucket, place) => {
        context.fillStyle = inks[place];
        for (const isFaded of keep ? [false, true] : [false]) {
          context.globalAlpha = isFaded ? 0.25 : 1;
          for (const at of bucket) {
            if (keep && keep(at) === isFaded) continue;
            const x = grid.corners[8 * at] * scale - left;
            const y = grid.corners[8 * at + 1] * scale - top;
            if (x < min.x - 2 * side || x > max.x + side || y < min.y - side || y > max.y + 2 * side) continue;
            // One small path a cell: a path of thousands takes a software renderer many times as long.
            context.beginPath();
            trace(context, at, scale, left, top, gap);
            context.fill();
          }
        }
      });
      context.globalAlpha = 1;
    },
    exportTo({ map: shown, group, draw, number }) {
      const scale = shown.options.crs.scale(shown.getZoom()) / shown.options.crs.scale(0);
      const corner = shown.containerPointToLayerPoint([0, 0]).add(shown.getPixelOrigin());
      const { x: wide, y: high } = shown.getSize();
      const gap = gapAt(scale);
      buckets.forEach((bucket, place) => {
        let d = "";
        const say = (letter) => (x, y) => (d += `${letter}${number(x)} ${number(y)}`);
        const path = { moveTo: say("M"), lineTo: say("L"), closePath: () => (d += "Z") };
        for (const at of bucket) {
          const [x, y] = [grid.corners[8 * at] * scale - corner.x, grid.corners[8 * at + 1] * scale - corner.y];
          const side = sideAt(scale);
          if (x > -2 * side && x < wide + side && y > -side && y < high + 2 * side) trace(path, at, scale, corner.x, corner.y, gap);
        }
        if (d) group.append(draw("path", { d, fill: styles[place] === HIDDEN ? "url(#grid-hidden)" : inkOf(styles[place]) }));
      });
    },
  });
  const layer = new Layer({ pane, padding: 0.2 });
  layer.addTo(map);

  const repaint = () => {
    inks = [];
    if (layer._ctx) layer._redraw();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  map.on("paint", repaint);
  return {
    paint(view) {
      styles = view.legend.map((line) => line[0]);
      buckets = styles.map(() => []);
      for (let at = 0; at < grid.count; at++) buckets[parseInt(view.classes[at], 36)].push(at);
      repaint();
    },
    fade(test) {
      keep = test;
      repaint();
    },
  };
};
