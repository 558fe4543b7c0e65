"""The command line: `face-editor`, or `python -m editor`. One module a command, imported when that command runs."""

import sys
from collections.abc import Sequence

from editor.cli.streams import Streams, safe_streams
from editor.errors import EditorError, is_out_of_memory


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 with one line on stderr when it could not be, 2 for wrong arguments.

    >>> main(["edit", "--help"])
    Traceback (most recent call last):
        ...
    SystemExit: 0
    """
    with safe_streams() as streams:
        try:
            code = _run(sys.argv[1:] if arguments is None else arguments)
        except SystemExit as leaving:  # after --help and after wrong arguments
            if _is_lost(streams) and not leaving.code:
                raise SystemExit(1) from None
            raise
        return code or int(_is_lost(streams))


def _is_lost(streams: Streams) -> bool:
    """Whether anything printed is lost; that is then told where it still can be."""
    sys.stdout.flush()
    if streams.error:
        print(f"error: what was to be printed is lost: {streams.error.strerror}.", file=sys.stderr)
    return streams.error is not None


def _run(arguments: Sequence[str]) -> int:
    """Run one command, and put what can go wrong in one line."""
    try:
        from editor.cli.arguments import check_arguments  # here, so that Ctrl-C is heeded while tyro is imported
        from editor.cli.commands import parse

        command = parse(arguments)
        check_arguments(command)
        return command.run()
    except EditorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        print("error: memory ran out. Close what else uses it, or leave the GPU alone with --device cpu.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
