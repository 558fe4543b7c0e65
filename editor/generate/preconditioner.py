"""How strongly pictures answer to moves of a code, on the mean over faces: the preconditioner of a descent of codes.

Of the 512 directions in which a layer's code can move, a dozen change the face a lot and most hardly at all. They are nearly
the same for every face (Wang and Ponce, "The Geometry of Deep Generative Image Models and its Applications", 2021). So the
second moments of a loss's gradients are measured once, on many faces, and every descent then moves along

    P_i g = U_i [1 + v_i / damping]^-power U_i^T g,        sum over faces and steps of g_i g_i^T  ~  U_i diag(v_i) U_i^T

which is Shampoo's preconditioner (Gupta et al., 2018) for each layer i, known before the first step. Codes are counted along
the principal axes of W (`editor.generate.axes`), v in units of its mean over all layers and directions.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import torch

from editor.weights.tensors import Tensors, halved, read_as, write_tensors


@dataclass(frozen=True, eq=False)
class Preconditioner:
    """What is known of the gradients of codes.

    Attributes:
        axes: of W, [512, 512]: gradients are with respect to coordinates along these columns.
        bases: U_i, [L, 512, R]: the directions in which a layer's gradients are largest, orthonormal, or zeros.
        variances: v_i, [L, R]: how large; 0 in all other directions.
    """

    axes: torch.Tensor
    bases: torch.Tensor
    variances: torch.Tensor

    def apply(self, gradient: torch.Tensor, damping: float, power: float) -> torch.Tensor:
        """P g, [B, L, 512]: less of what every face's gradients are full of.

        >>> strong = torch.eye(3)[None, :, :1]  # of three directions, one in which pictures change a lot
        >>> known = Preconditioner(torch.eye(3), strong, torch.tensor([[3.0]]))
        >>> known.apply(torch.ones(1, 1, 3), damping=1.0, power=0.5)
        tensor([[[0.5000, 1.0000, 1.0000]]])
        """
        less = (1 + self.variances / damping) ** -power - 1
        along = torch.einsum("blc,lcr->blr", gradient, self.bases) * less
        return gradient + torch.einsum("blr,lcr->blc", along, self.bases)

    def shown(self, moves: torch.Tensor, damping: float) -> torch.Tensor:
        """How much moves show in pictures, [B, L]: the mean over directions of (damping + v) times the square of the move.

        Args:
            moves: [B, L, 512].

        >>> known = Preconditioner(torch.eye(3), torch.eye(3)[None, :, :1], torch.tensor([[2.0]]))
        >>> known.shown(torch.eye(3)[:, None], damping=1.0).flatten()
        tensor([1.0000, 0.3333, 0.3333])
        """
        along = torch.einsum("blc,lcr->blr", moves, self.bases)
        return (damping * moves.square().sum(-1) + (self.variances * along.square()).sum(-1)) / moves.shape[-1]

    def to(self, device: torch.device) -> "Preconditioner":
        """The same on a device."""
        return Preconditioner(*(tensor.to(device) for tensor in vars(self).values()))


def preconditioner_of(axes: torch.Tensor, moments: torch.Tensor, rank: int) -> Preconditioner:
    """What gradients tell.

    Args:
        axes: of W, [512, 512].
        moments: the mean of g g^T for each layer, [L, 512, 512].
        rank: directions to know of each layer.

    >>> moments = torch.diag(torch.tensor([0.0, 3.0, 0.0]))[None]
    >>> found = preconditioner_of(torch.eye(3), moments, rank=1)
    >>> found.bases.abs().flatten(), found.variances
    (tensor([0., 1., 0.]), tensor([[3.]]))
    """
    variances, bases = torch.linalg.eigh(moments / moments.diagonal(dim1=1, dim2=2).mean())
    return Preconditioner(axes, bases[..., -rank:].contiguous(), variances[:, -rank:].clamp(min=0).contiguous())


def write_preconditioner(known: Preconditioner, path: Path) -> None:
    """Save in half precision, but for the variances.

    >>> known = preconditioner_of(torch.eye(4), torch.eye(4).expand(2, 4, 4), rank=3)
    >>> write_preconditioner(known, folder / "known.safetensors")
    """
    write_tensors(path, halved({"axes": known.axes, "bases": known.bases}) | {"variances": known.variances})


def read_preconditioner(path: Path) -> Preconditioner:
    """What is in a file.

    Raises:
        WeightsError: it does not hold a preconditioner.

    >>> known = preconditioner_of(torch.eye(4), torch.eye(4).expand(2, 4, 4), rank=3)
    >>> write_preconditioner(known, folder / "preconditioner.safetensors")
    >>> read_preconditioner(folder / "preconditioner.safetensors").bases.shape
    torch.Size([2, 4, 3])
    """

    def build(tensors: Tensors, _: dict[str, str]) -> Preconditioner:
        known = Preconditioner(*(tensors[each.name] for each in fields(Preconditioner)))
        layers, channels, rank = known.bases.shape
        if known.axes.shape != (channels, channels) or known.variances.shape != (layers, rank):
            raise ValueError("its tensors do not fit one another")
        return known

    return read_as(path, "a preconditioner", build)
