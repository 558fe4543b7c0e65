/** A photo from the camera. */

import { element } from "./element.js";

/** Emits `taken` with a file in `detail`, and `refused` where the browser gives no camera. */
export class Camera extends EventTarget {
  constructor(text) {
    super();
    this.video = element("video", { autoplay: true, playsinline: true, "aria-label": text.camera });
    this.video.muted = true;
    this.dialog = element(
      "dialog",
      { class: "camera", "aria-labelledby": "camera-title", onclose: () => this.#stop() },
      element("h2", { id: "camera-title" }, text.camera),
      this.video,
      element(
        "div",
        { class: "buttons" },
        element("button", { type: "button", class: "quiet", onclick: () => this.dialog.close() }, text.cancel),
        element("button", { type: "button", class: "main", onclick: () => this.#take() }, text.take),
      ),
    );
  }

  async open() {
    if (this.asking || this.dialog.open) return;
    this.asking = true; // the browser asks the visitor, who may press the button again meanwhile
    try {
      this.video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 } } });
      this.dialog.showModal();
    } catch {
      this.dispatchEvent(new Event("refused")); // none there, not allowed, or a page without TLS
    } finally {
      this.asking = false;
    }
  }

  #take() {
    const canvas = element("canvas", { width: this.video.videoWidth, height: this.video.videoHeight });
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    canvas.toBlob((blob) => {
      this.dialog.close();
      this.dispatchEvent(new CustomEvent("taken", { detail: new File([blob], "camera.jpg", { type: "image/jpeg" }) }));
    }, "image/jpeg", 0.95);
  }

  #stop() {
    for (const track of this.video.srcObject?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
  }
}
