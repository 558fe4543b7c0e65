/** Light or dark: as the system is, until the visitor chooses. */

const PLACE = "face-editor theme";

/** The theme that is shown: "light" or "dark". */
export function current(root) {
  return root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

/** Take over what was chosen on an earlier visit. */
export function restore(root) {
  try {
    const kept = localStorage.getItem(PLACE);
    if (kept === "light" || kept === "dark") show(root, kept);
  } catch {
    // nothing is kept in this browser
  }
}

export function toggle(root) {
  const theme = current(root) === "dark" ? "light" : "dark";
  show(root, theme);
  try {
    localStorage.setItem(PLACE, theme);
  } catch {
    // shown all the same
  }
}

function show(root, theme) {
  root.dataset.theme = document.documentElement.dataset.theme = theme;
}
