"""What defines a training of T, and the recipes that have a name. The losses are in `editor.train.flow.losses`."""

from dataclasses import dataclass, field, replace

from editor.flow import FlowConfig


@dataclass(frozen=True)
class FlowTraining:
    """What defines a run.

    Attributes:
        epochs: passes over the codes.
        batch, rate: of Adam (0.9, 0.999). The paper has 8 and 1e-4; a larger batch at a larger rate takes minutes.
        attribute, margin, preservation: weights of L_a, L_lm and L_ap.
        taught: learn what a judge of photos believes of each face (`editor.train.flow.distillation`) instead of its labels.
        stretch: the frozen classifiers are so many times less sure, so that T spreads codes along their normals.
        decorrelated: put the frozen classifiers' normals at right angles.
        reach: largest edit in training, in standard deviations of the normalised code.
        decay: weight decay, on matrices only.
        average: of the weights over steps (EMA) that are validated and kept; 0 keeps the last.
        cooled: let the rate fall to nothing over the run, as a cosine.
        seed: of everything random.
        model: sizes of T.
    """

    epochs: int = 5
    batch: int = 128
    rate: float = 4e-4
    attribute: float = 1.0
    margin: float = 0.0005
    preservation: float = 1.0
    taught: bool = False
    stretch: float = 1.0
    decorrelated: bool = False
    reach: float = 30.0
    decay: float = 5e-2
    average: float = 0.0
    cooled: bool = False
    seed: int = 0
    model: FlowConfig = field(default_factory=FlowConfig)


PAPER = FlowTraining(epochs=20, batch=8, rate=1e-4, margin=0.0005, preservation=0.1, decay=0.0)
"""What the paper states; the weight of L_lm and the epochs it leaves open."""
FAST = replace(PAPER, batch=64, rate=8e-4, cooled=True)
"""The same losses in an eighth of the steps."""
AXES = replace(FAST, decorrelated=True, margin=0.001, epochs=16)
"""The same losses around hyperplanes at right angles: what W* knows of an attribute ends in one number of it."""
EDITING = FlowTraining()
"""The same losses, L_ap at ten times the paper's weight: at the paper's it hardly fell. The app's flow."""
TAUGHT = replace(EDITING, taught=True, stretch=4.0, margin=0.0001, rate=6e-4, decay=1e-2, epochs=8, average=0.998, cooled=True)
"""The same losses on a photo judge's beliefs: less noisy than labels, and W* stretched until SVMs from scratch see it."""
RECIPES = {"paper": PAPER, "fast": FAST, "axes": AXES, "editing": EDITING, "taught": TAUGHT}
