/** A flow or directions of the visitor's own, for this visit alone, and beside the shipped ones. */

import { element, fill } from "./element.js";

const KINDS = ["flow", "directions"];

/** Emits `change` when other files are in use. */
export class OwnFiles extends EventTarget {
  #server;
  #store;
  #chosen = {};

  constructor(server, store, text) {
    super();
    this.#server = server;
    this.#store = store;
    this.text = text;
    this.said = element("p", { class: "about", role: "status" });
    this.inputs = { flow: this.#input("flow", text.flow_file), directions: this.#input("directions", text.directions_file) };
    this.beside = element("input", { type: "checkbox", id: "switch-flows", disabled: true, onchange: () => store.set("flows", this.beside.checked) });
    this.drop = element("button", { type: "button", class: "quiet", disabled: true, onclick: () => this.#forget() }, text.shipped_files);
    this.section = element(
      "section",
      {},
      element("h3", {}, text.own_files),
      element("p", { class: "about" }, text.about_files),
      ...KINDS.map((kind) => element("label", { class: "own-file" }, kind === "flow" ? text.flow_file : text.directions_file, this.inputs[kind])),
      element("div", { class: "switch" }, this.beside, element("label", { for: "switch-flows" }, text.flows), element("small", {}, text.flows_hint)),
      this.drop,
      this.said,
    );
  }

  /** Send the files again, to a server that has forgotten them. */
  async renew(ask) {
    if (Object.keys(this.#chosen).length) await this.#use(ask);
  }

  #input(kind, label) {
    const taken = () => this.#take(kind, this.inputs[kind].files[0]);
    return element("input", { type: "file", accept: ".safetensors", "aria-label": label, onchange: taken });
  }

  async #take(kind, file) {
    if (!file) return;
    const before = this.#chosen;
    const chosen = (this.#chosen = { ...before, [kind]: file });
    this.said.textContent = this.text.sending_file;
    try {
      const loaded = await this.#use((route, values) => this.#server.ask(route, values));
      if (this.#chosen !== chosen) return; // another file was chosen meanwhile
      this.said.textContent = fill(this.text.loaded, { name: KINDS.map((each) => loaded[each]).filter(Boolean).join(", ") });
    } catch (error) {
      if (this.#chosen !== chosen) return;
      this.#chosen = before;
      this.inputs[kind].value = "";
      this.said.textContent = error.message || this.text.lost;
      return;
    }
    this.#changed();
  }

  async #forget() {
    this.#chosen = {};
    for (const input of Object.values(this.inputs)) input.value = "";
    this.said.textContent = "";
    await this.#server.ask("files", {}).catch((error) => (this.said.textContent = error.message));
    this.beside.checked = false;
    this.#changed();
  }

  async #use(ask) {
    const sent = Object.entries(this.#chosen).map(async ([kind, file]) => [kind, await this.#server.upload(file)]);
    return ask("files", Object.fromEntries(await Promise.all(sent)));
  }

  #changed() {
    const own = Object.keys(this.#chosen).length > 0;
    this.beside.disabled = this.drop.disabled = !own;
    this.#store.replace({ ...this.#store.edit, flows: own && this.beside.checked });
    this.dispatchEvent(new Event("change"));
  }
}
