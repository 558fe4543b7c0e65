/** Undo, redo, and the strip of earlier states. All of it is in the browser alone, and goes with the page. */

import { element, fill } from "./element.js";
import { icon } from "./icons.js";

const MOST = 40;

export class History {
  #states = [];
  #at = -1;

  /** @param thumbnail makes a small picture of the results as they are. @param describe an edit in words. */
  constructor(store, text, thumbnail, describe) {
    this.store = store;
    this.text = text;
    this.thumbnail = thumbnail;
    this.describe = describe;
    this.undoing = element("button", { type: "button", title: text.undo_hint, "aria-label": text.undo, onclick: () => this.undo() }, icon("undo"));
    this.redoing = element("button", { type: "button", title: text.redo_hint, "aria-label": text.redo, onclick: () => this.redo() }, icon("redo"));
    this.strip = element("ol", { class: "states", "aria-label": text.history });
    store.addEventListener("change", () => this.#enable());
    this.#update();
  }

  /** A face was opened: its history begins. */
  begin(edit) {
    this.#states = [];
    this.#at = -1;
    this.record(edit);
  }

  /** The sliders rest at an edit, and its results are drawn. */
  record(edit) {
    const current = this.#states[this.#at];
    if (current && same(current.edit, edit)) current.picture = this.thumbnail();
    else {
      this.#states = [...this.#states.slice(0, this.#at + 1), { edit, picture: this.thumbnail() }].slice(-MOST);
      this.#at = this.#states.length - 1;
    }
    this.#update();
  }

  undo() {
    this.#catchUp();
    this.#go(this.#at - 1);
  }

  redo() {
    this.#go(this.#at + 1);
  }

  /** An edit whose results are still being drawn is a state too. */
  #catchUp() {
    const current = this.#states[this.#at];
    if (current && !same(current.edit, this.store.edit)) this.record(this.store.edit);
  }

  /** Whether something can be undone or redone. */
  #enable() {
    const current = this.#states[this.#at];
    this.undoing.disabled = !current || (this.#at === 0 && same(current.edit, this.store.edit));
    this.redoing.disabled = this.#at >= this.#states.length - 1;
  }

  #go(index) {
    if (!this.#states[index]) return;
    this.#at = index;
    this.store.replace(this.#states[index].edit);
    this.#update();
  }

  #update() {
    this.#enable();
    this.strip.replaceChildren(...this.#states.map((state, index) => this.#state(state, index)));
    const current = this.strip.children[this.#at];
    if (current) this.strip.scrollLeft = current.offsetLeft - this.strip.clientWidth + current.clientWidth + 4;
  }

  #state({ edit, picture }, index) {
    const said = fill(this.text.state, { number: index + 1, edit: this.describe(edit) });
    const chosen = index === this.#at;
    const button = element("button", { type: "button", "aria-label": said, title: said, onclick: () => this.#go(index) }, picture);
    if (chosen) button.setAttribute("aria-current", "true");
    return element("li", {}, button);
  }
}

/** Whether two edits are the same, in whatever order they name their attributes. */
export function same(one, other) {
  return written(one) === written(other);
}

function written({ strengths, locks, ...switches }) {
  return JSON.stringify([Object.entries(strengths).sort(), [...locks].sort(), Object.entries(switches).sort()]);
}
