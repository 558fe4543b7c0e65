/** The drawer for those who want to measure: switches, codes, logits, and files of the visitor's own. */

import { element, fill, signed } from "./element.js";

export class Drawer {
  #server;
  #store;
  #asked = 0;

  constructor(server, store, text, has, ownFiles, ownAttribute) {
    this.#server = server;
    this.#store = store;
    this.text = text;
    this.local = toggle("local", text.local, text.local_hint, has.local, (on) => store.set("local", on));
    this.paper = toggle("paper", text.paper, text.paper_hint, true, (on) => store.set("paper", on));
    this.preserve = toggle("preserve", text.preserve, text.preserve_hint, has.preserve, (on) => store.set("preserve", on));
    this.control = toggle("preserve_w_plus", text.preserve_w_plus, text.preserve_w_plus_hint, has.preserve, (on) => store.set("preserve_w_plus", on));
    this.codes = element("table", { class: "codes" });
    this.logits = element("table", { class: "logits" });
    this.note = element("p", { class: "about", role: "status" });
    this.open = element(
      "button",
      { type: "button", class: "quiet", "aria-expanded": "false", "aria-controls": "drawer", "aria-label": text.drawer, title: text.drawer, onclick: () => this.toggle() },
    );
    this.panel = element(
      "aside",
      { id: "drawer", class: "drawer", hidden: true, "aria-label": text.drawer, onkeydown: (event) => event.key === "Escape" && this.toggle(false) },
      element("h2", {}, text.drawer, (this.close = element("button", { type: "button", class: "quiet close", "aria-label": text.close, onclick: () => this.toggle(false) }, "×"))),
      element("section", {}, element("h3", {}, text.settings), this.local.line, this.preserve.line, this.control.line, this.paper.line),
      ownAttribute.section,
      element("section", {}, element("h3", {}, text.codes), this.codes, this.note),
      element("section", {}, element("h3", {}, text.logits), element("p", { class: "about" }, text.about_logits), this.logits),
      ownFiles.section,
    );
    store.addEventListener("change", () => this.#show(store.edit));
    this.#show(store.edit);
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  toggle(on = this.panel.hidden) {
    this.panel.hidden = !on;
    this.open.setAttribute("aria-expanded", String(on));
    (on ? this.close : this.open).focus();
    if (on) this.measure();
  }

  /** Measure the edit that is set now, if the drawer is open. */
  async measure() {
    if (!this.isOpen) return;
    if (this.#store.edit.flows) return (this.note.textContent = this.text.not_of_two);
    const asked = ++this.#asked;
    this.note.textContent = this.text.measuring;
    try {
      const found = await this.#server.ask("codes", this.#store.edit);
      if (asked !== this.#asked) return;
      this.note.textContent = fill(this.text.round_trip, { error: found.round_trip.toExponential(1) });
      this.codes.replaceChildren(...this.#codes(found));
      this.logits.replaceChildren(...this.#logits(found.logits));
    } catch (error) {
      if (asked === this.#asked) this.note.textContent = error.message || this.text.nothing_open;
    }
  }

  #show(edit) {
    this.local.box.checked = edit.local && !edit.paper;
    this.local.box.disabled = edit.paper;
    this.paper.box.checked = edit.paper;
    for (const [box, on] of [[this.preserve.box, edit.preserve], [this.control.box, edit.preserve_w_plus]]) {
      box.checked = on && !edit.paper;
      box.disabled = edit.paper || edit.flows;
    }
  }

  #codes({ w_plus, w_star, edited }) {
    const row = (title, one, other) => element("tr", {}, element("th", { scope: "row" }, title), element("td", {}, number(one)), element("td", {}, number(other)));
    return [
      head("", "W+", "W*"),
      row(this.text.norm, w_plus.norm, w_star.norm),
      row(this.text.moved, edited?.w_plus?.moved, edited?.w_star?.moved),
      row(this.text.to_w, w_plus.to_w, null),
      row(this.text.to_w_edited, edited?.w_plus?.to_w, edited?.w_star?.to_w),
    ];
  }

  #logits(rows) {
    const cells = (row) => [row.before, row.w_plus, row.w_star].map((value) => element("td", {}, value == null ? "–" : signed(value, 2)));
    return [
      head(this.text.attribute, this.text.before, "W+", "W*"),
      ...rows.map((row) => element("tr", {}, element("th", { scope: "row" }, row.name.replaceAll("_", " ")), ...cells(row))),
    ];
  }
}

function toggle(name, label, hint, shown, set) {
  const box = element("input", { type: "checkbox", id: `switch-${name}`, onchange: () => set(box.checked) });
  const line = element("div", { class: "switch", hidden: !shown }, box, element("label", { for: box.id }, label), element("small", {}, hint));
  return { box, line };
}

function head(...titles) {
  return element("tr", {}, ...titles.map((title) => (title ? element("th", { scope: "col" }, title) : element("td"))));
}

function number(value) {
  return value == null ? "–" : value.toFixed(value >= 100 ? 0 : 2);
}
