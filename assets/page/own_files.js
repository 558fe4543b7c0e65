/** A flow or directions of the visitor's own, for this visit alone, and beside the shipped ones. */

import { element, fill } from "./element.js";

const KINDS = ["flow", "directions"];

/** Emits `change` when other files are in use. */
export class OwnFiles extends EventTarget {
  #server;
  #store;
  #chosen = {};
  #added = [];

  constructor(server, store, text) {
    super();
    this.#server = server;
    this.#store = store;
    this.text = text;
    this.said = element("p", { class: "about", role: "status" });
    this.inputs = { flow: this.#input("flow", text.flow_file), directions: this.#input("directions", text.directions_file) };
    this.more = element("input", { type: "file", accept: ".safetensors", "aria-label": text.attribute_file, onchange: () => this.more.files[0] && this.add(this.more.files[0]) });
    this.beside = element("input", { type: "checkbox", id: "switch-flows", disabled: true, onchange: () => store.set("flows", this.beside.checked) });
    this.drop = element("button", { type: "button", class: "quiet", disabled: true, onclick: () => this.#forget() }, text.shipped_files);
    this.section = element(
      "section",
      {},
      element("h3", {}, text.own_files),
      element("p", { class: "about" }, text.about_files),
      ...KINDS.map((kind) => element("label", { class: "own-file" }, kind === "flow" ? text.flow_file : text.directions_file, this.inputs[kind])),
      element("label", { class: "own-file" }, text.attribute_file, this.more),
      element("div", { class: "switch" }, this.beside, element("label", { for: "switch-flows" }, text.flows), element("small", {}, text.flows_hint)),
      this.drop,
      this.said,
    );
  }

  /** Send the files again, to a server that has forgotten them. */
  async renew(ask) {
    if (this.#any) await this.#use(ask);
  }

  /** Add an attribute's file to what is in use. */
  async add(file) {
    const before = this.#added;
    this.#added = [...before, file];
    this.said.textContent = this.text.sending_file;
    try {
      this.#told(await this.#use((route, values) => this.#server.ask(route, values)));
    } catch (error) {
      this.#added = before;
      this.said.textContent = error.message || this.text.lost;
      return;
    }
    this.#changed();
  }

  get #any() {
    return Object.keys(this.#chosen).length + this.#added.length > 0;
  }

  #told(loaded) {
    this.said.textContent = fill(this.text.loaded, { name: [...KINDS.map((each) => loaded[each]), ...loaded.attributes_files].filter(Boolean).join(", ") });
    this.attributes = loaded.attributes;
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
      this.#told(loaded);
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
    this.#added = [];
    for (const input of [...Object.values(this.inputs), this.more]) input.value = "";
    this.said.textContent = "";
    const shipped = await this.#server.ask("files", {}).catch((error) => void (this.said.textContent = error.message));
    if (shipped) this.attributes = shipped.attributes;
    this.beside.checked = false;
    this.#changed();
  }

  async #use(ask) {
    const sent = Object.entries(this.#chosen).map(async ([kind, file]) => [kind, await this.#server.upload(file)]);
    const attributes = await Promise.all(this.#added.map((file) => this.#server.upload(file)));
    return ask("files", { ...Object.fromEntries(await Promise.all(sent)), attributes });
  }

  #changed() {
    const own = Object.keys(this.#chosen).length > 0;
    this.beside.disabled = !own;
    this.drop.disabled = !this.#any;
    const known = new Set(this.attributes?.map(({ name }) => name));
    const { strengths, locks } = this.#store.edit;
    const kept = Object.fromEntries(Object.entries(strengths).filter(([name]) => known.has(name)));
    this.#store.replace({ ...this.#store.edit, strengths: kept, locks: locks.filter((name) => known.has(name)), flows: own && this.beside.checked });
    this.dispatchEvent(new Event("change"));
  }
}
