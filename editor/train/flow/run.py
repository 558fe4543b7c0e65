"""One training of the flow T, from its options to the written file and its report."""

from pathlib import Path
from typing import Any

from editor.data.code_options import CodeOptions
from editor.data.codes import normalised_codes
from editor.data.sources import codes_of, everyones_codes
from editor.data.splits import VALIDATION_SHARE
from editor.flow import write_flow
from editor.train.flow.classifiers import fit_classifiers, fresh_flow
from editor.train.flow.everyone import train_on_everyone
from editor.train.flow.measure import measure_flow
from editor.train.flow.recipes import FlowTraining
from editor.train.flow.soft_labels import with_soft_labels
from editor.train.flow.training import train_flow
from editor.train.history import Run
from editor.train.report import write_report
from editor.weights import WeightStore


def train_flow_on(source: CodeOptions, config: FlowTraining, folder: Path, everyone: bool = False) -> dict[str, Any]:
    """Fit the frozen classifiers in W+, train T, write it, and measure it on validation codes.

    Args:
        folder: of the run.
        everyone: train on the codes of all people. Then the report is of people who were seen.

    Returns:
        The report.

    >>> from editor.data.codes import write_codes
    >>> write_codes(codes, folder / "codes.safetensors")
    >>> source = CodeOptions(codes=folder / "codes.safetensors")
    >>> report = train_flow_on(source, FlowTraining(epochs=1, batch=8, model=flow.config), folder / "run")  # doctest: +ELLIPSIS
    classifiers in W+: C=..., accuracy ... on ... validation codes
    >>> sorted(report)
    ['frozen', 'minutes', 'parameters', 'preservation', 'round_trip', 'svm']
    >>> (folder / "run" / "flow.safetensors").exists()
    True
    """
    store = WeightStore()
    if everyone:
        codes = everyones_codes(source, store)
        flow, _ = train_on_everyone(codes, config, folder)
        write_flow(flow, folder / "flow.safetensors", codes.encoder)
        train, validation = codes.by_person(VALIDATION_SHARE, config.seed)
        return write_report(folder, measure_flow(flow, train, validation, folder / "curve.jsonl"))
    codes = with_soft_labels(source, store, [config.seed])[0] if config.distilled else codes_of(source, store, "train")
    train, validation = codes.by_person(VALIDATION_SHARE, config.seed)
    c, classifiers = fit_classifiers(config, train, validation)
    normalised = normalised_codes(fresh_flow(train, config.model), validation, "w_plus")
    accuracy = classifiers.accuracy(normalised, validation.labels).mean().item()
    print(f"classifiers in W+: C={c:g}, accuracy {accuracy:.4f} on {len(validation)} validation codes")
    flow = train_flow(config, Run(folder, config, codes=codes.fingerprint()), classifiers, train, validation)
    write_flow(flow, folder / "flow.safetensors", train.encoder)
    return write_report(folder, measure_flow(flow, train, validation, folder / "curve.jsonl"))
