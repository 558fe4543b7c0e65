"""How long a visitor waits for a slider: `python -m benchmarks.page --json`, in Chromium on the machine that draws.

live    from the slider's `input` event until both small pictures are painted
full    from the last `input` event until both full pictures are painted; the page first waits until the slider rests

Beside each move, in the same process and by the same editor, the same edit is drawn bare, by `Editor.render` alone. Whatever
else loads the machine then slows both. Painted means that a frame of the browser has begun after both pictures were drawn.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.machine import machine
from editor import Editor
from editor.ui.server import private_cache
from tests.browser.chromium import FLAGS, find

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EXAMPLE = Path(__file__).parent.parent / "assets" / "examples" / "a.jpg"
SLIDERS = ("Smiling", "Male", "Eyeglasses", "Blond_Hair")
"""Moved in turn; the words on all of them go the way of their names."""
KINDS = ("live", "full")
WAIT_MS = 120_000
MOVE = """([selector, value]) => new Promise((resolve) => {
  const slider = document.querySelector(selector);
  const seen = { asked: {}, answered: {}, painted: {} };
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const marked = entry.entryType === "mark" && entry.name.startsWith("painted-");
      if (marked) seen.painted[entry.name.slice(8)] = entry.startTime - begin;
      if (entry.entryType === "resource" && entry.name.endsWith("/face/draw")) {
        if (entry.startTime < begin) continue; // the move has ended it
        const kind = "live" in seen.asked ? "full" : "live";
        seen.asked[kind] = entry.startTime - begin;
        seen.answered[kind] = entry.responseEnd - begin;
      }
    }
    if ("full" in seen.painted && "full" in seen.answered) (observer.disconnect(), resolve(seen));
  });
  observer.observe({ entryTypes: ["mark", "resource"] });
  slider.value = value;
  const begin = performance.now();
  slider.dispatchEvent(new Event("input", { bubbles: true }));
})"""
"""Moves a slider; when the page asked, was answered and had painted, for small and for full pictures, in ms after the event."""

BUSY = "() => Boolean(document.querySelector('.views[aria-busy=true], .verdict.stale, .likeness.busy'))"
IMPROVING_OR_GOOD = "() => document.querySelector('.likeness.busy, .likeness .gauge[data-level=\"3\"]')"


def measure(url: str, editor: Editor, browser: "Browser", moves: int, warm_up: int = 2) -> dict[str, Any]:
    """Move sliders and draw the same edits bare, in turn.

    Args:
        url: where the page is served by `editor`.
        moves: how many count.
        warm_up: moves before that, which do not.

    Returns:
        Milliseconds, as `summary` gives them.
    """
    portrait = editor.open(EXAMPLE)
    details = editor.details(portrait, editor.render(portrait, {}))
    moved: list[dict[str, dict[str, float]]] = []
    drawn: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with visiting(url, browser) as page:
        for number, (strengths, name, value) in zip(range(warm_up + moves), edits(), strict=False):
            wait_until_idle(page)
            begin = time.perf_counter()
            live = editor.render(portrait, strengths, live=True, details=details)
            between = time.perf_counter()
            full = editor.render(portrait, strengths, like=live)
            end = time.perf_counter()
            details = editor.details(portrait, full, live)
            seen = page.evaluate(MOVE, [f"#slider-{name}", value])
            if number >= warm_up:
                moved.append(seen)
                drawn["live"].append(1e3 * (between - begin))
                drawn["full"].append(1e3 * (end - between))
    return summary(moved, drawn)


def edits() -> Iterator[tuple[dict[str, float], str, float]]:
    """What is set after each move, and the slider and the value that it was: small steps, as while dragging."""
    strengths: dict[str, float] = {}
    for number in count():
        name = SLIDERS[number // 4 % len(SLIDERS)]
        value = round(0.2 + number % 4 * 0.3, 1)
        strengths[name] = value
        yield dict(strengths), name, value


@contextmanager
def visiting(url: str, browser: "Browser") -> Iterator["Page"]:
    """A page on which an example is open, and whose likeness improves no more."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(url)
    page.locator("button.example").first.click()
    page.locator("#face-editor[data-state=open]").wait_for()
    page.wait_for_function(IMPROVING_OR_GOOD)
    stop = page.locator(".likeness.busy button", has_text="Stop")
    if stop.count():
        stop.click()
        page.locator(".likeness:not(.busy)").wait_for()
    yield page
    context.close()


def wait_until_idle(page: "Page", still: float = 0.5) -> None:
    """Wait until nothing of what a move brings about has been under way for so many seconds."""
    since = time.monotonic()
    while time.monotonic() - since < still:
        page.wait_for_timeout(20)
        if page.evaluate(BUSY):
            since = time.monotonic()


def summary(moved: list[dict[str, dict[str, float]]], drawn: dict[str, list[float]]) -> dict[str, Any]:
    """Medians and ranges, in milliseconds.

    Args:
        moved: for each move what `MOVE` gives.
        drawn: "live" and "full" -> the times of bare drawings.
    """
    result: dict[str, Any] = {"n": len(moved)}
    for kind in KINDS:
        painted = [seen["painted"][kind] for seen in moved]
        asked = [seen["asked"][kind] for seen in moved]
        answered = [seen["answered"][kind] for seen in moved]
        result[f"{kind}_ms"] = round(statistics.median(painted), 1)
        result[f"draw_{kind}_ms"] = round(statistics.median(drawn[kind]), 1)
        result[f"{kind}_over_drawing_ms"] = round(result[f"{kind}_ms"] - result[f"draw_{kind}_ms"], 1)
        result[f"{kind}_range_ms"] = [round(min(painted), 1), round(max(painted), 1)]
        result[f"draw_{kind}_range_ms"] = [round(min(drawn[kind]), 1), round(max(drawn[kind]), 1)]
        result[f"{kind}_parts_ms"] = {
            "until_asked": round(statistics.median(asked), 1),
            "until_answered": _median_between(answered, asked),
            "until_painted": _median_between(painted, answered),
        }
    return result


def _median_between(later: list[float], earlier: list[float]) -> float:
    return round(statistics.median(end - begin for end, begin in zip(later, earlier, strict=True)), 1)


def run(moves: int, device: str | None) -> dict[str, Any]:
    """Serve the page and measure it.

    Raises:
        SystemExit: there is no Chromium.
    """
    executable = find()
    if executable is None:
        raise SystemExit("There is no Chromium. `python -m tests.browser.chromium` looks for one and says why.")
    from playwright.sync_api import sync_playwright

    editor = Editor.load("embedded", device)
    with private_cache() as cache, sync_playwright() as playwright:
        from editor.ui.address import listen
        from editor.ui.page import build
        from editor.ui.server import launch

        server = launch(build(editor, cache), listen("127.0.0.1", 0))
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            return measure(server.url, editor, browser, moves) | machine(editor) | {"chromium": browser.version}
        finally:
            browser.close()
            server.close()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time what a visitor of the page waits for.")
    parser.add_argument("--moves", type=int, default=24, help="how many (default: 24)")
    parser.add_argument("--device", help="cpu or cuda; by default CUDA where there is one")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    result = run(options.moves, options.device)
    print(json.dumps(result, indent=2) if options.json else "\n".join(f"{name:24} {value}" for name, value in result.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
