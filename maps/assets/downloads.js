// "Hent": the tables as CSV, and the map as SVG and PNG. Everything is made in the page: no request.
"use strict";

(() => {
  const { make } = boligkort;
  const tables = new Map();
  boligkort.addTable = (id, table) => tables.set(id, table);

  // Danish Excel opens it as it is: semicolons, decimal comma, UTF-8 with a mark, no text that is a formula.
  const quote = (text) => (/[;"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const guard = (text) => (/^[=+\-@\t\r]/.test(text) ? "'" + text : text);
  function writeCell(columns, row, at, missing) {
    const own = row.csv?.[at];
    const value = row.values[at];
    if (own === undefined && columns[at].kind === "number" && typeof value === "number") return String(value).replace(".", ",");
    const text = own ?? row.cells[at];
    return text === missing ? "" : quote(guard(text));
  }
  function writeRow(columns, row, missing) {
    return columns.flatMap((column, at) => [writeCell(columns, row, at, missing), ...(column.noteTitle ? [quote(guard(row.notes?.[at] ?? ""))] : [])]);
  }
  boligkort.toCsv = (id) => {
    const { columns, rows, missing } = tables.get(id);
    const heads = columns.flatMap((column) => [column.title, ...(column.noteTitle ? [column.noteTitle] : [])]);
    const lines = [heads.map((head) => quote(guard(head))), ...rows().map((row) => writeRow(columns, row, missing))];
    return "\ufeff" + lines.map((line) => line.join(";") + "\r\n").join("");
  };

  function save(name, blob) {
    const address = URL.createObjectURL(blob);
    const link = make("a", { href: address, download: `${document.body.dataset.stem}-${name}` });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  async function savePng(map) {
    const drawing = boligkort.toSvg(map);
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(drawing);
    await image.decode();
    const canvas = make("canvas", { width: String(image.width * 2), height: String(image.height * 2) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save("kort.png", blob), "image/png");
  }

  boligkort.addDownloads = (map, texts) => {
    const head = boligkort.byId("map-head");
    if (!head || boligkort.byId("downloads")) return;
    const items = () => [
      ...[...tables].map(([id, table]) => [boligkort.fill(texts.download_csv, { title: table.title }), () => save(`${id}.csv`, new Blob([boligkort.toCsv(id)], { type: "text/csv" }))]),
      [texts.download_svg, () => save("kort.svg", new Blob([boligkort.toSvg(map)], { type: "image/svg+xml" }))],
      [texts.download_png, () => savePng(map)],
    ];
    const makeItem = ([text, run], fold) => {
      const item = make("button", { type: "button", text });
      item.addEventListener("click", () => {
        fold();
        run();
      });
      return item;
    };
    head.append(boligkort.menu("downloads", texts.download, (fold) => items().map((item) => makeItem(item, fold))));
  };
})();
