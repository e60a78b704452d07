/* Conditions on columns: the key `cf` of the address (dashboard/column_query.py), its panel, and a button for each. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const EMPTY = "-";
  const FILLED = "*";
  const MANY = 12;

  const read = (text) =>
    new Map((text ?? "").split(";").filter((part) => part.includes("~")).map((part) => [part.split("~", 1)[0], part.slice(part.indexOf("~") + 1)]));
  const write = (map) => [...map].map(([field, said]) => `${field}~${said}`).join(";");
  const list = () => vigie.requestList;
  const words = () => list().config.words;

  class ListFilters {
    text(view = vigie.nav.read()) {
      return view.cf ?? "";
    }

    set(field, said) {
      const map = read(this.text());
      if (said) map.set(field, said);
      else map.delete(field);
      this.write(write(map));
    }

    write(text) {
      vigie.nav.patch({ cf: text || null });
    }

    /* A button for each condition; pressed, it goes. */
    show() {
      const place = document.getElementById("liste-filters");
      if (!place) return;
      const map = read(this.text());
      const chips = [...map].filter(([field]) => list().column(field)).map(([field, said]) => {
        const name = this.say(field, said);
        const chip = vigie.pressable(name, () => this.set(field, ""), "vg-pill vg-cf");
        chip.dataset.key = field;
        chip.append(vigie.element("span", "vg-icon vg-i-close"));
        chip.setAttribute("aria-label", vigie.fill(words().filter_remove, { name }));
        return chip;
      });
      if (chips.length > 1) chips.push(vigie.pressable(words().filter_none, () => this.write(""), "vg-reset"));
      vigie.refill(place, chips, chips[0] ?? document.getElementById("liste-filter"));
      for (const button of document.querySelectorAll(".vg-head-filter")) button.classList.toggle("is-on", map.has(button.dataset.column));
    }

    say(field, said) {
      const { name, kind, codes } = list().column(field);
      const fill = (key, values) => vigie.fill(words()[`says_${key}`], { name, ...values });
      if (said === EMPTY) return fill("empty", {});
      if (said === FILLED) return fill("filled", {});
      if (kind === "codes") return fill("one_of", { value: said.split(",").map((code) => vigie.own(codes, code) ?? code).join(", ") });
      if (kind === "text") return fill("contains", { value: said });
      const shown = (value) => (kind === "date" ? vigie.day(`${value}T12:00:00Z`) : vigie.number(Number(value), value % 1 ? 1 : 0));
      if (!said.includes("..")) return fill("equals", { value: shown(said) });
      const [low, high] = said.split("..");
      if (low && high) return fill("between", { low: shown(low), high: shown(high) });
      return low ? fill("from", { value: shown(low) }) : fill("to", { value: shown(high) });
    }

    /** The panel, for a column or with a choice of columns. */
    open(field, opener) {
      const columns = list().config.columns.filter((column) => column.kind);
      const first = field ?? [...read(this.text()).keys()][0] ?? "street";
      vigie.openPanel("filter", opener, vigie.fill(words().filter_column, { name: "" }).trim(), (panel) => {
        const form = vigie.element("form", "vg-filter-form");
        const which = vigie.element("select", "vg-input");
        for (const { field: code, long } of columns) which.append(new Option(long, code, code === first, code === first));
        const body = vigie.element("div", "vg-filter-body");
        which.addEventListener("change", () => this.fill(body, which.value));
        form.append(vigie.labelled(words().filter_which, which), body);
        const apply = vigie.element("button", "vg-button vg-primary", words().filter_apply);
        const clear = vigie.pressable(words().filter_clear, () => this.done(panel, which.value, ""));
        const foot = vigie.element("div", "vg-filter-foot");
        foot.append(apply, clear);
        form.append(foot);
        form.addEventListener("submit", (event) => {
          event.preventDefault();
          this.done(panel, which.value, this.value(body, which.value));
        });
        panel.append(form);
        this.fill(body, first);
      })?.querySelector(field ? ".vg-filter-body input" : "select")?.focus({ preventScroll: true });
    }

    done(panel, field, said) {
      panel.hidePopover();
      this.set(field, said);
    }

    fill(body, field) {
      const column = list().column(field);
      const said = read(this.text()).get(field) ?? "";
      const parts = column.kind === "codes" ? this.codes(column, said) : this.ends(column, said);
      if (column.empty) {
        parts.push(vigie.tick(words().only_empty, said === EMPTY, EMPTY), vigie.tick(words().only_filled, said === FILLED, FILLED));
      }
      body.replaceChildren(...parts);
      body.onchange = ({ target }) => {
        const other = { [EMPTY]: FILLED, [FILLED]: EMPTY }[target.name];
        if (other && target.checked) body.querySelector(`[name="${other}"]`).checked = false;
      };
    }

    codes({ codes }, said) {
      const chosen = new Set(said.split(","));
      const lines = Object.entries(codes)
        .sort(([a, one], [b, other]) => chosen.has(b) - chosen.has(a) || one.localeCompare(other, list().config.lang))
        .map(([code, name]) => {
          const line = vigie.tick(name, chosen.has(code), "code");
          line.firstChild.value = code;
          return line;
        });
      const box = vigie.element("div", "vg-ticks");
      box.append(...lines);
      if (lines.length <= MANY) return [box];
      const find = vigie.input("search");
      find.setAttribute("aria-label", words().find);
      find.placeholder = words().find;
      find.addEventListener("input", () => {
        const wanted = vigie.folded(find.value);
        for (const line of lines) line.hidden = !vigie.folded(line.textContent).includes(wanted);
      });
      return [find, box];
    }

    ends({ kind }, said) {
      const plain = [EMPTY, FILLED].includes(said) ? "" : said;
      if (kind === "text") {
        const input = Object.assign(vigie.input("search", plain), { name: "text", maxLength: 80 });
        return [vigie.labelled(words().contains, input)];
      }
      const [low, high] = plain.includes("..") ? plain.split("..") : [plain, plain];
      const type = kind === "date" ? "date" : "number";
      const end = (name, value) => Object.assign(vigie.input(type, value), { name, min: kind === "date" ? "2000-01-01" : "0", step: "any" });
      const labels = kind === "date" ? [words().from_day, words().to_day] : [words().from, words().to];
      const row = vigie.element("div", "vg-filter-ends");
      row.append(vigie.labelled(labels[0], end("low", low)), vigie.labelled(labels[1], end("high", high)));
      return [row];
    }

    value(body, field) {
      const by = (name) => body.querySelector(`[name="${name}"]`);
      if (by(EMPTY)?.checked) return EMPTY;
      if (by(FILLED)?.checked) return FILLED;
      const { kind } = list().column(field);
      if (kind === "codes") return [...body.querySelectorAll('[name="code"]:checked')].map((box) => box.value).join(",");
      if (kind === "text") return by("text").value.replaceAll(";", " ").trim();
      const [low, high] = [by("low").value, by("high").value];
      if (low && low === high) return low;
      return low || high ? `${low}..${high}` : "";
    }
  }

  /** A text without capitals and accents. */
  vigie.folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  vigie.listFilters = new ListFilters();
})();
