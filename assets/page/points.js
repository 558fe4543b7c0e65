/** Eyes and mouth placed by hand, where no face was found or the wrong one: three handles that are dragged or moved by keys. */

import { element } from "./element.js";

const MIDDLE = [0.35, 0.25, 0.65, 0.75];
/** Where a face may be, left, top, right and bottom, in a photo in which none was found. */
const IN_BOX = [
  [0.3, 0.4],
  [0.7, 0.4],
  [0.5, 0.77],
];
/** Where eyes and mouth lie in the box around a face. */
const STEP = 0.005;

/** Emits `placed` with three [x, y], in shares of the photo, in `detail`. */
export class Points extends EventTarget {
  #points = within(MIDDLE);

  constructor(text) {
    super();
    this.picture = element("img", { alt: text.photo_to_place });
    this.handles = [text.eye_left, text.eye_right, text.mouth].map((label, index) => this.#handle(label, index));
    this.area = element("div", { class: "placing" }, this.picture, ...this.handles);
    this.dialog = element(
      "dialog",
      { class: "points", "aria-labelledby": "points-title" },
      element("h2", { id: "points-title" }, text.by_hand),
      element("p", {}, text.by_hand_how),
      this.area,
      element(
        "div",
        { class: "buttons" },
        element("button", { type: "button", class: "quiet", onclick: () => this.dialog.close() }, text.cancel),
        element("button", { type: "button", class: "main", onclick: () => this.#place() }, text.use_points),
      ),
    );
    this.#show();
  }

  /** Show a photo, with the marks where they are given, else on the box of a face, else in the middle. */
  open(blob, box, marks = null) {
    this.#points = marks ? marks.map((mark) => [...mark]) : within(box ?? MIDDLE);
    this.#show();
    URL.revokeObjectURL(this.picture.src);
    this.picture.src = URL.createObjectURL(blob);
    this.dialog.showModal();
  }

  #place() {
    this.dialog.close();
    this.dispatchEvent(new CustomEvent("placed", { detail: this.#points.map((point) => [...point]) }));
  }

  #handle(label, index) {
    return element("button", {
      type: "button",
      class: "handle",
      "aria-label": label,
      title: label,
      onpointerdown: (event) => (event.preventDefault(), event.target.focus(), event.target.setPointerCapture(event.pointerId)),
      onpointermove: (event) => event.target.hasPointerCapture(event.pointerId) && this.#drag(index, event),
      onkeydown: (event) => this.#key(index, event),
    });
  }

  #drag(index, event) {
    const box = this.area.getBoundingClientRect();
    this.#set(index, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  #key(index, event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const step = event.shiftKey ? 10 * STEP : STEP;
    const [x, y] = this.#points[index];
    this.#set(index, x + by[0] * step, y + by[1] * step);
  }

  #set(index, x, y) {
    this.#points[index] = [x, y].map((value) => Math.min(1, Math.max(0, value)));
    this.#show();
  }

  #show() {
    this.#points.forEach(([x, y], index) => this.handles[index].setAttribute("style", `left:${x * 100}%;top:${y * 100}%`));
  }
}

function within([left, top, right, bottom]) {
  return IN_BOX.map(([x, y]) => [left + x * (right - left), top + y * (bottom - top)]);
}
