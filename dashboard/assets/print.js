/* On paper: everything in the light theme, under a head that says what it is, of when and for which filters.
 *
 * A map that moves and a list that scrolls cannot be printed as they are: paper gets a picture of the one and a table of
 * the other. What is not drawn in time says so. Afterwards the page is as it was: neither the address nor what the person
 * chose is touched.
 */
"use strict";

(() => {
  const vigie = (window.vigie = window.vigie || {});
  const SCHEME = "data-mantine-color-scheme";
  const MOST_ROWS = 100; // of the list: some four pages
  const MOST_PLACES = 30; // of the table beside the map: as many as the picture is high
  const [MOST_WIDTH_PX, MOST_HEIGHT_PX] = [880, 840]; // of the picture, on a page as 90-print.css makes it
  const LONGEST_MS = 8000; // that printing waits for charts
  const element = (...given) => vigie.element(...given);
  const said = (selector) => document.querySelector(selector)?.textContent.trim() ?? "";
  const texts = (selector) => [...document.querySelectorAll(selector)].map((node) => node.textContent.trim());

  let scheme = null; // the theme on the screen, while something is printed

  /* The head. */
  const link = () => {
    const there = new URL(window.location.href);
    there.searchParams.delete("theme");
    const address = element("a", "vg-paper-link", decodeURI(there.href).replaceAll("%2C", ","));
    address.href = there.href;
    return address;
  };

  /* The period and the filters: a screen of text has none. */
  const which = () => {
    if (document.querySelector(".vg-text")) return "";
    const filters = texts("#status-bar .vg-pill, #status-bar .vg-dates-said ~ .vg-dim, .vg-liste-filters .vg-cf");
    return [said("#status-bar .vg-dates-said"), ...filters].filter(Boolean).join(" · ");
  };

  const head = () => {
    const box = element("div", "vg-paper-head");
    const name = element("p", "vg-paper-name");
    name.append(element("strong", "", "Vigie 311"), ` · ${said(".vg-rail-link[aria-current]")}`);
    const when = texts("#as-of .vg-tag, #as-of summary > span").join(" · ");
    box.append(name, element("p", "vg-paper-when", when), element("p", "vg-paper-which", which()), link());
    return [box, ...notices()];
  };

  const notices = () =>
    [...document.querySelectorAll("#notice > *")].map((node) => node.cloneNode(true)).filter((node) => node.textContent.trim());

  const missing = (paper) => element("p", "vg-paper-missing", paper.dataset.missing);

  /* Carte: the picture that it gives to save, and what is in it as a table. */
  const places = () => {
    const box = document.querySelector("#carte-time .vg-map-table");
    const wasOpen = box?.open;
    if (!box) return [];
    box.open = true;
    vigie.mapTable.apply(vigie.carte);
    const table = box.querySelector("table")?.cloneNode(true);
    box.open = wasOpen;
    for (const row of [...(table?.rows ?? [])].slice(MOST_PLACES)) row.remove();
    return table?.rows.length ? [table] : [];
  };

  const sized = (canvas) => {
    const scale = Math.min(MOST_WIDTH_PX / canvas.width, MOST_HEIGHT_PX / canvas.height);
    const picture = element("img");
    return Object.assign(picture, { src: canvas.toDataURL(), width: canvas.width * scale, height: canvas.height * scale, alt: "" });
  };

  const map = (paper) => {
    const { carte } = vigie;
    const box = element("div", "vg-paper-map");
    if (!carte?.shown || !carte.ground) box.append(missing(paper));
    else {
      vigie.forgetSprites();
      box.append(sized(vigie.mapPicture(carte)), ...places());
    }
    return [box];
  };

  /* Liste: the rows that the page has, in its columns and its order. What draws a cell of the grid is asked for it. */
  const made = (one) => {
    if (one === null || one === undefined || typeof one === "boolean") return "";
    if (typeof one !== "object") return String(one);
    const { className, children, dangerouslySetInnerHTML: inner } = one.props;
    const node = element(one.type, className);
    if (inner) node.innerHTML = inner.__html; // our own signs
    node.append(...[children].flat().map(made));
    return node;
  };

  /* From the first row that is loaded on, as far as there is no gap: all of them with their place in the list. */
  const rows = (grid) => {
    const found = [];
    grid.forEachNode((node) => node.data && !node.rowPinned && found.push(node));
    found.sort((a, b) => a.rowIndex - b.rowIndex);
    const start = Math.max(0, found.findIndex(({ rowIndex }) => rowIndex >= grid.getFirstDisplayedRowIndex() - MOST_ROWS / 2));
    const from = found[0]?.rowIndex === 0 && start < MOST_ROWS ? 0 : start;
    return found.slice(from, from + MOST_ROWS).filter(({ rowIndex }, i) => rowIndex === found[from].rowIndex + i);
  };

  const table = (grid, nodes) => {
    const columns = grid.getAllDisplayedColumns();
    const cells = window.dashAgGridComponentFunctions;
    const drawn = element("table", "vg-table vg-paper-list");
    const body = drawn.createTBody();
    const top = drawn.createTHead().insertRow();
    for (const column of columns) top.append(element("th", "", column.getColDef().headerName));
    for (const { data } of nodes) {
      const line = body.insertRow();
      for (const column of columns) {
        const colDef = column.getColDef();
        line.insertCell().append(made(cells[colDef.cellRenderer]({ data, colDef })));
      }
    }
    return drawn;
  };

  const list = (paper) => {
    const { requestList } = vigie;
    const total = document.getElementById("liste-total");
    const title = element("div", "vg-liste-total");
    title.append(...[...(total?.childNodes ?? [])].map((node) => node.cloneNode(true)));
    const nodes = requestList?.alive() ? rows(requestList.grid) : [];
    const count = requestList?.told?.total;
    if (!nodes.length && count !== 0) return [title, missing(paper)];
    const some = { first: vigie.number(nodes[0]?.rowIndex + 1), last: vigie.number(nodes.at(-1)?.rowIndex + 1), total: vigie.number(count) };
    const whole = nodes.length === count;
    const note = whole ? "" : `${vigie.fill(paper.dataset.rows, some)} ${paper.dataset.files}`;
    return [title, element("p", "vg-paper-rows", note), ...(nodes.length ? [table(requestList.grid, nodes)] : [])];
  };

  /* A request's sheet that is open comes before the list or the map. */
  const sheet = () => {
    const open = document.querySelector(".vg-drawer.is-open:not(.vg-behind), #carte-sheet:not(:empty)");
    if (!open) return [];
    const copy = element("div", "vg-paper-sheet");
    copy.append(...[...open.childNodes].map((node) => node.cloneNode(true)));
    return [copy];
  };

  /* Récurrence's list says how many of its lines are printed. */
  const shownPlaces = (paper) => {
    const box = document.querySelector(".vg-places-box");
    const more = box?.querySelector("details.vg-more:not([open])");
    if (!more) return;
    const all = box.querySelectorAll("tr[data-place]").length;
    const hidden = more.querySelectorAll("tr[data-place]").length;
    const some = { first: 1, last: vigie.number(all - hidden), total: vigie.number(all) };
    box.dataset.paper = vigie.fill(paper.dataset.rows, some);
  };

  /* Charts and panels that are not there yet. */
  const mark = (paper) => {
    for (const place of document.querySelectorAll(".vg-chart-plot[data-src]"))
      if (place.dataset.drawn !== place.dataset.src) place.dataset.missing = paper.dataset.missing;
    for (const bone of document.querySelectorAll(".vg-bones + :empty")) bone.parentElement.dataset.missing = paper.dataset.missing;
  };

  function begin() {
    const paper = document.querySelector(".vg-paper");
    if (scheme !== null || !paper) return;
    const root = document.documentElement;
    scheme = root.getAttribute(SCHEME) ?? "light";
    if (scheme !== "light") root.setAttribute(SCHEME, "light"); // charts and map paint themselves anew
    const { screen } = vigie.nav.view();
    const parts = { carte: map, liste: list }[screen];
    const there = parts && document.querySelector(`.vg-${screen}`);
    paper.replaceChildren(...head(), ...(there ? [...sheet(), ...parts(paper)] : []));
    paper.classList.toggle("is-all", Boolean(there));
    shownPlaces(paper);
    mark(paper);
    root.dataset.paper = ""; // from now on 90-print.css lays the paper out
  }

  function end() {
    if (scheme === null) return;
    document.documentElement.setAttribute(SCHEME, scheme);
    scheme = null;
    delete document.documentElement.dataset.paper;
    document.querySelector(".vg-paper")?.replaceChildren();
    for (const place of document.querySelectorAll("[data-missing]:not(.vg-paper)")) delete place.dataset.missing;
    delete document.querySelector(".vg-places-box")?.dataset.paper;
  }

  /* What is out of view is not drawn yet. The keys of printing wait for it, a while; the browser's own menu cannot. */
  document.addEventListener("keydown", async (event) => {
    const isPrint = event.key?.toLowerCase() === "p" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isPrint || !vigie.chartsMissing()) return;
    event.preventDefault();
    await Promise.race([vigie.drawCharts(), new Promise((late) => setTimeout(late, LONGEST_MS))]);
    window.print();
  });

  window.addEventListener("beforeprint", begin);
  window.addEventListener("afterprint", end);
  window.matchMedia("print").addEventListener("change", ({ matches }) => (matches ? begin() : end()));
})();
