"""How many threads OpenVINO may use."""

import os


def thread_hints() -> dict[str, int]:
    """As many as a process is told to use that shares the machine with others like it: see `editor.batch.engines`.

    >>> thread_hints()
    {}
    """
    told = os.environ.get("EDITOR_THREADS", "")
    return {"INFERENCE_NUM_THREADS": int(told)} if told.isdecimal() and int(told) else {}
