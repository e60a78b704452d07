/* The time slider: replays the months of the data. A month is a period of the address; the old picture stays until
   that of the new month is there, and colours keep the meaning that they had in the first. */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});
  const PACE_MS = 1300;
  const CALM_MS = 2500; // for people who want less motion
  const YEAR = 12; // months back from where a replay begins when it stands at the end
  const DRAG_MS = 140;

  const monthsFrom = (first, last) => {
    const [months, [year, month]] = [[], first.split("-").map(Number)];
    for (let i = year * 12 + month - 1; months.at(-1) !== last && months.length < 1000; i += 1)
      months.push(`${Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")}`);
    return months;
  };
  const lastDay = (month) => {
    const [year, number] = month.split("-").map(Number);
    return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
  };
  /** The period of the address that is a month. */
  const periodOf = (month) => ({ period: "custom", from: `${month}-01`, to: lastDay(month) });
  const FIRST_DAY = /^\d{4}-(0[1-9]|1[0-2])-01$/;
  const monthOf = ({ period, from, to }) =>
    period === "custom" && FIRST_DAY.test(from) && to === lastDay(from.slice(0, 7)) ? from.slice(0, 7) : null;

  class Time {
    constructor() {
      Object.assign(this, { months: [], active: false, playing: null, before: null });
    }

    /** Follow the address; the strip is built when it is first needed. */
    async apply(view, config) {
      const place = document.getElementById("carte-time");
      if (!place) return;
      this.view = view;
      this.active = monthOf(view) !== null;
      if (this.place !== place || this.config.lang !== config.lang) {
        Object.assign(this, { place, config, slider: null });
        await this.begin();
      }
      this.show();
    }

    /* The months of the data; without them, the strip says why, and asks again when it is told to. */
    async begin() {
      const { place, config } = this;
      this.failed = false;
      try {
        const { first, last } = await vigie.fetchFeed("/feeds/months.json");
        if (!first || this.place !== place || this.config !== config || this.slider) return;
        this.months = monthsFrom(first, last);
        this.build();
      } catch (error) {
        if (this.place !== place || this.slider) return;
        this.failed = true;
        this.put(vigie.element("span", "", vigie.fill(config.texts.time_failed, { reason: error.message })), vigie.pressable(config.texts.retry, () => this.again()));
      }
    }

    async again() {
      await this.begin();
      this.show();
    }

    put(...parts) {
      this.group = vigie.element("div", "vg-time");
      this.group.setAttribute("role", "group");
      this.group.setAttribute("aria-label", this.config.texts.time_idle);
      this.group.append(...parts);
      this.place.querySelector(".vg-time")?.remove();
      this.place.prepend(this.group);
    }

    build() {
      const { texts } = this.config;
      const button = (name, act) => {
        const made = vigie.element("button", `vg-map-button vg-time-${name}`);
        made.type = "button";
        made.append(vigie.element("span", `vg-icon vg-i-${name}`));
        made.addEventListener("click", act);
        this.name(made, texts[`time_${name}`]);
        return made;
      };
      this.play = button("play", () => this.toggle());
      this.slider = vigie.element("input", "vg-time-slider");
      Object.assign(this.slider, { type: "range", min: 0, max: this.months.length - 1, step: 1 });
      this.slider.setAttribute("aria-label", texts.time);
      this.slider.addEventListener("input", () => this.dragged());
      this.said = vigie.element("output", "vg-time-said");
      this.back = vigie.element("button", "vg-button vg-time-back", texts.time_back);
      this.back.type = "button";
      this.name(this.back, texts.time_back_long);
      this.back.addEventListener("click", () => this.leave());
      const [previous, next] = [button("previous", () => this.by(-1)), button("next", () => this.by(1))];
      this.put(this.play, previous, this.slider, next, this.said, this.back);
    }

    name(button, text) {
      button.title = text;
      button.setAttribute("aria-label", text);
    }

    get at() {
      return this.months.indexOf(monthOf(this.view));
    }

    show() {
      if (!this.slider) return;
      this.active = this.at >= 0;
      if (!this.active) this.pause();
      if (!this.dragging) this.slider.value = this.active ? this.at : this.months.length - 1;
      this.tell(this.active ? this.months[this.at] : null);
      this.back.hidden = !this.active;
      this.group.classList.toggle("is-active", this.active);
    }

    tell(month) {
      this.said.textContent = month ? vigie.monthName(month) : this.config.texts.time_idle;
      this.slider.setAttribute("aria-valuetext", month ? vigie.monthName(month) : this.config.texts.time_idle);
    }

    /* The first step away from a period is a step of the history; the others take its place there. */
    go(index) {
      const month = this.months[Math.max(0, Math.min(index, this.months.length - 1))];
      if (!month || monthOf(this.view) === month) return;
      const { period, from, to } = this.view;
      if (!this.active) this.before = { period: period ?? null, from: from ?? null, to: to ?? null };
      const replace = this.active;
      this.active = true; // before the new picture comes: it keeps its scale
      vigie.nav.patch(periodOf(month), { replace });
      this.prefetch(index + 1);
    }

    by(step) {
      this.pause();
      this.go((this.active ? this.at : this.months.length) + step);
    }

    dragged() {
      this.pause();
      this.dragging = true;
      this.tell(this.months[this.slider.value]);
      clearTimeout(this.drag);
      this.drag = setTimeout(() => {
        this.dragging = false;
        this.go(Number(this.slider.value));
      }, DRAG_MS);
    }

    leave() {
      this.pause();
      this.play.focus({ preventScroll: true });
      vigie.nav.patch(this.before ?? { period: null, from: null, to: null });
      this.before = null;
    }

    /* What the month after will ask, so that it is there when its turn comes. */
    prefetch(index) {
      const { carte } = vigie;
      if (!carte?.view || !this.months[index]) return;
      const next = { ...carte.view, ...periodOf(this.months[index]) };
      const crowded = carte.crowded.has(vigie.crowd(next, carte.sight(), carte.version));
      vigie.fetchFeed(vigie.question(next, carte.sight(), crowded).url).catch(() => {});
    }

    toggle() {
      if (this.playing) return this.pause();
      const last = this.months.length - 1;
      const from = this.active && this.at < last ? this.at + 1 : Math.max(0, last - YEAR);
      this.playing = Symbol("this replay");
      this.showPlaying();
      this.go(from);
      return this.run(this.playing, from);
    }

    /* The next month comes when the picture of this one is there, and no sooner than a person can look at it. */
    async run(replay, index) {
      const pace = vigie.calm() ? CALM_MS : PACE_MS;
      for (let next = index + 1; next < this.months.length; next += 1) {
        await new Promise((resolve) => setTimeout(resolve, pace));
        while (this.playing === replay && (vigie.carte?.asking || vigie.carte?.field.isBusy())) await new Promise((resolve) => setTimeout(resolve, 50));
        if (this.playing !== replay || !vigie.carte) return this.pause(replay);
        this.go(next);
      }
      await new Promise((resolve) => setTimeout(resolve, pace));
      return this.pause(replay);
    }

    pause(replay = this.playing) {
      if (!this.playing || this.playing !== replay) return;
      this.playing = null;
      this.showPlaying();
    }

    showPlaying() {
      const on = Boolean(this.playing);
      this.play.firstChild.className = `vg-icon vg-i-${on ? "pause" : "play"}`;
      this.name(this.play, this.config.texts[on ? "time_pause" : "time_play"]);
      this.said.setAttribute("aria-live", on ? "off" : "polite");
    }
  }

  vigie.time = new Time();
  vigie.whenBack(() => vigie.time.failed && vigie.time.again());
})();
