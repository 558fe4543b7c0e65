"""Model sets: what belongs together loads, what does not is refused, and StyleGAN2's sets edit as the embedded one does."""

import pytest
import torch

from editor import Editor, SettingError, WeightsError
from editor.edit import read_directions
from editor.flow import FlowConfig, RealNVP, write_flow
from editor.models import MODEL_SETS, load_models, load_networks, model_set, prepared_files
from editor.weights import WeightStore
from tests.conftest import difference
from tests.encode.psp_files import write_psp
from tests.ffhq import NARROW, prepare_randomly, tiny_store
from tests.generate.stylegan2_files import nvidia_state, persistent_tree, random_stylegan2, write_nvidia, write_rosinality


def test_every_set_names_cards_that_there_are(store):
    for entries in MODEL_SETS.values():
        assert set(entries.entries) <= store.entries.keys()
        assert not entries.codes_of or entries.codes_of in store.entries


def test_what_is_fetched_from_the_hub_is_pinned_and_asks_for_its_licence(store):
    for entry in store.entries.values():
        if entry.source == "hub":
            assert len(entry.revision) == 40 and len(entry.sha256) == 64 and entry.terms and entry.size > 1e8


def test_photos_are_opened_edited_and_refined_with_stylegan2(ffhq, photo):
    portrait = ffhq.open(photo)
    assert portrait.face.image.size == portrait.reconstruction.size == (1024, 1024) and portrait.w_plus.shape == (1, 18, 512)
    assert [attribute.name for attribute in ffhq.attributes][-1] == "Own_Attribute"
    images = ffhq.render(portrait, {"Smiling": 2.0})
    assert difference(images.w_plus, portrait.reconstruction) > 0.5
    live = ffhq.render(portrait, {"Smiling": 2.0}, live=True)
    assert live.w_star.size == (256, 256)
    refined = ffhq.tune(ffhq.refine(portrait, 2), 2)
    assert ffhq.render(refined, {}).w_star.size == (1024, 1024)


def test_both_spaces_are_drawn_in_one_call(ffhq, photo, monkeypatch):
    portrait, calls, usual = ffhq.open(photo), [], ffhq.renderer.draw
    monkeypatch.setattr(ffhq.renderer, "draw", lambda codes, *given: (calls.append(len(codes)), usual(codes, *given))[1])
    ffhq.render(portrait, {"Smiling": 1.0})
    assert calls == [2]


def test_without_a_gpu_it_says_that_it_is_slow_and_what_is_not(ffhq, editor):
    assert "embedded" in ffhq.notice and "seconds" in ffhq.notice
    assert editor.notice == ""


def test_psp_without_a_flow_says_how_to_make_one(tmp_path):
    with pytest.raises(WeightsError, match=r"prepare ffhq.*ffhq-e4e"):
        load_models("ffhq", tiny_store(tmp_path))


def test_e4e_borrows_the_shipped_flow(tmp_path):
    models = load_models("ffhq-e4e", tiny_store(tmp_path))
    assert models.encoder.config.kind == "e4e" and len(models.directions.attributes) == 40
    assert models.generator.tail.synthesis.resolution == 1024


def test_a_flow_for_another_encoder_is_refused(tmp_path):
    store = tiny_store(tmp_path)
    prepare_randomly(store)
    flow, _ = prepared_files("ffhq", store)
    write_flow(RealNVP(FlowConfig(couplings=2, hidden=8)), flow, encoder="0" * 64)
    with pytest.raises(WeightsError, match=r"another encoder.*prepare"):
        load_models("ffhq", store)


def test_e4e_weights_given_as_psp_are_refused_with_nothing_half_loaded(tmp_path):
    store = tiny_store(tmp_path)
    prepare_randomly(store)
    object.__setattr__(store.entries["psp-ffhq"], "file", str(tmp_path / "e4e.pt"))
    object.__setattr__(store.entries["psp-ffhq"], "sha256", store.entries["e4e-ffhq"].sha256)
    with pytest.raises(WeightsError, match="Encoder4Editing"):
        load_models("ffhq", store)


def test_a_wrong_hash_is_refused_before_anything_is_read(tmp_path):
    store = tiny_store(tmp_path)
    prepare_randomly(store)
    with (tmp_path / "psp.pt").open("ab") as file:
        file.write(b"more")
    with pytest.raises(WeightsError, match="not the file that the manifest describes"):
        load_models("ffhq", store)


