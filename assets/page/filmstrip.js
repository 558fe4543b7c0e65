/** One attribute from one end to the other, in both spaces, as the paper's Figure 2 shows it. */

import { element, fill, signed } from "./element.js";

const VALUES = [-2, -1, 0, 1, 2];
const SPACES = ["w_plus", "w_star"];

export class Filmstrip {
  #asked = 0;

  constructor(place, server, store, text, attributes) {
    this.server = server;
    this.store = store;
    this.text = text;
    this.attributes = attributes;
    this.choice = element("select", { "aria-label": text.strip_of, onchange: () => this.draw() });
    this.offer();
    this.frames = Object.fromEntries(SPACES.map((space) => [space, VALUES.map(() => element("canvas", { width: 256, height: 256, role: "img" }))]));
    this.note = element("p", { class: "strip-note", role: "status" });
    place.append(
      element("div", { class: "strip-tools" }, element("label", {}, text.strip_of, " ", this.choice), this.note),
      element("div", { class: "strip-head" }, element("span"), ...VALUES.map((value) => element("span", {}, signed(value, 0)))),
      ...SPACES.map((space) => element("div", { class: "strip-row" }, element("b", {}, text.short[space]), ...this.frames[space])),
    );
  }

  /** Offer the attributes that there are now. */
  offer() {
    const { list } = this.attributes;
    const before = this.name;
    this.choice.replaceChildren(...list.map(({ name, label }) => element("option", { value: name }, label)));
    if (list.some(({ name }) => name === before)) this.choice.value = before;
  }

  get name() {
    return this.choice.value;
  }

  /** Draw it of the face as it is set now; of the attribute that is moved, unless another was chosen. */
  async draw() {
    const asked = ++this.#asked;
    this.note.textContent = this.text.drawing;
    const values = VALUES.map((value) => this.attributes.turned(this.name, value));
    try {
      const { pictures } = await this.server.ask("strip", { ...this.store.edit, name: this.name, values });
      const bitmaps = await Promise.all(Object.entries(pictures).map(async ([name, blob]) => [name, await createImageBitmap(blob)]));
      for (const [name, bitmap] of bitmaps) {
        if (asked === this.#asked) this.#paint(name, bitmap);
        bitmap.close();
      }
      if (asked === this.#asked) this.note.textContent = "";
    } catch (error) {
      if (asked === this.#asked) this.note.textContent = error.message || this.text.lost;
    }
  }

  choose(name) {
    if (name) this.choice.value = name;
  }

  #paint(name, bitmap) {
    const [, space, index] = /^(w_plus|w_star)_(\d+)$/.exec(name);
    const canvas = this.frames[space][Number(index)];
    canvas.width = canvas.height = bitmap.width;
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    const value = signed(VALUES[Number(index)], 0);
    canvas.setAttribute("aria-label", fill(this.text.frame, { label: this.attributes.label(this.name), value, space: this.text.short[space] }));
  }
}
