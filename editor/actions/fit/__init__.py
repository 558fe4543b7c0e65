"""Fit a portrait: make its reconstruction more alike, a step at a time.

inversion.py   what a picture is drawn from: a code, perhaps a LoRA
refine.py      latent optimisation: move the code
tune.py        pivotal tuning: move a LoRA of the generator
objective.py   how unlike the face a small drawing is, and the gradient of that
compiled.py    the same as one static graph
descent.py     the descent that both take
optimizers.py  what a gradient makes of a step
portrait.py    a descent followed on a portrait
"""

from editor.actions.fit.portrait import QUICK, Fitter

__all__ = ["QUICK", "Fitter"]
