"""Numbers in arguments, refused where they are given: `-1` steps would be told after minutes, or not at all."""

import argparse


def count(text: str) -> int:
    """A whole number from 0 on, as argparse's `type`.

    Raises:
        argparse.ArgumentTypeError: it is something else.
    """
    return _at_least(0, text)


def positive(text: str) -> int:
    """A whole number from 1 on, as argparse's `type`.

    Raises:
        argparse.ArgumentTypeError: it is something else.
    """
    return _at_least(1, text)


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number from {least} on")
    return number
