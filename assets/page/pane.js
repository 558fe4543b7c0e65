/** One picture on the stage: a canvas that is painted anew without flash, and its caption. */

import { element } from "./element.js";
import { heat } from "./heat.js";

export class Pane {
  /** @param {string} space "w_plus" or "w_star". @param {string} title what the picture is, in words. */
  constructor(space, title, hint) {
    this.space = space;
    this.canvas = element("canvas", { width: 512, height: 512, role: "img", "aria-label": title });
    this.badge = element("span", { class: "badge", hidden: true });
    this.caption = element("figcaption", {}, element("b", {}, title), element("small", {}, hint));
    this.lens = element("div", { class: "lens" }, this.canvas, this.badge);
    this.figure = element("figure", { class: `pane ${space}` }, this.lens, this.caption);
    this.title = title;
  }

  /** Paint a picture. The canvas keeps its place on the page whatever the picture's size. */
  paint(bitmap) {
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height) {
      this.canvas.width = bitmap.width;
      this.canvas.height = bitmap.height;
    }
    this.canvas.getContext("2d").drawImage(bitmap, 0, 0);
    this.canvas.dataset.side = bitmap.width;
  }

  /** Paint how far a picture is from another. */
  paintHeat(bitmap, before) {
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.width) this.canvas.width = this.canvas.height = bitmap.width;
    heat(this.canvas, bitmap, before);
    this.canvas.dataset.side = bitmap.width;
  }

  name(title, hint) {
    this.title = title;
    this.caption.replaceChildren(element("b", {}, title), element("small", {}, hint));
  }

  /** Say on the picture that it is not the result. */
  mark(text) {
    this.badge.textContent = text;
    this.badge.hidden = !text;
  }

  describe(text) {
    this.canvas.setAttribute("aria-label", text);
  }
}
