/** The difference of two pictures as a heat map over the dimmed picture: a large change is bright and yellow. */

const FULL = 45;
/** Levels of 255 at which the map is brightest. */
const DIMMED = 0.3;
/** How bright the picture is where nothing changed. */
const STOPS = [
  [0, 0, 0],
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
    const share = Math.min(1, change / 3 / FULL);
    const heated = SCALE[Math.round(share * 255)];
    const grey = DIMMED * (1 - share) * (0.3 * other[at] + 0.59 * other[at + 1] + 0.11 * other[at + 2]);
    for (let channel = 0; channel < 3; channel++) map.data[at + channel] = heated[channel] + grey;
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
