"""Fit a portrait: make its reconstruction more alike, a step at a time.

refine.py     latent optimisation: another code
tune.py       pivotal tuning: the same code, and a LoRA of the generator
descent.py    the descent that both take
portrait.py   a descent followed on a portrait
"""

from editor.actions.fit.portrait import Fitter
from editor.actions.fit.refine import refining
from editor.actions.fit.tune import tuning

__all__ = ["Fitter", "refining", "tuning"]
