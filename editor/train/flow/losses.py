"""What a flow is trained to: the paper's three losses (Shukor et al., ICIP 2022, equations 1-3).

C_i are linear classifiers, one an attribute, fitted in W+ and then frozen; d_i is the unit normal of C_i. Only T moves.

    L_a    = - sum_i y_i log C_i(T(w)) + (1 - y_i) log(1 - C_i(T(w)))
    L_lm   = sum_i - m_i |T(w) d_i| + (1 - m_i) |T(w) d_i|        m_i = 1 where C_i is right about T(w)
    L_ap   = sum_{i != j} |C_i(w) - C_i(w^)|                      w^ = T^-1(T(w) + a d_j), j at random for each batch

The paper prints w in L_lm where T(w) must be meant. L_lm has no lower bound; the couplings' scales and shifts have.
"""

import torch
import torch.nn.functional as F

from editor.classify.linear import Linear
from editor.flow import RealNVP
from editor.spaces import WPlus, WStar


def classification_loss(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """L_a: binary cross entropy summed over attributes, mean over the batch. Logits and labels, hard or soft, [B, K].

    >>> labels = torch.tensor([[True, False]])
    >>> classification_loss(torch.zeros(1, 2), labels), classification_loss(torch.tensor([[9.0, -9.0]]), labels) < 0.001
    (tensor(1.3863), tensor(True))
    """
    return F.binary_cross_entropy_with_logits(scores, labels.float(), reduction="none").sum(1).mean()


def margin_loss(scores: torch.Tensor, distances: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """L_lm: minus the distance to the hyperplane where the classifier is right, plus it where it is wrong; [B, K] each.

    >>> scores = torch.tensor([[3.0, -1.0]])  # right about the first, wrong about the second
    >>> margin_loss(scores, distances=scores, labels=torch.tensor([[True, True]]))
    tensor(-2.)
    """
    right = (scores > 0) == (labels > 0.5)
    return torch.where(right, -distances.abs(), distances.abs()).sum(1).mean()


def preservation_loss(before: torch.Tensor, after: torch.Tensor, edited: int) -> torch.Tensor:
    """L_ap: change of every probability but the edited attribute's, summed, mean over the batch. Logits [B, K].

    >>> before, after = torch.zeros(1, 2), torch.tensor([[9.0, 0.0]])  # only the first logit moves
    >>> preservation_loss(before, after, edited=0), preservation_loss(before, after, edited=1)
    (tensor(0.), tensor(0.4999))
    """
    change = (before.sigmoid() - after.sigmoid()).abs()
    return (change.sum(1) - change[:, edited]).mean()


def losses(
    flow: RealNVP, classifiers: Linear, w_plus: WPlus, labels: torch.Tensor, edited: int, amounts: torch.Tensor
) -> dict[str, torch.Tensor]:
    """The three losses on one batch, before their weights.

    Args:
        w_plus: [B, 18, 512].
        labels: [B, K], hard or soft.
        edited: j of L_ap.
        amounts: [B], how far each code moves along d_j, in standard deviations of normalised codes.

    >>> classifiers, amounts = Linear(torch.eye(2, 72), torch.zeros(2)), torch.full((60,), 5.0)
    >>> [(name, loss.shape) for name, loss in losses(flow, classifiers, codes.w_plus, codes.labels, 0, amounts).items()]
    [('attribute', torch.Size([])), ('margin', torch.Size([])), ('preservation', torch.Size([]))]
    """
    w_star = flow(w_plus)
    codes = w_star.flatten(1)
    scores = classifiers(codes)
    normals = classifiers.normals()
    moved = codes + amounts[:, None] * normals[edited]
    back = flow.normalise(flow.inverse(WStar(moved.unflatten(1, w_star.shape[1:]))))
    return {
        "attribute": classification_loss(scores, labels),
        "margin": margin_loss(scores, codes @ normals.t(), labels),
        "preservation": preservation_loss(classifiers(flow.normalise(w_plus)), classifiers(back), edited),
    }
