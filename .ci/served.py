"""Open the page of the installed command `face-editor`, with its style and its examples, and time its answer to a mistake."""

import json
import subprocess
import time
import urllib.request

ANSWER_SECONDS = 1.0
"""How long a wrong argument may take to be told, on an idle machine; the quickest of three."""


def open_page() -> None:
    """Serve at any free port, and fetch what a browser would."""
    with subprocess.Popen(["face-editor", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            line = server.stdout.readline()
            url = next(word for word in line.split() if word.startswith("http://"))
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            assert b"Semantic face editor" in opener.open(f"{url}/").read(), line
            for name in ("main.js", "page.css"):
                assert opener.open(f"{url}/face/assets/{name}").read(), "the page has its scripts and its style"
            setup = json.load(opener.open(f"{url}/face/setup"))
            assert len(setup["attributes"]) == 40 and setup["examples"], "the page has its sliders and its examples"
            assert opener.open(f"{url}/{setup['examples'][0]['url']}").read().startswith(b"\xff\xd8")
        finally:
            server.terminate()
    assert server.returncode == 0, server.returncode


def time_a_mistake() -> None:
    """A wrong argument is told before anything large is imported."""
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        done = subprocess.run(["face-editor", "--wrong"], capture_output=True, text=True, check=False)
        times.append(time.perf_counter() - begin)
        assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert min(times) < ANSWER_SECONDS, times


if __name__ == "__main__":
    open_page()
    time_a_mistake()
