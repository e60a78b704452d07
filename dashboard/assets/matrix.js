/* Tables sorted by a column that a person picks (components/matrix.py). The order stays when numbers change, and goes
 * with the page. A third press gives the server's own order back.
 */
"use strict";

(function () {
  const TABLE = "table[data-sorts]";
  const NEXT = { none: "descending", descending: "ascending", ascending: "none" };
  const NEXT_NAME = { none: "ascending", ascending: "descending", descending: "none" };
  const orders = new Map(); // kind of table → {column, order}
  const sorting = new WeakSet();

  const cellOf = (row, place) => row.cells[place];

  /* The server's order is kept on each row while another one is shown. */
  function numbered(rows) {
    rows.forEach((row, i) => {
      row.dataset.place = String(i);
    });
  }

  function sorted(rows, place, order) {
    const sign = order === "descending" ? -1 : 1;
    const { compare } = new Intl.Collator(document.documentElement.lang || "fr");
    const own = (row) => Number(row.dataset.place);
    if (order === "none") return rows.sort((a, b) => own(a) - own(b));
    return rows.sort((a, b) => {
      if (place === 0) return sign * compare(cellOf(a, 0).textContent, cellOf(b, 0).textContent);
      const [one, other] = [a, b].map((row) => cellOf(row, place).dataset.value);
      if (!one || !other) return Number(!one) - Number(!other) || own(a) - own(b);
      return sign * (Number(one) - Number(other)) || own(a) - own(b);
    });
  }

  function show(table) {
    const { column, order } = orders.get(table.dataset.sorts) ?? { order: "none" };
    const heads = [...table.tHead.rows[0].cells];
    const place = heads.findIndex((head) => head.dataset.column === column);
    for (const [i, head] of heads.entries()) head.setAttribute("aria-sort", i === place ? order : "none");
    const body = table.tBodies[0];
    const rows = sorted([...body.rows], place, place < 0 ? "none" : order);
    if (rows.every((row, i) => row === body.rows[i])) return;
    sorting.add(table);
    const focused = document.activeElement;
    body.append(...rows);
    if (body.contains(focused)) focused.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(`${TABLE} [data-sort]`);
    if (!button) return;
    const table = button.closest(TABLE);
    const head = button.closest("th");
    const next = head.dataset.column === "name" ? NEXT_NAME : NEXT;
    const order = next[head.getAttribute("aria-sort") ?? "none"];
    orders.set(table.dataset.sorts, { column: head.dataset.column, order });
    show(table);
  });

  /* What was painted anew comes in the server's order. */
  function painted(table) {
    numbered([...table.tBodies[0].rows]);
    show(table);
  }

  new MutationObserver((changes) => {
    const tables = new Set(changes.map(({ target }) => (target.closest ? target : target.parentElement)?.closest(TABLE)));
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) node.querySelectorAll?.(TABLE).forEach((table) => tables.add(table));
    }
    tables.delete(null);
    tables.delete(undefined);
    for (const table of tables) {
      if (sorting.delete(table)) continue; // our own moves
      if (table.isConnected) painted(table);
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
})();
