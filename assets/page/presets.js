/** Settings with a name. They lie in this browser and nowhere else; of the photo they hold nothing. */

import { element } from "./element.js";
import { icon } from "./icons.js";

const PLACE = "face-editor presets";
const SURPRISES = 3;
const SURPRISE_STRENGTH = 1.2;

export class Presets {
  constructor(store, text, attributes) {
    this.store = store;
    this.text = text;
    this.attributes = attributes;
    this.choice = element("select", { class: "presets", "aria-label": text.presets, onchange: () => this.#chosen() });
    this.surprise = element(
      "button",
      { type: "button", class: "quiet", title: text.surprise_hint, "aria-label": text.surprise, onclick: () => this.#surprise() },
      icon("dice"),
    );
    this.name = element("input", { type: "text", maxlength: 40, required: true, id: "preset-name" });
    this.dialog = element(
      "dialog",
      { class: "naming", "aria-labelledby": "naming-title" },
      element("h2", { id: "naming-title" }, text.save_preset),
      element(
        "form",
        { method: "dialog", onsubmit: () => this.#save(this.name.value.trim()) },
        element("label", { for: "preset-name" }, text.preset_name),
        this.name,
        element(
          "div",
          { class: "buttons" },
          element("button", { type: "button", class: "quiet", onclick: () => this.dialog.close() }, text.cancel),
          element("button", { type: "submit", class: "main" }, text.keep),
        ),
      ),
    );
    this.#update();
  }

  enable(on) {
    this.choice.disabled = this.surprise.disabled = !on;
  }

  #chosen() {
    const [kind, name] = split(this.choice.value);
    this.choice.value = "";
    if (kind === "save") this.dialog.showModal();
    else if (kind === "use") this.store.replace({ ...this.store.edit, ...this.#known(read()[name]) });
    else if (kind === "delete") write(without(read(), name));
    this.#update();
  }

  /** What of a preset these models have sliders for; it may have been made with others. */
  #known({ strengths, locks }) {
    const names = new Set(this.attributes.list.map(({ name }) => name));
    const found = Object.entries(strengths).filter(([name]) => names.has(name));
    return { strengths: Object.fromEntries(found), locks: locks.filter((name) => names.has(name)) };
  }

  #save(name) {
    const { strengths, locks } = this.store.edit;
    if (name) write({ ...read(), [name]: { strengths, locks } });
    this.name.value = "";
    this.#update();
  }

  #surprise() {
    const names = this.attributes.list.filter(({ best }) => best).map(({ name }) => name).filter((name) => !this.store.isLocked(name));
    const strengths = {};
    for (let count = 0; count < SURPRISES && names.length; count++) {
      const [name] = names.splice(Math.floor(Math.random() * names.length), 1);
      strengths[name] = (Math.random() < 0.5 ? -1 : 1) * (0.4 + Math.random() * (SURPRISE_STRENGTH - 0.4));
    }
    const held = Object.entries(this.store.edit.strengths).filter(([name]) => this.store.isLocked(name));
    this.store.replace({ ...this.store.edit, strengths: { ...strengths, ...Object.fromEntries(held) } });
  }

  #update() {
    const names = Object.keys(read()).sort();
    const group = (label, kind) =>
      element("optgroup", { label }, ...names.map((name) => element("option", { value: `${kind} ${name}` }, name)));
    this.choice.replaceChildren(
      element("option", { value: "" }, this.text.presets),
      ...(names.length ? [group(this.text.use_preset, "use")] : []),
      element("option", { value: "save" }, this.text.save_preset),
      ...(names.length ? [group(this.text.delete_preset, "delete")] : []),
    );
    this.choice.value = "";
  }
}

function split(value) {
  const at = value.indexOf(" ");
  return at < 0 ? [value, ""] : [value.slice(0, at), value.slice(at + 1)];
}

let unkept = "{}";
/** Presets of a browser that keeps nothing; they live as long as the page. */

/** What is kept, without what something else may have written there. */
function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? unkept);
    return Object.fromEntries(Object.entries(kept).filter(([, preset]) => preset?.strengths && Array.isArray(preset.locks)));
  } catch {
    return JSON.parse(unkept);
  }
}

function write(presets) {
  unkept = JSON.stringify(presets);
  try {
    localStorage.setItem(PLACE, unkept);
  } catch {
    // a private window
  }
}

function without(presets, name) {
  const { [name]: _, ...others } = presets;
  return others;
}
