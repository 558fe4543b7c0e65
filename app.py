"""The door: `python app.py` serves the page until somebody stops it."""

import os
import signal

if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nothing to tidy up yet
            signal.signal(number, lambda number, _: os._exit(128 + number))

    from editor.ui.command import end, serve

    end(serve)
