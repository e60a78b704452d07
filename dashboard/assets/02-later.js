/* Scripts that few screens need, loaded on the way to one of them; fetched ahead when the page has nothing to do. */
"use strict";

window.vigie = window.vigie || {};

window.vigie.later = (function () {
  const loading = new Map(); // address → promise

  function links() {
    return [...(document.getElementById("vg-later")?.content.children ?? [])];
  }

  /* Once; a failure may be tried again. */
  function load(src) {
    if (!loading.has(src)) {
      const asked = fetchScript(src);
      asked.catch(() => loading.delete(src));
      loading.set(src, asked);
    }
    return loading.get(src);
  }

  function fetchScript(src) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = src;
      script.async = false;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${src} did not load`));
      document.head.append(script);
    });
  }

  function fetchAhead() {
    for (const { dataset } of links()) {
      const link = document.createElement("link");
      Object.assign(link, { rel: "prefetch", as: "script", href: dataset.href });
      document.head.append(link);
    }
  }

  window.addEventListener("load", () => setTimeout(fetchAhead, 4000));

  /* What a screen needs. */
  async function later(screen) {
    const needed = links().filter(({ dataset }) => dataset.screens.split(" ").includes(screen));
    if (!needed.length) return;
    await Promise.all(needed.map(({ dataset }) => load(dataset.href)));
    window.vigie.hookMaps?.(); // before Dash makes the map
  }

  later.load = load;
  return later;
})();
