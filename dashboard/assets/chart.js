/* Charts: where the page has a place for one (components/chart.py), its figure is asked for and drawn by Plotly.
 *
 * The library is loaded with the first chart that comes into view. The old picture stays until the new one is there.
 * Figures come in the colours of the light theme; in the dark each is exchanged for its own. On paper (print.js) a chart
 * is as wide as its place: it is drawn so that it can be shrunk.
 */
"use strict";

(() => {
  const vigie = (window.vigie = window.vigie || {});
  const PLACE = ".vg-chart-plot[data-src]";
  const NEAR_PX = 300;
  const charts = new WeakMap(); // place → {src, failed, answer, asker}
  const known = new Set();

  const isDark = () => document.documentElement.getAttribute("data-mantine-color-scheme") === "dark";

  /* Every colour of a figure, wherever it stands, for the theme in force. */
  const coloured = (value, dark) => {
    if (typeof value === "string") return dark[value] ?? value;
    if (Array.isArray(value)) return value.map((one) => coloured(one, dark));
    if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one, dark)]));
  };

  const library = () => {
    const { library: address } = document.getElementById("frame-charts").dataset;
    return vigie.later.load(address).then(() => window.Plotly);
  };

  const text = (name) => document.getElementById("frame-charts").dataset[name];

  function note(place, words, retry) {
    const line = place.parentElement?.querySelector(".vg-chart-note");
    if (!line) return;
    line.replaceChildren();
    if (!words) return;
    line.append(words);
    if (!retry) return;
    line.append(" ", vigie.pressable(text("retry"), retry));
  }

  /* At its own size nothing changes; at another, the drawing goes with its place. */
  function shrinkable(place, { width, height }) {
    for (const drawing of place.querySelectorAll(".main-svg")) drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    place.style.setProperty("--vg-drawn", `${width} / ${height}`);
  }

  async function paint(place, chart) {
    const Plotly = await library();
    if (!place.isConnected || !chart.answer) return;
    const { figure, dark } = chart.answer;
    const { data, layout } = isDark() ? coloured(figure, dark) : structuredClone(figure);
    Object.assign(layout, { width: place.clientWidth, height: place.clientHeight, autosize: false });
    if (vigie.calm()) delete layout.transition;
    await Plotly.react(place, data, layout, { displayModeBar: false, responsive: false, doubleClick: false });
    shrinkable(place, layout);
    place.classList.toggle("is-empty", data.length === 0);
    note(place, data.length === 0 ? text("empty") : "");
    if (!chart.listens) {
      chart.listens = true;
      place.on("plotly_click", ({ points }) => follow(points));
    }
  }

  /* A point may know the address of the requests behind it. */
  function follow(points) {
    const address = points.map(({ customdata }) => customdata).find((one) => typeof one === "string" && one.startsWith("/"));
    if (address) vigie.nav.go(address);
  }

  /* A figure that failed is asked for again only where a person, another address or the server's return gives cause. */
  async function show(place, { again = false } = {}) {
    const chart = charts.get(place) ?? { asker: vigie.asker() };
    charts.set(place, chart);
    const { src } = place.dataset;
    if (chart.src === src && !again) return;
    Object.assign(chart, { src, failed: false });
    place.parentElement?.classList.add("is-busy");
    try {
      const [answer] = await Promise.all([chart.asker.ask(src), library()]);
      if (chart.src !== src) return;
      chart.answer = answer;
      await paint(place, chart);
      place.dataset.drawn = src;
    } catch (error) {
      if (vigie.wasAborted(error)) return;
      if (chart.src !== src) return;
      chart.failed = true;
      note(place, vigie.fill(text("failed"), { reason: error.message }), () => show(place, { again: true }));
    } finally {
      if (chart.src === src) place.parentElement?.classList.remove("is-busy");
    }
  }

  const near = new IntersectionObserver(
    (entries) => entries.forEach(({ isIntersecting, target }) => isIntersecting && show(target)),
    { rootMargin: `${NEAR_PX}px` },
  );
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const chart = charts.get(target);
      if (chart?.answer && target.clientWidth) paint(target, chart);
    }
  });

  /* New places are watched; one whose address changed is looked at again; what left the page is let go. */
  function survey() {
    for (const place of known) {
      if (place.isConnected) continue;
      known.delete(place);
      near.unobserve(place);
      resized.unobserve(place);
      charts.get(place)?.asker.stop();
      if (charts.get(place)?.answer) window.Plotly?.purge(place);
      charts.delete(place);
    }
    for (const place of document.querySelectorAll(PLACE)) {
      const asked = charts.get(place)?.src;
      if (known.has(place) && asked !== undefined && asked === place.dataset.src) continue;
      if (known.has(place)) near.unobserve(place); // observing again tells at once whether it is in view
      else resized.observe(place);
      known.add(place);
      near.observe(place);
    }
  }

  const isMissing = (place) => place.isConnected && place.clientWidth && charts.get(place)?.src !== place.dataset.src;

  /** Whether there are charts that nobody came near to yet, and drawing them all: paper shows what is out of view. */
  vigie.chartsMissing = () => [...known].some(isMissing);
  vigie.drawCharts = () => Promise.all([...known].filter(isMissing).map((place) => show(place)));

  let waiting = false;
  function surveySoon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      survey();
    });
  }

  const concerns = ({ type, target, addedNodes, removedNodes }) =>
    type === "attributes" ? target.matches(PLACE) : addedNodes.length + removedNodes.length && !target.closest?.(".vg-chart-plot");
  new MutationObserver((changes) => changes.some(concerns) && surveySoon()).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributeFilter: ["data-src"],
  });
  vigie.whenBack(() => {
    for (const place of known) if (charts.get(place)?.failed) show(place, { again: true });
  });
  window.addEventListener("vigie-newer", () => {
    for (const place of known) if (charts.has(place)) show(place, { again: true });
  });
  function repaint() {
    for (const place of known) if (charts.get(place)?.answer) paint(place, charts.get(place));
  }
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });

  /** Save what an address (a data or object URL) holds under a name. */
  vigie.save = (href, name) => {
    const link = vigie.element("a");
    Object.assign(link, { href, download: name });
    document.body.append(link);
    link.click();
    link.remove();
  };

  /* A picture to keep: on white, in the page's language, with its caption. */
  async function picture(button) {
    const { picture: format, src } = button.dataset;
    const label = button.textContent;
    button.textContent = text("busy");
    button.disabled = true;
    try {
      const [{ figure, name }, Plotly] = await Promise.all([vigie.fetchFeed(src), library()]);
      const { width, height } = figure.layout;
      const scale = format === "png" ? 2 : 1;
      const made = await Plotly.toImage(structuredClone(figure), { format, width, height, scale });
      vigie.save(made, `${name}.${format}`);
      button.closest("details")?.removeAttribute("open");
    } catch (error) {
      button.title = vigie.fill(text("failed"), { reason: error.message });
      button.classList.add("is-failed");
    } finally {
      button.textContent = label;
      button.disabled = false;
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-picture]");
    if (button) picture(button);
  });
})();
