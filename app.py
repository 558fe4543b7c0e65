"""Start the web app: the same as `face-editor serve`."""

import _signal  # pyright: ignore[reportMissingImports]  (built in and loaded already: `signal` takes milliseconds to import)
import os

if __name__ == "__main__":
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(_signal, name, None)
        if number is not None and _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, lambda number, _: os._exit(128 + number))  # nothing to tidy up yet

    import sys

    from editor.cli import main

    sys.exit(main(["serve", *sys.argv[1:]]))
