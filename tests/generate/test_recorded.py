"""Recorded drawings are the drawings they were recorded of, whatever is drawn before, beside and after them."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from editor.edit.regions import SIDE
from editor.generate.runtimes import CarefulRuntime, TorchRuntime, best_runtime
from editor.generate.runtimes.recorded import COMMON, MASK_SIDE, MOST, Kind, RecordedRuntime, kind_of
from editor.generate.trunk import whole_generator, zero_lora
from editor.spaces import MaskedCodes, WPlus
from tests.generate.stylegan2_files import random_stylegan2
from tests.generate.tape import Taping

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def generator():
    return whole_generator(random_stylegan2(), 16)


@pytest.fixture(scope="module")
def plain(generator):
    return TorchRuntime(generator, CPU)


@pytest.fixture
def taping():
    return Taping()


@pytest.fixture
def runtime(plain, taping):
    return RecordedRuntime(plain, plain.trunk, taping, CPU)


def local(pictures, codes, seed=0, side=MASK_SIDE):
    random = torch.Generator().manual_seed(seed)
    masks = torch.rand(pictures, codes, side, side, generator=random)
    return MaskedCodes(torch.randn(pictures, codes, 18, 512, generator=random), masks / masks.sum(1, keepdim=True))


def everywhere(pictures, seed=0):
    return WPlus(torch.randn(pictures, 18, 512, generator=torch.Generator().manual_seed(seed)))


def agree(one, other):
    return (one - other).abs().max() < 1e-4 * other.std()


EDITS = [everywhere(1), local(2, 4, 1), local(2, 3, 2), local(1, 2, 3), everywhere(2, 4), local(2, 2, 5), local(2, 4, 6)]


def test_pictures_are_those_drawn_without_in_any_order(runtime, plain, taping):
    wanted = [plain(codes) for codes in EDITS]
    for _ in range(3):
        found = [runtime(codes) for codes in EDITS]  # none is drawn over by the next
        assert all(agree(one, other) for one, other in zip(found, wanted, strict=True))
    assert taping.recorded == len({kind_of(codes) for codes in EDITS}) == 5


def test_a_kind_is_recorded_when_it_comes_again_and_common_ones_before(runtime, taping):
    runtime(local(1, 2))
    assert taping.recorded == 0
    runtime(local(1, 2, seed=1))
    assert taping.recorded == 1
    runtime.prepare()
    assert taping.recorded == 1 + len(COMMON)
    runtime.prepare(), runtime(local(2, 3)), runtime(everywhere(2))
    assert taping.recorded == 1 + len(COMMON)


def test_what_many_pictures_or_codes_are_drawn_from_is_of_no_kind(runtime, plain, taping):
    for codes in (everywhere(3), local(3, 2), local(1, 17)):
        assert kind_of(codes) is None
        assert all(agree(runtime(codes), plain(codes)) for _ in range(2))
    assert taping.recorded == 0 and kind_of(local(1, 16)) == Kind(1, 16, MASK_SIDE)


def test_the_number_of_recordings_is_bounded(plain, taping):
    runtime = RecordedRuntime(plain, plain.trunk, taping, CPU, most=1)
    for codes in EDITS * 2:
        assert agree(runtime(codes), plain(codes))
    assert taping.recorded == 1
    assert len({kind_of(local(b, k)) for b in (1, 2) for k in range(1, 42)} | set(COMMON)) <= MOST + 1, "all there are"


def lora_of(generator, seed):
    random = torch.Generator().manual_seed(seed)
    zero = zero_lora(generator.trunk, rank=2)
    return zero.map(lambda factor: torch.randn(factor.shape, generator=random) * 0.5)


def test_photos_that_were_fitted_are_drawn_with_their_own_weights(runtime, plain, generator, taping):
    trunks = [generator.trunk.fitted(lora_of(generator, seed)) for seed in (1, 2)]
    for trunk in (None, trunks[0], trunks[1], None, trunks[1], trunks[0], None):
        for codes in EDITS[:2]:
            assert agree(runtime(codes, trunk), plain(codes, trunk))
    assert taping.recorded == 2, "the same recordings draw all photos"
    assert not agree(plain(EDITS[0], trunks[0]), plain(EDITS[0]))


def test_a_photo_that_has_gone_leaves_nothing(runtime, generator):
    trunk = generator.trunk.fitted(lora_of(generator, 1))
    runtime.prepare()
    runtime(EDITS[0], trunk)
    gone = weakref.ref(trunk)
    del trunk
    gc.collect()
    assert gone() is None
    assert agree(runtime(EDITS[0]), TorchRuntime(generator, CPU)(EDITS[0]))


def test_without_room_to_record_more_the_rest_is_drawn_without(plain):
    taping = Taping(room=1)
    runtime = RecordedRuntime(plain, plain.trunk, taping, CPU)
    runtime.prepare()
    assert all(agree(runtime(codes), plain(codes)) for codes in EDITS * 2) and taping.recorded == 1


def test_a_recording_that_fails_is_told_and_does_without(plain):
    def failing(draw):
        raise RuntimeError("operation not permitted when stream is capturing\nfurther lines")

    runtime = RecordedRuntime(plain, plain.trunk, failing, CPU)
    with pytest.warns(UserWarning, match="could not be recorded.*capturing$"):
        runtime.prepare()
    assert agree(runtime(EDITS[1]), plain(EDITS[1]))


def test_recordings_are_given_up_before_a_drawing_is(plain, taping):
    class Tight:
        """No room for four codes while there are recordings."""

        name = "torch cuda"

        def __call__(self, codes, trunk=None):
            if isinstance(codes, MaskedCodes) and codes.codes.shape[1] > 16 and runtime._recordings:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return plain(codes, trunk)

    runtime = RecordedRuntime(Tight(), plain.trunk, taping, CPU)
    runtime.prepare()
    many = local(2, 17)
    assert agree(runtime(many), plain(many)) and not runtime._recordings
    runtime.prepare()
    assert taping.recorded == len(COMMON), "and none is made again"


def test_without_any_room_it_is_the_careful_runtimes_turn(plain, generator, taping):
    def full(codes, trunk=None):
        raise torch.OutOfMemoryError("CUDA out of memory")

    full.name = "torch cuda"
    careful = CarefulRuntime(RecordedRuntime(full, plain.trunk, taping, CPU), generator)
    careful.prepare()
    with pytest.warns(UserWarning, match="memory ran out"):
        assert agree(careful(EDITS[1]), plain(EDITS[1]))
    careful.prepare()
    assert careful.name == "torch cpu"


def test_threads_get_the_pictures_they_asked_for(runtime, plain, generator):
    runtime.prepare()
    trunk = generator.trunk.fitted(lora_of(generator, 1))
    asked = [(codes, own) for codes in EDITS for own in (None, trunk)] * 2
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda one: runtime(*one), asked))
    assert all(agree(picture, plain(*one)) for picture, one in zip(found, asked, strict=True))


def test_local_edits_have_masks_of_the_common_kinds_size():
    assert MASK_SIDE == SIDE


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
@pytest.mark.parametrize("half", [False, True])
def test_cuda_graphs_draw_what_the_gpu_draws_without(half):
    device = torch.device("cuda")
    generator = whole_generator(random_stylegan2(), 16, half).to(device)
    plain, runtime = TorchRuntime(generator, device), best_runtime(generator, device)
    runtime.prepare()
    own = generator.trunk.fitted(lora_of(whole_generator(random_stylegan2(), 16), 1).map(lambda factor: factor.to(device)))
    for trunk in (None, own, None):
        for codes in EDITS:
            assert (runtime(codes, trunk) - plain(codes, trunk)).abs().max() < 1e-2 * plain(codes, trunk).std()
