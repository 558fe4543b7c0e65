"""Work on many photos, of which one bad photo must not end the rest."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

from editor.batch.attempt import attempt
from editor.errors import SettingError

Photo = TypeVar("Photo")
Result = TypeVar("Result")


def each_photo(
    work: Callable[[Photo], Result], photos: Sequence[Photo], doing: str, skipped: list[Photo] | None = None
) -> Iterator[Result]:
    """What `work` makes of each photo that it can work on, under a bar; the others are named on stderr.

    Args:
        doing: the bar's description.
        skipped: receives the photos that are passed over.

    Raises:
        SettingError: `work` failed on every photo.

    >>> skipped = []
    >>> list(each_photo(int, ["12", "twelve", "13"], "counting", skipped))
    [12, 13]
    >>> skipped
    ['twelve']
    """
    first, done = "", 0
    for number, photo in enumerate(tqdm(photos, desc=doing), 1):
        result, reason = attempt(work, photo)
        if not reason:
            done += 1
            yield result  # type: ignore[misc]  # without a reason there is a result
            continue
        shown = str(photo) if isinstance(photo, str | os.PathLike) else f"photo {number}"
        first = first or f"{shown}: {reason}"
        tqdm.write(f"passed over {shown}: {reason}", file=sys.stderr)
        if skipped is not None:
            skipped.append(photo)
    if photos and not done:
        raise SettingError(f"None of {len(photos)} photos could be worked on. The first, {first}")
