"""The hashes of what a stage reads: the labelled faces, and entries of its set's manifest."""

from collections.abc import Mapping

from editor.train.anew.stages import Step


def inputs_of(step: Step, hashes: Mapping[str, str], data: str) -> dict[str, str]:
    """What a step reads -> its hash; empty where its set has no such entry, which the step's command then tells.

    Args:
        hashes: of the entries of the step's set.
        data: hash of the labelled faces.

    >>> from editor.train.anew.stages import STAGES
    >>> inputs_of(Step("new", STAGES[1]), {"encoder": "aa", "preconditioner": "bb", "flow": "cc"}, "dd")
    {'encoder': 'aa', 'preconditioner': 'bb', 'preview': '', 'likeness': '', 'data': 'dd'}
    """
    return {name: hashes.get(name, "") for name in step.stage.reads} | {"data": data}
