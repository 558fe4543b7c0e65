/** Elements of the page, made in one call each. */

/**
 * Make an element.
 * @param {string} tag such as "button".
 * @param {object} properties attributes; `onclick` and the like listen, `true` stands for an attribute without value, and
 *   `false`, `null` and `undefined` leave one out.
 * @param {...(Node|string)} children what goes inside; text is never read as HTML.
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

/** Fill a sentence with values: `fill("Step {step}", {step: 3})` is "Step 3". */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A number as people write it with its sign: +1.5, −0.3, 0. */
export function signed(value, digits = 1) {
  const written = Math.abs(value).toFixed(digits);
  if (Number(written) === 0) return (0).toFixed(digits);
  return (value < 0 ? "−" : "+") + written;
}
