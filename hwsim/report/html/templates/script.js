"use strict";
(() => {
  const rowsOf = (table) => [...table.tBodies[0].rows];

  const key = (row, column) => {
    const cell = row.cells[column];
    if (cell.dataset.v === undefined) return cell.textContent.trim();
    return cell.dataset.v === "" ? -Infinity : Number(cell.dataset.v);
  };

  const compare = (a, b) =>
    typeof a === "string" || typeof b === "string"
      ? String(a).localeCompare(String(b), "en", { numeric: true })
      : a === b ? 0 : a < b ? -1 : 1;

  // Numbers start with the largest, words with A; the third click restores the order of the file.
  const sortable = (table) => {
    const original = rowsOf(table);
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      if (header.classList.contains("bars")) return;
      const words = header.classList.contains("text") || header.classList.contains("long");
      const turns = words ? ["ascending", "descending"] : ["descending", "ascending"];
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      header.replaceChildren(button);
      button.addEventListener("click", () => {
        const next = turns[turns.indexOf(header.getAttribute("aria-sort")) + 1];
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        let rows = original;
        if (next) {
          header.setAttribute("aria-sort", next);
          const sign = next === "ascending" ? 1 : -1;
          rows = original
            .map((row) => [key(row, column), row])
            .sort((a, b) => sign * compare(a[0], b[0]))
            .map((pair) => pair[1]);
        }
        table.tBodies[0].append(...rows);
      });
    });
  };

  const filterable = (table) => {
    const box = document.createElement("div");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const found = document.createElement("span");
    box.className = "filter";
    input.type = "search";
    input.setAttribute("aria-label", `Filter the rows of: ${table.caption.textContent}`);
    found.setAttribute("role", "status");
    label.append("Filter rows ", input);
    box.append(label, found);
    table.parentElement.before(box);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const rows = rowsOf(table);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += !row.hidden;
      }
      found.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
    });
  };

  // A map is one stop of the Tab key; arrow keys walk to the nearest cell in their direction.
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const explorable = (map, readout) => {
    const cells = [...map.querySelectorAll(".cell")];
    let at = null;
    const show = (cell) => {
      at?.classList.remove("at");
      at = cell;
      at.classList.add("at");
      readout.textContent = at.querySelector("title").textContent;
    };
    const place = (cell) => [Number(cell.dataset.x), Number(cell.dataset.y)];
    const nearest = ([dx, dy]) => {
      const [x, y] = place(at);
      let best = null, shortest = Infinity;
      for (const cell of cells) {
        const [cx, cy] = place(cell);
        const along = (cx - x) * dx + (cy - y) * dy;
        const aside = Math.abs((cx - x) * dy) + Math.abs((cy - y) * dx);
        if (along > 0 && along + 4 * aside < shortest) {
          best = cell;
          shortest = along + 4 * aside;
        }
      }
      return best ?? at;
    };
    for (const kind of ["pointerover", "pointerdown"]) {
      map.addEventListener(kind, (event) => {
        const cell = event.target.closest(".cell");
        if (cell) show(cell);
      });
    }
    map.tabIndex = 0;
    map.addEventListener("keydown", (event) => {
      const way = ways[event.key];
      if (!way || !cells.length) return;
      event.preventDefault();
      show(at ? nearest(way) : cells[0]);
    });
    readout.textContent =
      "Point at a place or tap it for its numbers, or press Tab until the map has the focus and " +
      "walk with the arrow keys.";
    return cells;
  };

  const selectable = (keys, cells) => {
    const buttons = [...keys.children].map((item) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...item.childNodes);
      button.dataset.layer = item.dataset.layer;
      button.setAttribute("aria-pressed", "false");
      item.replaceChildren(button);
      return button;
    });
    for (const button of buttons) {
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") === "false";
        buttons.forEach((other) => other.setAttribute("aria-pressed", String(on && other === button)));
        for (const cell of cells) {
          cell.classList.toggle("dim", on && cell.dataset.layer !== button.dataset.layer);
        }
      });
    }
  };

  for (const table of document.querySelectorAll("table[data-live]")) {
    sortable(table);
    if (rowsOf(table).length > 8) filterable(table);
  }
  for (const readout of document.querySelectorAll(".readout")) {
    const name = readout.dataset.for;
    const cells = explorable(document.querySelector(`svg.${name}`), readout);
    const keys = document.querySelector(`[data-keys="${name}"]`);
    if (keys) selectable(keys, cells);
  }
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
})();
