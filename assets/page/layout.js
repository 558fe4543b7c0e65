/** Where everything stands: a bar above, photo and sliders at one side, results at the other; on a narrow screen results above. */

import { element, fill } from "./element.js";
import { icon } from "./icons.js";

/** Put the page together from its parts. */
export function layOut(root, parts, text, setup) {
  const { photo, likeness, sliders, presets, stage, history, verdict, drawer, save, settings, notice, welcome, help, theme } = parts;
  drawer.open.append(icon("measure"), element("span", {}, text.drawer_short));
  const bar = element(
    "header",
    { class: "bar" },
    element("h1", {}, text.title),
    element("p", { class: "privacy" }, isHere() ? text.privacy : fill(text.privacy_elsewhere, { host: location.hostname })),
    element("span", { class: "models", title: text.models_hint }, `${setup.models} · ${setup.device}`),
    drawer.open,
    element("button", { type: "button", class: "quiet", "aria-label": text.help, title: text.help, onclick: () => help.showModal() }, icon("help")),
    element("button", { type: "button", class: "quiet", "aria-label": text.theme, title: text.theme, onclick: theme }, icon("moon")),
  );
  const tools = element(
    "div",
    { class: "tools" },
    element("div", { class: "find" }, icon("search"), sliders.search),
    presets.choice,
    presets.surprise,
    parts.resetAll,
  );
  const controls = element(
    "section",
    { class: "controls", "aria-label": text.controls },
    element("div", { class: "top" }, photo.panel, element("div", { class: "about-photo" }, likeness.panel, element("div", { class: "photo-buttons" }, likeness.stop, likeness.fit, ...parts.photoButtons))),
    tools,
    sliders.list,
  );
  const toolbar = element(
    "div",
    { class: "toolbar", role: "group", "aria-label": text.toolbar },
    stage.modes,
    element("div", { class: "group" }, parts.original, parts.zoomOut, parts.zoomIn),
    element("div", { class: "group" }, history.undoing, history.redoing),
    parts.saveButton,
  );
  const results = element("section", { class: "results", "aria-label": text.results }, toolbar, stage.views, verdict.panel, history.strip);
  root.replaceChildren(
    bar,
    notice.alert,
    element("main", { class: "desk" }, controls, results, drawer.panel, welcome.panel),
    notice.line,
    notice.summary,
    element("footer", { class: "licence" }, text.licence_short),
    element("div", { class: "drop-here", "aria-hidden": "true" }, text.drop_here),
    photo.file,
    photo.points.dialog,
    parts.camera.dialog,
    presets.dialog,
    save.dialog,
    settings.dialog,
    help,
  );
}

/** Whether the server runs on the visitor's own machine. */
function isHere() {
  return ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
}
