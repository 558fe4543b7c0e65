/** What the visitor has set: strengths, locks and switches. Everything on the page reads it here and hears of changes here. */

/** How long nothing moves until the sliders count as at rest. */
export const REST_MS = 200;

/** No slider is moved. */
export const NOTHING = Object.freeze({ strengths: Object.freeze({}), locks: Object.freeze([]), local: true, paper: false, flows: false, preserve: true, preserve_w_plus: false });

/** Settings as requests and recipes describe them, with what they leave out as it is at first. */
export function settingsOf({ strengths, locks, local, paper, preserve }) {
  return { ...NOTHING, strengths, locks: locks ?? [], local: local ?? true, paper: paper ?? false, preserve: preserve ?? false };
}

/** Emits `change` at every change, and `rest` when there has been none for a while; both after the value has changed. */
export class Store extends EventTarget {
  #edit = NOTHING;
  #resting = 0;

  constructor(maxStrength) {
    super();
    this.maxStrength = maxStrength;
  }

  /** The settings, frozen. */
  get edit() {
    return this.#edit;
  }

  strength(name) {
    return this.#edit.strengths[name] ?? 0;
  }

  isLocked(name) {
    return this.#edit.locks.includes(name);
  }

  /** Move one slider. What is no number counts as 0, and what is too much as the most. */
  move(name, value) {
    const strength = this.#within(value);
    if (strength === this.strength(name)) return;
    const { [name]: _, ...others } = this.#edit.strengths;
    this.replace({ ...this.#edit, strengths: strength ? { ...others, [name]: strength } : others });
  }

  toggleLock(name) {
    const locks = this.isLocked(name) ? this.#edit.locks.filter((each) => each !== name) : [...this.#edit.locks, name];
    this.replace({ ...this.#edit, locks });
  }

  /** Turn a switch: `local`, `paper`, `flows`, `preserve` or `preserve_w_plus`. */
  set(name, value) {
    this.replace({ ...this.#edit, [name]: value });
  }

  /** Take over whole settings, such as a preset or an earlier state. */
  replace(edit) {
    const strengths = Object.entries(edit.strengths).map(([name, value]) => [name, this.#within(value)]);
    this.#edit = Object.freeze({
      strengths: Object.freeze(Object.fromEntries(strengths.filter(([, value]) => value))),
      locks: Object.freeze([...edit.locks]),
      local: Boolean(edit.local),
      paper: Boolean(edit.paper),
      flows: Boolean(edit.flows),
      preserve: Boolean(edit.preserve),
      preserve_w_plus: Boolean(edit.preserve_w_plus),
    });
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.dispatchEvent(new Event("rest")), REST_MS);
    this.dispatchEvent(new Event("change"));
  }

  #within(value) {
    const number = Number(value);
    if (!Number.isFinite(number)) return 0;
    const rounded = Math.round(number * 100) / 100;
    return Math.min(this.maxStrength, Math.max(-this.maxStrength, rounded));
  }
}