@pytest.mark.parametrize("layout", ["rosinality", "nvidia"])
def test_another_generator_of_the_same_domain(layout, ffhq_store, tmp_path, monkeypatch):
    other = random_stylegan2(NARROW, seed=11)
    if layout == "rosinality":
        path = write_rosinality(other, tmp_path / "own.pt")
    else:
        path = write_nvidia(lambda: {"G_ema": persistent_tree(nvidia_state(other))}, tmp_path / "own.pkl", monkeypatch)
    networks = load_networks(model_set("ffhq"), ffhq_store, generator=str(path))
    code = torch.randn(1, 18, 512)
    assert torch.allclose(networks.generator(code), other(code), atol=1e-4)


def test_a_generator_of_another_domain_is_refused(ffhq_store, tmp_path):
    path = write_rosinality(random_stylegan2(NARROW), tmp_path / "cats.pt", latent_avg=torch.randn(512))
    with pytest.raises(WeightsError, match=r"another generator.*same domain"):
        load_networks(model_set("ffhq"), ffhq_store, generator=str(path))
    small = write_rosinality(random_stylegan2(), tmp_path / "small.pt")
    with pytest.raises(WeightsError, match="64 px"):
        load_networks(model_set("ffhq"), ffhq_store, generator=str(small))
    with pytest.raises(SettingError, match="one generator only"):
        load_networks(model_set("embedded"), ffhq_store, generator=str(path))


def test_an_unknown_set_or_device_lists_those_there_are():
    with pytest.raises(SettingError, match="embedded, embedded-svm, embedded-paper, ffhq, ffhq-e4e"):
        model_set("stylegan3")
    with pytest.raises(SettingError, match="cpu, cuda"):
        Editor.load("embedded", "gpu")
    if not torch.cuda.is_available():
        with pytest.raises(SettingError, match="no CUDA"):
            Editor.load("embedded", "cuda")


def test_the_encoder_may_be_read_without_a_flow(tmp_path):
    write_psp(tmp_path / "x.pt")
    networks = load_networks(model_set("ffhq"), tiny_store(tmp_path))
    assert networks.encoder.w_std.shape == (512,) and (networks.encoder.w_std > 0).all()


@pytest.mark.filterwarnings("ignore:The GPU's memory")
def test_a_gpu_too_small_for_the_models_is_left_alone_and_said_so(ffhq_store, monkeypatch):
    usual, asked = Editor.over.__func__, []

    def over(cls, models, device, *others):
        asked.append((device.type, models.generator.tail.in_half))
        if device.type == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory")
        return usual(cls, models, device, *others)

    monkeypatch.setattr("editor.pipeline.chosen_device", lambda _: torch.device("cuda"))
    monkeypatch.setattr(Editor, "over", classmethod(over))
    editor = Editor.load("ffhq", store=ffhq_store)
    assert asked == [("cuda", True), ("cpu", False)] and editor.renderer.device.type == "cpu"
    assert "memory does not suffice" in editor.notice


@pytest.mark.models
def test_directions_without_corrections_are_the_same_in_w_plus_only():
    shipped, plain = (read_directions(WeightStore().path(name)) for name in ("directions", "directions-svm"))
    assert plain.flow == shipped.flow
    for space, least, most in (("w_plus", 0.999, 1.001), ("w_star", 0.05, 0.999)):
        one, other = (getattr(directions, space).normals for directions in (shipped, plain))
        alike = torch.nn.functional.cosine_similarity(one, other)
        assert least < alike.min() and alike.max() < most


@pytest.mark.models
def test_the_papers_models_edit_everywhere_with_a_flow_of_their_own():
    shipped, papers = (load_models(name, WeightStore()) for name in ("embedded", "embedded-paper"))
    assert papers.regions is None and papers.hashes["encoder"] == shipped.hashes["encoder"]
    assert papers.hashes["flow"] != shipped.hashes["flow"]
    for space in ("w_plus", "w_star"):  # scikit-learn's default C of 1 turns the normals in W+ too
        one, other = (getattr(models.directions, space).normals for models in (shipped, papers))
        assert torch.nn.functional.cosine_similarity(one, other).mean() < 0.9


def test_each_weight_is_loaded_once(editor):
    """By address: networks that share a file share its tensors, and no file stays mapped."""
    models = editor.models
    assert models.preview.trunk.synthesis is models.generator.trunk.synthesis
    judge = models.classifier.features.__self__
    assert judge._likeness is judge._wide.likeness is models.likeness
    weights = {weight.data_ptr() for weight in models.encoder.parameters()}
    assert len(weights) == len(list(models.encoder.parameters())) and not any(w.is_meta for w in models.flow.buffers())
