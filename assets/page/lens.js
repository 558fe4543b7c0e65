/** Zoom and pan, the same in all pictures at once: wheel, drag, two fingers, and keys. */

const MOST = 8;
const STEP = 1.25;
const PAN_STEP = 0.1;
const HOLD_MS = 180;
const SLACK = 6;
/** Pixels that a finger may wander while it holds. */

/** Emits `hold` (`detail`: on or off) where a picture is pressed and held, and `slide` (`detail`: 0 to 1 across) where a pointer slides. */
export class Lens extends EventTarget {
  #zoom = 1;
  #x = 0;
  #y = 0;
  #pointers = new Map();
  #holding = 0;

  /** @param {HTMLElement} views what holds the pictures; it gets the properties --zoom, --x and --y. */
  constructor(views) {
    super();
    this.views = views;
    views.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    views.addEventListener("pointerdown", (event) => this.#down(event));
    views.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) views.addEventListener(end, (event) => this.#up(event));
    views.addEventListener("dblclick", () => this.zoomTo(this.#zoom > 1 ? 1 : 2));
    views.addEventListener("contextmenu", (event) => event.pointerType === "touch" && event.preventDefault());
  }

  get zoom() {
    return this.#zoom;
  }

  in() {
    this.zoomTo(this.#zoom * STEP);
  }

  out() {
    this.zoomTo(this.#zoom / STEP);
  }

  /** Zoom so that the point (x, y), in shares of a picture from its middle, stays where it is. */
  zoomTo(zoom, x = 0, y = 0) {
    const next = Math.min(MOST, Math.max(1, zoom));
    const factor = next / this.#zoom;
    this.#zoom = next;
    this.#set(x - (x - this.#x) * factor, y - (y - this.#y) * factor);
  }

  /** Move the picture by shares of its side. */
  pan(x, y) {
    this.#set(this.#x + x, this.#y + y);
  }

  /** What a key does to the pictures; false where it is none of theirs. */
  key(name) {
    const panning = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[name];
    if (panning && this.#zoom > 1) this.pan(panning[0] * PAN_STEP, panning[1] * PAN_STEP);
    else if (name === "+" || name === "=") this.in();
    else if (name === "-") this.out();
    else if (name === "0") this.zoomTo(1);
    else return false;
    return true;
  }

  #set(x, y) {
    const most = (this.#zoom - 1) / 2;
    this.#x = Math.min(most, Math.max(-most, x));
    this.#y = Math.min(most, Math.max(-most, y));
    for (const [name, value] of Object.entries({ zoom: this.#zoom, x: this.#x, y: this.#y })) {
      this.views.style.setProperty(`--${name}`, value);
    }
    this.views.classList.toggle("zoomed", this.#zoom > 1);
    this.dispatchEvent(new Event("change"));
  }

  #wheel(event) {
    const lens = event.target.closest(".lens");
    if (!lens) return;
    event.preventDefault();
    const [x, y] = this.#place(event, lens);
    this.zoomTo(this.#zoom * Math.exp(-event.deltaY / 400), x, y);
  }

  #down(event) {
    if (!event.target.closest(".lens") || event.button > 0) return;
    this.views.setPointerCapture(event.pointerId); // it may leave the picture, and is let go anywhere
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, travelled: 0, lens: event.target.closest(".lens") });
    clearTimeout(this.#holding);
    if (this.#pointers.size === 1) this.#holding = setTimeout(() => this.#hold(true), HOLD_MS);
    else this.#hold(false);
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const side = before.lens.clientWidth;
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    const apart = this.#apart();
    Object.assign(before, { x: event.clientX, y: event.clientY, travelled: before.travelled + Math.hypot(dx, dy) });
    if (before.travelled > SLACK) clearTimeout(this.#holding);
    if (this.#pointers.size === 2 && apart) this.zoomTo((this.#zoom * this.#apart()) / apart);
    else if (before.travelled <= SLACK || this.held) return;
    else if (this.#zoom > 1) this.pan(dx / side, dy / side);
    else this.dispatchEvent(new CustomEvent("slide", { detail: Math.min(1, Math.max(0, this.#place(event, before.lens)[0] + 0.5)) }));
  }

  #up(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    clearTimeout(this.#holding);
    this.#hold(false);
  }

  #hold(on) {
    if (on || this.held) this.dispatchEvent(new CustomEvent("hold", { detail: on }));
    this.held = on;
  }

  #apart() {
    const [one, other] = [...this.#pointers.values()];
    return other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
  }

  /** Where a pointer is, in shares of the picture's side from its middle. */
  #place(event, lens) {
    const box = lens.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5];
  }
}
