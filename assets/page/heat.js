/** The difference of two pictures as a heat map: nothing is dark and grey, a large change is bright and yellow. */

const FULL = 60;
/** Levels of 255 at which the map is brightest. */
const STOPS = [
  [20, 20, 28],
  [88, 24, 108],
  [190, 55, 82],
  [249, 142, 9],
  [252, 255, 164],
];

/** Draw the difference of `bitmap` and `before` on a canvas; both are brought to the canvas' size. */
export function heat(canvas, bitmap, before) {
  const side = canvas.width;
  const [one, other] = [pixels(bitmap, side), pixels(before, side)];
  const context = canvas.getContext("2d");
  const map = context.createImageData(side, side);
  for (let at = 0; at < one.length; at += 4) {
    const change =
      Math.abs(one[at] - other[at]) + Math.abs(one[at + 1] - other[at + 1]) + Math.abs(one[at + 2] - other[at + 2]);
    const [red, green, blue] = SCALE[Math.min(255, Math.round((change / 3 / FULL) * 255))];
    map.data[at] = red;
    map.data[at + 1] = green;
    map.data[at + 2] = blue;
    map.data[at + 3] = 255;
  }
  context.putImageData(map, 0, 0);
}

const SCALE = Array.from({ length: 256 }, (_, level) => {
  const place = (level / 255) * (STOPS.length - 1);
  const from = Math.min(STOPS.length - 2, Math.floor(place));
  return STOPS[from].map((start, channel) => Math.round(start + (STOPS[from + 1][channel] - start) * (place - from)));
});

function pixels(bitmap, side) {
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, side, side);
  return context.getImageData(0, 0, side, side).data;
}
