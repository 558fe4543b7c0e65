/** What an edit did, by a classifier that sees the pictures alone: one line under each result, and bars behind it. */

import { element, fill, signed } from "./element.js";

const FULL_BAR = 3;
/** The change, in standard deviations, at which a bar is full. */
const SHOWN = 2;
/** Attributes asked for that the line names. */
const SPACES = ["w_plus", "w_star"];

export class Verdict {
  constructor(text, attributes) {
    this.text = text;
    this.attributes = attributes;
    this.short = text.short;
    this.lines = Object.fromEntries(SPACES.map((space) => [space, element("p", { class: `line ${space}` })]));
    this.bars = element("div", { class: "bars", id: "bars", role: "region", tabindex: 0, "aria-label": text.details, hidden: true });
    this.open = element(
      "button",
      { type: "button", class: "quiet", "aria-expanded": "false", "aria-controls": "bars", disabled: true, onclick: () => this.toggle() },
      text.details,
    );
    this.summary = element("p", { class: "better" });
    this.along = element("p", { class: "steady", title: text.steady_hint });
    this.panel = element("div", { class: "verdict" }, this.lines.w_plus, this.lines.w_star, this.summary, this.along, this.open, this.bars);
    this.clear();
  }

  toggle(on = this.bars.hidden) {
    this.bars.hidden = !on;
    this.open.setAttribute("aria-expanded", String(on));
  }

  /** Nothing is edited. */
  clear(sentence = "") {
    for (const line of Object.values(this.lines)) line.replaceChildren();
    this.summary.textContent = sentence;
    this.steady({});
    this.panel.dataset.better = "";
    this.open.disabled = true;
    this.toggle(false);
  }

  /** Say which sliders moved besides, to keep the rest as it is. @param along space -> {name: amount}. */
  steady(along) {
    const written = (moved) => Object.entries(moved).map(([name, amount]) => this.attributes.written(name, amount, 2)).join(", ");
    const spaces = SPACES.filter((space) => along?.[space]);
    const parts = spaces.map((space) => `${this.short[space]} ${fill(this.text.steady, { sliders: written(along[space]) })}`);
    this.along.textContent = parts.join(" · ");
  }

  /** The edit has moved on, and what is said is of the one before. */
  fade(on) {
    this.panel.classList.toggle("stale", on);
  }

  /** Show what was measured. @returns {string} the same in one sentence, for screen readers. */
  show({ spaces, better }) {
    this.fade(false);
    for (const space of SPACES) if (spaces[space]) this.lines[space].replaceChildren(...this.#line(space, spaces[space]));
    this.summary.textContent = better ? this.text.better[better] : "";
    this.panel.dataset.better = better ?? "";
    this.bars.replaceChildren(...SPACES.filter((space) => spaces[space]).map((space) => this.#bars(space, spaces[space])));
    this.bars.append(element("p", { class: "about" }, this.text.about_bars));
    this.open.disabled = false;
    return [...SPACES.map((space) => this.lines[space].textContent), this.summary.textContent].join(" ");
  }

  #line(space, { asked, side, identity, locked }) {
    const named = Object.entries(asked).slice(0, SHOWN).map(([name, change]) => this.attributes.written(name, change));
    const more = Object.keys(asked).length - named.length;
    const parts = [element("b", {}, this.short[space]), ` ${named.join(", ")}${more > 0 ? ` +${more}` : ""}`];
    if (side != null) parts.push(" · ", element("span", { title: this.text.side_hint }, fill(this.text.side, { side: side.toFixed(2) })));
    if (identity != null) {
      parts.push(" · ", element("span", { title: this.text.identity_hint }, fill(this.text.identity, { identity: identity.toFixed(2) })));
    }
    const left = Object.entries(locked ?? {}).map(([name, change]) => this.attributes.written(name, change));
    if (left.length) parts.push(" · ", element("span", { title: this.text.locked_left_hint }, fill(this.text.locked_left, { changes: left.join(", ") })));
    return parts;
  }

  #bars(space, { asked, others, leakage, count }) {
    const rows = [
      ...Object.entries(asked).map(([name, change]) => this.#bar(name, change, "asked")),
      ...Object.entries(others).slice(0, 10).map(([name, change]) => this.#bar(name, change, "along")),
    ];
    const rest = fill(this.text.leakage, { count, leakage: leakage.toFixed(2) });
    return element("section", { class: space }, element("h3", {}, this.short[space]), ...rows, element("small", {}, rest));
  }

  #bar(name, change, kind) {
    const width = Math.min(1, Math.abs(change) / FULL_BAR) * 100;
    return element(
      "div",
      { class: `bar ${kind}` },
      element("span", {}, this.attributes.label(name)),
      element("i", {}, element("i", { style: `width:${width}%` })),
      element("b", {}, signed(this.attributes.turned(name, change))),
    );
  }
}
