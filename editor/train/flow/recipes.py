"""The settings of a training of T, and named recipes. The losses are in `editor.train.flow.losses`."""

from dataclasses import dataclass, field, replace

from editor.flow.config import FlowConfig


@dataclass(frozen=True)
class FlowTraining:
    """What defines a run."""

    epochs: int = 5
    """Passes over the codes."""
    batch: int = 128
    """Codes in a batch. The paper has 8; a larger batch at a larger rate takes minutes."""
    rate: float = 4e-4
    """Learning rate of Adam (0.9, 0.999). The paper has 1e-4."""
    attribute: float = 1.0
    """Weight of L_a, the classification loss."""
    margin: float = 0.0005
    """Weight of L_lm, the loss of the largest margin."""
    preservation: float = 1.0
    """Weight of L_ap, the loss of attribute preservation."""
    distilled: bool = False
    """Learn soft labels, which probes on photos give (editor.train.flow.distillation), instead of labels."""
    stretch: float = 1.0
    """How many times less sure the frozen classifiers are, so that T spreads codes along their normals."""
    decorrelated: bool = False
    """Put the frozen classifiers' normals at right angles."""
    reach: float = 30.0
    """Largest edit in training, in standard deviations of the normalised code."""
    decay: float = 5e-2
    """Weight decay, on matrices only."""
    average: float = 0.0
    """Decay of the average of the weights over steps (EMA) that is validated and kept. 0 keeps the last weights."""
    cooled: bool = False
    """Let the rate fall to nothing over the run, as a cosine."""
    seed: int = 0
    """Seed of everything random."""
    model: FlowConfig = field(default_factory=FlowConfig)
    """Sizes of T."""


PAPER = FlowTraining(epochs=20, batch=8, rate=1e-4, margin=0.0005, preservation=0.1, decay=0.0)
"""What the paper states; the weight of L_lm and the epochs it leaves open."""
FAST = replace(PAPER, batch=64, rate=8e-4, cooled=True)
"""The paper's losses in an eighth of the steps."""
AXES = replace(FAST, decorrelated=True, margin=0.001, epochs=16)
"""The paper's losses with hyperplanes at right angles, so that one number of W* can hold all of an attribute."""
EDITING = FlowTraining()
"""The app's flow: L_ap has ten times the paper's weight, with which it hardly fell."""
DISTILLED = replace(
    EDITING, distilled=True, stretch=4.0, margin=0.0001, rate=6e-4, decay=1e-2, epochs=8, average=0.998, cooled=True
)
"""Soft labels in place of labels, since they are less noisy. W* is stretched, so that SVMs fitted from scratch profit."""
RECIPES = {"paper": PAPER, "fast": FAST, "axes": AXES, "editing": EDITING, "distilled": DISTILLED}
