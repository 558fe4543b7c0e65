"""What one visitor leaves on the disk, and how it goes away.

Gradio serves files from its cache folder. Each visitor's pictures lie in a folder of their own inside it, only the newest
few of each pane are kept, and the whole folder goes when the page is closed; the cache itself goes when the server stops.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE_VARIABLE = "GRADIO_TEMP_DIR"


@contextmanager
def private_cache() -> Iterator[Path]:
    """Give Gradio a cache folder that only this user can read, and remove it with everything in it at the end."""
    with tempfile.TemporaryDirectory(prefix="face-editor-", ignore_cleanup_errors=True) as folder:
        os.environ[CACHE_VARIABLE] = folder
        yield Path(folder)
