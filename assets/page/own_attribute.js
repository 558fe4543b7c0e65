/** An attribute of the visitor's own: photos that show it and photos that do not, sent and learnt from; then it is a slider. */

import { element, fill } from "./element.js";

const LOOK_MS = 500;
const SIDES = ["shows", "lacks"];

/** Emits `made` with the attribute's file in `detail`. */
export class OwnAttribute extends EventTarget {
  #server;
  #photos = { shows: [], lacks: [] };
  #running = false;
  #stopped = false;

  constructor(server, text) {
    super();
    this.#server = server;
    this.text = text;
    this.name = element("input", { type: "text", id: "own-name", maxlength: 40, placeholder: text.own_name_example, oninput: () => this.#update() });
    this.sides = Object.fromEntries(SIDES.map((side) => [side, this.#side(side)]));
    this.begin = element("button", { type: "submit", class: "main" }, text.learn);
    this.stop = element("button", { type: "button", class: "quiet", hidden: true, onclick: () => this.#stop() }, text.stop);
    this.bar = element("progress", { max: 1, value: 0, hidden: true, "aria-label": text.learning });
    this.said = element("p", { class: "about", role: "status" });
    this.found = element("ul", { class: "found" });
    this.file = element("button", { type: "button", class: "quiet", hidden: true, onclick: () => this.#hand() }, text.keep_attribute);
    this.section = element(
      "section",
      { class: "own-attribute" },
      element("h3", {}, text.own_attribute),
      element("p", { class: "about" }, text.about_own_attribute),
      element(
        "form",
        { onsubmit: (event) => (event.preventDefault(), this.#learn()) },
        element("label", { for: "own-name" }, text.own_name),
        this.name,
        ...SIDES.map((side) => this.sides[side].box),
        element("div", { class: "buttons" }, this.stop, this.begin),
      ),
      this.bar,
      this.said,
      this.found,
      this.file,
    );
    this.#update();
  }

  /** Where the photos of one side are dropped or chosen. */
  #side(side) {
    const input = element("input", { type: "file", multiple: true, accept: "image/*,.heic,.heif,.avif", id: `own-${side}`, onchange: () => this.#take(side, input.files) });
    const box = element(
      "div",
      {
        class: "own-side",
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => (event.preventDefault(), event.stopPropagation(), this.#take(side, event.dataTransfer.files), this.#dropped()),
      },
      element("label", { for: input.id }, this.text[`own_${side}`]),
      input,
    );
    return { box, input };
  }

  /** The page believes that something is still held over it, since the drop did not reach it. */
  #dropped() {
    dispatchEvent(new DragEvent("dragleave"));
    document.querySelector("#face-editor")?.classList.remove("dropping");
  }

  #take(side, files) {
    this.#photos[side] = [...files];
    if (this.sides[side].input.files !== files) this.sides[side].input.files = files; // dropped: the field shows how many
    this.#update();
  }

  #update() {
    this.begin.disabled = this.#running || !this.name.value.trim() || SIDES.some((side) => !this.#photos[side].length);
    this.stop.hidden = !this.#running;
  }

  async #learn() {
    [this.#running, this.#stopped] = [true, false];
    this.found.replaceChildren();
    this.file.hidden = true;
    this.bar.hidden = false;
    this.#update();
    try {
      const paths = await this.#send();
      await this.#server.ask("learn", { name: this.name.value, ...paths });
      const told = await this.#follow();
      if (told) await this.#done(told);
    } catch (error) {
      this.said.textContent = error.message || this.text.lost;
    } finally {
      this.#running = false;
      this.bar.hidden = true;
      this.#update();
    }
  }

  /** Send all photos, one after another. */
  async #send() {
    const paths = { shows: [], lacks: [] };
    const all = SIDES.flatMap((side) => this.#photos[side].map((file) => [side, file]));
    for (const [index, [side, file]] of all.entries()) {
      this.#tell(fill(this.text.sending_photo, { number: index + 1, count: all.length }), index / all.length / 2);
      paths[side].push(await this.#server.upload(file));
      if (this.#stopped) throw new Error(this.text.stopped_learning);
    }
    return paths;
  }

  /** Wait until it is learnt. @returns what came of it; null where it was stopped. */
  async #follow() {
    for (;;) {
      const told = await this.#server.ask("learning");
      const { state, step, steps, error } = told.job;
      if (state === "failed") throw new Error(error);
      if (state === "stopped") return void (this.said.textContent = this.text.stopped_learning);
      if (state === "done") return told;
      this.#tell(fill(this.text.learning_step, { step, steps }), 0.5 + step / steps / 2);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async #done({ sentences, skipped, left_out }) {
    const { name, content } = await this.#server.download("learned", {});
    this.made = new File([content], name);
    const passed = skipped.map(({ photo, reason }) => fill(this.text.photo_skipped, { photo, reason }));
    const more = left_out - skipped.length;
    this.found.replaceChildren(...[...sentences, ...passed, ...(more > 0 ? [fill(this.text.more_skipped, { count: more })] : [])].map((each) => element("li", {}, each)));
    this.said.textContent = fill(this.text.learned, { name: this.name.value.trim() });
    this.file.hidden = false;
    this.name.value = "";
    this.dispatchEvent(new CustomEvent("made", { detail: this.made }));
  }

  #tell(sentence, share) {
    this.said.textContent = sentence;
    this.bar.value = share;
  }

  #stop() {
    this.#stopped = true;
    this.#server.ask("unlearn").catch(() => {});
  }

  #hand() {
    const url = URL.createObjectURL(this.made);
    element("a", { href: url, download: this.made.name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
