/* What the map does where something is missing: its ground, its picture, or anything to see. Methods of the map of
   Carte (map.js). */
(() => {
  "use strict";
  const vigie = (window.vigie = window.vigie || {});

  vigie.trouble = {
    /* The ground comes while the first picture is on its way. */
    async layGround() {
      this.groundFailed = null;
      try {
        this.ground = await vigie.makeGround(this.L, this.map, this.config);
      } catch (error) {
        this.groundFailed = { failed: error.message, retry: () => this.layGround() };
      }
      if (this.map.vigieGone) return;
      this.say();
      if (!this.ground) return;
      this.ground.focus(this.boroughs(), vigie.codes(this.view.sector));
      this.shadeGround();
      this.sayWhere();
    },

    /* One message at a time: of the picture that could not be had, of the ground, or that there is nothing to see. */
    say() {
      vigie.say(this.config, this.failure ?? this.groundFailed ?? this.emptiness());
    },

    back() {
      if (this.groundFailed) this.layGround();
      if (this.failure) this.refresh(true);
    },

    emptiness() {
      const { answer, kind } = this.shown ?? {};
      if (answer?.count !== 0 && answer?.features?.length !== 0) return null;
      return kind === "points" || kind === "problems" ? { hereEmpty: true } : { empty: true, view: this.view };
    },
  };

  vigie.whenBack(() => vigie.carte?.back());
})();
