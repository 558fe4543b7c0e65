"""What a picture is drawn from: a code, and where there is one a LoRA of the generator. A fit moves one of the two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from editor.generate.trunk import LoRA
from editor.spaces import WPlus

Part = Literal["w_plus", "lora"]
"""What of an inversion is moved."""


@dataclass(frozen=True, eq=False)
class Inversion:
    """Attributes:
    w_plus: the code, [1, 18, 512].
    lora: what makes the generator one photo's own; None: the generator as it is.
    """

    w_plus: WPlus
    lora: LoRA | None = None

    def tensors(self, part: Part) -> Sequence[torch.Tensor]:
        """The tensors of one part: the code, or all factors of the LoRA.

        >>> [tensor.shape for tensor in Inversion(WPlus(torch.zeros(1, 18, 512))).tensors("w_plus")]
        [torch.Size([1, 18, 512])]
        """
        if part == "w_plus":
            return [self.w_plus]
        return self.lora.parameters if self.lora else []

    def detached(self) -> "Inversion":
        """A copy that later steps do not change, without gradients.

        >>> code = WPlus(torch.zeros(1, 18, 512, requires_grad=True))
        >>> Inversion(code).detached().w_plus.requires_grad
        False
        """
        lora = self.lora and self.lora.map(lambda factor: factor.detach().clone())
        return Inversion(WPlus(self.w_plus.detach().clone()), lora)

    def to_differentiate(self, part: Part) -> "Inversion":
        """A copy of which one part is leaves that gradients reach.

        >>> Inversion(WPlus(torch.zeros(1, 18, 512))).to_differentiate("w_plus").w_plus.requires_grad
        True
        """
        copy = self.detached()
        for tensor in copy.tensors(part):
            tensor.requires_grad_()
        return copy
