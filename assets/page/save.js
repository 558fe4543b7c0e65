/** Saving: what, which and as what, in one dialog. */

import { element, fill } from "./element.js";

const WHICH = ["w_star", "w_plus", "both", "before_after", "strip", "sweep", "recipe"];
const OF_THE_FACE = ["strip", "sweep"];
const WITH_QUALITY = ["jpeg", "webp", "avif", "mp4"];

export class Save {
  #abort = null;

  /**
   * @param {() => object[]} others gives the edits of the photo's other faces.
   * @param {() => string} stripName gives the attribute of a strip or a sweep.
   */
  constructor(server, store, text, attributes, others, stripName) {
    Object.assign(this, { server, store, text, attributes, others, stripName });
    this.scope = choices("save-scope", text.save_scopes, ["photo", "face"]);
    this.what = choices("save-what", text.save_what, WHICH);
    this.kind = element("select", { id: "save-kind" });
    this.quality = element("input", { type: "range", id: "save-quality", min: 50, max: 100, value: 92, oninput: () => this.#update() });
    this.number = element("output", { for: "save-quality" });
    this.kindRow = element("div", { class: "row" }, element("label", { for: "save-kind" }, text.save_as), this.kind);
    this.qualityRow = element("div", { class: "row" }, element("label", { for: "save-quality" }, text.quality), this.quality, this.number);
    this.mark = element("input", { type: "checkbox", id: "save-mark", checked: true });
    this.recipe = element("input", { type: "checkbox", id: "save-recipe", checked: true });
    this.inside = element(
      "fieldset",
      { class: "inside" },
      element("label", {}, this.mark, " ", text.mark),
      element("label", {}, this.recipe, " ", text.with_recipe),
    );
    this.submit = element("button", { type: "submit", class: "main" }, text.save);
    this.slider = element("p", { class: "about", hidden: true });
    this.progress = element("p", { class: "about", role: "status" });
    this.problem = element("p", { class: "problem", role: "alert" });
    this.scopes = group(text.save_scope, this.scope);
    this.dialog = element(
      "dialog",
      { class: "saving", "aria-labelledby": "saving-title", onclose: () => this.#abort?.abort() },
      element("h2", { id: "saving-title" }, text.save),
      element(
        "form",
        { onsubmit: (event) => (event.preventDefault(), this.#save()), onchange: () => this.#update() },
        element("div", { class: "columns" }, element("div", {}, this.scopes, this.kindRow, this.qualityRow), group(text.save_which, this.what)),
        this.slider,
        this.inside,
        element("p", { class: "about" }, text.save_about),
        this.progress,
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
    this.#update();
    this.dialog.showModal();
  }

  async #save() {
    this.submit.disabled = true;
    this.problem.textContent = "";
    this.progress.textContent = this.text.saving;
    this.#abort = new AbortController();
    try {
      const { name, content } = await this.server.download("save", this.#wanted(), this.#abort.signal);
      hand(name, content);
      this.dialog.close();
    } catch (error) {
      if (error.name !== "AbortError") this.problem.textContent = error.message || this.text.lost;
    } finally {
      this.progress.textContent = "";
      this.submit.disabled = false;
    }
  }

  #wanted() {
    const [what, kind] = [value(this.what), this.kind.value];
    const wanted = { ...this.store.edit, what, kind, scope: value(this.scope), others: this.others(), name: this.stripName() };
    if (!this.qualityRow.hidden) wanted.quality = Number(this.quality.value);
    return { ...wanted, mark: this.mark.checked, recipe: this.recipe.checked };
  }

  /** Show what can be chosen now, and nothing that would do nothing. */
  #update() {
    const what = value(this.what);
    const kinds = what === "sweep" ? this.text.save_movies : this.text.save_kinds;
    if (this.offered !== kinds) {
      this.kind.replaceChildren(...Object.entries(kinds).map(([kind, label]) => element("option", { value: kind }, label)));
      this.offered = kinds;
    }
    this.number.textContent = this.quality.value;
    this.recipe.disabled = OF_THE_FACE.includes(what);
    this.slider.hidden = !OF_THE_FACE.includes(what);
    this.slider.textContent = fill(what === "sweep" ? this.text.sweep_of : this.text.strip_is_of, { label: this.attributes.label(this.stripName()) });
    this.scopes.disabled = OF_THE_FACE.includes(what) || what === "recipe";
    this.kindRow.hidden = this.inside.hidden = what === "recipe";
    this.qualityRow.hidden = what === "recipe" || !WITH_QUALITY.includes(this.kind.value);
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
