/** What the page says: one line that screen readers read out, and a bar for what needs an answer. */

import { element } from "./element.js";

const SHOWN_MS = 6000;

export class Notice {
  #timer = 0;

  constructor(text) {
    this.line = element("p", { class: "notice", role: "status", "aria-live": "polite" });
    this.summary = element("p", { class: "unseen", role: "status", "aria-live": "polite", id: "summary" });
    this.alert = element("div", { class: "alert", role: "alert", hidden: true });
    this.text = text;
  }

  /** Say something that may be missed. */
  say(sentence, { stay = false } = {}) {
    clearTimeout(this.#timer);
    this.line.textContent = sentence;
    this.line.classList.toggle("shown", Boolean(sentence));
    if (sentence && !stay) this.#timer = setTimeout(() => this.say(""), SHOWN_MS);
  }

  /** Say something that must be seen, with what can be done about it. */
  warn(sentence, label, action) {
    this.alert.hidden = !sentence;
    const close = element("button", { type: "button", class: "quiet", "aria-label": this.text.close, onclick: () => this.warn("") }, "×");
    const act = label && element("button", { type: "button", class: "quiet", onclick: () => (this.warn(""), action()) }, label);
    this.alert.replaceChildren(element("span", {}, sentence), ...[act, close].filter(Boolean));
  }

  /** What the results show, for screen readers alone. */
  summarise(sentence) {
    this.summary.textContent = sentence;
  }
}
