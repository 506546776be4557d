// One symbol a dwelling, stamped on a canvas from small pictures, one for each decision and size.
"use strict";

boligkort.radiusAt = (zoom) => Math.min(9, Math.max(2.8, 4.4 * 2 ** (zoom - 18)));

// Returns {Dot, canvasIn(pane)}: a Dot takes `decision` and `isHidden` as options.
boligkort.dots = (map, shapes) => {
  const { make, radiusAt } = boligkort;
  const stamps = new Map();
  const canvases = [];
  const ratio = () => Math.max(window.devicePixelRatio || 1, 2);
  const inkOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const rimOf = (radius) => (radius < 4 ? 0.16 : Math.min(0.28, 1.3 / radius));

  function stampOf(decision, radius) {
    const key = decision + radius;
    if (!stamps.has(key)) stamps.set(key, makeStamp(decision, radius));
    return stamps.get(key);
  }

  function makeStamp(decision, radius) {
    const size = Math.ceil(2 * radius + 4);
    const picture = make("canvas", { width: String(size * ratio()), height: String(size * ratio()) });
    const context = picture.getContext("2d");
    context.scale(ratio(), ratio());
    context.translate(size / 2, size / 2);
    context.scale(radius, radius);
    context.lineJoin = "round";
    context.fillStyle = inkOf(`--decision-${decision}`);
    context.strokeStyle = inkOf(`--decision-${decision}-rim`);
    context.lineWidth = rimOf(radius);
    const outline = new Path2D(shapes[decision]);
    context.fill(outline);
    context.stroke(outline);
    return { picture, size };
  }

  L.Canvas.include({
    _stamp(dot) {
      if (!this._drawing || dot._empty()) return;
      const { picture, size } = stampOf(dot.options.decision, dot._radius);
      this._ctx.drawImage(picture, dot._point.x - size / 2, dot._point.y - size / 2, size, size);
    },
  });
  const Dot = L.CircleMarker.extend({
    _project() {
      this._radius = radiusAt(this._map.getZoom());
      L.CircleMarker.prototype._project.call(this);
    },
    _empty() {
      return this.options.isHidden || L.CircleMarker.prototype._empty.call(this);
    },
    _containsPoint(point) {
      return !this.options.isHidden && L.CircleMarker.prototype._containsPoint.call(this, point);
    },
    _updatePath() {
      this._renderer._stamp(this);
    },
    exportTo({ group, draw, number }) {
      const { decision, isHidden } = this.options;
      if (isHidden) return;
      const at = map.latLngToContainerPoint(this.getLatLng());
      const radius = radiusAt(map.getZoom());
      const place = `translate(${number(at.x)} ${number(at.y)}) scale(${number(radius)})`;
      const inks = { fill: inkOf(`--decision-${decision}`), stroke: inkOf(`--decision-${decision}-rim`), "stroke-width": rimOf(radius) };
      group.append(draw("path", { d: shapes[decision], transform: place, ...inks }));
    },
  });

  function canvasIn(pane) {
    const canvas = L.canvas({ pane, padding: 0.3, tolerance: 3 });
    canvases.push(canvas);
    return canvas;
  }

  const repaint = () => {
    stamps.clear();
    for (const canvas of canvases) canvas._updatePaths();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  map.on("paint", repaint);
  return { Dot, canvasIn };
};
