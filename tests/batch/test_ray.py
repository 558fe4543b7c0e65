"""Ray Data makes the same bytes as processes here, and loses nothing where actors die."""

from editor.batch.engines.local import Local
from editor.batch.engines.ray import OnRay
from editor.batch.work import Place
from tests.batch.conftest import texts
from tests.batch.workers import Upper


def test_ray_does_what_local_processes_do_and_outlives_its_actors(batch, photos, tmp_path):
    """One run, since a cluster takes seconds to start."""
    (photos / "a.jpg").write_text("none")
    (photos / "c.jpg").write_text("die")
    summary, reasons = batch([photos], Upper(str(tmp_path / "log")), OnRay(workers=1, attempts=1))
    assert (summary.done, summary.skipped) == (9, 2)
    assert "no face" in reasons["a.jpg"] and "each of 1 times" in reasons["c.jpg"]
    made = texts(tmp_path / "out")
    assert (tmp_path / "log").read_text().split("\n").count("die") == 1
    (tmp_path / "out").rename(tmp_path / "by-ray")
    batch([photos], engine=Local((Place(),)))
    assert texts(tmp_path / "out") == made
