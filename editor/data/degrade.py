"""Make a clean face look like a photo: misaligned, soft, noisy, compressed, badly lit, partly covered.

Each effect has random parameters for each face, and applies with its own probability. Faces are tensors in
[-1, 1] and stay on their device; only JPEG is made on the CPU.
"""

import torch
import torch.nn.functional as F
from torchvision.io import ImageReadMode, decode_jpeg, encode_jpeg

from editor.images import to_bytes, to_signed


class Degrade:
    """Callable on a batch of faces [B, 3, R, R]; deterministic in its generator, on one kind of device."""

    def __init__(self, random: torch.Generator, strength: float = 1.0):
        """
        Args:
            random: source of randomness (CPU).
            strength: 1 for generated faces; less for photos, which are degraded already.
        """
        self.random = random
        self.strength = strength

    def __call__(self, faces: torch.Tensor) -> torch.Tensor:
        faces = faces.float()
        for effect in (self.misalign, self.occlude, self.light, self.soften, self.add_noise, self.compress):
            faces = effect(faces)
        return faces.clamp(-1, 1)

    def _uniform(self, faces: torch.Tensor, low: float, high: float, each: int = 1) -> torch.Tensor:
        """So many numbers for each face, where the faces are."""
        return (low + (high - low) * torch.rand(each * len(faces), generator=self.random)).to(faces.device)

    def _chosen(self, faces: torch.Tensor, probability: float) -> torch.Tensor:
        return self._uniform(faces, 0, 1) < probability * self.strength

    def misalign(self, faces: torch.Tensor) -> torch.Tensor:
        """Shift by up to 2 %, scale by up to 4 % and rotate by up to 2.5 degrees: the size of MTCNN's error."""
        s = self.strength
        angle = self._uniform(faces, -0.044, 0.044) * s
        scale = 1 + self._uniform(faces, -0.04, 0.04) * s
        cos, sin = scale * angle.cos(), scale * angle.sin()
        shift_x, shift_y = self._uniform(faces, -0.04, 0.04) * s, self._uniform(faces, -0.04, 0.04) * s
        theta = torch.stack([torch.stack([cos, -sin, shift_x], 1), torch.stack([sin, cos, shift_y], 1)], 1)
        grid = F.affine_grid(theta, list(faces.shape), align_corners=False)
        return F.grid_sample(faces, grid, mode="bilinear", padding_mode="reflection", align_corners=False)

    def occlude(self, faces: torch.Tensor) -> torch.Tensor:
        """Cover a part with a soft ellipse of one colour, or of another face's pixels."""
        n, size = len(faces), faces.shape[-1]
        axis = torch.linspace(-1, 1, size, device=faces.device)
        x, y = axis[None, None, :], axis[None, :, None]
        centre_x, centre_y = self._uniform(faces, -1, 1)[:, None, None], self._uniform(faces, -1, 1)[:, None, None]
        radius_x, radius_y = self._uniform(faces, 0.1, 0.5)[:, None, None], self._uniform(faces, 0.1, 0.5)[:, None, None]
        inside = ((x - centre_x) / radius_x).square() + ((y - centre_y) / radius_y).square()
        mask = (4 * (1 - inside)).sigmoid()[:, None] * self._chosen(faces, 0.15)[:, None, None, None]
        plain = self._uniform(faces, -1, 1, 3).view(n, 3, 1, 1)
        other = faces.roll(1, 0).flip(-2)
        cover = torch.where((self._uniform(faces, 0, 1) < 0.5)[:, None, None, None], plain, other)
        return faces + mask * (cover - faces)

    def light(self, faces: torch.Tensor) -> torch.Tensor:
        """Exposure, contrast, gamma and white balance; one face in thirty grey."""
        n, s = len(faces), self.strength
        level = (faces.clamp(-1, 1) + 1) / 2
        level = level.clamp_min(1e-4) ** (self._uniform(faces, -0.35, 0.35) * s).exp()[:, None, None, None]
        gain = (self._uniform(faces, -0.08, 0.08, 3).view(n, 3) * s + (self._uniform(faces, -0.15, 0.15) * s)[:, None]).exp()
        level = level * gain[:, :, None, None]
        contrast = (self._uniform(faces, -0.2, 0.2) * s).exp()[:, None, None, None]
        level = (level - 0.5) * contrast + 0.5
        grey = level.mean(1, keepdim=True).expand_as(level)
        level = torch.where(self._chosen(faces, 1 / 30)[:, None, None, None], grey, level)
        return level.clamp(0, 1) * 2 - 1

    def soften(self, faces: torch.Tensor) -> torch.Tensor:
        """Lose detail as a small original or a soft lens does: down to 40-100 % of the side and up again."""
        size = faces.shape[-1]
        sides = torch.where(
            self._chosen(faces, 0.6), self._uniform(faces, 0.4, 1.0) * size, torch.tensor(float(size)).to(faces)
        )
        out = faces.clone()
        for i, side in enumerate(sides.round().int().tolist()):
            if side < size:
                small = F.interpolate(faces[i : i + 1], size=(side, side), mode="bilinear", antialias=True)
                out[i : i + 1] = F.interpolate(small, size=(size, size), mode="bicubic")
        return out

    def add_noise(self, faces: torch.Tensor) -> torch.Tensor:
        """Gaussian noise of up to 4 % of the range."""
        sigma = self._uniform(faces, 0, 0.08) * self._chosen(faces, 0.5)
        if faces.device.type == "cpu":
            return faces + sigma[:, None, None, None] * torch.randn(faces.shape, generator=self.random)
        seed = int(torch.randint(2**31, (), generator=self.random))  # noise that is made on the CPU takes longer than all else
        random = torch.Generator(faces.device).manual_seed(seed)
        return faces + sigma[:, None, None, None] * torch.randn(faces.shape, generator=random, device=faces.device)

    def compress(self, faces: torch.Tensor) -> torch.Tensor:
        """JPEG of quality 35-95."""
        qualities = self._uniform(faces, 35, 95).int().tolist()
        chosen = self._chosen(faces, 0.6)
        pixels = to_bytes(faces[chosen]).cpu()
        for at, quality in enumerate(quality for quality, yes in zip(qualities, chosen.tolist(), strict=True) if yes):
            read = decode_jpeg(encode_jpeg(pixels[at], quality=quality), mode=ImageReadMode.RGB)
            assert isinstance(read, torch.Tensor)
            pixels[at] = read
        out = faces.clone()
        out[chosen] = to_signed(pixels.to(faces.device))
        return out
