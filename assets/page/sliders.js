/** The sliders: one line for each attribute, in groups that can be searched. */

import { Drag } from "./drag.js";
import { element, fill, signed } from "./element.js";
import { icon } from "./icons.js";

const STEP = 0.1;
const BIG_STEP = 1;

/** All sliders, under their headings. */
export class Sliders {
  #rows = new Map();
  #enabled = false;

  constructor(attributes, groups, store, text) {
    Object.assign(this, { attributes, groups, store, text });
    this.shipped = new Set(attributes.list.map(({ name }) => name));
    this.list = element("div", { class: "sliders", id: "sliders" });
    this.nothing = element("p", { class: "nothing", hidden: true }, text.no_slider);
    this.build();
    this.search = element("input", {
      type: "search",
      placeholder: text.find,
      "aria-label": text.find,
      "aria-controls": "sliders",
      oninput: () => this.#filter(),
      onkeydown: (event) => event.key === "Escape" && ((this.search.value = ""), this.#filter()),
    });
    store.addEventListener("change", () => this.#update(store.edit));
  }

  /** Make the sliders of the attributes that there are now. Those that the editor does not come with stand first. */
  build() {
    const { list } = this.attributes;
    const { attributes, store, text } = this;
    this.#rows = new Map(list.map((attribute) => [attribute.name, this.#rows.get(attribute.name) ?? new Slider(attribute, attributes, store, text)]));
    const own = list.filter(({ name }) => !this.shipped.has(name));
    const rest = list.filter(({ name }) => this.shipped.has(name));
    const others = this.groups.map((group) => [group, rest.filter((each) => each.group === group && !each.best), false]);
    const sections = [[text.your_own, own, true], [text.most_used, rest.filter((each) => each.best), true], ...others];
    this.list.replaceChildren(...sections.filter(([, members]) => members.length).map((section) => this.#section(...section)), this.nothing);
    this.enable(this.#enabled);
    this.#update(store.edit);
  }

  /** Whether the sliders can be used; they cannot where no face is open. */
  enable(on) {
    this.#enabled = on;
    for (const row of this.#rows.values()) row.enable(on);
  }

  get names() {
    return [...this.#rows.keys()];
  }

  /** The slider of an attribute. */
  row(name) {
    return this.#rows.get(name);
  }

  /** Attributes whose sliders can be seen now, from the top. */
  visible() {
    const box = this.list.getBoundingClientRect();
    return this.names.filter((name) => {
      const { top, bottom } = this.#rows.get(name).line.getBoundingClientRect();
      return bottom > top && top < box.bottom && bottom > box.top;
    });
  }

  /** Forget what is known of the face that was open. */
  forgetRanges() {
    for (const row of this.#rows.values()) row.range(null);
  }

  #section(title, members, open) {
    return element(
      "details",
      { class: "group", open },
      element("summary", {}, title, element("span", { class: "count" })),
      ...members.map((attribute) => this.#rows.get(attribute.name).line),
    );
  }

  #filter() {
    const wanted = this.search.value.trim().toLowerCase();
    let found = 0;
    for (const row of this.#rows.values()) {
      row.line.hidden = !row.matches(wanted);
      found += !row.line.hidden;
    }
    for (const group of this.list.querySelectorAll("details")) {
      const some = group.querySelector(".slider:not([hidden])");
      group.hidden = !some;
      if (wanted) (group.dataset.before ??= String(group.open)), (group.open = Boolean(some));
      else if (group.dataset.before) (group.open = group.dataset.before === "true"), delete group.dataset.before;
    }
    this.nothing.hidden = found > 0;
  }

  #update(edit) {
    for (const [name, row] of this.#rows) row.show(edit.strengths[name] ?? 0, edit.locks.includes(name));
    for (const group of this.list.querySelectorAll("details")) {
      const moved = group.querySelectorAll(".slider.moved").length;
      group.querySelector(".count").textContent = moved ? String(moved) : "";
    }
  }
}

/** One slider: name, track, value, lock and reset in one line. */
class Slider {
  #text;
  #store;
  #turned;

  constructor(attribute, attributes, store, text) {
    this.name = attribute.name;
    this.label = attribute.label;
    this.#text = text;
    this.#store = store;
    this.#turned = (value) => attributes.turned(attribute.name, Number(value));
    const most = store.maxStrength;
    const id = `slider-${attribute.name}`;
    this.input = element("input", {
      type: "range",
      id,
      min: -most,
      max: most,
      step: STEP,
      value: 0,
      "aria-describedby": `${id}-range`,
      oninput: () => this.#set(this.input.value),
      onkeydown: (event) => this.#key(event),
    });
    this.box = element("input", {
      type: "number",
      class: "value",
      min: -most,
      max: most,
      step: STEP,
      value: 0,
      inputmode: "decimal",
      "aria-label": fill(text.value_of, { label: attribute.label }),
      onchange: () => (this.#set(this.box.value || 0), (this.box.value = String(this.#value))),
    });
    this.lock = element(
      "button",
      {
        type: "button",
        class: "lock",
        "aria-pressed": "false",
        "aria-label": fill(text.lock, { label: attribute.label }),
        title: text.lock_hint,
        onclick: () => store.toggleLock(this.name),
      },
      icon("unlock"),
    );
    this.reset = element(
      "button",
      {
        type: "button",
        class: "reset",
        "aria-label": fill(text.reset_one, { label: attribute.label }),
        title: fill(text.reset_one, { label: attribute.label }),
        onclick: () => (this.#set(0), this.input.focus()),
      },
      icon("reset"),
    );
    this.track = element("div", { class: "track", ondblclick: () => this.#set(0), onwheel: (event) => this.#wheel(event) }, this.input);
    this.said = element("span", { id: `${id}-range`, class: "unseen" });
    const title = fill(text.slider_tip, { name: attribute.name });
    this.line = element(
      "div",
      { class: "slider", "data-name": attribute.name },
      element("label", { for: id, title }, attribute.label),
      this.track,
      this.box,
      this.lock,
      this.reset,
      this.said,
    );
    new Drag(this.track, this.input, STEP, (value) => this.#set(value));
  }

  matches(wanted) {
    return !wanted || this.label.toLowerCase().includes(wanted) || this.name.toLowerCase().replaceAll("_", " ").includes(wanted);
  }

  enable(on) {
    for (const part of [this.input, this.box, this.lock, this.reset]) part.disabled = !on;
  }

  /** Show a strength of the attribute, which is the slider's value or its opposite. */
  show(strength, locked) {
    const value = this.#turned(strength);
    const most = this.#store.maxStrength;
    if (Number(this.input.value) !== value) this.input.value = String(value);
    if (document.activeElement !== this.box) this.box.value = String(value);
    this.input.setAttribute("aria-valuetext", signed(value));
    this.line.classList.toggle("moved", value !== 0);
    this.line.classList.toggle("locked", locked);
    this.line.style.setProperty("--value", `${((value + most) / (2 * most)) * 100}%`);
    if (this.lock.getAttribute("aria-pressed") !== String(locked)) {
      this.lock.setAttribute("aria-pressed", String(locked));
      this.lock.replaceChildren(icon(locked ? "lock" : "unlock"));
    }
    this.#warn();
  }

  /** Show between which strengths this face stays itself: {low, high}, or null where that is not known. */
  range(strengths) {
    const [low, high] = strengths ? [this.#turned(strengths.low), this.#turned(strengths.high)].sort((one, other) => one - other) : [];
    const safe = strengths && { low, high };
    const most = this.#store.maxStrength;
    const share = (value) => `${((value + most) / (2 * most)) * 100}%`;
    this.safe = safe;
    this.line.classList.toggle("ranged", Boolean(safe));
    this.line.style.setProperty("--low", share(safe?.low ?? -most));
    this.line.style.setProperty("--high", share(safe?.high ?? most));
    this.said.textContent = safe ? fill(this.#text.safe_range, { low: signed(safe.low), high: signed(safe.high) }) : "";
    this.track.title = this.said.textContent;
    this.#warn();
  }

  /** Mark the slider where it is moved further than this face stands. */
  #warn() {
    const value = this.#value;
    this.line.classList.toggle("beyond", Boolean(this.safe) && (value < this.safe.low || value > this.safe.high));
  }

  get #value() {
    return this.#turned(this.#store.strength(this.name));
  }

  #set(value) {
    this.#store.move(this.name, this.#turned(value));
  }

  #key(event) {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (by) this.#set(this.#value + by * (event.shiftKey ? BIG_STEP : STEP));
    else if (event.key === "Delete" || event.key === "Backspace") this.#set(0);
    else if (event.key.toLowerCase() === "l" && !event.ctrlKey && !event.metaKey) this.#store.toggleLock(this.name);
    else return;
    event.preventDefault();
  }

  #wheel(event) {
    if (document.activeElement !== this.input) return;
    event.preventDefault();
    this.#set(this.#value - Math.sign(event.deltaY) * STEP);
  }
}
