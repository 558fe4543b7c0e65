"""Where in the picture each attribute lies, so that an edit changes that and leaves the rest as it is.

In an FFHQ frame eyes, nose and mouth lie where they always do, so a place is a soft map m over the frame, made of parts of it.
With codes w_0 (no edit), w_1 (the first attribute's edit), w_2 (the second's after it) and so on, the style at a point p is

    s(p) = s(w_0) + sum_j m_j(p) [ s(w_j) - s(w_j-1) ]          which gives w_j the share m_j(p) - m_j+1(p)

`editor.generate` draws from codes and their masks. An attribute that is not known here lies everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

SIDE = 32
"""Of the maps, in cells: a brow is two of them high."""
SOFTNESS = 0.05
"""Of borders between parts, in sides of the frame."""

ANCHORS: dict[str, tuple[tuple[float, float], ...]] = {
    "brows": ((0.34, 0.405), (0.42, 0.405)),
    "eyes": ((0.375, 0.475),),
    "bridge": ((0.5, 0.46),),
    "under eyes": ((0.37, 0.545),),
    "cheeks": ((0.30, 0.62),),
    "nose": ((0.5, 0.55), (0.5, 0.60)),
    "upper lip": ((0.5, 0.65), (0.44, 0.65)),
    "mouth": ((0.5, 0.705), (0.43, 0.70)),
    "chin": ((0.5, 0.81), (0.43, 0.80)),
    "beard": ((0.35, 0.77),),
    "jaw": ((0.25, 0.72),),
    "forehead": ((0.5, 0.31), (0.38, 0.32)),
    "temples": ((0.22, 0.43),),
    "ears": ((0.14, 0.56),),
    "hairline": ((0.5, 0.21), (0.36, 0.22)),
    "hair above": ((0.5, 0.09), (0.34, 0.11)),
    "hair beside": ((0.18, 0.27),),
    "hair below": ((0.11, 0.76),),
    "neck": ((0.5, 0.95), (0.38, 0.95)),
    "shoulders": ((0.15, 0.96),),
    "corners": ((0.04, 0.06), (0.16, 0.04)),
    "edges": ((0.01, 0.3), (0.01, 0.5)),
}
"""Parts of the frame: points (x, y) of its left half, in sides; what is nearer to them than to others is theirs."""

EYES = ("eyes", "under eyes", "bridge", "brows")
LOWER_FACE = ("cheeks", "upper lip", "mouth", "chin", "beard", "jaw")
FACE = (*EYES, "nose", *LOWER_FACE, "forehead", "temples")
HAIR = ("hairline", "hair above", "hair beside", "temples", "ears", "hair below", "shoulders")
HEAD = (*FACE, *HAIR, "neck")

LIES_IN: dict[str, tuple[str, ...]] = {
    "Smiling": ("eyes", "under eyes", "nose", *LOWER_FACE),
    "Mouth_Slightly_Open": LOWER_FACE,
    "High_Cheekbones": ("under eyes", "cheeks", "mouth", "upper lip", "beard"),
    "Narrow_Eyes": EYES,
    "Attractive": FACE,
    "Young": HEAD,
    "Male": HEAD,
    "Bags_Under_Eyes": ("eyes", "under eyes", "bridge"),
    "Bangs": ("hairline", "forehead", "temples", "hair beside", "brows"),
    "Blond_Hair": HAIR,
    "Brown_Hair": HAIR,
    "Black_Hair": HAIR,
    "Gray_Hair": HAIR,
    "Straight_Hair": HAIR,
    "Wavy_Hair": HAIR,
    "Receding_Hairline": ("hairline", "forehead", "temples", "hair above", "hair beside"),
    "Bald": ("hairline", "forehead", "hair above", "hair beside"),
    "No_Beard": (*LOWER_FACE, "neck"),
    "5_o_Clock_Shadow": (*LOWER_FACE, "neck"),
    "Goatee": ("upper lip", "mouth", "chin", "beard"),
    "Mustache": ("upper lip", "mouth"),
    "Sideburns": ("temples", "ears", "jaw", "cheeks"),
    "Heavy_Makeup": FACE,
    "Wearing_Lipstick": ("upper lip", "mouth"),
    "Rosy_Cheeks": ("cheeks", "under eyes", "nose"),
    "Pale_Skin": (*FACE, "neck", "ears"),
    "Arched_Eyebrows": ("brows", "eyes", "bridge"),
    "Bushy_Eyebrows": ("brows", "eyes", "bridge"),
    "Eyeglasses": HEAD,
    "Wearing_Hat": ("hairline", "forehead", "hair above", "hair beside", "corners"),
    "Wearing_Earrings": ("ears", "jaw", "hair below"),
    "Wearing_Necklace": ("neck", "shoulders"),
    "Wearing_Necktie": ("neck", "shoulders"),
    "Oval_Face": (*FACE, "ears", "neck"),
    "Chubby": ("nose", *LOWER_FACE, "ears", "neck"),
    "Double_Chin": ("mouth", "chin", "beard", "jaw", "neck"),
    "Big_Nose": ("nose", "bridge", "upper lip"),
    "Pointy_Nose": ("nose", "bridge", "upper lip"),
    "Big_Lips": ("upper lip", "mouth", "chin"),
}
"""The parts in which an attribute lies. Of glasses drawn around the eyes alone hardly a shadow is left."""

SEEN_IN: dict[str, tuple[str, ...]] = {"Eyeglasses": (*EYES, "nose", "temples", "ears")}
"""The parts in which an attribute is seen, where these are fewer: what is drawn in the others came with it unasked."""


@dataclass(frozen=True, eq=False)
class Regions:
    """The regions of K attributes.

    Attributes:
        maps: [K, S, S] in [0, 1].

    >>> regions = regions_of(("Smiling", "Wearing_Hat"))
    >>> regions.maps.shape
    torch.Size([2, 32, 32])
    >>> mouth, forehead = regions.maps[0, 22, 15], regions.maps[0, 5, 15]
    >>> bool(mouth > 0.9 and forehead < 0.1)
    True
    """

    maps: torch.Tensor

    def to(self, device: torch.device) -> "Regions":
        """The regions on a device."""
        return Regions(self.maps.to(device))

    def inside(self, asked: torch.Tensor) -> "Regions":
        """The same regions, but no attribute lies where none of the asked ones does; with none asked, as they are.

        Args:
            asked: numbers of attributes, int64 [J].

        >>> regions = regions_of(("Mustache", "Male"))
        >>> limited = regions.inside(torch.tensor([0]))
        >>> torch.equal(limited.maps[1], limited.maps[0]), torch.equal(limited.maps[0], regions.maps[0])
        (True, True)
        """
        if not len(asked):
            return self
        return Regions(torch.minimum(self.maps, self.maps[asked.to(self.maps.device)].amax(0)))

    def masks(self, edited: torch.Tensor) -> torch.Tensor:
        """What share each of the codes w_0, w_1, ... has where, [1 + J, S, S]; the masks of a place add up to 1.

        Args:
            edited: numbers of the J attributes that are edited, int64 [J].

        >>> masks = regions_of(("Smiling", "Young")).masks(torch.tensor([1]))
        >>> masks.shape, torch.allclose(masks.sum(0), torch.ones(32, 32))
        (torch.Size([2, 32, 32]), True)
        """
        whole = torch.ones_like(self.maps[:1])
        ends = torch.cat([whole, self.maps[edited.to(self.maps.device)], torch.zeros_like(whole)])
        return ends[:-1] - ends[1:]

    def in_turn(self, strengths: torch.Tensor, edited: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """The edits that lead to w_0, w_1, ..., each with one attribute more, and their masks.

        Args:
            strengths: [K], of the attributes.
            edited: numbers of the J attributes that are edited, int64 [J]; None: those that are not 0.

        Returns:
            Strengths [1 + J, K], of none, of one, ... of all J; masks [1 + J, S, S].

        >>> so_far, masks = regions_of(("Smiling", "Bangs", "Young")).in_turn(torch.tensor([1.5, 0.0, -1.0]))
        >>> so_far
        tensor([[ 0.0000,  0.0000,  0.0000],
                [ 1.5000,  0.0000,  0.0000],
                [ 1.5000,  0.0000, -1.0000]])
        >>> masks.shape
        torch.Size([3, 32, 32])
        """
        edited = strengths.nonzero().flatten() if edited is None else edited
        so_far = strengths.new_zeros(len(edited) + 1, len(strengths))
        so_far[:, edited] = strengths[edited].expand(len(so_far), -1).tril(-1)
        return so_far, self.masks(edited)


def regions_of(attributes: Sequence[str]) -> Regions:
    """The regions of K attributes, in their order, [K, 32, 32]. One that is not in `LIES_IN` lies everywhere.

    >>> bool((regions_of(("Blurry",)).maps > 0.999).all())
    True
    """
    return Regions(torch.einsum("kp,phw->khw", parts_of(attributes), parts()))


def seen_in(attribute: str) -> torch.Tensor | None:
    """Where an attribute is seen once it is drawn in its region, [32, 32] in [0, 1]; None: all over its region.

    >>> eyes, mouth = seen_in("Eyeglasses")[15, 12], seen_in("Eyeglasses")[22, 15]
    >>> bool(eyes > 0.9 and mouth < 0.1), seen_in("Smiling") is None
    (True, True)
    """
    names = SEEN_IN.get(attribute)
    return None if names is None else parts()[[list(ANCHORS).index(name) for name in names]].sum(0)


def parts_of(attributes: Sequence[str]) -> torch.Tensor:
    """1 where a part belongs to an attribute's region, else 0, [K, P], with the parts in the order of `ANCHORS`.

    >>> belongs = parts_of(("Mustache",))[0]
    >>> [part for part, is_there in zip(ANCHORS, belongs) if is_there]
    ['upper lip', 'mouth']
    """
    return torch.tensor([[float(part in LIES_IN.get(name, tuple(ANCHORS))) for part in ANCHORS] for name in attributes])


def parts(side: int = SIDE) -> torch.Tensor:
    """The parts as soft maps in [0, 1] that add up to 1, [P, side, side], both halves of the frame alike.

    >>> maps = parts(8)
    >>> torch.allclose(maps.sum(0), torch.ones(8, 8)), torch.allclose(maps, maps.flip(-1))
    (True, True)
    """
    at = (torch.arange(side) + 0.5) / side
    across = torch.minimum(at, 1 - at)
    nearest = [
        torch.stack([(across[None] - x).square() + (at[:, None] - y).square() for x, y in points]).amin(0)
        for points in ANCHORS.values()
    ]
    return torch.softmax(-torch.stack(nearest) / (2 * SOFTNESS**2), 0)
