/** A file that holds settings: whether they are to be used on the open photo, or the file is a photo to open. */

import { element, fill } from "./element.js";

export class Settings {
  #chosen = null;

  constructor(text, attributes) {
    this.text = text;
    this.attributes = attributes;
    this.about = element("p");
    this.dialog = element(
      "dialog",
      { class: "settings", "aria-labelledby": "settings-title", onclose: () => this.#choose(null) },
      element("h2", { id: "settings-title" }, text.holds_settings),
      this.about,
      element(
        "div",
        { class: "buttons" },
        element("button", { type: "button", class: "quiet", onclick: () => this.#choose("open") }, text.open_as_photo),
        element("button", { type: "button", class: "main", onclick: () => this.#choose("use") }, text.use_settings),
      ),
    );
  }

  /** Ask what a file is to be. @returns {Promise<"use" | "open" | null>} null: neither. */
  ask(edits) {
    this.about.textContent = fill(this.text.about_settings, { edits: this.describe(edits) });
    this.dialog.showModal();
    return new Promise((resolve) => (this.#chosen = resolve));
  }

  /** Edits in words. */
  describe(edits) {
    const written = ({ strengths, face }) => {
      const moved = Object.entries(strengths).map(([name, value]) => this.attributes.written(name, value)).join(", ");
      return moved && edits.length > 1 ? fill(this.text.edit_of_face, { number: face + 1, edit: moved }) : moved;
    };
    return edits.map(written).filter(Boolean).join("; ") || this.text.unedited;
  }

  #choose(answer) {
    this.#chosen?.(answer);
    this.#chosen = null;
    if (this.dialog.open) this.dialog.close();
  }
}

/** Whether a file is one of settings alone. */
export function isRecipe(file) {
  return file.type === "application/json" || file.name?.toLowerCase().endsWith(".json");
}
