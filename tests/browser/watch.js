// Runs before the page's own scripts: notes what it asks of `draw`, and counts pictures, blobs and addresses that it holds.
// Safe ranges are not asked for unless `ranges` is true: what is drawn for them in the background would slow all other tests.
window.watched = { draws: [], waiting: 0, most: 0, changes: 0, bitmaps: 0, urls: 0, blobs: [], shown: [] };
{
  const fetched = window.fetch;
  window.fetch = async (address, options) => {
    const route = /face\/(\w+)$/.exec(String(address))?.[1];
    if (route === "range" && !window.ranges) return Response.json({ error: "Not now.", kind: "setting" }, { status: 400 });
    if (route !== "draw") return fetched(address, options);
    const draw = { ...JSON.parse(options.body), asked: performance.now() };
    delete draw.key;
    watched.draws.push(draw);
    watched.most = Math.max(watched.most, ++watched.waiting);
    try {
      const answer = await fetched(address, options);
      const { arrayBuffer } = answer;
      answer.arrayBuffer = async () => {
        const bytes = await arrayBuffer.call(answer);
        draw.answered = performance.now();
        return bytes;
      };
      draw.status = answer.status;
      return answer;
    } catch (error) {
      draw.ended = error.name;
      throw error;
    } finally {
      watched.waiting--;
    }
  };
  const create = window.createImageBitmap;
  window.createImageBitmap = async (...given) => {
    const made = await create(...given);
    watched.bitmaps++;
    return made;
  };
  const { close } = ImageBitmap.prototype;
  ImageBitmap.prototype.close = function () {
    if (this.width) watched.bitmaps--;
    close.call(this);
  };
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (what) => (watched.urls++, createObjectURL(what));
  URL.revokeObjectURL = (url) => (url?.startsWith("blob:") && watched.urls--, revokeObjectURL(url));
  window.Blob = new Proxy(Blob, {
    construct(kind, given) {
      const made = new kind(...given);
      watched.blobs.push(new WeakRef(made));
      return made;
    },
  });
}

/** Whether the page shows the full pictures of what is set, and says what the edit did. */
window.settled = () => {
  const [views, verdict] = [document.querySelector(".views"), document.querySelector(".verdict")];
  return views.getAttribute("aria-busy") !== "true" && !verdict.classList.contains("stale");
};
