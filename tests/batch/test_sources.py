"""Whatever names photos have and wherever they are named, each has one output of its own."""

import itertools
import tracemalloc

import fsspec
import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from editor.batch.index import DONE, SKIPPED, Index, Key
from editor.batch.manifest import read_manifest
from editor.batch.names import LONGEST, output_name
from editor.batch.sources import check_sources, count, photos_of
from editor.errors import SettingError, TableError
from tests.batch.conftest import texts


def names(*sources, without="") -> list[str]:
    return [found.name for found in photos_of([str(source) for source in sources], str(without))]


def test_folders_patterns_and_files_name_photos_by_where_they_are(tmp_path, monkeypatch):
    for name in ("a/1.jpg", "a/b/1.PNG", "c/1.jpg", "c/notes.txt", "a/.hidden/1.jpg", "a/._1.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert names(tmp_path) == ["a/1.jpg", "a/b/1.PNG", "c/1.jpg"]
    assert names(tmp_path, without=tmp_path / "a" / "b") == ["a/1.jpg", "c/1.jpg"]
    assert names(tmp_path / "a", tmp_path / "c") == ["a/1.jpg", "a/b/1.PNG", "c/1.jpg"]
    assert names(tmp_path / "a" / "1.jpg", tmp_path / "c" / "1.jpg") == ["a/1.jpg", "c/1.jpg"], (
        "as a shell writes out a pattern"
    )
    assert names(f"{tmp_path}/**/*.jpg") == ["a/1.jpg", "c/1.jpg"]
    monkeypatch.chdir(tmp_path)
    assert names("a") == ["1.jpg", "b/1.PNG"] and names("*/*.jpg") == ["a/1.jpg", "c/1.jpg"]
    assert count(["a"]) == 2


@pytest.mark.parametrize("source", ["nowhere", "*.gone"])
def test_a_source_that_is_not_there_is_told_at_once(source, tmp_path):
    with pytest.raises(SettingError):
        check_sources([str(tmp_path / source)])


LONG = "д" * 120
NAMES = (
    "家族/写真.jpg",
    "a b\n'.jpg",
    f"{LONG}.jpg",
    f"{LONG}/{LONG}.png",
    "no ending",
    ".jpg",
    "1.heic",
    "1.jpg",
    "1.JPG",
    "1.jpg.jpg",
)


def test_outputs_of_different_photos_have_different_names_that_disks_take():
    long = [f"{'n' * 300}{number}.jpg" for number in range(3)]
    outputs = [output_name(name, ".jpg") for name in (*NAMES, *long)]
    assert len(set(outputs)) == len(outputs)
    assert all(len(part.encode()) <= LONGEST for output in outputs for part in output.split("/"))
    assert all(output.lower().endswith(".jpg") for output in outputs)


def test_lists_name_photos_and_outputs(batch, tmp_path):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_text(name)
    rows = [f"{tmp_path}/a.jpg;first", "b.jpg;x/second.jpg", "c.jpg;first", "c.jpg;../third", ";fourth", "gone.jpg;"]
    (tmp_path / "list.csv").write_text("\ufeffPhoto;output\n" + "\n".join(rows) + "\n", encoding="utf-8")
    summary, reasons = batch([tmp_path / "list.csv"])
    assert texts(tmp_path / "out") == {"first.jpg": "A.JPG", "x/second.jpg": "B.JPG"}
    assert (summary.done, summary.skipped) == (2, 4)
    assert "inside the output folder" in reasons["c.jpg"] and "cannot be read" in reasons["gone.jpg"]
    assert "names no photo" in reasons["list.csv, row 5"]


def test_parquet_says_the_same_as_csv(tmp_path):
    table = pyarrow.table({"id": [1, 2], "photo": ["a.jpg", "s3://b/c.jpg"], "output": ["x.jpg", None]})
    parquet.write_table(table, tmp_path / "list.parquet")
    (tmp_path / "list.csv").write_text("id,photo,output\n1,a.jpg,x.jpg\n2,s3://b/c.jpg,\n")
    assert list(read_manifest(str(tmp_path / "list.parquet"))) == list(read_manifest(str(tmp_path / "list.csv")))
    assert count([str(tmp_path / "list.parquet")]) == 2


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", b"path\nx"), ("a.csv", b"photo\n\xff"), ("a.parquet", b"no"), ("b.csv", None)]
)
def test_what_is_no_list_is_one_sentence(tmp_path, name, content):
    if content:
        (tmp_path / name).write_bytes(content)
    with pytest.raises((TableError, SettingError)) as error:
        list(read_manifest(str(tmp_path / name)))
    assert len(str(error.value).splitlines()) == 1


def test_a_long_list_is_not_held_in_memory(tmp_path):
    path = tmp_path / "list.csv"
    with path.open("w") as file:
        file.write("photo\n")
        file.writelines(f"folder/{number:08d}.jpg\n" for number in range(20_000))
    tracemalloc.start()
    assert sum(1 for _ in photos_of([str(path)])) == 20_000
    assert tracemalloc.get_traced_memory()[1] < 300_000
    tracemalloc.stop()


def test_photos_and_outputs_may_lie_behind_addresses(batch, tmp_path):
    memory = fsspec.filesystem("memory")
    for name in ("1.jpg", "deep/2.jpg", "notes.txt"):
        memory.pipe_file(f"/batch-photos/{name}", name.encode())
    assert [found.name for found in photos_of(["memory://batch-photos"])] == ["1.jpg", "deep/2.jpg"]
    assert [found.name for found in photos_of(["memory://batch-photos/*/*.jpg"])] == ["deep/2.jpg"]
    summary, _ = batch(["memory://batch-photos"])
    assert summary.done == 2 and texts(tmp_path / "out") == {"1.jpg": "1.JPG", "deep/2.jpg": "DEEP/2.JPG"}
    memory.rm("/batch-photos", recursive=True)


def test_the_index_knows_what_a_dictionary_would_know(monkeypatch):
    monkeypatch.setattr("editor.batch.index.RECENT", 8)
    random, index, plain = np.random.default_rng(0), Index(), {}
    for output, photo, state in itertools.islice(zip(*[iter(random.integers(0, 300, 3000).tolist())] * 3, strict=True), 1000):
        key, state = Key(output * 2**55, photo), (DONE, SKIPPED)[state % 2]
        index.set(key, state)
        plain[key.output] = (photo, state)
    assert {output: index.get(output) for output in plain} == plain and len(index) == len(plain)
    assert index.get(1) == (0, 0)
