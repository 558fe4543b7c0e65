"""Drawings that are recorded once and replayed: which ones there are, the buffers that they read, and when to do without.

A recorded drawing always reads and writes the same places. So codes, masks and the weights of a photo's own trunk are copied
there before it is replayed, and the picture is copied away after it. A drawing is of one kind: so many pictures, of so many
codes, with masks of one size. A local edit of n sliders has n + 1 codes. They are rounded up to one of a few numbers, and the
codes added have no share anywhere, which changes nothing in the picture.

What records is handed in: on a GPU a CUDA graph (`editor.generate.runtimes.cuda`), in tests something of the CPU's.
"""

import threading
import warnings
import weakref
from collections.abc import Callable
from operator import attrgetter
from typing import NamedTuple

import torch

from editor.devices.memory import make_room, with_weights
from editor.generate.runtimes.plain import Runtime
from editor.generate.trunk import Trunk
from editor.spaces import CHANNELS, LAYERS, Codes, MaskedCodes, WPlus

PICTURES = 2
"""Pictures in a recorded drawing, at most: one, or one of each space."""
CODES = (2, 4, 8, 16)
"""Codes of a picture with regions: edits of 1, 3, 7 and 15 sliders."""
MASK_SIDE = 32
"""Side of the masks of local edits, those of `editor.edit.regions`."""
MOST = 12
"""Recorded drawings of a runtime; they share one pool of memory, and each keeps its picture: two of 1024 px take 25 MB."""
FAILED = "A drawing could not be recorded on the GPU, so drawings of its kind take longer: {error}"

Draw = Callable[[], torch.Tensor]
Record = Callable[[Draw], Draw]
"""Records a drawing from fixed places, and gives what draws it again, always into the same picture."""


class Kind(NamedTuple):
    """What recorded drawings differ in.

    Attributes:
        pictures: how many.
        codes: of each picture.
        masks: side of their masks in cells; 0: one code a picture, without masks.
    """

    pictures: int
    codes: int = 1
    masks: int = 0


COMMON = (Kind(1), Kind(2), Kind(2, 2, MASK_SIDE), Kind(2, 4, MASK_SIDE))
"""What is recorded before anybody asks: a portrait, edits everywhere, and local edits of up to three sliders."""


def kind_of(codes: Codes) -> Kind | None:
    """The kind of drawing that codes are drawn by; None: there is none, for so many pictures or codes.

    >>> kind_of(WPlus(torch.zeros(2, 18, 512)))
    Kind(pictures=2, codes=1, masks=0)
    >>> kind_of(MaskedCodes(torch.zeros(1, 3, 18, 512), torch.zeros(1, 3, 32, 32)))
    Kind(pictures=1, codes=4, masks=32)
    >>> kind_of(WPlus(torch.zeros(8, 18, 512))) is None
    True
    """
    if len(codes) > PICTURES:
        return None
    if not isinstance(codes, MaskedCodes):
        return Kind(len(codes))
    room = next((room for room in CODES if room >= codes.codes.shape[1]), None)
    return Kind(len(codes), room, codes.masks.shape[-1]) if room else None


