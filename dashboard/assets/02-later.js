/* Scripts that one screen needs, loaded on the way to it; fetched ahead when the page has nothing to do. */
"use strict";

window.vigie = window.vigie || {};

window.vigie.later = (function () {
  let loading = null;

  function addresses() {
    const listed = document.getElementById("vg-later");
    return listed ? [...listed.content.children].map((link) => link.dataset.href) : [];
  }

  function load(src) {
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
    for (const href of addresses()) {
      const link = document.createElement("link");
      Object.assign(link, { rel: "prefetch", as: "script", href });
      document.head.append(link);
    }
  }

  window.addEventListener("load", () => setTimeout(fetchAhead, 4000));

  /* All of them, once; a failure may be tried again. */
  return function later() {
    loading ??= Promise.all(addresses().map(load)).then(
      () => window.vigie.hookMaps?.(), // before Dash makes the map
      (error) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
})();
