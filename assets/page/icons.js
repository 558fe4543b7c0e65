/** The page's icons: strokes on a grid of 20, in the colour of the text around them. */

const STROKES = {
  undo: "M4 8h8a4 4 0 0 1 0 8H8M4 8l4-4M4 8l4 4",
  redo: "M16 8H8a4 4 0 0 0 0 8h4M16 8l-4-4M16 8l-4 4",
  save: "M10 3v9m0 0 4-4m-4 4L6 8M4 16h12",
  lock: "M6 9V7a4 4 0 0 1 8 0v2M5 9h10v7H5z",
  unlock: "M6 9V7a4 4 0 0 1 7.5-2M5 9h10v7H5z",
  reset: "M5 5l10 10M15 5L5 15",
  search: "M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zm4 9 4 4",
  side: "M3 4h6v12H3zM11 4h6v12h-6z",
  swipe: "M3 4h14v12H3zM10 3v14M7 8l-2 2 2 2M13 8l2 2-2 2",
  difference: "M8 5a5 5 0 1 0 0 10A5 5 0 0 0 8 5zm4 0a5 5 0 1 0 0 10 5 5 0 0 0 0-10z",
  strip: "M2 6h4v8H2zM8 6h4v8H8zM14 6h4v8h-4z",
  whole: "M3 4h14v12H3zM10 6.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM5.5 16c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4",
  help: "M7.5 7.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .8-1 1.7M10 14.5v.1",
  moon: "M15.5 12A6.5 6.5 0 0 1 8 4.5 6.5 6.5 0 1 0 15.5 12z",
  dice: "M4 4h12v12H4zM7.5 7.5v.1M12.5 12.5v.1M12.5 7.5v.1M7.5 12.5v.1",
  photo: "M3 5h14v11H3zM3 13l4-4 4 4 2-2 4 4M13 8v.1",
  camera: "M3 7h3l1.5-2h5L14 7h3v9H3zM10 9a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
  measure: "M4 16V9M8 16V4M12 16v-5M16 16V7",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zm8-2a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  points: "M10 2v4m0 8v4M2 10h4m8 0h4M10 6a4 4 0 1 1 0 8 4 4 0 0 1 0-8z",
};

/** An icon by its name; it says nothing to screen readers, so what it stands on needs a name of its own. */
export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 20 20");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "icon");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", STROKES[name]);
  drawing.append(line);
  return drawing;
}