class RecordedRuntime:
    """Another runtime, whose common drawings are recorded: those of `prepare`, and each other kind once it comes a second time.

    Where there is no room for a recording the other runtime draws. Where there is none for a drawing, all recordings are given
    up first. May be called by several threads; they take turns.

    Args:
        runtime: draws what is not recorded, and what is recorded once.
        trunk: its generator's own.
        record: records a drawing.
        device: where it draws.
        most: recordings.
    """

    def __init__(self, runtime: Runtime, trunk: Trunk, record: Record, device: torch.device, most: int = MOST):
        self.name = f"{runtime.name}, graphs"
        self._runtime = runtime
        self._seat = Seat(trunk)
        self._record = record
        self._device = device
        self._most = most
        self._recordings: dict[Kind, Recording] = {}
        self._met: set[Kind] = set()
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Record what most edits need."""
        for kind in COMMON:
            with self._lock:
                self._met.add(kind)
                self._recording(kind)

    def __call__(self, codes: Codes, trunk: Trunk | None = None) -> torch.Tensor:
        with self._lock:
            recording = self._recording(kind_of(codes))
            try:
                if recording is None:
                    return self._runtime(codes, trunk)
                with torch.inference_mode():
                    self._seat.take(trunk)
                    return recording(codes)
            except torch.OutOfMemoryError:
                if not self._recordings:
                    raise
                recording = None
                self._give_up()
            return self._runtime(codes, trunk)

    def _recording(self, kind: Kind | None) -> "Recording | None":
        """The recorded drawing of a kind, recorded now where it was met before; None: it is to be drawn without."""
        if kind is None or kind in self._recordings:
            return self._recordings.get(kind) if kind else None
        if kind not in self._met or len(self._recordings) >= self._most:
            self._met.add(kind)
            return None
        try:
            self._recordings[kind] = Recording(kind, self._draw, self._record, self._device)
        except RuntimeError as error:  # of CUDA, as that memory ran out
            self._most = len(self._recordings)
            make_room()
            if not isinstance(error, torch.OutOfMemoryError):
                warnings.warn(FAILED.format(error=str(error).strip().split("\n")[0]), stacklevel=3)
        return self._recordings.get(kind)

    def _draw(self, codes: Codes) -> torch.Tensor:
        return self._runtime(codes, self._seat.trunk)

    def _give_up(self) -> None:
        """Give back the memory of all recordings, and record nothing more."""
        self._most = 0
        self._recordings.clear()
        make_room()


class Recording:
    """One recorded drawing. What calls it lets nobody else draw with the same recorder meanwhile."""

    def __init__(self, kind: Kind, draw: Callable[[Codes], torch.Tensor], record: Record, device: torch.device):
        self._codes = torch.zeros(kind.pictures, kind.codes, LAYERS, CHANNELS, device=device)
        self._masks = torch.zeros(kind.pictures, kind.codes, kind.masks, kind.masks, device=device)
        self._masks[:, 0] = 1
        reads = MaskedCodes(self._codes, self._masks) if kind.masks else WPlus(self._codes[:, 0])
        self._replay = record(lambda: draw(reads))

    def __call__(self, codes: Codes) -> torch.Tensor:
        """Draw codes of this kind, [B, 3, R, R]."""
        if isinstance(codes, MaskedCodes):
            count = codes.codes.shape[1]
            self._codes[:, :count].copy_(codes.codes, non_blocking=True)
            self._codes[:, count:] = self._codes[:, count - 1 : count]
            self._masks[:, :count].copy_(codes.masks, non_blocking=True)
            self._masks[:, count:] = 0
        else:
            self._codes[:, 0].copy_(codes, non_blocking=True)
        return self._replay().clone()  # the next replay draws over it


class Seat:
    """A trunk whose changeable weights lie in fixed places. Those of a photo's own trunk are copied there, and so draw.

    All other weights are the given trunk's own tensors.
    """

    def __init__(self, trunk: Trunk):
        self._own = trunk
        names = [f"synthesis.{name}" for name in trunk.synthesis.tunable(trunk.resolution)]
        self._places = {name: trunk.get_parameter(name).detach().clone() for name in names}
        self._seated: Callable[[], Trunk | None] = weakref.ref(trunk)  # a photo's weights are not kept for this
        self.trunk = with_weights(trunk, self._places)

    def take(self, trunk: Trunk | None) -> None:
        """Let another trunk draw; None: the generator's own."""
        trunk = trunk or self._own
        if self._seated() is not trunk:
            self._seated = lambda: None  # should a copy fail
            for name, place in self._places.items():
                place.copy_(attrgetter(name)(trunk))
            self._seated = weakref.ref(trunk)
