/** Pictures while a slider moves: one request under way, the newest value next, nothing stale after something newer. */

import { Refused, Unreachable } from "./server.js";

/** Emits `waiting` when pictures are wanted, `live` and `full` with the answer in `detail` when they have come, and `failed` with an error. */
export class Live extends EventTarget {
  #server;
  #store;
  #number = 0;
  #shown = 0;
  #wanted = null;
  #running = false;
  #abort = null;

  constructor(server, store) {
    super();
    this.#server = server;
    this.#store = store;
    this.enabled = false;
    store.addEventListener("change", () => this.draw(false));
    store.addEventListener("rest", () => this.draw(true));
  }

  /** Draw what is set now, small or in full. */
  draw(full) {
    if (!this.enabled) return;
    this.#wanted = { number: ++this.#number, full };
    this.dispatchEvent(new Event("waiting"));
    if (!full) this.#abort?.abort(); // a full picture under way is of the past
    this.#run();
  }

  /** Forget what is under way: another face is open. */
  reset() {
    this.#wanted = null;
    this.#shown = ++this.#number;
    this.#abort?.abort();
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    while (this.#wanted) {
      const { number, full } = this.#wanted;
      this.#wanted = null;
      await this.#once(number, full);
    }
    this.#running = false;
  }

  async #once(number, full) {
    const edit = this.#store.edit;
    this.#abort = full ? new AbortController() : null;
    try {
      const answer = await this.#server.draw({ ...edit, number, full }, this.#abort?.signal);
      if (number > this.#shown) {
        this.#shown = number;
        const kind = full ? "full" : "live";
        await this.#tell(kind, { ...answer, edit });
        requestAnimationFrame(() => mark(kind));
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error instanceof Unreachable) {
        await this.#server.answering();
        this.#wanted ??= { number: ++this.#number, full: true };
      } else if (error instanceof Refused && error.kind === "too_fast") {
        await new Promise((resolve) => setTimeout(resolve, 250));
        this.#wanted ??= { number: ++this.#number, full };
      } else this.#tell("failed", error);
    }
  }

  /** Listeners may have to decode the pictures first: they put a promise into `detail.painted`. */
  async #tell(kind, detail) {
    const event = new CustomEvent(kind, { detail });
    this.dispatchEvent(event);
    await detail.painted;
  }
}

/** Note in the browser's record when pictures have been painted, for `benchmarks/page.py`; the record keeps the last one alone. */
function mark(kind) {
  performance.clearMarks(`painted-${kind}`);
  performance.mark(`painted-${kind}`);
}
