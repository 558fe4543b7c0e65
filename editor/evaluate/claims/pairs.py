"""Named pairs: what an edit does to the attributes that the paper names, or that users notice, beside the one asked for.

Each method moves each face along an attribute until the evaluation classifier's logit has changed by one deviation, and by two,
away from the side the face is on (`editor.evaluate.claims.leakage`). On pictures that all methods brought there,

    companions          mean |change| of the named companions for a deviation of what was asked for, where InterFaceGAN's edit
                        in W+ changes them by `NOTICED` deviations or more
    companions_of_all   the same over all companions. To choose them by the edit in W+ flatters the other methods a little: some
                        of its changes are large by chance, and theirs are not
    identity            dlib's distance to the picture before the edit
    reached             share of the edits that a method brings within a quarter of what is wanted, within the slider
    beyond              share of the pictures compared for which it goes beyond the slider's end
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from tqdm import tqdm

from editor.edit.directions import MAX_STRENGTH
from editor.evaluate.claims.comparison import TOLERANCE
from editor.evaluate.claims.leakage import ImageMeter, move_along, unedited
from editor.evaluate.claims.methods import Method
from editor.evaluate.report import markdown_table
from editor.evaluate.shelf import Shelf
from editor.spaces import WPlus

PAIRS: dict[str, tuple[str, ...]] = {
    "Male": (
        *("No_Beard", "Goatee", "Mustache", "Heavy_Makeup", "Wearing_Lipstick"),
        *("Wavy_Hair", "Bangs", "Blond_Hair", "Receding_Hairline"),
    ),
    "Heavy_Makeup": ("Male", "Young"),
    "Wearing_Lipstick": ("Male", "Young"),
    "Mustache": ("Male",),
    "Young": ("Gray_Hair", "Eyeglasses", "Bags_Under_Eyes"),
    "Gray_Hair": ("Young", "Male"),
    "Bald": ("Male",),
    "Eyeglasses": ("Young", "Male"),
    "Smiling": ("Young", "Narrow_Eyes"),
    "Chubby": ("Young",),
}
"""Attribute asked for -> its companions."""
LEVELS = (1.0, 2.0)
"""Asked effects, in deviations."""
NOTICED = 0.3
"""Change of a companion by InterFaceGAN's edit in W+, in deviations, from which on it counts."""
REFERENCE = "w_plus"
MEANS = ("companions", "companions_of_all", "identity")
DRAWS = 500


@dataclass(frozen=True, eq=False)
class Trials:
    """One method's edits of B faces, for each of E edits: an attribute at a level.

    Attributes:
        amounts: [E, B], in units of a slider.
        effects: [E, B], change of what was asked for, in deviations.
        companions: [E, B, C], absolute changes of its companions; nan where it has fewer than C.
        identity: [E, B]; nan where dlib finds no face.
    """

    amounts: torch.Tensor
    effects: torch.Tensor
    companions: torch.Tensor
    identity: torch.Tensor


def measure_pairs(
    meter: ImageMeter, codes: WPlus, methods: Mapping[str, Method], pairs: Mapping[str, tuple[str, ...]], shelf: Shelf
) -> dict[str, Trials]:
    """Move every face by every method.

    Args:
        codes: of the faces, [B, 18, 512].
        methods: by name; their attributes have the classifier's numbers.
        pairs: attribute -> its companions.
        shelf: results of single faces and methods that are not measured again.

    >>> number = torch.eye(2, 4)
    >>> method = lambda w_plus, k, amounts: w_plus + amounts[:, None, None] * number[k]
    >>> found = measure_pairs(meter, WPlus(0.3 * codes.w_plus[:2]), {"w_plus": method}, {"Smiling": ("Young",)}, Shelf(None))
    >>> found["w_plus"].effects.shape, found["w_plus"].companions.shape  # two levels, two faces, one companion
    (torch.Size([2, 2]), torch.Size([2, 2, 1]))
    """
    rows: dict[str, list[dict[str, torch.Tensor]]] = {name: [] for name in methods}
    for code in tqdm(codes.split(1), desc="pairs"):
        for name, method in methods.items():
            rows[name].append(
                shelf.piece(code, name, lambda code=code, method=method: _moved(meter, WPlus(code), method, pairs))
            )
    return {
        name: Trials(**{key: torch.cat([row[key] for row in found], 1) for key in found[0]}) for name, found in rows.items()
    }


