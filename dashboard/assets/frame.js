/* The frame in the browser: which state is on display, the theme, the mart's pulse. */
"use strict";

(function () {
  const nav = window.vigie.nav;
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const SLOW_MS = 20000;
  const FAST_MS = 3000;

  const OVER = "details.vg-info-box[open], details.vg-dropdown-box[open]";
  const EDGE_PX = 12;
  let painted = 0;

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const plain = (query) => decodeURIComponent((query ?? "").replaceAll("+", " "));

  /* Links of the frame carry the state of now; filters that a screen has no use for rest. */
  function refreshLinks(view) {
    for (const link of document.querySelectorAll("a[data-path]")) {
      link.setAttribute("href", nav.address(link.dataset.path, { request: null }));
      if (link.dataset.screen === view.screen) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    for (const group of document.querySelectorAll("[data-idle-on]")) {
      const idle = group.dataset.idleOn.split(",").includes(view.screen);
      if (group.inert !== idle) group.inert = idle;
    }
    for (const link of document.querySelectorAll("a[data-lang]")) {
      const lang = link.dataset.lang === "fr" ? null : link.dataset.lang;
      link.setAttribute("href", nav.address(window.location.pathname, { lang }));
    }
  }

  function theme() {
    return document.documentElement.getAttribute("data-mantine-color-scheme");
  }

  function setTheme(wanted) {
    if (wanted === theme()) return;
    document.documentElement.setAttribute("data-mantine-color-scheme", wanted);
    try {
      localStorage.setItem("mantine-color-scheme-value", wanted);
    } catch {
      /* storage is off: the address still remembers */
    }
    window.dash_clientside.set_props("provider", { forceColorScheme: wanted });
    nameThemeSwitch();
  }

  function nameThemeSwitch() {
    const button = document.getElementById("theme-switch");
    if (!button) return;
    const name = theme() === "dark" ? button.dataset.toLight : button.dataset.toDark;
    button.setAttribute("aria-label", name);
    button.title = name;
  }

  /* After every change of the page: its title, the theme button's name, pictures of panels that came back,
   * and the focus of a button of the header that was written anew in another language. */
  let touched = null;
  document.addEventListener("focusin", (event) => {
    touched = event.target.closest(".vg-header [id]")?.id ?? null;
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest?.(".vg-header")) touched = null;
  });

  /* An address may name a part of its screen, which is there only once it is painted. */
  let reached = null;
  function reach() {
    const { pathname, hash } = window.location;
    const place = hash && document.getElementById(hash.slice(1));
    if (!hash) reached = null;
    if (!place || reached === pathname + hash) return;
    reached = pathname + hash;
    place.focus({ preventScroll: true });
    place.scrollIntoView();
  }

  /* A screen that was asked for is awaited until another one is there. */
  let awaited = null;
  let shown = [];
  function arrive() {
    const there = [document.querySelector("#screen")?.firstElementChild, document.getElementById("language-switch")?.dataset.lang];
    if (there.every((one, i) => one === shown[i])) return;
    shown = there;
    awaited = null;
  }

  /* The server answers again: what it was asked meanwhile is asked once more. */
  function back() {
    if (awaited) window.dash_clientside.set_props("wanted", { data: awaited });
    window.dispatchEvent(new Event("vigie-back"));
  }

  /* There is a newer mart. */
  function newer() {
    window.vigie.forgetAnswers();
    window.dispatchEvent(new Event("vigie-newer"));
  }

  function settle() {
    window.vigie.paint.again();
    arrive();
    reach();
    if (touched && document.activeElement === document.body) {
      document.getElementById(touched)?.focus({ preventScroll: true });
    }
    const heading = document.querySelector("#screen h1");
    const name = heading ? `${heading.textContent} · Vigie 311` : "Vigie 311";
    if (document.title !== name) document.title = name;
    nameThemeSwitch();
    refreshLinks(nav.view());
  }

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest?.(selector);
    if (on("#theme-switch")) {
      const wanted = theme() === "dark" ? "light" : "dark";
      setTheme(wanted);
      nav.patch({ theme: wanted }, { replace: true });
    }
    const toggle = on("#filters-toggle");
    if (toggle) toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") !== "true"));
    for (const open of document.querySelectorAll(OVER)) {
      if (!open.contains(event.target)) open.open = false;
    }
    if (on("[data-action=retry]")) window.location.reload();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector(OVER);
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  /* A panel that would leave the window moves back into it. */
  document.addEventListener(
    "toggle",
    (event) => {
      const panel = event.target.open && event.target.querySelector?.(":scope > .vg-pop");
      if (!panel) return;
      panel.style.translate = "0 0";
      const { left, right } = panel.getBoundingClientRect();
      const room = document.documentElement.clientWidth - EDGE_PX;
      const move = right > room ? room - right : left < EDGE_PX ? EDGE_PX - left : 0;
      panel.style.translate = `${move}px 0`;
    },
    true,
  );

  new MutationObserver(settle).observe(document.documentElement, { childList: true, subtree: true });

  clientside.vigie = Object.assign(clientside.vigie || {}, {
    route(_path, _search, query) {
      const { no_update } = clientside;
      const view = nav.view();
      document.documentElement.lang = view.lang === "en" ? "en" : "fr";
      if (view.theme === "dark" || view.theme === "light") setTheme(view.theme);
      refreshLinks(view);
      const asked = nav.query();
      const unchanged = query !== null && query !== undefined && plain(query) === plain(asked);
      if (!unchanged) document.documentElement.dataset.busy = "";
      return [view, unchanged ? no_update : asked];
    },

    async wanted(view, mart, shown) {
      if (!view) return clientside.no_update;
      const ready = ["ok", "stale"].includes(mart?.state);
      const lang = view.lang === "en" ? "en" : "fr";
      const now = { screen: view.screen, lang, ready };
      const { screen, lang: shownLang, ready: shownReady } = shown ?? {};
      if (same(now, { screen, lang: shownLang, ready: shownReady })) return clientside.no_update;
      await window.vigie.later(now.screen);
      awaited = { ...now, frame: lang !== shownLang };
      return awaited;
    },

    drawn(html) {
      for (const [id, text] of Object.entries(html ?? {})) window.vigie.paint(id, text);
      delete document.documentElement.dataset.busy;
      return (painted += 1);
    },

    patch(changes) {
      if (changes) nav.patch(changes);
    },

    /* Asks whether a newer mart is there; more often while there is none. Where the server was away, what it was asked
     * meanwhile got no answer: everybody is told again, as of a newer mart. */
    async heartbeat(_n, mart) {
      const { no_update } = clientside;
      if (document.hidden) return [no_update, no_update];
      try {
        const answer = await fetch("/health/mart", { cache: "no-store" });
        const { version, state } = await answer.json();
        const wasAway = document.documentElement.dataset.offline !== undefined;
        delete document.documentElement.dataset.offline;
        if (wasAway) back();
        if ((version ?? null) !== (mart?.version ?? null)) newer();
        const pulse = { version, state };
        const pace = ["ok", "stale"].includes(state) ? SLOW_MS : FAST_MS;
        return [same(pulse, mart) && !wasAway ? no_update : pulse, pace];
      } catch {
        document.documentElement.dataset.offline = "";
        return [no_update, FAST_MS];
      }
    },
  });
})();
