"""The model of a large run is the arithmetic that docs/scale.md says it is."""

import re
from dataclasses import replace

from benchmarks.scale import Assumed, model, storage
from tests.conftest import ROOT

GIVEN = Assumed(photos=7200, cpu_seconds=1.0, slower=1.0, start_seconds=0.0, cores_a_machine=2, price=0.5)


def test_cores_are_what_is_paid_for_until_something_else_is_slower():
    one, two = model(GIVEN, 1), model(GIVEN, 2)
    assert (one.photos_a_second, one.hours, one.dollars, one.limit) == (2.0, 1.0, 1.0, "cores")
    assert (two.hours, two.dollars) == (0.5, 1.0)
    held = model(replace(GIVEN, driver_photos=2.0), 2)
    assert (held.hours, held.dollars, held.limit) == (1.0, 2.0, "first process")
    assert model(replace(GIVEN, photo_megabytes=597.0), 2).limit == "network"
    assert model(replace(GIVEN, start_seconds=500.0), 1).hours == 2.0


def test_storage_is_counted_in_decimal_units():
    stored = storage(replace(GIVEN, photos=1_000_000, photo_megabytes=2.0, output_megabytes=3.0))
    assert (stored["photos_terabytes"], stored["outputs_terabytes"]) == (2.0, 3.0)


def test_the_document_has_the_models_numbers():
    text = (ROOT / "docs" / "scale.md").read_text()
    rows = re.findall(r"^\| (\d+) \| \d+ \| ([\d.]+) \| ([\d.]+) \| (\d+) \| ([\w ]+) \|$", text, re.MULTILINE)
    assert len(rows) >= 4
    for machines, rate, hours, dollars, limit in rows:
        found = model(Assumed(), int(machines))
        assert (f"{found.photos_a_second:.1f}", f"{found.hours:.1f}", f"{found.dollars:.0f}", found.limit) == (
            rate,
            hours,
            dollars,
            limit,
        )