def _moved(meter: ImageMeter, code: WPlus, method: Method, pairs: Mapping[str, tuple[str, ...]]) -> dict[str, torch.Tensor]:
    face, names = unedited(meter, code), meter.classifier.attributes
    most, found = max(map(len, pairs.values())), []
    for asked, companions in pairs.items():
        for level in LEVELS:
            k = names.index(asked)
            moved = move_along(replace(meter, logit_std=level * meter.logit_std), face, method, k)
            changes = level * moved["changes"]
            beside = torch.full((1, most), torch.nan)
            beside[:, : len(companions)] = changes[:, [names.index(each) for each in companions]].abs()
            found.append((moved["amounts"], changes[:, k], beside, moved["identity"]))
    return dict(zip(Trials.__annotations__, map(torch.stack, zip(*found, strict=True)), strict=True))


def compared_pairs(trials: Mapping[str, Trials], levels: torch.Tensor) -> dict[str, dict]:
    """The measures of every method by name, with 95 % bootstrap intervals over faces.

    Args:
        levels: [E], what was wanted of each edit, in deviations.

    >>> def found(companion):
    ...     return Trials(*torch.ones(2, 1, 4), torch.full((1, 4, 1), companion), torch.full((1, 4), 0.5))
    >>> told = compared_pairs({"w_plus": found(0.8), "w_star": found(0.4)}, torch.ones(1))
    >>> told["w_star"]["reached_at"]
    {'1': 1.0}
    >>> round(told["w_star"]["companions"], 2), round(told["w_star"]["companions_to_w_plus"], 2), told["w_star"]["reached"]
    (0.4, 0.5, 1.0)
    """
    faces = torch.arange(next(iter(trials.values())).effects.shape[1])
    random = torch.Generator().manual_seed(0)
    drawn = [faces[torch.randint(len(faces), (len(faces),), generator=random)] for _ in range(DRAWS)]
    whole, samples = _measures(trials, levels, faces), [_measures(trials, levels, some) for some in drawn]
    ends = torch.tensor([0.025, 0.975], dtype=torch.float64)
    for name, values in whole.items():
        for key in (*MEANS, *(key for key in values if "_to_" in key)):
            spread = torch.tensor([sample[name][key] for sample in samples], dtype=torch.float64)
            values[f"{key}_ci95"] = spread.nanquantile(ends).tolist()
    return whole


def _measures(trials: Mapping[str, Trials], levels: torch.Tensor, faces: torch.Tensor) -> dict[str, dict]:
    picked = {name: Trials(*(value[:, faces] for value in vars(each).values())) for name, each in trials.items()}
    near = {name: (each.effects / levels[:, None] - 1).abs() <= TOLERANCE for name, each in picked.items()}
    shared = torch.stack(list(near.values())).all(0)
    noticed = (picked[REFERENCE].companions >= NOTICED) & shared[..., None] if REFERENCE in picked else shared[..., None]
    found: dict[str, dict] = {}
    for name, each in picked.items():
        found[name] = {
            "companions": float((each.companions / each.effects[..., None])[noticed].nanmean()),
            "companions_of_all": float((each.companions / each.effects[..., None])[shared].nanmean()),
            "identity": float(each.identity[shared].nanmean()),
            "beyond": float((each.amounts[shared] > MAX_STRENGTH).float().mean()),
            "reached": _reached(each, near[name], levels > 0),
            "reached_at": {f"{level:g}": _reached(each, near[name], levels == level) for level in levels.unique().tolist()},
            "compared": float(shared.float().mean()),
            "pairs": int(noticed.sum()),
        }
    for other in (REFERENCE, "w_plus_preserve"):
        for values in found.values() if other in found else ():
            for key in MEANS:
                values[f"{key}_to_{other}"] = values[key] / found[other][key] if found[other][key] else float("nan")
    return found


def _reached(trials: Trials, near: torch.Tensor, edits: torch.Tensor) -> float:
    """The share of some edits that come near what is wanted within the slider."""
    return float((near & (trials.amounts <= MAX_STRENGTH))[edits].float().mean())


def as_markdown(result: Mapping) -> str:
    """The comparison as a table.

    >>> values = dict.fromkeys(("companions", "identity", "reached", "companions_to_w_plus"), 0.5)
    >>> spread = {f"{key}_ci95": [0.4, 0.6] for key in values}
    >>> print(as_markdown({"methods": {"w_star": values | spread}}).splitlines()[2])
    | w_star | 0.500 (0.400 to 0.600) | 0.500 (0.400 to 0.600) | 0.500 | 0.50 (0.40 to 0.60) |
    """
    rows = []
    for name, values in result["methods"].items():
        spread = {key: "{:.3f} to {:.3f}".format(*values[f"{key}_ci95"]) for key in ("companions", "identity")}
        ratio = "{:.2f} ({:.2f} to {:.2f})".format(values["companions_to_w_plus"], *values["companions_to_w_plus_ci95"])
        both = [f"{values[key]:.3f} ({spread[key]})" for key in spread]
        rows.append([name, *both, f"{values['reached']:.3f}", ratio])
    return markdown_table(("method", "companions", "identity", "reached", "companions / W+"), rows)
