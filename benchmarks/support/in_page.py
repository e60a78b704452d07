"""What is measured inside a page: each is a function of JavaScript that resolves to milliseconds."""

USABLE = """() => new Promise((done) => {
    const there = (selector) => document.querySelector(selector);
    const drawn = () => document.querySelectorAll(".vg-kpi-value").length >= 6 && there("table.vg-rank")
        && there(".vg-borough-map path") && window.vigie?.nav;
    const look = () => drawn() ? requestAnimationFrame(() => done(performance.now())) : setTimeout(look, 10);
    look();
})"""
"""From the start of the navigation until Aperçu's six cards, map and ranking are there."""

FILTER = """(filters) => new Promise((done) => {
    const parts = () => ["apercu-cards", "apercu-map"].map((id) => document.getElementById(id).textContent);
    const before = parts(), start = performance.now();
    vigie.nav.patch(filters);
    const changed = () => parts().every((text, i) => text !== before[i]);
    const look = () => changed() || performance.now() - start > 10_000
        ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 4);
    look();
})"""
"""From a filter's change until all six cards and the map show it."""

_SETTLED = """
    const frames = (n) => n ? requestAnimationFrame(() => frames(n - 1)) : look();
    // What was asked ahead needs no question; else the picture is there when none is outstanding.
    const look = () => carte.asking || carte.map._animatingZoom ? setTimeout(look, 4)
        : requestAnimationFrame(() => done(performance.now() - start));
    frames(2);
"""
PAN = f"""(by) => new Promise((done) => {{
    const carte = vigie.carte, start = performance.now();
    carte.map.panBy(by, {{ animate: false }});
    {_SETTLED}
}})"""
"""From a move of the map until it is drawn."""

ZOOM = f"""(by) => new Promise((done) => {{
    const carte = vigie.carte, start = performance.now();
    carte.map.setZoom(carte.map.getZoom() + by, {{ animate: false }});
    {_SETTLED}
}})"""
"""From a change of zoom until it is drawn."""

SORTED_BY = ("opened_at", "due_at", "requesters", "age_days")

_ROWS = """
    const first = () => document.querySelector(".ag-center-cols-container .ag-row[row-index='" + index + "']");
    const ready = () => first() && !first().matches(".ag-row-loading") && first().textContent.trim() !== ""
        && !document.querySelector(".ag-loading, .ag-row-loading");
"""
SORT = f"""(column) => new Promise((done) => {{
    const api = window.dash_ag_grid.getApi(document.querySelector(".ag-theme-alpine, [id$='-grid']").id), index = 0;
    {_ROWS}
    const before = first()?.textContent, start = performance.now();
    const sort = api.getColumnState().find((one) => one.colId === column)?.sort === "desc" ? "asc" : "desc";
    api.applyColumnState({{ state: [{{ colId: column, sort }}], defaultState: {{ sort: null }} }});
    const look = () => (ready() && first().textContent !== before) || performance.now() - start > 10_000
        ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 4);
    look();
}})"""
"""From an order that nothing announced until its first row is there."""

CLICKED = f"""() => {{
    const index = 0;
    {_ROWS}
    const before = first()?.textContent;
    window.sorted = new Promise((done) => addEventListener("click", () => {{
        const start = performance.now();
        const look = () => (ready() && first().textContent !== before) || performance.now() - start > 10_000
            ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 4);
        look();
    }}, {{ capture: true, once: true }}));
}}"""
"""`window.sorted` will be the time from the next click, on a header, until the first row of the new order is there."""

SCROLL = f"""(index) => new Promise((done) => {{
    const api = window.dash_ag_grid.getApi(document.querySelector(".ag-theme-alpine, [id$='-grid']").id);
    {_ROWS}
    const start = performance.now();
    api.ensureIndexVisible(index, "top");
    const look = () => ready() || performance.now() - start > 10_000
        ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 4);
    look();
}})"""
"""From a jump to a row below until it is there."""

WATCH_TASKS = """() => {
    window.longTasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => window.longTasks.push(duration)))
        .observe({ type: "longtask" });
}"""
"""From now on, how long each task over 50 ms took."""
