/** Saving: what, which and as what, in one dialog. */

import { element } from "./element.js";

const KINDS = ["png", "jpeg", "webp"];

/** Emits `said` with a sentence where something went wrong. */
export class Save extends EventTarget {
  constructor(server, store, text, stripName) {
    super();
    this.server = server;
    this.store = store;
    this.stripName = stripName;
    this.what = choices("save-what", text.save_what, ["w_star", "w_plus", "both", "before_after", "strip"]);
    this.kind = choices("save-kind", { png: "PNG", jpeg: "JPEG", webp: "WebP" }, KINDS);
    this.quality = element("input", { type: "range", id: "save-quality", min: 50, max: 100, value: 92, oninput: () => this.#update() });
    this.number = element("output", { for: "save-quality" });
    this.qualityRow = element("div", { class: "row" }, element("label", { for: "save-quality" }, text.quality), this.quality, this.number);
    this.submit = element("button", { type: "submit", class: "main" }, text.save);
    this.problem = element("p", { class: "problem", role: "alert" });
    this.dialog = element(
      "dialog",
      { class: "saving", "aria-labelledby": "saving-title" },
      element("h2", { id: "saving-title" }, text.save),
      element(
        "form",
        { onsubmit: (event) => (event.preventDefault(), this.#save()), onchange: () => this.#update() },
        group(text.save_which, this.what),
        group(text.save_as, this.kind),
        this.qualityRow,
        element("p", { class: "about" }, text.save_about),
        this.problem,
        element(
          "div",
          { class: "buttons" },
          element("button", { type: "button", class: "quiet", onclick: () => this.dialog.close() }, text.cancel),
          this.submit,
        ),
      ),
    );
    this.#update();
  }

  open() {
    this.problem.textContent = "";
    this.dialog.showModal();
  }

  async #save() {
    this.submit.disabled = true;
    this.problem.textContent = "";
    const [what, kind] = [value(this.what), value(this.kind)];
    const wanted = { ...this.store.edit, what, kind, quality: Number(this.quality.value), name: this.stripName() };
    try {
      const { name, content } = await this.server.download("save", wanted);
      hand(name, content);
      this.dialog.close();
    } catch (error) {
      this.problem.textContent = error.message;
    } finally {
      this.submit.disabled = false;
    }
  }

  #update() {
    this.number.textContent = this.quality.value;
    this.qualityRow.hidden = value(this.kind) === "png";
  }
}

/** Let the browser save a file. */
function hand(name, content) {
  const url = URL.createObjectURL(content);
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function choices(name, labels, values) {
  return values.map((value, index) => {
    const input = element("input", { type: "radio", name, value, checked: index === 0 });
    return element("label", {}, input, " ", labels[value]);
  });
}

function group(legend, made) {
  return element("fieldset", {}, element("legend", {}, legend), ...made);
}

function value(made) {
  return made.map((label) => label.firstChild).find((input) => input.checked).value;
}
