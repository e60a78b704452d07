/* Saved views (a name for an address, kept in this browser), the start page, and dates to compare with. */
"use strict";

(() => {
  const vigie = (window.vigie = window.vigie || {});
  const KEY = "vigie.views";
  const START = "vigie.start";
  const MOST = 40;
  const LONGEST = 60;

  const store = {
    read(key, otherwise) {
      try {
        return JSON.parse(localStorage.getItem(key)) ?? otherwise;
      } catch {
        return otherwise; // storage is off, or holds something else
      }
    },
    write(key, value) {
      try {
        localStorage.setItem(key, JSON.stringify(value));
      } catch {
        /* storage is off: the link can still be kept */
      }
    },
  };

  const isView = (one) => typeof one?.name === "string" && typeof one?.url === "string" && /^\/(?!\/)/.test(one.url);
  const views = () => store.read(KEY, []).filter?.(isView) ?? [];
  const start = () => store.read(START, null);
  const here = () => window.location.pathname + window.location.search;

  /* Who opens the dashboard by its plain address begins with the view of one's choice. A page that is loaded again, or
   * come back to, stays what it was. */
  const isOpened = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (here() === "/" && isOpened && !document.referrer.startsWith(window.location.origin)) {
    const wanted = views().find(({ url }) => url === start());
    if (wanted) window.location.replace(wanted.url);
  }

  const box = () => document.getElementById("views");
  const words = (name, values) => vigie.fill(box()?.dataset[name] ?? "", values);

  function say(text, undo) {
    const line = document.getElementById("views-said");
    line.replaceChildren(text);
    if (!undo) return;
    const button = vigie.element("button", "vg-button", words("undo"));
    button.type = "button";
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      undo();
    });
    line.append(" ", button);
    button.focus();
  }

  function keep(all) {
    store.write(KEY, all.slice(-MOST));
    show();
  }

  function button(sign, key, label, action, pressed) {
    const made = vigie.element("button", "vg-button vg-quiet vg-square");
    made.type = "button";
    made.title = label;
    made.setAttribute("aria-label", label);
    if (pressed !== undefined) made.setAttribute("aria-pressed", String(pressed));
    made.append(vigie.element("span", `vg-icon vg-i-${sign}`));
    made.addEventListener("click", action);
    made.dataset.key = `${sign} ${key}`;
    return made;
  }

  function lineOf(view) {
    const line = vigie.element("li");
    const link = vigie.element("a", "vg-choice", view.name);
    link.dataset.key = view.name;
    link.href = view.url;
    link.dataset.nav = "";
    if (view.url === here()) link.setAttribute("aria-current", "true");
    const first = view.url === start();
    const starts = button("start", view.name, words(first ? "unstart" : "start", view), (event) => {
      event.stopPropagation();
      store.write(START, first ? null : view.url);
      show();
      say(words(first ? "unstarted" : "started", view));
    }, first);
    const removes = button("close", view.name, words("remove", view), (event) => {
      event.stopPropagation(); // the line goes: to the page, the press would come from outside of the panel
      const before = views();
      keep(before.filter(({ name }) => name !== view.name));
      say(words("removed", view), () => {
        keep(before);
        say("");
        box().querySelector(`[data-key="${CSS.escape(`close ${view.name}`)}"]`)?.focus();
      });
    });
    line.append(link, starts, removes);
    return line;
  }

  /* The field is made here, for Dash has no plain one that leaves its value alone. */
  function field() {
    const place = document.getElementById("views-name-place");
    if (!place || place.firstChild) return;
    const input = vigie.element("input", "vg-input");
    Object.assign(input, { id: "views-name", type: "text", maxLength: LONGEST, required: true, autocomplete: "off" });
    input.placeholder = document.querySelector(`label[for="${input.id}"]`)?.textContent ?? "";
    place.append(input);
  }

  function show() {
    const list = document.getElementById("views-list");
    if (!list) return;
    field();
    const all = views();
    vigie.refill(list, all.length ? all.map(lineOf) : [vigie.element("li", "vg-hint", words("empty"))]);
  }

  document.addEventListener("toggle", (event) => event.target.id === "views" && event.target.open && show(), true);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-views-form]")) {
      event.preventDefault();
      const input = document.getElementById("views-name");
      const name = input.value.trim();
      if (!name) return;
      keep([...views().filter((one) => one.name !== name), { name, url: here() }]);
      input.value = "";
      say(words("saved", { name }));
    } else if (form.matches("[data-compare]")) {
      event.preventDefault();
      const [first, last] = [form.first.value, form.last.value].sort();
      form.closest("details").open = false;
      vigie.nav.go(vigie.nav.address("/", { request: null, vs: `${first}..${last}` }));
    }
  });

  document.addEventListener("click", async (event) => {
    if (event.target.closest?.("[data-copy-link]")) {
      try {
        await navigator.clipboard.writeText(window.location.href);
        say(words("copied"));
      } catch {
        say(window.location.href); // the browser does not let us: here it is to be copied by hand
      }
    }
    const inside = event.target.closest?.(".vg-tool-box a[data-nav]");
    if (inside) inside.closest("details").open = false;
  });
})();
