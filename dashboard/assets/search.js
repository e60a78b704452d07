/* The search box of the header: a field with a list of what was found, grouped, worked by keys or by a press. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const WAIT_MS = 120;
  const LEAST_LETTERS = 2;
  const MOST_LETTERS = 80;
  const PLACES = { borough: "places", sector: "places", street: "streets", crossing: "crossings" };
  const SIGNS = { borough: "place", sector: "place", street: "street", crossing: "crossing" };
  /* What else says where: a place that was looked for takes its stead. */
  const ELSEWHERE = { borough: null, sector: null, h3: null, area: null };

  const place = () => document.getElementById("search");
  const asker = vigie.asker();
  let options = [];
  let at = -1;
  let timer = 0;
  let asked = "";

  /* The server makes its index at the first question: better before a person asks. */
  const prepare = () => vigie.fetchFeed("/feeds/search.json?q=").catch(() => {});
  window.addEventListener("load", () => setTimeout(prepare, 5000));

  /* The field, again where the frame was written anew in another language. */
  function build() {
    const box = place();
    if (!box || (box.firstChild && box.dataset.built === box.dataset.lang)) return;
    const before = box.querySelector("input")?.value ?? "";
    const { label, placeholder, key, results, clear } = box.dataset;
    const input = vigie.element("input", "vg-search-input");
    Object.assign(input, { id: "search-input", type: "search", value: before, placeholder, title: key, maxLength: MOST_LETTERS });
    Object.assign(input, { autocomplete: "off", spellcheck: false });
    const attributes = {
      role: "combobox", "aria-label": label, "aria-controls": "search-results", "aria-expanded": "false",
      "aria-autocomplete": "list", "aria-keyshortcuts": "/", autocapitalize: "off",
    };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    const list = vigie.element("div", "vg-search-results");
    Object.assign(list, { id: "search-results", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", results);
    const said = vigie.element("p", "vg-hidden");
    said.setAttribute("role", "status");
    const wipe = vigie.element("button", "vg-search-clear");
    Object.assign(wipe, { type: "button", title: clear, hidden: !before });
    wipe.setAttribute("aria-label", clear);
    wipe.append(sign("close"));
    box.replaceChildren(sign("search"), input, wipe, list, said);
    box.dataset.built = box.dataset.lang;
    input.addEventListener("input", typed);
    input.addEventListener("keydown", pressed);
    input.addEventListener("focus", () => {
      if (!asked) prepare();
      if (options.length && input.value) show(true);
    });
    wipe.addEventListener("click", () => {
      input.value = "";
      typed();
      input.focus();
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(Number(option.dataset.at));
    });
  }

  const sign = (name) => {
    const found = vigie.element("span", `vg-icon vg-i-${name}`);
    found.setAttribute("aria-hidden", "true");
    return found;
  };
  const field = () => document.getElementById("search-input");
  const say = (name, values) => vigie.fill(place().dataset[`say${name[0].toUpperCase()}${name.slice(1)}`], values);

  function show(open) {
    document.getElementById("search-results").hidden = !open;
    field().setAttribute("aria-expanded", String(open));
    if (!open) mark(-1);
  }

  function typed() {
    const text = field().value.trim();
    field().parentElement.querySelector(".vg-search-clear").hidden = !text;
    clearTimeout(timer);
    if (text.length < LEAST_LETTERS) {
      asker.stop();
      options = [];
      asked = "";
      return show(false);
    }
    timer = setTimeout(() => ask(text), WAIT_MS);
  }

  async function ask(text) {
    asked = text;
    const { lang } = place().dataset;
    try {
      const answer = await asker.ask(`/feeds/search.json?${new URLSearchParams({ q: text, lang })}`);
      if (asked === text) paint(answer);
    } catch (error) {
      if (!vigie.wasAborted(error) && asked === text) tell(say("failed", { reason: error.message }), "");
    }
  }

  function paint({ q, requests, places }) {
    const groups = [["requests", requests.map((found) => ({ ...found, kind: "request" }))]];
    for (const name of ["places", "streets", "crossings"]) groups.push([name, places.filter(({ kind }) => PLACES[kind] === name)]);
    options = groups.flatMap(([, found]) => found);
    if (!options.length) return tell(say("none", { q }), say("noneHint", {}));
    const list = document.getElementById("search-results");
    const drawn = [];
    for (const [name, found] of groups) {
      if (!found.length) continue;
      const group = vigie.element("div", "vg-search-group");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", say(name, {}));
      const title = vigie.element("div", "vg-search-title", say(name, {}));
      title.setAttribute("aria-hidden", "true");
      group.append(title, ...found.map(line));
      drawn.push(group);
    }
    list.replaceChildren(...drawn);
    const one = vigie.nav.view().lang === "en" ? options.length === 1 : options.length < 2;
    status(say(one ? "foundOne" : "foundOther", { n: options.length }));
    show(true);
    mark(-1);
  }

  function line(found) {
    const option = vigie.element("div", "vg-search-option");
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.at = options.indexOf(found);
    option.id = `search-option-${option.dataset.at}`;
    const mark_ = vigie.element("span", "vg-mark-at");
    if (found.kind === "request") mark_.innerHTML = vigie.markSvg(found.state, 16);
    else mark_.append(sign(SIGNS[found.kind]));
    const words = vigie.element("span", "vg-search-words");
    const title = found.kind === "request" ? `${found.number} · ${found.title}` : found.title;
    words.append(vigie.element("span", "", title), vigie.element("span", "vg-dim", found.detail));
    option.append(mark_, words);
    return option;
  }

  function tell(text, hint) {
    options = [];
    const note = vigie.element("div", "vg-search-note");
    note.append(vigie.element("strong", "", text), vigie.element("span", "vg-dim", hint));
    document.getElementById("search-results").replaceChildren(note);
    status(text);
    show(true);
  }

  function status(text) {
    place().querySelector("[role=status]").textContent = text;
  }

  function mark(next) {
    at = next;
    document.querySelectorAll("#search-results [role=option]").forEach((option) => {
      const chosen = Number(option.dataset.at) === at;
      option.setAttribute("aria-selected", String(chosen));
      if (chosen) option.scrollIntoView({ block: "nearest" });
    });
    if (at >= 0) field().setAttribute("aria-activedescendant", `search-option-${at}`);
    else field().removeAttribute("aria-activedescendant");
  }

  function pressed(event) {
    const { key } = event;
    const open = !document.getElementById("search-results").hidden;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!options.length) return;
      if (!open) show(true);
      const step = key === "ArrowDown" ? 1 : -1;
      mark(at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length);
    } else if (key === "Enter" && options.length) {
      event.preventDefault();
      choose(Math.max(at, 0));
    } else if (key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (open) show(false);
      else {
        field().value = "";
        typed();
        field().blur();
      }
    }
  }

  /* Where a hit leads: a request to its sheet, a place to itself on the map or to the filter that it is. */
  function choose(which) {
    const found = options[which];
    if (!found) return;
    show(false);
    field().value = "";
    typed();
    if (found.kind === "request") vigie.openRequest(found.id);
    else if (found.kind === "borough" || found.kind === "sector") filter(found);
    else toMap(found);
  }

  function filter({ kind, code, borough, view }) {
    const { screen } = vigie.nav.view();
    const where = kind === "borough" ? { borough: code } : { borough, sector: code };
    vigie.nav.patch({ ...ELSEWHERE, ...where, request: null, ...(screen === "carte" ? { v: view } : {}) });
  }

  function toMap({ kind, view, street }) {
    const cf = kind === "street" ? `street~${street.replaceAll(";", " ")}` : null;
    vigie.nav.go(vigie.nav.address("/carte", { ...ELSEWHERE, request: null, cf, v: view }));
  }

  new MutationObserver(build).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-lang"] });

  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const typing = target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !field()) return;
    event.preventDefault();
    field().focus();
    field().select();
  });
  document.addEventListener("pointerdown", (event) => {
    if (field() && !event.target.closest?.("#search")) show(false);
  });
  document.addEventListener("focusin", (event) => {
    if (field() && !event.target.closest?.("#search")) show(false);
  });
})();
