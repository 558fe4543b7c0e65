/** The page begins here: it asks the server what there is, builds its parts, and ties them together. */

import { Attributes } from "./attributes.js";
import { Camera } from "./camera.js";
import { Drawer } from "./drawer.js";
import { element } from "./element.js";
import { Filmstrip } from "./filmstrip.js";
import { helpDialog } from "./help.js";
import { History } from "./history.js";
import { icon } from "./icons.js";
import { listen } from "./keys.js";
import { layOut } from "./layout.js";
import { Likeness } from "./likeness.js";
import { Live } from "./live.js";
import { Notice } from "./notice.js";
import { OwnAttribute } from "./own_attribute.js";
import { OwnFiles } from "./own_files.js";
import { Photo } from "./photo.js";
import { Presets } from "./presets.js";
import { Ranges } from "./ranges.js";
import { Save } from "./save.js";
import { Server } from "./server.js";
import { Settings } from "./settings.js";
import { Sliders } from "./sliders.js";
import { Stage } from "./stage.js";
import { NOTHING, Store } from "./store.js";
import * as theme from "./theme.js";
import { Verdict } from "./verdict.js";
import { Visit } from "./visit.js";
import { Welcome } from "./welcome.js";

/** Where the app is served, whatever stands before it. */
const ROOT = new URL("../..", import.meta.url).href.replace(/\/$/, "");

/**
 * The place that Gradio makes for the page; it comes after this script, or after a login. It is moved out of what Gradio styles, whose
 * rules for buttons and text would otherwise hold in it too.
 */
async function place() {
  for (;;) {
    const found = document.querySelector("#face-editor");
    if (found) {
      document.body.append(found);
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

async function start() {
  const server = new Server(ROOT);
  const [root, setup] = await Promise.all([place(), server.setup()]);
  theme.restore(root);
  build(root, server, setup);
  await server.arrive();
  root.dataset.ready = "true";
}

function build(root, server, setup) {
  const { text, has } = setup;
  const attributes = new Attributes(setup.attributes);
  const store = new Store(setup.maxStrength);
  const notice = new Notice(text);
  const stage = new Stage(text);
  const sliders = new Sliders(attributes, setup.groups, store, text);
  const likeness = new Likeness(server, text, has.tune);
  const live = new Live(server, store);
  const describe = ({ strengths }) =>
    Object.entries(strengths).map(([name, value]) => attributes.written(name, value)).join(", ") || text.unedited;
  const verdict = new Verdict(text, attributes);
  const history = new History(store, text, () => stage.thumbnail(), describe);
  const presets = new Presets(store, text, attributes);
  const photo = new Photo(text);
  const camera = new Camera(text);
  const filmstrip = new Filmstrip(stage.strip, server, store, text, attributes);
  const settings = new Settings(text, attributes);
  const save = new Save(server, store, text, attributes, () => visit.others(), () => (stage.mode === "strip" ? filmstrip.name : (Object.keys(store.edit.strengths)[0] ?? filmstrip.name)));
  const ownFiles = new OwnFiles(server, store, text);
  const ownAttribute = new OwnAttribute(server, text);
  ownAttribute.addEventListener("made", ({ detail }) => ownFiles.add(detail));
  ownFiles.addEventListener("change", () => {
    attributes.take(ownFiles.attributes ?? attributes.list);
    sliders.build();
    filmstrip.offer();
  });
  const drawer = new Drawer(server, store, text, has, ownFiles, ownAttribute);
  const ranges = new Ranges(server, store, sliders, () => likeness.panel.classList.contains("busy") || !live.enabled);
  const actions = { choose: () => photo.file.click(), camera: () => camera.open(), example: (name) => visit.openExample(name) };
  const welcome = new Welcome(text, setup.examples, ROOT, actions);
  const parts = { server, setup, text, store, notice, stage, sliders, likeness, live, verdict, history, presets, photo, camera, filmstrip, save, settings, drawer, ownFiles, ranges, welcome };
  const visit = new Visit(root, parts);

  const hold = (on) => root.dataset.state === "open" && stage.hold(on);
  const tool = (name, label, act) => element("button", { type: "button", class: "zoom", "aria-label": label, title: label, onclick: act }, icon(name));
  const held = element(
    "button",
    { type: "button", class: "original", title: text.hold_hint, "aria-label": text.hold, onpointerdown: () => hold(true), onpointerup: () => hold(false), onpointerleave: () => hold(false) },
    icon("eye"),
  );
  held.addEventListener("keydown", (event) => [" ", "Enter"].includes(event.key) && (event.preventDefault(), hold(true)));
  held.addEventListener("keyup", () => hold(false));
  const reset = () => store.replace({ ...store.edit, strengths: NOTHING.strengths });
  const resetAll = element("button", { type: "button", class: "quiet", id: "reset-all", disabled: true, onclick: reset }, text.reset_all);
  store.addEventListener("change", () => (resetAll.disabled = !Object.keys(store.edit.strengths).length));
  layOut(
    root,
    {
      ...parts,
      help: helpDialog(text),
      theme: () => theme.toggle(root),
      original: held,
      zoomIn: tool("plus", text.zoom_in, () => stage.lens.in()),
      zoomOut: tool("minus", text.zoom_out, () => stage.lens.out()),
      saveButton: element("button", { type: "button", class: "main save", id: "save", "aria-label": text.save, title: text.save, onclick: () => save.open() }, icon("save"), element("span", {}, text.save)),
      resetAll,
      photoButtons: [photo.change, element("button", { type: "button", class: "quiet", "aria-label": text.camera, title: text.camera, onclick: () => camera.open() }, icon("camera")), photo.byHand],
    },
    text,
    setup,
  );
  listen(root, { undo: () => history.undo(), redo: () => history.redo(), save: () => live.enabled && save.open(), hold, lens: stage.lens, views: stage.views });
  camera.addEventListener("refused", () => notice.warn(text.no_camera));
  visit.begin();
}

start().catch((error) => {
  const root = document.querySelector("#face-editor");
  if (root) root.textContent = error.message;
  console.error(error);
});
