"""The door: parse arguments, load the Editor, build the page, serve it."""

import argparse
import signal
import sys
import threading

from editor.errors import EditorError


def main() -> int:
    """Serve the app until it is interrupted; 1 with one line when it cannot start."""
    parser = argparse.ArgumentParser(description="Edit faces in photos, on this machine, in a browser.")
    parser.add_argument("--models", default="embedded", help="model set (default %(default)s)")
    parser.add_argument("--generator", default="", metavar="FILE", help="another StyleGAN2-FFHQ (.pt, .pkl) for ffhq, ffhq-e4e")
    parser.add_argument("--device", help="cpu or cuda; by default CUDA where there is one")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve at (default %(default)s: this machine only)")
    parser.add_argument("--port", type=int, default=7860, help="port (default %(default)s)")
    options = parser.parse_args()

    from editor import Editor  # heavy: after the arguments are known to be right
    from editor.ui.session import private_cache

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # `docker stop` too must leave no photo behind
    with private_cache() as cache:
        from editor.ui import build, launch  # Gradio reads where its cache is when it is imported

        try:
            editor = Editor.load(options.models, options.device, generator=options.generator)
            if editor.notice:
                print(editor.notice, file=sys.stderr)
            page = build(editor, cache)
            print(f"Semantic face editor: http://{options.host}:{options.port} (Ctrl-C stops it)", flush=True)
            threading.Thread(target=editor.prepare, daemon=True).start()  # while the visitor looks for a photo
            launch(page, options.host, options.port)
        except EditorError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
        except OSError as error:
            print(f"error: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
