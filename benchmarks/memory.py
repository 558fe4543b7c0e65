"""How much memory the page's process takes: `python -m benchmarks.memory --json`, on Linux.

The page is really served, by a process of its own, and asked over HTTP as a browser asks. After each of what follows its
resident memory is read, and once more after the server has had time to give back what it needs no more.

load            the page is served, and what the first edit needs is ready
first_edit      one visitor has opened an example, moved a slider and been told what that changed
refine, tune    their likeness was improved in both ways
moves           they have moved sliders some hundred times, every tenth time at rest
visitors        five more visitors have opened a photo and moved a slider
left            all of them have left
"""

import argparse
import http.client
import json
import re
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from editor.devices.usage import resident_mb
from editor.ui.visitors import SWEEP_SECONDS

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.name for path in (ROOT / "assets" / "examples").glob("*.jpg"))
SLIDERS = ("Smiling", "Young", "Eyeglasses", "Blond_Hair")
VISITORS = 5
REST = 10
"""Every so manieth move is drawn in full too."""
WAIT_SECONDS = 600

Ask = Callable[..., Any]
"""A verb and its fields -> what the server answers; pictures are left out."""


def walk(ask: Ask, resident: Callable[[], int], settle: Callable[[], object], moves: int) -> dict[str, Any]:
    """Visit the page and read its memory.

    Args:
        ask: asks the server.
        resident: its memory in megabytes.
        settle: waits until it has given back what it needs no more.
        moves: how many.

    Returns:
        Megabytes by stage, and for each further visitor.
    """
    found: dict[str, Any] = {}

    def note(stage: str) -> None:
        at_once = resident()
        settle()
        found[stage] = {"at_once": at_once, "settled": resident()}
        print(stage, found[stage], file=sys.stderr, flush=True)

    note("load")
    first = _visit(ask, 0)
    note("first_edit")
    for way in ("refine", "tune"):
        ask("improve", key=first, way=way)
        while (ask("progress", key=first)["job"] or {}).get("state") in ("waiting", "running"):
            time.sleep(0.2)
        note(way)
    for number in range(moves):
        strengths = {SLIDERS[number // REST % len(SLIDERS)]: (number % 37 - 18) / 10}
        ask("draw", key=first, strengths=strengths, number=number, full=False)
        if number % REST == REST - 1:
            ask("draw", key=first, strengths=strengths, number=number, full=True)
    note("moves")
    others = [_visit(ask, number) for number in range(1, 1 + VISITORS)]
    note("visitors")
    for key in (first, *others):
        ask("leave", key=key)
    note("left")
    further = (found["visitors"]["settled"] - found["moves"]["settled"]) / VISITORS
    return {"memory_mb": found, "further_visitor_mb": round(further, 1), "moves": moves}


def _visit(ask: Ask, number: int) -> str:
    """A new visitor who opens a photo and moves a slider; their key."""
    key = ask("arrive")["key"]
    ask("open", key=key, example=EXAMPLES[number % len(EXAMPLES)])
    strengths = {SLIDERS[0]: 1.0 + number / 10}
    for full in (False, True):
        ask("draw", key=key, strengths=strengths, number=1, full=full)
    ask("changes", key=key, strengths=strengths)
    return key


@contextmanager
def served() -> Iterator[tuple[subprocess.Popen, str]]:
    """The page in a process of its own, and its address."""
    command = [sys.executable, "app.py", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            if found is None:
                raise SystemExit("The page could not be served.")
            yield process, found[0]
        finally:
            process.terminate()


def asker(url: str) -> Ask:
    """What asks the page at an address."""
    place = urlsplit(url)

    def ask(verb: str, **fields: Any) -> Any:
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=WAIT_SECONDS)
        body, kind = json.dumps(fields), "application/json"
        if verb == "leave":
            body, kind = fields["key"], "text/plain;charset=UTF-8"
        connection.request("POST", f"/face/{verb}", body, {"Content-Type": kind})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{verb}: {answer.status} {content[:300]!r}")
        if answer.headers.get_content_type() == "application/json":
            return json.loads(content)
        return json.loads(content[4 : 4 + struct.unpack(">I", content[:4])[0]])

    return ask


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the memory of the page's process.")
    parser.add_argument("--moves", type=int, default=500, help="how many (default: 500)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if resident_mb() is None:
        raise SystemExit("This system does not tell how much memory a process has. Use Linux.")
    with served() as (process, url):
        time.sleep(SWEEP_SECONDS / 2)  # what the first edit needs is being made ready
        result = walk(asker(url), lambda: resident_mb(process.pid) or 0, lambda: time.sleep(1.2 * SWEEP_SECONDS), options.moves)
    print(json.dumps(result, indent=2) if options.json else "\n".join(f"{name:20} {value}" for name, value in result.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
