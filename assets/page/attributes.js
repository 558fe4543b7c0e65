/** The attributes by name: what people call them, and which way. "Age" is the data set's "Young", the other way round. */

import { signed } from "./element.js";

export class Attributes {
  #known;

  /** @param {{name, label, group, best, sign}[]} list as the server tells them, in the order to show them. */
  constructor(list) {
    this.take(list);
  }

  /** There are other attributes now. */
  take(list) {
    this.list = list;
    this.#known = new Map(list.map((attribute) => [attribute.name, attribute]));
  }

  /** The word on the slider. */
  label(name) {
    return this.#known.get(name)?.label ?? name.replaceAll("_", " ");
  }

  /** A strength or a change of an attribute, turned to go with its label; and back, since it is the same either way. */
  turned(name, value) {
    return value * (this.#known.get(name)?.sign ?? 1) || 0;
  }

  /** An attribute's strength or change in words, such as "Age +1.5". */
  written(name, value, digits = 1) {
    return `${this.label(name)} ${signed(this.turned(name, value), digits)}`;
  }
}
