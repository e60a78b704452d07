/* Small tools that the map, the list and the borough map share. No state but a cache of answers. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});

  /** The value of a CSS custom property of the theme in force, e.g. css("--vigie-late"). */
  vigie.css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  vigie.calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  const locale = () => (document.documentElement.lang === "en" ? "en-CA" : "fr-CA");
  const formats = new Map();
  const format = (make, options) => {
    const key = locale() + make.name + JSON.stringify(options);
    if (!formats.has(key)) formats.set(key, new make(locale(), options));
    return formats.get(key);
  };
  vigie.number = (value, digits = 0) =>
    value === null || value === undefined
      ? "–"
      : format(Intl.NumberFormat, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  vigie.percent = (value) =>
    value === null || value === undefined
      ? "–"
      : format(Intl.NumberFormat, { style: "percent", maximumFractionDigits: 0 }).format(value);

  /** A moment (ISO, UTC) as the city's wall clock shows it. */
  vigie.day = (iso) =>
    iso ? format(Intl.DateTimeFormat, { dateStyle: "medium", timeZone: "America/Toronto" }).format(new Date(iso)) : "–";
  /** A day in little room: without the year where it is this one, in figures where it is not. */
  vigie.shortDay = (iso) => {
    const zone = { timeZone: "America/Toronto" };
    const year = (at) => format(Intl.DateTimeFormat, { year: "numeric", ...zone }).format(at);
    if (!iso) return "–";
    if (year(new Date(iso)) !== year(new Date())) return new Date(iso).toLocaleDateString("sv-SE", zone);
    return format(Intl.DateTimeFormat, { day: "numeric", month: "short", ...zone }).format(new Date(iso));
  };
  vigie.moment = (iso) =>
    iso
      ? format(Intl.DateTimeFormat, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23", timeZone: "America/Toronto" }).format(
          new Date(iso),
        )
      : "–";

  /** A text of the catalogue with its {holes} filled. */
  vigie.fill = (template, values) =>
    String(template ?? "").replace(/\{(\w+)\}/g, (hole, name) => (name in values ? values[name] : hole));

  /** A month ("2026-03") in words. */
  vigie.monthName = (month) => {
    const words = { month: "long", year: "numeric", timeZone: "UTC" };
    return format(Intl.DateTimeFormat, words).format(new Date(`${month}-15T12:00:00Z`));
  };

  /** What a table says of a name that came from the address; nothing of the names that every object has. */
  vigie.own = (table, name) => (Object.hasOwn(table, name ?? "") ? table[name] : undefined);

  /** A drawer opens below the header where that stays in sight: it can still be worked. */
  vigie.openDrawer = (drawer) => {
    const header = document.querySelector(".vg-header");
    const stays = header && getComputedStyle(header).position === "sticky";
    drawer.style.setProperty("--vg-drawer-top", stays ? `${header.offsetHeight}px` : "0px");
    drawer.classList.add("is-open");
  };

  vigie.element = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  vigie.pressable = (label, press, look = "vg-button") => {
    const button = vigie.element("button", look, label);
    button.type = "button";
    button.addEventListener("click", press);
    return button;
  };

  /** Write a place anew. What had the focus in it has it again, known by its `data-key`; where it is gone, `otherwise` has. */
  vigie.refill = (place, nodes, otherwise = null) => {
    const had = place.contains(document.activeElement) && document.activeElement !== place;
    const { key } = had ? document.activeElement.dataset : {};
    place.replaceChildren(...nodes);
    if (!had) return;
    const again = key !== undefined && place.querySelector(`[data-key="${CSS.escape(key)}"]`);
    (again || otherwise)?.focus({ preventScroll: true });
  };

  /* Answers kept in the page, so that going back to a view that was just left asks nobody. */
  const KEPT_ANSWERS = 24;
  const KEPT_MS = 30000; // then the server is asked again; it says "unchanged" (304) as long as that is so
  const answers = new Map();
  const underWay = new Map();

  let era = 0; // what was asked before a newer mart is kept by nobody

  vigie.forgetAnswers = () => {
    era += 1;
    answers.clear();
    underWay.clear();
  };

  const isNumbers = (response) => response.headers.get("content-type") === "application/octet-stream";

  /* Why there is no answer, in the language of the page; `code` is the server's, or says that there is no server. */
  const refusal = (code) => {
    const words = JSON.parse(document.getElementById("vg-refusals").content.textContent);
    const said = words[document.documentElement.lang === "en" ? "en" : "fr"];
    return Object.assign(new Error(vigie.own(said, code) ?? said.failed), { code });
  };
  const AWAY = [502, 503, 504];
  const unsaid = (status) => (AWAY.includes(status) ? "gone" : status < 500 ? "refused" : "failed");
  const orGone = (error) => {
    throw vigie.wasAborted(error) ? error : refusal("gone");
  };

  /** GET a feed: JSON, or columns of numbers (map_points.js). `signal` aborts it. The server's cache validators do the rest.
   *  What it throws has a message for people, in their language. */
  vigie.fetchFeed = async (url, signal) => {
    if (answers.has(url)) {
      const kept = answers.get(url);
      answers.delete(url);
      if (performance.now() - kept.at < KEPT_MS) {
        answers.set(url, kept);
        return kept.answer;
      }
    }
    const ahead = await underWay.get(url);
    signal?.throwIfAborted();
    if (ahead) return ahead;
    const asked = era;
    const response = await fetch(url, { signal }).catch(orGone);
    if (!response.ok) {
      const { code } = await response.json().catch(() => ({}));
      throw refusal(code ?? unsaid(response.status));
    }
    const whole = await (isNumbers(response) ? response.arrayBuffer() : response.json()).catch(orGone);
    const answer = isNumbers(response) ? vigie.unpackPoints(whole) : whole;
    if (asked === era) answers.set(url, { answer, at: performance.now() });
    if (answers.size > KEPT_ANSWERS) answers.delete(answers.keys().next().value);
    return answer;
  };

  /** Ask now for what will be wanted soon: `fetchFeed` then has it, or waits for the same answer. Nobody hears of a
   *  failure: what is wanted is asked for again. A person who saves data is not asked to pay for it. */
  vigie.fetchAhead = (url) => {
    if (answers.has(url) || underWay.has(url) || navigator.connection?.saveData) return;
    const answer = vigie.fetchFeed(url).catch(() => null);
    underWay.set(url, answer);
    answer.finally(() => underWay.get(url) === answer && underWay.delete(url));
  };

  /** One outstanding request per purpose: asking again aborts what is no longer wanted. */
  vigie.asker = () => {
    let controller = null;
    return {
      stop: () => controller?.abort(),
      ask: async (url) => {
        controller?.abort();
        controller = new AbortController();
        return vigie.fetchFeed(url, controller.signal);
      },
    };
  };
  vigie.wasAborted = (error) => error?.name === "AbortError";

  /** What failed may be asked again once the server answers again: frame.js hears its pulse. */
  vigie.whenBack = (again) => window.addEventListener("vigie-back", again);

  /** Which class of the number scale a value falls in: 0 … breaks.length. */
  vigie.classOf = (value, breaks) => {
    let index = 0;
    while (index < breaks.length && value >= breaks[index]) index += 1;
    return index;
  };

  /** Is (x, y) inside the ring [x0, y0, x1, y1, …]? Even-odd rule. */
  vigie.inRing = (x, y, ring) => {
    let inside = false;
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const crosses = ring[i + 1] > y !== ring[j + 1] > y;
      if (crosses && x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i])
        inside = !inside;
    }
    return inside;
  };
})();
