/** The photo: dropped, pasted, chosen or taken; its faces as numbered boxes; and points placed by hand where none is found. */

import { element, fill } from "./element.js";
import { icon } from "./icons.js";
import { Points } from "./points.js";

/**
 * The panel with the photo. Emits `chosen` with `{file}` or `{example}`, `face` with a number, and `points` with three points,
 * each in `detail`.
 */
export class Photo extends EventTarget {
  constructor(text) {
    super();
    this.text = text;
    this.file = element("input", {
      type: "file",
      class: "unseen",
      id: "photo-file",
      accept: "image/*,.heic,.heif,.avif,.json",
      tabindex: -1,
      "aria-label": text.choose,
      onchange: () => (this.#offer(this.file.files[0]), (this.file.value = "")),
    });
    this.picture = element("img", { class: "photo", alt: "", hidden: true });
    this.boxes = element("div", { class: "boxes" });
    this.frame = element("div", { class: "frame" }, this.picture, this.boxes);
    this.change = element("button", { type: "button", class: "quiet", "aria-label": text.choose_other, title: text.choose_other, onclick: () => this.file.click() }, icon("photo"), element("span", {}, text.choose_other));
    this.byHand = element("button", { type: "button", class: "quiet", hidden: true, "aria-label": text.by_hand, title: text.by_hand, onclick: () => this.place() }, icon("points"));
    this.panel = element("div", { class: "photo-panel", hidden: true }, this.frame);
    this.points = new Points(text);
    this.points.addEventListener("placed", (event) => this.#tell("points", event.detail));
    this.#listen();
  }

  /** Show a photo and the faces that were found in it. */
  show(blob, faces, chosen, title) {
    URL.revokeObjectURL(this.picture.src);
    this.blob = blob;
    this.chosen = faces[chosen]?.box;
    this.picture.src = URL.createObjectURL(blob);
    this.picture.alt = fill(this.text.photo_alt, { name: title ?? "", count: faces.length });
    this.picture.hidden = this.panel.hidden = false;
    this.byHand.hidden = false;
    this.boxes.replaceChildren(...faces.map(({ box }, index) => this.#box(box, index, index === chosen, faces.length)));
  }

  /** Let the visitor put eyes and mouth onto the photo. @param marks where they lie at first; by default on the face that is open. */
  place(marks = null) {
    if (this.blob) this.points.open(this.blob, this.chosen, marks);
  }

  #box([left, top, right, bottom], index, chosen, count) {
    const [width, height] = [right - left, bottom - top];
    const above = Math.round(100 * (1 - width * height)); // of boxes that overlap, each can be clicked
    const place = `left:${left * 100}%;top:${top * 100}%;width:${width * 100}%;height:${height * 100}%;z-index:${above}`;
    return element(
      "button",
      {
        type: "button",
        class: "face-box",
        style: place,
        "aria-pressed": String(chosen),
        "aria-label": fill(this.text.face_number, { number: index + 1, count }),
        onclick: () => this.#tell("face", index),
      },
      element("span", {}, String(index + 1)),
    );
  }

  #listen() {
    let inside = 0;
    const over = (on) => document.querySelector("#face-editor")?.classList.toggle("dropping", on);
    addEventListener("dragenter", (event) => (event.preventDefault(), over(++inside > 0)));
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("dragleave", () => over(--inside > 0));
    addEventListener("drop", (event) => {
      event.preventDefault();
      over((inside = 0) > 0);
      this.#offer(event.dataTransfer.files[0]);
    });
    addEventListener("paste", (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith("image/"));
      if (file) this.#offer(file);
    });
  }

  #offer(file) {
    if (file) this.#tell("chosen", { file });
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
