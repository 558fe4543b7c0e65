/** What the page is, its keys, and its licence. */

import { element } from "./element.js";

export function helpDialog(text) {
  const keys = element("dl", { class: "keys" });
  for (const [key, meaning] of text.keys) keys.append(element("dt", {}, key), element("dd", {}, meaning));
  const dialog = element(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    element("h2", { id: "help-title" }, text.help),
    ...text.about.map((paragraph) => element("p", {}, paragraph)),
    element("h3", {}, text.keys_title),
    keys,
    element("p", { class: "about" }, text.licence),
    element("div", { class: "buttons" }, element("button", { type: "button", class: "main", onclick: () => dialog.close() }, text.close)),
  );
  return dialog;
}
