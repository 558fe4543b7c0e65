/** What is seen while no photo is open: where to drop one, and examples to try. */

import { element } from "./element.js";
import { icon } from "./icons.js";

export class Welcome {
  constructor(text, examples, root, { choose, camera, example }) {
    const pictures = examples.map(({ name, url, alt }) =>
      element(
        "button",
        { type: "button", class: "example", "aria-label": alt, onclick: () => example(name) },
        element("img", { src: url.startsWith("/") || url.includes("://") ? url : `${root}/${url}`, alt: "" }),
      ),
    );
    this.busy = element("progress", { max: 1, hidden: true, "aria-label": text.opening });
    this.said = element("p", { class: "said", role: "status" });
    this.cancel = element("button", { type: "button", class: "quiet", hidden: true }, text.cancel);
    this.buttons = element(
      "div",
      { class: "buttons" },
      element("button", { type: "button", class: "main", id: "choose-photo", onclick: choose }, icon("photo"), text.choose),
      element("button", { type: "button", class: "quiet", onclick: camera }, icon("camera"), text.camera),
    );
    this.panel = element(
      "div",
      { class: "welcome" },
      element("div", { class: "drop-zone" }, element("h2", {}, text.drop), element("p", { class: "about" }, text.drop_hint), this.buttons),
      this.said,
      this.busy,
      this.cancel,
      ...(pictures.length ? [element("p", { class: "about" }, text.examples), element("div", { class: "examples" }, ...pictures)] : []),
    );
  }

  /** A photo is on its way: `share` of it has arrived, or null while the server works. */
  progress(sentence, share = null) {
    this.said.textContent = sentence;
    this.busy.hidden = this.cancel.hidden = !sentence;
    this.said.classList.remove("bad");
    if (share == null) this.busy.removeAttribute("value");
    else this.busy.value = share;
  }

  problem(sentence) {
    this.busy.hidden = this.cancel.hidden = true;
    this.said.textContent = sentence;
    this.said.classList.toggle("bad", Boolean(sentence));
  }
}
