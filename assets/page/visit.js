/** One visit: a photo is opened, its faces are edited one after another, and what the server lost is opened again. */

import { fill } from "./element.js";
import { Refused, Unreachable } from "./server.js";
import { isRecipe } from "./settings.js";
import { NOTHING, settingsOf } from "./store.js";

const IMPROVED_FULL_MS = 600;
/** How long after a better likeness the results are drawn in full. */

export class Visit {
  /** What is open: {key, opened, source}; null where nothing is. */
  #open = null;
  /** The faces of the photo that were edited, by their keys: {face, points, edit}. */
  #edits = new Map();
  /** The marks of the faces that were placed by hand; they are numbered behind those that were found. */
  #placed = [];
  #number = 0;

  constructor(root, parts) {
    Object.assign(this, parts);
    this.root = root;
  }

  /** Listen to the parts of the page; nothing is open yet. */
  begin() {
    this.#state("empty");
    const { photo, camera, live, likeness, server, store, stage, welcome } = this;
    photo.addEventListener("chosen", ({ detail }) => this.openFile(detail.file));
    camera.addEventListener("taken", ({ detail }) => this.openFile(detail));
    photo.addEventListener("face", ({ detail }) => this.#openNumber(detail));
    photo.addEventListener("points", ({ detail }) => this.#openFace(0, detail));
    live.addEventListener("waiting", () => stage.busy(true));
    live.addEventListener("live", ({ detail }) => (detail.painted = stage.show(detail.pictures)));
    live.addEventListener("full", ({ detail }) => (detail.painted = this.#drawn(detail)));
    live.addEventListener("failed", ({ detail }) => (stage.busy(false), this.notice.warn(detail.message)));
    likeness.addEventListener("better", ({ detail }) => this.#better(detail));
    likeness.addEventListener("said", ({ detail }) => this.notice.say(detail));
    likeness.addEventListener("poor", ({ detail }) => this.notice.warn(fill(this.text.poor, { reasons: detail.map((each) => ` (${each})`).join("") })));
    welcome.cancel.addEventListener("click", () => this.#cancel());
    likeness.addEventListener("ended", ({ detail }) => this.#ended(detail));
    store.addEventListener("change", () => (this.verdict.fade(true), this.#name()));
    stage.addEventListener("mode", () => (stage.mode === "strip" && this.#strip(), stage.mode === "whole" && this.#whole()));
    server.reopen = (ask) => this.#reopen(ask);
    server.addEventListener("lost", () => this.notice.warn(this.text.lost));
    server.addEventListener("back", () => (this.notice.warn(""), this.notice.say(this.text.back), this.live.enabled && this.live.draw(true)));
  }

  /** Open a file that was chosen: a photo, or settings for the photo that is open. */
  async openFile(file) {
    if (file.size > this.setup.limits.bytes) {
      const sentence = fill(this.text.too_large, { megabytes: Math.round(this.setup.limits.bytes / 1e6) });
      return this.#open ? this.notice.warn(sentence) : this.#problem(sentence);
    }
    const source = { file, face: 0, points: null };
    if (isRecipe(file) && !this.#open) return this.#problem(this.text.settings_first);
    if (this.#open && (await this.#useSettings(source, isRecipe(file)))) return;
    return this.#openSource(source);
  }

  /** Ask whether a file's settings are to be used; false where it holds none, or is to be opened as a photo. */
  async #useSettings(source, only) {
    const number = this.#number;
    let found;
    this.root.dataset.busy = "true";
    this.notice.say(this.text.sending, { stay: true });
    try {
      source.path = await this.server.upload(source.file);
      found = await this.server.ask("recipe", { file: source.path });
    } catch (error) {
      if (only) this.notice.warn(error.message);
      return only;
    } finally {
      if (number === this.#number) delete this.root.dataset.busy;
      this.notice.say("");
    }
    if (number !== this.#number) return true; // another photo was opened meanwhile
    if (!found.edits.length && !only) return false;
    const answer = only ? "use" : await this.settings.ask(found.edits);
    if (answer === "use") this.#apply(found);
    return answer !== "open";
  }

  /** Set the sliders of each face as a recipe says; an edit of a face that is not open waits until the photo is saved. */
  #apply({ edits, notice }) {
    const { store, setup, text } = this;
    const known = new Set(this.sliders.attributes.list.map(({ name }) => name));
    const missing = edits.flatMap(({ strengths }) => Object.keys(strengths)).filter((name) => !known.has(name));
    const faces = this.#open.opened.faces.length;
    const absent = edits.length > 1 ? edits.map(({ face }) => face).filter((face) => face >= faces) : [];
    for (const edit of edits) {
      if (absent.includes(edit.face)) continue;
      const strengths = Object.fromEntries(Object.entries(edit.strengths).filter(([name]) => known.has(name)));
      const wanted = settingsOf({ ...edit, strengths, locks: edit.locks.filter((name) => known.has(name)) });
      if (edits.length === 1 || edit.face === this.#open.key) store.replace(wanted);
      else this.#edits.set(edit.face, { face: edit.face, points: null, edit: wanted });
    }
    const nobody = absent.length ? fill(text.settings_no_face, { numbers: absent.map((face) => face + 1).join(", ") }) : "";
    const used = edits.filter(({ face }) => !absent.includes(face));
    const left = missing.length ? fill(text.settings_missing, { names: missing.join(", ") }) : "";
    this.notice.say([fill(text.settings_used, { edits: this.settings.describe(used) }), nobody, notice, left].filter(Boolean).join(" "));
  }

  /** The edits of the faces that are not open, as requests describe them. */
  others() {
    const others = [...this.#edits].filter(([key, { edit }]) => key !== this.#open?.key && Object.keys(edit.strengths).length);
    return others.map(([, { face, points, edit }]) => ({ ...edit, ...(points ? { points } : { face }) }));
  }

  openExample(name) {
    return this.#openSource({ example: name, face: 0, points: null });
  }

  /** Open another photo: all edits begin anew. */
  async #openSource(source) {
    const before = this.#before();
    this.#edits.clear();
    this.#placed = [];
    this.#source = source;
    await this.#openNow(source, NOTHING, before);
  }

  /** What to go back to: what is open, or was when what is being opened now was asked for; null: nothing. */
  #before() {
    const open = this.#open;
    if (this.#leaving || !open) return this.#leaving;
    return { open, source: open.source, edit: this.store.edit, edits: new Map(this.#edits), placed: this.#placed };
  }

  /** Go on with what was open before a file that is no photo, or marks that are no face. */
  #goBack({ open, source, edits, placed }, sentence, action = []) {
    [this.#open, this.#source, this.#edits, this.#placed, this.#leaving] = [open, source, edits, placed, null];
    this.welcome.progress("");
    this.#state("open");
    this.live.enabled = true;
    this.likeness.open(open.opened.revision, open.opened.quality);
    this.ranges.begin();
    this.live.draw(true);
    this.notice.say("");
    this.notice.warn(sentence, ...action);
  }

  /** Open the face with this number in the photo: one that was found, or behind those one that was placed by hand. */
  #openNumber(number) {
    const placed = this.#placed[number - (this.#open?.opened.faces.length ?? 0)];
    return placed ? this.#openFace(0, placed) : this.#openFace(number, null);
  }

  /** Open another face of the same photo; the edit of this one is kept for when it is opened again. */
  async #openFace(face, points) {
    const key = keyOf({ face, points });
    if (key === this.#open?.key && !this.#leaving) return;
    const before = this.#before();
    if (before) this.#edits.set(before.open.key, { face: before.source.face, points: before.source.points, edit: before.edit });
    this.#source = { ...this.#source, face, points };
    await this.#openNow(this.#source, this.#edits.get(key)?.edit ?? NOTHING, before);
  }

  #source = null;
  /** What was open before what is being opened; null: nothing. */
  #leaving = null;

  /** @param before what to go back to where the file is no photo, or is not waited for; null: nothing. */
  async #openNow(source, edit, before = null) {
    const number = ++this.#number;
    this.#leaving = before;
    this.#close();
    try {
      const opened = await this.#ask(source, number);
      this.#forgotten = false;
      if (number === this.#number) await this.#show(source, opened, edit);
    } catch (error) {
      if (number !== this.#number) return;
      const isRefused = !(error instanceof Unreachable) && !this.#forgotten;
      if (isRefused && before && error.kind === "photo") return this.#goBack(before, error.message);
      if (isRefused && before && error.kind === "points") return this.#goBack(before, error.message, this.#again(source));
      if (isRefused) return this.#refused(error);
      this.#forgotten = false;
      this.welcome.progress(this.text.lost);
      await this.server.answering();
      if (number === this.#number) await this.#openNow((this.#source = { ...source, path: null }), edit, before);
    }
  }

  /** Whether the server forgot this visit while a photo was being opened, which is to be sent again. */
  #forgotten = false;

  /** Send the photo, unless the server has it, and open it. */
  async #ask(source, number, ask = (route, values) => this.server.ask(route, values)) {
    const { text, welcome } = this;
    const tell = (sentence, share) => {
      if (number !== this.#number) return;
      welcome.progress(sentence, share);
      this.notice.say(sentence, { stay: true });
    };
    if (source.file && !source.path) {
      tell(text.sending, 0);
      source.path = await this.server.upload(source.file, (share) => tell(text.sending, share));
    }
    tell(text.opening);
    const { example, path, face, points } = source;
    return ask("open", { ...(example ? { example } : { photo: path }), face, points });
  }

  /** Show what was opened. @param edit what the sliders are set to; null where they and their history stay as they are. */
  async #show(source, opened, edit) {
    const { stage, photo, store, live, history } = this;
    await stage.open(opened.pictures);
    const key = keyOf(source);
    if (source.points && !this.#placed.some((points) => keyOf({ points }) === key)) this.#placed = [...this.#placed, source.points];
    const placed = this.#placed.map((points) => ({ box: boxOf(points, opened.photo) }));
    const chosen = source.points ? opened.faces.length + this.#placed.findIndex((points) => keyOf({ points }) === key) : opened.face;
    photo.show(opened.pictures.photo, [...opened.faces, ...placed], chosen, opened.photo?.name);
    this.#open = { key, opened, source };
    this.#leaving = null;
    this.welcome.progress("");
    this.#state("open");
    live.enabled = true;
    if (edit) {
      store.replace(edit);
      history.begin(edit);
    }
    this.verdict.clear();
    stage.describe(this.text.unedited);
    const first = [opened.notice, ...(opened.notes ?? []), opened.faces.length > 1 ? fill(this.text.many_faces, { count: opened.faces.length }) : ""];
    this.notice.say(first.filter(Boolean).join(" "));
    this.notice.summarise(this.text.opened);
    this.likeness.open(opened.revision, opened.quality);
    this.ranges.begin();
    if (opened.edited) this.notice.warn(opened.edited.sentence);
    if (stage.mode === "whole") this.#whole();
  }

  /** Do not wait for what is being opened: open again what was open before, if anything was. */
  #cancel() {
    const before = this.#leaving;
    this.#number += 1;
    if (!before) return this.#problem("");
    [this.#source, this.#edits, this.#placed] = [before.source, before.edits, before.placed];
    this.#openNow(before.source, before.edit, before);
  }

  /** What the server has forgotten, opened again: the same photo, face and edit. */
  async #reopen(ask) {
    if (this.root.dataset.busy) this.#forgotten = true;
    if (!this.#open || this.#forgotten) return;
    const source = (this.#source = { ...this.#source, path: null });
    const number = ++this.#number;
    this.likeness.close();
    this.notice.say(this.text.reopening, { stay: true });
    let opened;
    try {
      await this.ownFiles.renew(ask);
      opened = await this.#ask(source, number, ask);
    } finally {
      this.notice.say("");
    }
    if (number !== this.#number) return;
    await this.#show(source, opened, null);
    this.live.draw(true);
  }

  #close() {
    this.live.enabled = false;
    this.live.reset();
    this.likeness.close();
    this.ranges.close();
    this.verdict.clear();
    this.notice.warn("");
    this.root.dataset.busy = "true";
  }

  #refused(error) {
    delete this.root.dataset.busy;
    if (error instanceof Unreachable) return this.#problem(this.text.lost);
    this.#problem(error.message);
    if (error.kind === "points" && this.photo.blob) {
      this.photo.show(this.photo.blob, [], -1, this.#source.file?.name);
      this.notice.warn(error.message, ...this.#again(this.#source));
    }
    if (error instanceof Refused && error.kind === "no_face" && error.answer.pictures?.photo) {
      this.photo.show(error.answer.pictures.photo, [], -1, this.#source.file?.name);
      this.notice.warn(error.message, this.text.by_hand, () => this.photo.place());
    }
  }

  /** What a warning about marks offers: to place them again, from where they were. */
  #again({ points }) {
    return [this.text.by_hand, () => this.photo.place(points)];
  }

  /** The photo cannot be opened; what was open before is not any more. */
  #problem(sentence) {
    this.#open = this.#leaving = null;
    this.#state("empty");
    this.notice.say("");
    this.welcome.problem(sentence);
  }

  async #drawn(answer) {
    await this.stage.show(answer.pictures);
    if (answer.edit === this.store.edit) {
      this.history.record(answer.edit);
      this.stage.busy(false);
    }
    if (this.stage.mode === "strip") this.#strip();
    if (this.stage.mode === "whole") this.#whole();
    this.verdict.steady(answer.along);
    if (answer.unsteady) this.#preserve(answer.edit).then((again) => again || this.#judge(answer.edit)); // a slider that moves does not wait for it
    else this.#judge(answer.edit);
    this.drawer.measure();
  }

  /** Have the edit looked at, and draw it again where other sliders are to take back what it brings along: whether that is so. */
  async #preserve(edit) {
    const number = this.#number;
    const found = await this.server.ask("preserve", edit).catch((error) => this.#warn(error));
    const again = found?.changed && number === this.#number && edit === this.store.edit;
    if (again) this.live.draw(true);
    return again;
  }

  /** Say what the edit did. */
  async #judge(edit) {
    if (!Object.keys(edit.strengths).length) {
      this.verdict.clear();
      this.verdict.fade(false);
      this.stage.describe(this.text.unedited);
      return this.notice.summarise(this.text.unedited);
    }
    if (!this.setup.has.classifier) return this.verdict.fade(false);
    const found = await this.server.ask("changes", edit).catch(() => null);
    if (!found || edit !== this.store.edit) return;
    const said = this.verdict.show(found);
    this.stage.describe(said);
    this.notice.summarise(said);
  }

  async #better({ reconstruction }) {
    await this.stage.improve(reconstruction);
    this.live.draw(false);
    clearTimeout(this.improved);
    this.improved = setTimeout(() => this.live.draw(true), IMPROVED_FULL_MS);
  }

  #ended(way) {
    this.ranges.begin();
  }

  /** Say which spaces are beside each other: W+ and W*, or W* by two flows. */
  #name() {
    const names = this.store.edit.flows ? this.text.two_flows : this.text.two_spaces;
    this.stage.name(names);
    this.verdict.short = Object.fromEntries(Object.entries(names).map(([space, [title]]) => [space, title]));
  }

  /** Show the whole photo with the edits in it, once the sliders rest. */
  async #whole() {
    const { edit } = this.store;
    if (!this.live.enabled) return;
    this.notice.say(this.text.drawing_photo, { stay: true });
    const answer = await this.server.ask("photo", { ...edit, others: this.others() }).catch((error) => this.#warn(error));
    if (edit !== this.store.edit) return;
    if (answer) await this.stage.showWhole(answer.pictures);
    this.notice.say("");
  }

  /** Say why something was refused. That the server does not answer is said already. */
  #warn(error) {
    if (error.message) this.notice.warn(error.message);
  }

  #strip() {
    const [moved] = Object.keys(this.store.edit.strengths);
    if (this.stripOf !== moved) this.filmstrip.choose((this.stripOf = moved));
    this.filmstrip.draw();
  }

  #state(state) {
    this.root.dataset.state = state;
    delete this.root.dataset.busy;
    this.sliders.enable(state === "open");
    this.sliders.list.title = state === "open" ? "" : this.text.open_first;
    this.presets.enable(state === "open");
    if (state === "empty") (this.live.enabled = false), this.stage.clear();
  }
}

/** What tells a face of a photo from its others: its number, or its marks. */
function keyOf({ face, points }) {
  return points ? JSON.stringify(points) : face;
}

/** A box around a face whose eyes and mouth are marked: left, top, right and bottom, in shares of a photo of this size. */
function boxOf(points, { width, height }) {
  const [left, right, mouth] = points.map(([x, y]) => [x * width, y * height]);
  const middle = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
  const reach = 0.9 * Math.max(Math.hypot(right[0] - left[0], right[1] - left[1]), Math.hypot(mouth[0] - middle[0], mouth[1] - middle[1]));
  const [x, y] = [(middle[0] + mouth[0]) / 2, (middle[1] + mouth[1]) / 2];
  const within = (value) => Math.min(1, Math.max(0, value));
  return [(x - reach) / width, (y - reach) / height, (x + reach) / width, (y + reach) / height].map(within);
}
