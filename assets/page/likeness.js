/** The likeness: how near the model's face is to the photo's. It improves by itself while the visitor edits. */

import { element, fill } from "./element.js";

const POLL_MS = 350;
const [POOR, GOOD] = [1, 3];

/**
 * Emits `better` with {revision, reconstruction} in `detail`, `said` with a sentence, `ended` with the way that has ended, and `poor` with a
 * sentence where nothing brought the likeness near.
 */
export class Likeness extends EventTarget {
  #server;
  #revision = 0;
  #visit = 0;
  #ways = [];
  #begun = null;

  constructor(server, text, canTune) {
    super();
    this.#server = server;
    this.text = text;
    this.canTune = canTune;
    this.gauge = element("div", { class: "gauge", role: "img" }, element("i"), element("i"), element("i"));
    this.note = element("span", { class: "gauge-note" });
    this.bar = element("progress", { max: 1, value: 0, "aria-label": text.improving, hidden: true });
    this.stop = element("button", { type: "button", class: "quiet", hidden: true, onclick: () => this.halt() }, text.stop);
    this.fit = element("button", { type: "button", class: "quiet", title: text.fit_hint, onclick: () => this.improve("tune") }, text.fit);
    this.panel = element("div", { class: "likeness", hidden: true }, this.gauge, this.note, this.bar);
  }

  /** A face was opened: show how near it is, and begin to improve it. */
  open(revision, quality) {
    this.#visit += 1;
    this.#revision = revision;
    this.panel.hidden = false;
    this.#show(quality);
    this.#ways = this.canTune ? ["refine", "tune"] : ["refine"];
    this.#next(quality.unfinished);
  }

  /** Another face is about to be opened: nothing that comes for this one counts any more. */
  close() {
    this.#visit += 1;
    this.#ways = [];
  }

  /** Go on until the step it is at, and keep the best so far. */
  async halt() {
    this.#ways = [];
    this.stop.disabled = true;
    await this.#begun?.catch(() => {}); // or the stop might come first
    await this.#server.ask("stop").catch(() => {});
  }

  /** Begin one way of improving: "refine" or "tune". Resolves when it has ended. */
  async improve(way) {
    const visit = this.#visit;
    this.#busy(true); // before the server has answered, so that it can be stopped from the first moment on
    this.#begun = this.#server.ask("improve", { way });
    try {
      await this.#begun;
    } catch (error) {
      if (visit !== this.#visit) return;
      this.#busy(false);
      this.#tell("said", error.message);
      return;
    }
    await this.#follow(visit);
  }

  /** Go on with the next way while the likeness is not good; also when it is, where opening has only begun with the way. */
  async #next(begun = false) {
    const way = this.#ways.shift();
    const visit = this.#visit;
    if (!way || (this.level >= GOOD && !begun)) return this.#rest();
    await this.improve(way);
    if (visit === this.#visit) await this.#next();
  }

  /** Ask how far it has come until it ends. */
  async #follow(visit) {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (visit !== this.#visit) return;
      const answer = await this.#server.ask("progress", { revision: this.#revision }).catch(() => null);
      if (visit !== this.#visit) return;
      if (!answer) continue;
      if (answer.pictures?.reconstruction) {
        this.#revision = answer.revision;
        this.#show(answer.quality);
        this.#tell("better", { revision: answer.revision, reconstruction: answer.pictures.reconstruction });
      }
      if (!this.#step(answer.job)) return;
    }
  }

  /** Show a job's progress; false once it has ended. */
  #step(job) {
    if (job && ["waiting", "running"].includes(job.state)) {
      const sentence = job.state === "waiting" ? this.text.queued : this.text.ways[job.way];
      this.note.textContent = fill(sentence, job);
      this.bar.max = Math.max(1, job.steps);
      this.bar.value = job.step;
      return true;
    }
    if (job?.state === "failed") this.#tell("said", job.error);
    else if (job?.state === "stopped") this.#tell("said", this.text.stopped);
    else if (job) this.#tell("ended", job.way);
    this.#busy(false);
    return false;
  }

  #busy(on) {
    this.bar.hidden = this.stop.hidden = !on;
    this.stop.disabled = false;
    this.fit.hidden = on || !this.canTune;
    this.panel.classList.toggle("busy", on);
    if (on) this.note.textContent = this.text.improving;
    else this.#name();
  }

  #rest() {
    this.#busy(false);
    if (this.level === POOR) this.#tell("poor", this.quality.reasons ?? []);
  }

  #show(quality) {
    this.level = quality.level;
    this.quality = quality;
    this.gauge.dataset.level = quality.level;
    this.gauge.setAttribute("aria-label", quality.sentence);
    this.gauge.title = this.panel.title = quality.sentence;
    if (this.bar.hidden) this.#name();
  }

  #name() {
    this.note.textContent = fill(this.text.levels[this.level - 1] ?? "", { distance: this.quality.identity.toFixed(2) });
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
