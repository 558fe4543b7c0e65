/** Keys that work on the whole page. Those of a slider or of the pictures work where they have the focus. */

/** Elements in which a space bar or Ctrl-Z means something else. */
const TYPING = "input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select";

/**
 * Listen to the page's keys.
 * @param actions {undo, redo, save, hold(on), lens}: what they do.
 */
export function listen(root, { undo, redo, save, hold, lens, views }) {
  const idle = (event) => !event.target.closest?.(`${TYPING}, [type=checkbox], [type=radio], button, summary, dialog`);
  addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (control && key === "z" && !event.target.closest?.(TYPING)) event.shiftKey ? redo() : undo();
    else if (control && key === "y" && !event.target.closest?.(TYPING)) redo();
    else if (control && key === "s") save();
    else if (event.key === " " && idle(event)) hold(true);
    else if (event.target === views && !control && lens.key(event.key)) event.stopPropagation();
    else return;
    event.preventDefault();
  });
  addEventListener("keyup", (event) => event.key === " " && hold(false));
  addEventListener("blur", () => hold(false));
}
