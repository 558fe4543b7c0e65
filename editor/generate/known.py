"""A picture that is there already, so that of one nearly like it only what differs is drawn.

Where it differs is told before the expensive layers run: from the features that they start from and the styles they will read.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from editor.images import to_bytes, to_signed

ALIKE = 0.03
"""Change of features and styles, relative to their size, up to which a place is as it was. What is left out is then 50 dB
below the picture's range and more, on drawn faces with each attribute at 1.5 and -1.5. Of twice that, neighbours differ too."""


@dataclass(frozen=True, eq=False)
class Known:
    """A picture, and what to compare another one with. Belongs to one portrait; 4 MB.

    Attributes:
        image: bytes [1, 3, R, R].
        features: of the trunk, float16 [1, C, r, r].
        styles: what the layers after the trunk read of the picture's code, [1, 1, S].

    >>> known = Known.of(torch.zeros(1, 3, 8, 8), torch.ones(1, 4, 2, 2), torch.ones(1, 1, 5))
    >>> known.image.unique(), known.pixels.abs().max() < 0.01
    (tensor([128], dtype=torch.uint8), tensor(True))
    """

    image: torch.Tensor
    features: torch.Tensor
    styles: torch.Tensor

    @classmethod
    def of(cls, image: torch.Tensor, features: torch.Tensor, styles: torch.Tensor) -> "Known":
        """What was drawn, [1, 3, R, R] in about [-1, 1], of what."""
        return cls(to_bytes(image), features.half(), styles)

    @property
    def pixels(self) -> torch.Tensor:
        """The image, [1, 3, R, R] in [-1, 1]."""
        return to_signed(self.image)

    def changed(self, features: torch.Tensor, styles: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
        """Where another picture differs, bool [r, r].

        Args:
            features: of the trunk, [1, C, r, r].
            styles: what the layers after it read of the picture's codes, [1, K, S].
            shares: of the codes at each place, [1, K, r, r].

        >>> features, styles = torch.ones(1, 4, 1, 4), torch.tensor([1.0, 1.5])[:, None].expand(1, 2, 5)
        >>> known = Known.of(torch.zeros(1, 3, 4, 16), features, styles[:, :1])
        >>> first = torch.tensor([[0.5, 1.0, 1.0, 0.9]])
        >>> known.changed(features, styles, torch.stack([first, 1 - first])[None])
        tensor([[ True,  True, False,  True]])
        """
        before = self.features.float()
        size = before.square().mean((2, 3), keepdim=True).clamp_min(1e-12)
        apart = ((features - before).square() / size).mean(1)[0]
        other = (styles - self.styles).square().mean(2)[0] / self.styles.square().mean()
        apart = apart + (shares[0] * other.sqrt()[:, None, None]).sum(0).square()
        strong = (apart > (2 * ALIKE) ** 2).float()
        return (apart > ALIKE**2) | (F.max_pool2d(strong[None], 3, 1, 1)[0] > 0)
