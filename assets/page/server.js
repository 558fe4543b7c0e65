/** What the page asks of its server: JSON goes out, JSON and pictures come back. See `editor/ui/routes.py`. */

import { drawByCall } from "./calls.js";

const PING_MS = 20_000;
const RETRY_MS = 1_000;

/** The server refused, and says why in words. `kind` is one of the words in `editor/ui/routes.py`. */
export class Refused extends Error {
  constructor(sentence, kind, answer = {}) {
    super(sentence);
    this.kind = kind;
    this.answer = answer;
  }
}

/** Nobody answers at all. */
export class Unreachable extends Error {}

/** One visit to the server. Emits `lost` and `back` as the server stops and starts to answer. */
export class Server extends EventTarget {
  #key = null;
  #lost = null;

  /** @param {string} root the URL that the app is served at, without a slash at its end. */
  constructor(root) {
    super();
    this.root = root;
    /**
     * Called when the server has forgotten this visit, to open again what was open. It asks by the function it is given, since whoever
     * asks by `ask` waits until it is done.
     */
    this.reopen = async (_ask) => {};
  }

  /** What the page needs to know before it can be built: texts, attributes, examples. */
  async setup() {
    const answer = await fetch(`${this.root}/face/setup`);
    if (!answer.ok) throw await refusal(answer);
    return answer.json();
  }

  /** Begin the visit. It ends with the page. */
  async arrive() {
    this.#key = (await this.#post("arrive", {})).key;
    if (this.ticking) return;
    this.ticking = setInterval(() => this.ask("alive").catch(() => {}), PING_MS);
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", (event) => event.persisted && this.ask("alive").catch(() => {}));
  }

  /**
   * Ask for something.
   * @param {string} route such as "draw".
   * @param {object} values what the route takes, without the key.
   * @param {AbortSignal} [signal] ends the request.
   * @returns the answer's JSON; its `pictures` are blobs by name.
   * @throws {Refused} the server says no. @throws {Unreachable} it does not answer.
   */
  async ask(route, values = {}, signal) {
    return this.#remembered(() => this.#post(route, { key: this.#key, ...values }, signal));
  }

  /** Both results of an edit, by the page's own route; by Gradio's calls, larger and later, where that is stopped on its way. */
  async draw(values, signal) {
    if (!this.stopped) {
      try {
        return await this.ask("draw", values, signal);
      } catch (error) {
        if (error.kind !== "foreign") throw error;
        this.stopped = true; // by a proxy that lets only Gradio's own addresses through
      }
    }
    return { number: values.number, full: values.full, pictures: await drawByCall(this.root, this.#key, values) };
  }

  /** As `ask`, for a file to be saved: its name and its content. */
  async download(route, values, signal) {
    const answer = await this.#remembered(() => this.#send(route, { key: this.#key, ...values }, signal));
    const named = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("content-disposition") ?? "");
    return { name: named ? decodeURIComponent(named[1]) : "face.png", content: await answer.blob() };
  }

  /**
   * Send a file.
   * @param {(share: number) => void} progress told how much has arrived, from 0 to 1.
   * @returns {Promise<string>} what the server calls it.
   */
  upload(file, progress = () => {}) {
    return new Promise((resolve, reject) => {
      const form = new FormData();
      form.append("files", file, file.name || "photo");
      const request = new XMLHttpRequest();
      request.open("POST", `${this.root}/gradio_api/upload`);
      if (this.#key) request.setRequestHeader("X-Visitor", this.#key); // so that it goes when the page does
      request.upload.onprogress = (event) => progress(event.loaded / event.total);
      request.onerror = () => (this.#lose(), reject(new Unreachable()));
      request.onload = () => {
        if (request.status === 200) resolve(JSON.parse(request.responseText)[0]);
        else reject(new Refused(request.responseText, "photo"));
      };
      request.send(form);
    });
  }

  /** Resolves when the server answers again; at once, if it does now. */
  async answering() {
    while (this.#lost) await this.#lost;
  }

  async #post(route, values, signal) {
    return unpacked(await this.#send(route, values, signal));
  }

  async #send(route, values, signal) {
    let answer;
    try {
      const headers = { "Content-Type": "application/json" };
      answer = await fetch(`${this.root}/face/${route}`, { method: "POST", headers, body: JSON.stringify(values), signal });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      this.#lose();
      throw new Unreachable();
    }
    if (answer.status >= 502 && answer.status <= 504) {
      this.#lose();
      throw new Unreachable();
    }
    if (!answer.ok) throw await refusal(answer);
    return answer;
  }

  /** The server has forgotten this visit: it was restarted, or the page slept for long. One renewal serves all who wait. */
  #renew() {
    this.renewing ??= this.arrive()
      .then(() => this.reopen((route, values) => this.#post(route, { key: this.#key, ...values })))
      .catch((error) => {
        this.#key = null; // so that the next request tries again
        throw error;
      })
      .finally(() => (this.renewing = null));
    return this.renewing;
  }

  /** Ask; where the server has forgotten this visit, begin it anew and ask once more. */
  async #remembered(asked) {
    await this.renewing?.catch(() => {});
    try {
      return await asked();
    } catch (error) {
      if (error.kind !== "gone") throw error;
      await this.#renew();
      return asked();
    }
  }

  #lose() {
    if (this.#lost) return;
    this.dispatchEvent(new Event("lost"));
    this.#lost = this.#wait().then(() => {
      this.#lost = null;
      this.dispatchEvent(new Event("back"));
    });
  }

  async #wait() {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      const answer = await fetch(`${this.root}/face/setup`).catch(() => null);
      if (answer?.ok) return;
    }
  }

  #leave() {
    if (this.#key) navigator.sendBeacon(`${this.root}/face/leave`, this.#key);
  }
}

/** The JSON of an answer, with its pictures as blobs. */
async function unpacked(answer) {
  if (!answer.headers.get("content-type")?.startsWith("application/octet-stream")) return answer.json();
  const bytes = await answer.arrayBuffer();
  const length = new DataView(bytes).getUint32(0);
  const said = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  const first = 4 + length;
  const cut = ([start, size, type]) => new Blob([new Uint8Array(bytes, first + start, size)], { type });
  return { ...said, pictures: Object.fromEntries(Object.entries(said.pictures ?? {}).map(([name, place]) => [name, cut(place)])) };
}

async function refusal(answer) {
  const said = await unpacked(answer).catch(() => ({}));
  const foreign = [403, 404, 405, 413, 415].includes(answer.status) ? "foreign" : "failed"; // not this server's own words
  return new Refused(said.error ?? `${answer.status} ${answer.statusText}`, said.kind ?? foreign, said);
}
