"""The figures of one trained flow, for its report: on validation people, whom it was not trained on.

frozen        mean accuracy of the frozen classifiers at T(w)
svm           mean accuracy of SVMs fitted from scratch in W*, C chosen on these very people: alike for every flow
preservation  L_ap at T(w): how much other attributes move, by classifiers of codes, when one is edited
round_trip    largest relative |T^-1(T(w)) - w| / |w|
"""

import json
from pathlib import Path

from editor.classify.linear import best_c
from editor.data.codes import LabelledCodes, normalised_codes
from editor.flow import RealNVP
from editor.train.flow.training import round_trip_error


def measure_flow(flow: RealNVP, train: LabelledCodes, validation: LabelledCodes, curve: Path) -> dict[str, float]:
    """The figures of one flow by name.

    Args:
        train, validation: codes that it was trained on, and of other people.
        curve: of its training; the best epoch is the one with the least validation loss.

    >>> epoch = {"accuracy": 0.9, "validation": 0.4, "validation_preservation": 0.1, "seconds": 60}
    >>> size = (folder / "curve.jsonl").write_text(json.dumps(epoch))
    >>> figures = measure_flow(flow, *codes.by_person(0.2, seed=0), folder / "curve.jsonl")
    >>> figures["frozen"], figures["minutes"], figures["round_trip"] < 1e-4
    (0.9, 1.0, True)
    """
    lines = [json.loads(line) for line in curve.read_text().splitlines()]
    best = min(lines, key=lambda line: line["validation"])
    inside, outside = ((normalised_codes(flow, codes, "w_star"), codes.labels) for codes in (train, validation))
    _, svm = best_c(inside, outside)
    return {
        "frozen": best["accuracy"],
        "svm": svm.accuracy(*outside).mean().item(),
        "preservation": best["validation_preservation"],
        "round_trip": round_trip_error(flow, validation.w_plus),
        "parameters": sum(parameter.numel() for parameter in flow.parameters()),
        "minutes": lines[-1]["seconds"] / 60,
    }
