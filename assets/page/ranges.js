/** Between which strengths a face stays itself: asked for in the background, one slider at a time, while nothing else moves. */

const LOOK_MS = 500;
const IDLE_MS = 4000;
/** How long the page must be at rest before the next slider is asked about. */

export class Ranges {
  #server;
  #store;
  #sliders;
  #known = new Map();
  #visit = 0;
  #moved = 0;
  #running = false;

  constructor(server, store, sliders, isBusy) {
    this.#server = server;
    this.#store = store;
    this.#sliders = sliders;
    this.isBusy = isBusy;
    let before = store.edit;
    store.addEventListener("change", () => {
      this.#moved = performance.now();
      const other = ["local", "paper", "flows"].some((name) => before[name] !== store.edit[name]);
      before = store.edit;
      if (other && this.#visit) this.begin(); // a slider does something else now
    });
  }

  /** Another face is open, or a better likeness of it: what was known of the last is not true of this one. */
  begin() {
    this.#visit += 1;
    this.#known.clear();
    this.#sliders.forgetRanges();
    this.#moved = performance.now();
    this.#run();
  }

  close() {
    this.#visit += 1;
    this.#sliders.forgetRanges();
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    let visit = this.#visit;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (visit !== this.#visit) visit = this.#visit;
      if (document.hidden || this.isBusy() || performance.now() - this.#moved < IDLE_MS) continue;
      const name = this.#next();
      if (!name) continue;
      const safe = await this.#server.ask("range", { name, local: this.#store.edit.local, paper: this.#store.edit.paper }).catch(() => null);
      if (visit !== this.#visit) continue;
      this.#known.set(name, safe);
      if (safe) this.#sliders.row(name).range(safe);
    }
  }

  /** The slider to ask about: one that is moved, then those in view. */
  #next() {
    const wanted = [...Object.keys(this.#store.edit.strengths), ...this.#sliders.visible()];
    return wanted.find((name) => !this.#known.has(name));
  }
}
