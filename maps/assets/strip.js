// The dot strip: one dot a kommune on an axis of values, with the breaks of the classes.
// A picture for the eye: the table says the same to others.
"use strict";

boligkort.strip = (host, { low, high, ticks }, kommuner, { onHover, onPick }) => {
  const SVG = "http://www.w3.org/2000/svg";
  const HEIGHT = 46;
  const SIDE = 12;
  const shown = kommuner.filter((one) => one.value !== null).sort((a, b) => a.value - b.value);
  const dots = new Map();
  let picked = null;

  function draw(tag, attributes, parent, text) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  function render() {
    const width = host.clientWidth;
    if (width < 80 || !shown.length) return;
    const place = (value) => SIDE + (high > low ? (value - low) / (high - low) : 0.5) * (width - 2 * SIDE);
    const svg = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${HEIGHT + 18}`, width, height: HEIGHT + 18, "aria-hidden": "true", class: "dots" })) svg.setAttribute(name, value);
    drawAxis(svg, place, width);
    drawDots(svg, place, width < 360 ? 6 : 7);
    host.replaceChildren(svg);
    if (picked) mark(picked);
  }

  function drawAxis(svg, place, width) {
    draw("path", { class: "axis", d: `M${SIDE} ${HEIGHT}H${width - SIDE}` }, svg);
    const taken = [];
    const isEnd = (at) => at === 0 || at === ticks.length - 1;
    const order = ticks.map((tick, at) => at).sort((a, b) => isEnd(b) - isEnd(a));
    for (const at of order) {
      const [value, text, isBreak] = ticks[at];
      const x = place(value);
      if (isBreak) draw("path", { class: "break", d: `M${x} 0V${HEIGHT + 4}` }, svg);
      const half = text.length * 3.4 + 4;
      if (taken.some(([from, to]) => x + half > from && x - half < to)) continue;
      taken.push([x - half, x + half]);
      const anchor = x < half ? "start" : x > width - half ? "end" : "middle";
      draw("text", { x: anchor === "start" ? 1 : anchor === "end" ? width - 1 : x, y: HEIGHT + 15, "text-anchor": anchor }, svg, text);
    }
  }

  // Dots that would lie on each other are stacked; a high stack is pressed together to fit.
  function drawDots(svg, place, size) {
    const stacks = new Map();
    for (const one of shown) {
      const column = Math.round(place(one.value) / size);
      stacks.set(column, [...(stacks.get(column) ?? []), one]);
    }
    dots.clear();
    for (const stack of stacks.values()) {
      const step = Math.min(size, (HEIGHT - size) / Math.max(1, stack.length - 1));
      const x = place(stack[0].value);
      stack.forEach((one, at) => {
        const dot = draw("circle", { class: `shape dot ${one.style}${step < size * 0.6 ? " pressed" : ""}`, cx: x, cy: HEIGHT - size / 2 - at * step, r: size / 2 - 0.4 }, svg);
        dot.addEventListener("mouseenter", () => onHover(one.key, true));
        dot.addEventListener("mouseleave", () => onHover(one.key, false));
        dot.addEventListener("click", () => onPick(one.key));
        dots.set(one.key, dot);
      });
    }
  }

  // The marked dot is drawn last, so that none hides it.
  function mark(key) {
    dots.get(picked)?.classList.remove("picked");
    picked = key;
    const dot = dots.get(key);
    if (!dot) return;
    dot.classList.add("picked");
    dot.parentNode.append(dot);
  }

  new ResizeObserver(render).observe(host);
  render();
  return {
    light: (key, isOn) => dots.get(key)?.classList.toggle("lit", isOn),
    mark,
    keep(keys) {
      for (const [key, dot] of dots) dot.classList.toggle("faded", keys !== null && !keys.has(key));
    },
  };
};
