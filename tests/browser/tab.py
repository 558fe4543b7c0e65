"""A visitor's tab: what a person does on the page with mouse, keys and fingers, and what they then see."""

import base64
import io
import re
from collections.abc import Iterable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from tests.conftest import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
"""Where pictures of the page's states are left for whoever wants to look at them."""
SIZES = {"desktop": (1440, 900), "laptop": (1280, 720), "tablet": (768, 1024), "phone": (390, 844)}
TOUCHED = ("tablet", "phone")
PATIENCE = 90_000
"""Milliseconds that a condition is waited for; machines that run tests are often busy."""
SPACES = ("w_plus", "w_star")
WATCH = (Path(__file__).parent / "watch.js").read_text()
"""Counts in the page what it asks for, and what it holds."""


class Tab:
    """One tab, in a browser context of its own.

    Attributes:
        page: Playwright's.
        errors: what went wrong in the page's scripts.
        elsewhere: requests to other servers.
    """

    def __init__(self, browser: Browser, url: str, size: str = "desktop", ranges: bool = False, **context):
        width, height = SIZES[size]
        touch = size in TOUCHED
        self.url, self.size, self.touch = url, size, touch
        self.theme = context.get("color_scheme", "light")
        context = {"viewport": {"width": width, "height": height}, "has_touch": touch, "is_mobile": touch} | context
        self.context = browser.new_context(accept_downloads=True, **context)
        self.context.set_default_timeout(PATIENCE)
        self.context.add_init_script(f"window.ranges = {str(ranges).lower()}")
        self.context.add_init_script(WATCH)
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.context.on("request", lambda request: self._note(request.url))
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.arrive()

    def _note(self, url: str) -> None:
        if url.startswith(("http:", "https:", "ws:", "wss:")) and not url.startswith(self.url):
            self.elsewhere.append(url)

    def _hear(self, kind: str, said: str) -> None:
        if kind == "error" and not said.startswith("Failed to load resource"):
            self.errors.append(said)

    def arrive(self) -> None:
        """Open the page, or reload it."""
        self.page.goto(self.url)
        self.page.wait_for_selector("#face-editor[data-ready]")

    def close(self) -> None:
        self.context.close()

    # Opening

    def open_example(self, index: int = 0) -> "Tab":
        """Open an example, and let its likeness be as it is."""
        self.page.locator(".example").nth(index).click()
        self.opened()
        self.let_be()
        return self

    def opened(self) -> None:
        """Wait until a face is open."""
        self.page.wait_for_selector("#face-editor[data-state=open]:not([data-busy])")

    def let_be(self) -> None:
        """Stop what improves the likeness, and wait until the page is at rest."""
        stop = self.page.get_by_role("button", name="Stop", exact=True)
        if stop.is_visible():
            stop.click()
        self.page.wait_for_function("() => !document.querySelector('.likeness').classList.contains('busy')")
        self.rest()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    # Sliders

    def slider(self, name: str) -> Locator:
        return self.page.locator(f"#slider-{name}")

    def line(self, name: str) -> Locator:
        """The line that a slider stands in."""
        return self.page.locator(f".slider[data-name='{name}']")

    def part(self, name: str, part: str) -> Locator:
        """A part of a slider's line: track, value, lock or reset."""
        return self.line(name).locator(f".{part}")

    def value(self, name: str) -> float:
        return float(self.slider(name).input_value())

    def values(self) -> dict[str, float]:
        """All sliders that are not at zero."""
        read = "all => Object.fromEntries(all.map(each => [each.id.slice(7), Number(each.value)]).filter(([, value]) => value))"
        return self.page.eval_on_selector_all(".sliders input[type=range]", read)

    def press(self, name: str, key: str, times: int = 1) -> None:
        """Press a key so often on a slider."""
        self.slider(name).focus()
        for _ in range(times):
            self.page.keyboard.press(key)

    def move(self, **values: float) -> None:
        """Set sliders by their number boxes, and wait for the results."""
        for name, value in values.items():
            box = self.part(name, "value")
            box.fill(str(value))
            box.press("Enter")
        self.rest()

    def lock(self, name: str) -> None:
        self.part(name, "lock").click()

    # Results

    def rest(self) -> None:
        """Wait until both full pictures of what is set are there, and what the edit did is said."""
        self.page.wait_for_function("() => settled()", polling=50)

    def picture(self, space: str) -> Image.Image:
        """The picture that the page shows, as it is painted."""
        painted = self.page.evaluate("space => document.querySelector(`.pane.${space} canvas`).toDataURL()", space)
        return Image.open(io.BytesIO(base64.b64decode(painted.split(",")[1]))).convert("RGB")

    def pictures(self) -> tuple[Image.Image, Image.Image]:
        """Both."""
        w_plus, w_star = (self.picture(space) for space in SPACES)
        return w_plus, w_star

    def mode(self, name: str) -> None:
        """Choose a way to compare: side, swipe, difference or strip."""
        self.page.locator(f".modes [data-mode={name}]").click()

    def draws(self) -> list[dict]:
        """What was asked of `draw` since the last `forget`: what for, and when it was asked and answered."""
        return self.page.evaluate("() => watched.draws")

    def forget(self) -> None:
        self.page.evaluate("() => void (watched.draws = [], watched.shown = [], watched.most = 0)")

    def reset(self) -> None:
        """Put back what a test may have left: sliders, locks, switches, views and whatever lies above them."""
        page = self.page
        page.evaluate("() => document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close())")
        for open_button in page.locator("[aria-expanded=true]:visible").all():
            open_button.click()
        search = page.get_by_label("Find a slider")
        if search.input_value():
            search.fill("")
        for locked in page.locator(".lock[aria-pressed=true]").all():
            locked.evaluate("button => button.click()")
        if self.values():
            page.locator("#reset-all").click()
        page.locator(".views").press("0")
        self.mode("side")
        self.rest()

    # Pointers

    def box(self, what: Locator) -> tuple[float, float, float, float]:
        """Left, top, width and height in the window."""
        found = what.bounding_box()
        assert found is not None, f"{what} cannot be seen"
        return found["x"], found["y"], found["width"], found["height"]

    def at(self, what: Locator, across: float = 0.5, down: float = 0.5) -> tuple[float, float]:
        """A point in something, by shares of its width and height."""
        left, top, width, height = self.box(what)
        return left + across * width, top + down * height

    def drag(self, path: Iterable[tuple[float, float]]) -> None:
        """Press the mouse at the first point, go to each, and let it go at the last."""
        first, *others = path
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for point in others:
            self.page.mouse.move(*point, steps=4)
        self.page.mouse.up()

    def swipe(self, path: Iterable[tuple[float, float]], let_go: bool = True) -> None:
        """The same with a finger."""
        first, *others = path
        self.finger("touchStart", first)
        before = first
        for point in others:
            for step in range(1, 6):
                self.finger("touchMove", tuple(a + (b - a) * step / 5 for a, b in zip(before, point, strict=True)))
            before = point
        if let_go:
            self.finger("touchEnd")

    def finger(self, kind: str, *points: tuple[float, ...]) -> None:
        """One event of the touch screen, with as many fingers on it as there are points."""
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    @property
    def devtools(self):
        """Chromium's own protocol."""
        if not hasattr(self, "_devtools"):
            self._devtools = self.context.new_cdp_session(self.page)
        return self._devtools

    # What is left behind

    def shoot(self, state: str) -> None:
        """Keep a picture of the window."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"\W+", "-", f"{self.size} {self.theme} {state}")
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")


def files(folder: Path) -> set[str]:
    """All files in a folder, however deep."""
    return {str(path) for path in folder.rglob("*") if path.is_file()}
