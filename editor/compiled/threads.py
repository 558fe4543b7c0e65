"""How many threads OpenVINO may use."""

import os


def thread_hints(threads: int | None = None) -> dict[str, int]:
    """As many as a process is told to use that shares the machine with others like it: see `editor.batch.engines`.

    Args:
        threads: so many, whatever the process is told.

    >>> thread_hints(), thread_hints(1)
    ({}, {'INFERENCE_NUM_THREADS': 1})
    """
    if threads:
        return {"INFERENCE_NUM_THREADS": threads}
    told = os.environ.get("EDITOR_THREADS", "")
    return {"INFERENCE_NUM_THREADS": int(told)} if told.isdecimal() and int(told) else {}
