// A list on the area map: which view is shown, what the cards add, and the lists year by year.
"use strict";

boligkort.listing = (list, language) => {
  const { make, fill, byId, setLegend } = boligkort;
  const { words, views } = list;
  const format = new Intl.NumberFormat(language);
  const STEP_MS = 1400;
  function tellMargin(criterion, margin) {
    if (margin === "hidden") return words.hidden;
    if (margin === null) return words.cannot;
    const unit = criterion === "income" ? "_dkk" : "";
    return fill(words[(margin < 0 ? "fewer" : "more") + unit], { n: format.format(Math.abs(margin)) });
  }

  // Areas are a0, a1, ...; extensions have no criteria of their own.
  function cardOf(key) {
    if (!key.startsWith("a")) return {};
    const area = Number(key.slice(1));
    const rows = list.criteria[area].map(([head, value, status, margin]) => {
      const [set, criterion, limit] = list.heads[head];
      return { set, cells: [words.criteria[criterion], value, limit, words.status[status], tellMargin(criterion, margin)] };
    });
    const tables = Object.entries(words.sets).map(([set, caption]) => ({ caption, head: words.head, rows: rows.filter((row) => row.set === set).map((row) => row.cells) }));
    tables.push({ caption: words.history, rows: list.history[area] });
    const { legend, classes } = views[0].steps[0];
    return { listed: legend[classes[area]], tables: tables.filter((table) => table.rows.length) };
  }
  const classOf = (step, key) => (key?.startsWith("a") ? (step.classes[Number(key.slice(1))] ?? undefined) : undefined);

  function addViews(map, parts) {
    const known = new Set(views.flatMap((view) => view.steps.flatMap((step) => step.legend.map((line) => line[0]))));
    const choice = make("select", { id: "view" }, ...views.map((view) => make("option", { value: view.key, text: view.title })));
    const title = make("p", { id: "view-title" });
    const note = make("p", { cls: "view-note", id: "view-note" });
    const head = byId("map-head");
    const timeline = views.find((view) => view.steps.length > 1);
    const player = timeline ? makePlayer(timeline) : null;
    head.classList.add("has-views");
    head.prepend(make("div", { cls: "view-choice no-paper" }, make("label", { for: "view", text: words.choose }), choice), title);
    head.append(...[player?.root, note].filter(Boolean));
    choice.addEventListener("change", () => show(choice.value));
    show(views[0].key);

    function show(key) {
      const view = views.find((one) => one.key === key);
      const isTimeline = view === timeline;
      if (player) player.root.hidden = !isTimeline;
      player?.stop();
      if (isTimeline) player.go(view.steps.length - 1);
      else paint(view, view.steps[0]);
    }

    function paint(view, step) {
      const isOutline = view.key === "extensions";
      for (const [key, { shape, path }] of parts) {
        const at = classOf(step, key) ?? (shape.style === "extension-in_force" ? classOf(step, shape.of) : undefined);
        const isAnnexed = key.startsWith("e") && at !== undefined && !isOutline;
        path.classList.remove(...known, ...shape.style.split(" "), "annexed");
        path.classList.add(...(at === undefined || (isOutline && key.startsWith("e")) ? shape.style.split(" ") : [step.legend[at][0]]));
        path.classList.toggle("annexed", isAnnexed);
        path.setAttribute("aria-label", at === undefined || isOutline ? shape.spoken : `${shape.spoken}, ${view.title}: ${step.legend[at][1]}`);
      }
      setLegend([...step.legend, ...list.extensions.map(([style, ...rest]) => [isOutline || style !== "extension-in_force" ? style : style + " annexed", ...rest])]);
      title.textContent = step.title || view.title;
      note.textContent = step.note;
      note.hidden = !step.note;
      // The head may have grown or shrunk; the map has the rest of the height.
      map.invalidateSize({ pan: false, animate: false });
      map.fire("paint");
    }

    // One step a list: by slider, by buttons, or played through once.
    function makePlayer(view) {
      const last = view.steps.length - 1;
      let timer = 0;
      let at = last;
      const button = (cls, label, run) => {
        const element = make("button", { type: "button", cls, "aria-label": label, title: label });
        element.addEventListener("click", run);
        return element;
      };
      const slider = make("input", { type: "range", min: "0", max: String(last), step: "1", "aria-label": words.slider });
      const said = make("output", { cls: "said", "aria-live": "polite" });
      const back = button("step back", words.previous, () => jump(at - 1));
      const on = button("step on", words.next, () => jump(at + 1));
      const play = button("play", words.play, () => (timer ? stop() : start()));
      slider.addEventListener("input", () => jump(Number(slider.value)));
      const root = make("div", { cls: "player no-paper", role: "group", "aria-label": words.timeline }, play, back, make("div", { cls: "track" }, slider, makeTicks(view.steps)), on, said);

      // Years below the slider, as many as there is room for.
      function makeTicks(steps) {
        const every = Math.ceil(steps.length / 8);
        const years = steps.map((step, n) => make("span", { text: (last - n) % every ? "" : (step.title.match(/\d{4}/) ?? [""])[0] }));
        return make("div", { cls: "ticks", "aria-hidden": "true" }, ...years);
      }

      function go(to) {
        at = Math.max(0, Math.min(last, to));
        const step = view.steps[at];
        slider.value = String(at);
        slider.setAttribute("aria-valuetext", step.title);
        back.disabled = at === 0;
        on.disabled = at === last;
        said.textContent = step.title;
        paint(view, step);
      }
      function jump(to) {
        stop();
        go(to);
      }
      function start() {
        // While it plays, each list is not read aloud over the one before.
        said.setAttribute("aria-live", "off");
        label(words.pause, true);
        go(at === last ? 0 : at + 1);
        timer = setInterval(() => (at === last ? stop() : go(at + 1)), STEP_MS);
      }
      function stop() {
        clearInterval(timer);
        timer = 0;
        said.setAttribute("aria-live", "polite");
        label(words.play, false);
      }
      function label(text, isPlaying) {
        play.setAttribute("aria-label", text);
        play.setAttribute("title", text);
        play.classList.toggle("is-playing", isPlaying);
      }
      return { root, go, stop };
    }
  }

  return { cardOf, addViews };
};
