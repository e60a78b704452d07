/* The address is the state: reading it, changing it, and telling Dash when it changed.
 *
 * Values are plain strings, as in the URL; what they may be is decided by dashboard/state.py, on
 * the server. Here they are only carried.
 */
"use strict";

window.vigie = window.vigie || {};

window.vigie.nav = (function () {
  const SCREENS = {
    "/": "apercu",
    "/carte": "carte",
    "/liste": "liste",
    "/recurrence": "recurrence",
    "/qualite": "qualite",
    "/definitions": "definitions",
  };
  /* Keys that change how data is drawn, not which data: a change of theirs asks the server nothing. */
  const LOOKS = ["v", "request", "place", "check", "behind", "layer", "measure", "sort", "theme"];

  const LATER_MS = 250;

  function read(search) {
    const state = {};
    new URLSearchParams(search ?? window.location.search).forEach((value, key) => {
      state[key] = value;
    });
    if (state.from && state.to && !state.period) state.period = "custom"; // two days are a period
    return state;
  }

  function view() {
    const path = window.location.pathname.replace(/\/+$/, "") || "/";
    return { ...read(), screen: SCREENS[path] ?? "missing", path };
  }

  /* Commas, colons and slashes stay readable in the address. */
  function write(state) {
    const text = new URLSearchParams(Object.entries(state)).toString();
    return text.replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/").replaceAll("%3B", ";");
  }

  /* The part of the state that data depends on, in one fixed order. */
  function query(search) {
    const state = read(search);
    const kept = Object.keys(state).filter((key) => !LOOKS.includes(key)).sort();
    return write(Object.fromEntries(kept.map((key) => [key, state[key]])));
  }

  function announce() {
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  /* `later`: the address is right at once, but Dash hears of it when what the click was for has been drawn. */
  function go(href, { replace = false, later = false } = {}) {
    if (href === window.location.pathname + window.location.search) return;
    const leaving = new URL(href, window.location.href).pathname !== window.location.pathname;
    window.history[replace ? "replaceState" : "pushState"]({}, "", href);
    if (later) setTimeout(announce, LATER_MS);
    else announce();
    if (leaving) window.scrollTo(0, 0);
  }

  /* Merge keys into the address: null, "" and [] remove one, a list is joined by commas. */
  function patch(changes, { replace, later } = {}) {
    const state = read();
    for (const [key, value] of Object.entries(changes)) {
      const text = Array.isArray(value) ? value.join(",") : value;
      if (text === null || text === undefined || text === "") delete state[key];
      else state[key] = String(text);
    }
    const text = write(state);
    const onlyLooks = Object.keys(changes).every((key) => key === "v" || key === "theme");
    go(window.location.pathname + (text ? `?${text}` : ""), { replace: replace ?? onlyLooks, later });
  }

  /* The keys that each screen keeps, as the server says them with the rail. */
  let said = "{}";
  let keys = {};
  function kept(screen) {
    const { keys: text = "{}" } = document.getElementById("rail")?.dataset ?? {};
    if (text !== said) [said, keys] = [text, JSON.parse(text)];
    return keys[screen];
  }

  /* The address of a screen with the state of now and some changes; what it has no use for stays behind. */
  function address(path, changes) {
    const mine = kept(SCREENS[path]);
    const entries = Object.entries({ ...read(), ...changes });
    const text = write(Object.fromEntries(entries.filter(([key, value]) => (value ?? "") !== "" && mine?.includes(key) !== false)));
    return path + (text ? `?${text}` : "");
  }

  /* A filter that is taken away changes what is seen, not how: the map stays where it is. */
  function withLooks(href) {
    const { pathname, search } = new URL(href, window.location.href);
    const now = Object.entries(read()).filter(([key]) => LOOKS.includes(key));
    const text = write({ ...read(search), ...Object.fromEntries(now) });
    return pathname + (text ? `?${text}` : "");
  }

  /* Links inside the dashboard change the address without loading the page, and without a jump. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-nav]");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const href = link.href.baseVal ?? link.getAttribute("href");
    go(link.closest("#status-bar") ? withLooks(href) : href);
  });

  return { view, query, patch, go, read, write, address };
})();
