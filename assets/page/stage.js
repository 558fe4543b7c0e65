/** The results: both pictures, and the ways to compare them. */

import { element, fill } from "./element.js";
import { icon } from "./icons.js";
import { Lens } from "./lens.js";
import { Pane } from "./pane.js";

export const MODES = ["side", "swipe", "difference", "strip", "whole"];
const SPACES = ["w_plus", "w_star"];

/** Emits `mode` when the way to compare has changed. */
export class Stage extends EventTarget {
  #bitmaps = {};
  #holding = false;

  constructor(text) {
    super();
    this.text = text;
    this.panes = {
      w_plus: new Pane("w_plus", text.w_plus, text.w_plus_hint),
      w_star: new Pane("w_star", text.w_star, text.w_star_hint),
    };
    this.divider = element("input", {
      type: "range",
      class: "divider",
      min: 0,
      max: 100,
      step: 1,
      value: 50,
      "aria-label": text.divider,
      oninput: () => this.#divide(),
    });
    this.left = element(
      "select",
      { class: "left", "aria-label": text.left_of_divider, onchange: () => this.repaint() },
      element("option", { value: "w_plus" }, text.w_plus),
      element("option", { value: "before" }, text.before),
      element("option", { value: "photo" }, text.original),
    );
    this.right = element(
      "select",
      { class: "right", "aria-label": text.right_of_divider, onchange: () => this.repaint() },
      element("option", { value: "w_star" }, text.w_star),
      element("option", { value: "w_plus" }, text.w_plus),
    );
    this.strip = element("div", { class: "filmstrip", hidden: true });
    this.views = element(
      "div",
      { class: "views", "data-mode": "side", tabindex: 0, role: "group", "aria-label": text.pictures },
      this.panes.w_plus.figure,
      this.panes.w_star.figure,
      element("div", { class: "divide" }, this.divider, this.left, this.right),
      this.strip,
    );
    this.lens = new Lens(this.views);
    this.lens.addEventListener("hold", (event) => this.hold(event.detail));
    this.lens.addEventListener("slide", (event) => this.#slide(event.detail));
    this.modes = element("div", { class: "modes", role: "radiogroup", "aria-label": text.compare }, ...MODES.map((mode) => this.#choice(mode)));
    this.mode = matchMedia("(max-width: 640px)").matches ? "swipe" : "side";
  }

  get mode() {
    return this.views.dataset.mode;
  }

  set mode(mode) {
    this.views.dataset.mode = mode;
    this.strip.hidden = mode !== "strip";
    for (const button of this.modes.children) {
      const chosen = button.dataset.mode === mode;
      button.setAttribute("aria-checked", chosen);
      button.tabIndex = chosen ? 0 : -1;
    }
    this.#divide();
    this.repaint();
    this.dispatchEvent(new Event("mode"));
  }

  /** Another face: its aligned photo and what the model makes of it. */
  async open(pictures) {
    const [photo, before] = await Promise.all([createImageBitmap(pictures.crop), createImageBitmap(pictures.reconstruction)]);
    this.#take({ photo, before, w_plus: before, w_star: before, whole_before: null, whole_w_plus: null, whole_w_star: null });
  }

  /** The whole photo with the edits in it. */
  async showWhole(pictures) {
    const [before, w_plus, w_star] = await Promise.all(["before", ...SPACES].map((name) => createImageBitmap(pictures[name])));
    this.#take({ whole_before: before, whole_w_plus: w_plus, whole_w_star: w_star });
  }

  /** A better likeness of the same face. The results follow when they are drawn anew. */
  async improve(reconstruction) {
    this.#take({ before: await createImageBitmap(reconstruction) });
  }

  /** New results, small or in full. */
  async show(pictures) {
    const [w_plus, w_star] = await Promise.all(SPACES.map((space) => createImageBitmap(pictures[space])));
    this.#take({ w_plus, w_star });
  }

  /** Say whether full pictures of what is set are still to come. */
  busy(on) {
    this.views.setAttribute("aria-busy", String(on));
  }

  /** Nothing is open. */
  clear() {
    this.busy(false);
    for (const bitmap of new Set(Object.values(this.#bitmaps))) bitmap?.close();
    this.#bitmaps = {};
  }

  /** Show the photo instead of the results while something is held. */
  hold(on) {
    this.#holding = on;
    this.repaint();
  }

  /** A picture of the results for the history, as a small canvas. */
  thumbnail(side = 56) {
    const canvas = element("canvas", { width: side, height: side });
    if (this.#bitmaps.w_star) canvas.getContext("2d").drawImage(this.#bitmaps.w_star, 0, 0, side, side);
    return canvas;
  }

  /** Name both pictures: {w_plus: [title, hint], w_star: [title, hint]}. */
  name(names) {
    for (const space of SPACES) this.panes[space].name(...names[space]);
  }

  /** What the pictures show, for those who cannot see them. */
  describe(summary) {
    for (const space of SPACES) this.panes[space].describe(fill(this.text.picture_alt, { title: this.panes[space].title, summary }));
  }

  repaint() {
    const { photo, before } = this.#bitmaps;
    if (!before) return;
    for (const space of SPACES) this.#paint(this.panes[space], this.#shown(space), photo, before);
  }

  #paint(pane, shown, photo, before) {
    const bitmap = this.#bitmaps[shown] ?? before;
    const whole = this.mode === "whole" && this.#bitmaps[this.#holding ? "whole_before" : `whole_${pane.space}`];
    pane.canvas.dataset.shows = whole ? "whole" : "face";
    if (whole) pane.paint(whole);
    else if (this.#holding) pane.paint(photo);
    else if (this.mode === "difference") pane.paintHeat(bitmap, before);
    else pane.paint(bitmap);
    pane.mark(this.#holding ? this.text.original : this.mode === "difference" ? this.text.heat : "");
  }

  /** What the pane of a space shows. */
  #shown(space) {
    if (this.mode !== "swipe") return space;
    return space === "w_plus" ? this.left.value : this.right.value;
  }

  #take(bitmaps) {
    const before = this.#bitmaps;
    this.#bitmaps = { ...before, ...bitmaps };
    const kept = new Set(Object.values(this.#bitmaps));
    for (const bitmap of new Set(Object.values(before))) if (!kept.has(bitmap)) bitmap?.close();
    this.repaint();
  }

  #divide() {
    this.views.style.setProperty("--divider", `${this.divider.value}%`);
    this.views.style.setProperty("--share", this.divider.value / 100);
  }

  /** A pointer slides over a picture that is not zoomed; `share` is where. */
  #slide(share) {
    if (this.mode !== "swipe") return;
    this.divider.value = share * 100;
    this.#divide();
  }

  #choice(mode) {
    return element(
      "button",
      {
        type: "button",
        role: "radio",
        "data-mode": mode,
        "aria-label": this.text.modes[mode],
        title: this.text.modes[mode],
        onclick: () => (this.mode = mode),
        onkeydown: (event) => this.#step(event),
      },
      icon(mode),
      element("span", {}, this.text.modes[mode]),
    );
  }

  /** Arrow keys move through a radio group. */
  #step(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.mode = MODES[(MODES.indexOf(this.mode) + by + MODES.length) % MODES.length];
    this.modes.querySelector("[aria-checked=true]").focus();
  }
}
