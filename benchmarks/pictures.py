"""The pictures of the README and of the documents, made by the page itself: `python -m benchmarks.pictures`.

The real page is driven in Chromium. `assets/readme.webp` shows four sliders being moved on the photo of an astronaut: NASA's
portrait of Eileen Collins, which is in the public domain. `docs/pictures/` shows the page on a desktop and on a phone.
"""

import argparse
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from editor.pipeline import Editor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
DESKTOP, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
MOVES = (("Smiling", -1.4), ("Eyeglasses", 1.4), ("Young", 1.4), ("Blond_Hair", 1.4))
"""Sliders by the name of their attribute, and how far each is moved."""
STEPS = 7
"""Pictures of one movement."""
REST_MS, STEP_MS = 900, 90
"""How long the moving picture shows a slider at rest, and one step of its movement."""
DRAWING_MS, RESTING_MS = 700, 2500
"""How long a picture takes at most while a slider moves, and at rest, on two quiet cores."""
SHRUNK = (960, 540)
OPENING_MS, IMPROVING_MS = 120_000, 600_000


@contextmanager
def served(editor: Editor) -> Iterator[str]:
    """The app at a free port: its address."""
    from editor.ui.address import listen
    from editor.ui.server import launch, private_cache

    with private_cache() as cache:
        from editor.ui.page import build

        server = launch(build(editor, cache), listen("127.0.0.1", 0))
        try:
            yield server.url
        finally:
            server.close()


def opened(browser: "Browser", url: str, photo: Path, viewport: dict, theme: str = "light", **how: bool) -> "Page":
    """A page with the photo open and its likeness improved."""
    context = browser.new_context(viewport=viewport, color_scheme=theme, device_scale_factor=1, **how)  # pyright: ignore
    page = context.new_page()
    page.goto(url)
    page.locator("#face-editor[data-ready]").wait_for(timeout=OPENING_MS)
    page.locator("#photo-file").set_input_files(photo)
    page.locator("#face-editor[data-state=open]:not([data-busy])").wait_for(timeout=OPENING_MS)
    page.locator(".likeness:not(.busy)").wait_for(timeout=IMPROVING_MS)
    return page


def moved(page: "Page", name: str, value: float) -> None:
    """Move a slider, as its own events do."""
    move = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')) }"
    page.locator(f"#slider-{name}").evaluate(move, value)


def frames(page: "Page") -> Iterator[tuple[Image.Image, int]]:
    """The pictures of the README's animation, and for how many milliseconds each is shown."""
    yield picture(page), REST_MS
    for name, value in MOVES:
        for step in range(1, STEPS + 1):
            moved(page, name, round(value * step / STEPS, 1))
            page.wait_for_timeout(DRAWING_MS)
            yield picture(page), STEP_MS
        judged(page)
        yield picture(page), 2 * REST_MS
        moved(page, name, 0)
        page.wait_for_timeout(RESTING_MS)


def judged(page: "Page") -> None:
    """Wait until it is said beneath the pictures what the edit did."""
    page.wait_for_timeout(DRAWING_MS)
    page.locator(".verdict:not(.stale) .line.w_star b").wait_for(timeout=OPENING_MS)


def picture(page: "Page") -> Image.Image:
    """The page as it is seen."""
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def record(page: "Page", path: Path) -> None:
    """Write the animation."""
    shown, durations = zip(*frames(page), strict=True)
    small = [each.resize(SHRUNK, Image.Resampling.LANCZOS) for each in shown]
    small[0].save(path, save_all=True, append_images=small[1:], duration=list(durations), loop=0, quality=62, method=6)


def still(page: "Page", path: Path) -> None:
    """Write the page with two sliders moved."""
    for name, value in MOVES[1:3]:
        moved(page, name, value)
    judged(page)
    picture(page).save(path, quality=80, method=6)


def main() -> None:
    """Make all pictures."""
    import skimage.data
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chromium", help="the browser; Playwright's own where it is left out")
    chromium = parser.parse_args().chromium
    stills = ROOT / "docs" / "pictures"
    stills.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Editor.load()) as url, sync_playwright() as playwright:
        photo = Path(folder) / "astronaut.png"
        Image.fromarray(skimage.data.astronaut()).save(photo)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        record(opened(browser, url, photo, DESKTOP), ROOT / "assets" / "readme.webp")
        still(opened(browser, url, photo, DESKTOP, "dark"), stills / "desktop.webp")
        still(opened(browser, url, photo, PHONE, has_touch=True, is_mobile=True), stills / "phone.webp")


if __name__ == "__main__":
    main()
    os._exit(0)  # Python's own end would abort the process while native threads of OpenVINO are at work
