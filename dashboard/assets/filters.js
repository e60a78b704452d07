/* The filter bar writes to the address, and follows it. Values are plain; the server judges them. */
"use strict";

/* The calendar's French, for Mantine's date picker (it looks for this name). */
window.dayjs_locale_fr = {
  name: "fr",
  weekStart: 0,
  months: "janvier_février_mars_avril_mai_juin_juillet_août_septembre_octobre_novembre_décembre".split("_"),
  monthsShort: "janv._févr._mars_avr._mai_juin_juill._août_sept._oct._nov._déc.".split("_"),
  weekdays: "dimanche_lundi_mardi_mercredi_jeudi_vendredi_samedi".split("_"),
  weekdaysShort: "dim._lun._mar._mer._jeu._ven._sam.".split("_"),
  weekdaysMin: "di_lu_ma_me_je_ve_sa".split("_"),
  formats: {},
  ordinal: (n) => (n === 1 ? `${n}er` : `${n}`),
};

(function () {
  const nav = window.vigie.nav;
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const list = (text) => (text ? text.split(",") : []);
  const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

  const changes = {
    "filter-period": (value) => {
      if (value !== "custom") return { period: value === "30d" ? null : value, from: null, to: null };
      const said = document.querySelector("[data-start]")?.dataset;
      return said ? { period: value, from: said.start, to: said.end } : { period: value };
    },
    "filter-dates": (value) =>
      value?.[0] && value?.[1] ? { period: "custom", from: value[0].slice(0, 10), to: value[1].slice(0, 10) } : {},
    "filter-activities": (value) => ({ activity: value }),
    "filter-by": (value) => ({ by: value === "where" ? null : value }),
  };

  function pilots() {
    return list(document.getElementById("filters")?.dataset.pilots);
  }

  function boroughsAsWritten(codes) {
    const chosen = [...(codes ?? [])].sort();
    return same(chosen, pilots().sort()) ? "pilots" : codes;
  }

  /* Another borough has other sectors. */
  window.vigie.placed = (key, said) => (key === "borough" ? { borough: said, sector: null } : { [key]: said });

  function place(key, codes) {
    nav.patch(window.vigie.placed(key, key === "borough" ? boroughsAsWritten(codes) : codes));
  }

  /* The codes in force of a key: what a person toggled a moment ago counts, though not painted yet. */
  function chosen(key) {
    const { [key]: text } = nav.read();
    return text === "pilots" ? pilots() : list(text);
  }

  document.addEventListener("click", (event) => {
    const quick = event.target.closest?.("[data-set]");
    if (quick) place(quick.dataset.set, quick.dataset.value === "pilots" ? pilots() : list(quick.dataset.value));
    const box = event.target.closest?.("[data-toggle]");
    if (!box) return;
    const { toggle: key, value } = box.dataset;
    const codes = chosen(key);
    const on = !codes.includes(value);
    box.setAttribute("aria-checked", String(on));
    place(key, on ? [...codes, value] : codes.filter((code) => code !== value));
  });

  /* The KPI of a state; the usual one where the address has one that there is not. */
  window.vigie.kpiShown = ({ names }, view) => (window.vigie.own(names, view.kpi) ? view.kpi : "backlog");

  /* What a chooser shows and offers: the counts, and the KPI of the address where it is another. */
  window.vigie.followKpi = (kpis, view, shown) => {
    const { no_update } = clientside;
    if (!kpis || !view) return [no_update, no_update];
    const wanted = window.vigie.kpiShown(kpis, view);
    if (wanted === shown) return [no_update, no_update];
    const offered = [...new Set([...kpis.offered, wanted])];
    return [wanted, offered.map((value) => ({ value, label: kpis.names[value] }))];
  };

  clientside.vigie = Object.assign(clientside.vigie || {}, {
    /* Only what the person touched goes into the address. */
    applyFilters(...values) {
      const { triggered, inputs_list: inputs } = clientside.callback_context;
      const merged = {};
      inputs.forEach((input, i) => {
        if (triggered.some((t) => t.prop_id === `${input.id}.${input.property}`)) {
          Object.assign(merged, changes[input.id](values[i]));
        }
      });
      if (Object.keys(merged).length) nav.patch(merged);
    },

    followFilters(view, ...shown) {
      const { no_update } = clientside;
      const wanted = [
        view.period ?? "30d",
        view.period === "custom" && view.from && view.to ? [view.from, view.to] : [null, null],
        list(view.activity),
        view.by ?? "where",
      ];
      const group = document.querySelector("[data-period]");
      if (group) group.dataset.period = wanted[0];
      const active = ["borough", "sector", "activity", "by"].filter((key) => view[key]).length;
      const count = document.querySelector("#filters-toggle .vg-count");
      if (count) count.textContent = active ? String(active) : "";
      return wanted.map((value, i) => (same(value, shown[i] ?? (Array.isArray(value) ? [] : null)) ? no_update : value));
    },
  });
})();
