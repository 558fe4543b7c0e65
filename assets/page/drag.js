/** A pointer on a slider's track. The browser's own way would let a finger that scrolls the page move every slider it touches. */

const SLACK = 6;
/** Pixels that a finger moves before it counts as a swipe. */

/**
 * A mouse sets the value where it is pressed, and drags. A finger that moves sideways drags, one that taps sets, and one that moves
 * up or down scrolls and changes nothing. The track needs `touch-action: pan-y`, and the input inside it no pointer events.
 */
export class Drag {
  #from = null;

  constructor(track, input, step, set) {
    this.input = input;
    this.step = step;
    this.set = set;
    track.addEventListener("pointerdown", (event) => this.#down(event));
    track.addEventListener("pointermove", (event) => this.#move(event));
    track.addEventListener("pointerup", (event) => this.#up(event));
    track.addEventListener("pointercancel", () => (this.#from = null));
  }

  #down(event) {
    if (this.input.disabled || event.button > 0) return;
    const dragging = event.pointerType !== "touch";
    this.#from = { x: event.clientX, y: event.clientY, value: Number(this.input.value), dragging, absolute: dragging };
    if (!dragging) return;
    event.preventDefault(); // no text is selected, and the focus goes to the slider
    event.currentTarget.setPointerCapture(event.pointerId);
    this.input.focus({ preventScroll: true });
    this.#setAt(event);
  }

  #move(event) {
    if (!this.#from) return;
    const [dx, dy] = [event.clientX - this.#from.x, event.clientY - this.#from.y];
    if (this.#from.absolute) this.#setAt(event);
    else if (!this.#from.dragging && Math.abs(dy) > SLACK && Math.abs(dy) > Math.abs(dx)) this.#from = null;
    else if (this.#from.dragging || Math.abs(dx) > SLACK) {
      this.#from.dragging = true;
      this.set(this.#rounded(this.#from.value + (dx / this.input.clientWidth) * this.#span));
    }
  }

  #up(event) {
    if (this.#from && !this.#from.dragging) {
      this.#setAt(event);
      this.input.focus({ preventScroll: true });
    }
    this.#from = null;
  }

  #setAt(event) {
    const box = this.input.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    this.set(this.#rounded(Number(this.input.min) + share * this.#span));
  }

  get #span() {
    return Number(this.input.max) - Number(this.input.min);
  }

  #rounded(value) {
    return Math.round(value / this.step) * this.step;
  }
}
