"""What anyone can name on a face: attributes, how visible a change of each is, and which say something of the same thing."""

from collections.abc import Collection

VISIBLE = {
    **{"No_Beard": 1.5, "Goatee": 0.8, "Mustache": 0.8, "Sideburns": 0.8, "5_o_Clock_Shadow": 0.6},
    **{"Male": 1.5, "Young": 1.5, "Smiling": 1.0, "Eyeglasses": 1.2, "Wearing_Hat": 0.6, "Chubby": 0.6},
    **{"Gray_Hair": 1.0, "Black_Hair": 0.5, "Blond_Hair": 0.8, "Brown_Hair": 0.6, "Bangs": 0.5, "Bald": 1.0},
    **{"Wavy_Hair": 0.4, "Straight_Hair": 0.2, "Receding_Hairline": 0.7},
    **{"Heavy_Makeup": 0.8, "Wearing_Lipstick": 0.8, "Rosy_Cheeks": 0.5, "Pale_Skin": 0.5},
    **{"Mouth_Slightly_Open": 0.4, "Narrow_Eyes": 0.4, "Bags_Under_Eyes": 0.4},
}
"""Attribute -> how much a standard deviation of it counts. What is seen poorly counts less: the changes of an earlier
training classifier and of the evaluation classifier correlated by 0.9 for Male and by 0.4 for Straight_Hair (96 edits of 6
faces apart)."""

KIN = (
    ("No_Beard", "Goatee", "Mustache", "Sideburns", "5_o_Clock_Shadow"),
    ("Black_Hair", "Blond_Hair", "Brown_Hair", "Gray_Hair", "Bald"),
    ("Bald", "Receding_Hairline", "Bangs", "Wearing_Hat", "Wavy_Hair", "Straight_Hair"),
    ("Heavy_Makeup", "Wearing_Lipstick", "Rosy_Cheeks"),
    ("Smiling", "Mouth_Slightly_Open", "High_Cheekbones"),
    ("Chubby", "Double_Chin", "Oval_Face"),
)
"""Families: whoever asks for one of them asks for what it makes of the others."""


def kin_of(names: Collection[str]) -> set[str]:
    """Some attributes and all of their families.

    >>> sorted(kin_of(["Smiling", "Young"]))
    ['High_Cheekbones', 'Mouth_Slightly_Open', 'Smiling', 'Young']
    """
    return {*names, *(each for family in KIN if set(family) & set(names) for each in family)}
