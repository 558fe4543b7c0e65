"""Labels and groups of CelebA's forty attributes, for the sliders."""

from dataclasses import dataclass

GROUPS = ("Expression", "Age and gender", "Hair", "Facial hair", "Makeup", "Accessories", "Face shape")

BEST = (
    "Smiling",
    "Young",
    "Male",
    "Eyeglasses",
    "Bangs",
    "Blond_Hair",
    "Black_Hair",
    "No_Beard",
    "Heavy_Makeup",
    "Gray_Hair",
    "Chubby",
    "Pale_Skin",
)
"""The dozen that are shown first."""

_NAMES = {
    "Expression": ("Smiling", "Mouth_Slightly_Open", "High_Cheekbones", "Narrow_Eyes", "Attractive"),
    "Age and gender": ("Young", "Male", "Bags_Under_Eyes"),
    "Hair": (
        "Bangs",
        "Blond_Hair",
        "Brown_Hair",
        "Black_Hair",
        "Gray_Hair",
        "Straight_Hair",
        "Wavy_Hair",
        "Receding_Hairline",
        "Bald",
    ),
    "Facial hair": ("No_Beard", "5_o_Clock_Shadow", "Goatee", "Mustache", "Sideburns"),
    "Makeup": ("Heavy_Makeup", "Wearing_Lipstick", "Rosy_Cheeks", "Pale_Skin", "Arched_Eyebrows", "Bushy_Eyebrows"),
    "Accessories": ("Eyeglasses", "Wearing_Hat", "Wearing_Earrings", "Wearing_Necklace", "Wearing_Necktie", "Blurry"),
    "Face shape": ("Oval_Face", "Chubby", "Double_Chin", "Big_Nose", "Pointy_Nose", "Big_Lips"),
}


OWN: dict[str, str] = {}
"""Attributes that CelebA does not have: name -> one of `GROUPS`. Any that is not here stands in the last group."""

CELEBA = tuple(sorted(name for names in _NAMES.values() for name in names))
"""All forty in CelebA's own order, which is the alphabet's."""


@dataclass(frozen=True)
class Attribute:
    """One attribute.

    Attributes:
        name: CelebA's own, as in labels, recipes and on the command line.
        label: in words.
        group: the heading it stands under.
        best: whether it is among the dozen shown first.
    """

    name: str
    label: str
    group: str
    best: bool


def attribute(name: str) -> Attribute:
    """What is known of an attribute; one that CelebA does not have gets its own name and the last group.

    >>> attribute("Bags_Under_Eyes")
    Attribute(name='Bags_Under_Eyes', label='Bags under eyes', group='Age and gender', best=False)
    """
    group = next((group for group, names in _NAMES.items() if name in names), OWN.get(name, GROUPS[-1]))
    label = name.replace("_", " ").replace("5 o Clock", "5 o'clock")
    return Attribute(name, label[0] + label[1:].lower(), group, name in BEST)


def display_order(names: tuple[str, ...]) -> list[Attribute]:
    """The attributes in the order the app shows them: the dozen best, then the others by group.

    >>> [attribute.name for attribute in display_order(("Bald", "Young", "Smiling"))]
    ['Smiling', 'Young', 'Bald']
    """
    ranked = [*BEST, *(name for group in GROUPS for name in _NAMES[group]), *names]
    return [attribute(name) for name in sorted(names, key=ranked.index)]
