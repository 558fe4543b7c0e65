"""How fast a batch goes here, and what ten million photos would take: the numbers of docs/scale.md.

    python -m benchmarks.scale measure RECIPE PHOTOS --workers 2 --threads 1
    python -m benchmarks.scale model --photos 10000000 --price 0.0225

`measure` edits photos twice, a few and then all, so that the time to start is told apart from the time a photo takes. On a
machine that others use as well, seconds of the processor say more than seconds of the clock. `model` multiplies; all its
assumptions are options, with the defaults that docs/scale.md names.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from editor.batch.editing import editing
from editor.batch.engines.local import Local
from editor.batch.engines.places import cores, places
from editor.batch.journal import FOLDER, open_journal
from editor.batch.run import Output, run
from editor.batch.sources import photos_of
from editor.saving.embedded import read_recipe

HOUR = 3600.0
JOURNAL_BYTES = 224
"""Of a photo, as measured; its address and its output's are in it."""


@dataclass(frozen=True)
class Taken:
    """What a run took.

    Attributes:
        photos: how many were edited.
        seconds: of the clock.
        cpu_seconds: of the processor, in all processes.
        megabytes: of outputs.
        worker_gigabytes: the largest worker's memory.
    """

    photos: int
    seconds: float
    cpu_seconds: float
    megabytes: float
    worker_gigabytes: float


def timed(recipe: Path, photos: str, workers: int, threads: int, limit: int | None) -> Taken:
    """Edit photos into a temporary folder on the CPU."""
    work = editing(read_recipe(recipe))
    with tempfile.TemporaryDirectory() as out:
        began, used = time.perf_counter(), _cpu_seconds()
        with open_journal(Path(out) / FOLDER, work.identity) as journal:
            engine = Local(places(workers, threads, "cpu"))
            found = islice(photos_of([photos]), limit)
            summary = run(
                found, Output(out), work, engine, journal, lambda outcome: print(outcome.reason, end="", file=sys.stderr)
            )
        seconds, cpu_seconds = time.perf_counter() - began, _cpu_seconds() - used
        size = sum(path.stat().st_size for path in Path(out).rglob("*") if path.is_file())
    return Taken(summary.done, seconds, cpu_seconds, size / 1e6, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6)


def measure(recipe: Path, photos: str, workers: int, threads: int) -> dict[str, float]:
    """Seconds to start, and seconds a photo, with some workers of some threads each."""
    few = timed(recipe, photos, workers, threads, limit=workers)
    all_ = timed(recipe, photos, workers, threads, limit=None)
    more = all_.photos - few.photos
    return {
        "workers": workers,
        "threads": threads,
        "photos": all_.photos,
        "start_seconds": round(few.seconds - workers * (all_.seconds - few.seconds) / more, 1),
        "seconds_a_photo": round((all_.seconds - few.seconds) / more, 2),
        "cpu_seconds_a_photo": round((all_.cpu_seconds - few.cpu_seconds) / more, 2),
        "megabytes_a_photo": round(all_.megabytes / all_.photos, 2),
        "worker_gigabytes": round(all_.worker_gigabytes, 2),
    }


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True)
class Assumed:
    """What the model assumes.

    Attributes:
        photos: how many.
        cpu_seconds: of one core, for a photo, as measured here.
        slower: how much longer a photo takes where all cores work, and on a cloud's core, which is half of a physical one.
        start_seconds: until a worker has its models.
        chunk: photos of a worker between two starts (`editor.batch.engines.ray.CHUNK`).
        cores_a_machine: cores that are rented together.
        price: dollars for a core and an hour.
        photo_megabytes, output_megabytes: size of a file.
        store_price: dollars for a gigabyte and a month in an object store.
        request_price: dollars for a thousand writes, of which each output is one; reads cost a tenth.
        machine_megabytes: what a machine's network moves in a second.
        store_requests: writes and reads that the store takes in a second for one prefix.
        driver_photos: photos whose outcomes the first process can take and note in a second.
    """

    photos: int = 10_000_000
    cpu_seconds: float = 2.4
    slower: float = 1.3
    start_seconds: float = 10.0
    chunk: int = 500
    cores_a_machine: int = 16
    price: float = 0.0225
    photo_megabytes: float = 3.0
    output_megabytes: float = 3.0
    store_price: float = 0.023
    request_price: float = 0.005
    machine_megabytes: float = 600.0
    store_requests: float = 3500.0
    driver_photos: float = 400.0


@dataclass(frozen=True)
class Modelled:
    """A run of so many machines.

    Attributes:
        limit: what keeps it from going faster.
    """

    machines: int
    photos_a_second: float
    hours: float
    dollars: float
    limit: str


def model(given: Assumed, machines: int) -> Modelled:
    """A run on some machines: the slowest part decides."""
    a_core = 1 / (given.cpu_seconds * given.slower + given.start_seconds / given.chunk)
    rates = {
        "cores": machines * given.cores_a_machine * a_core,
        "network": machines * given.machine_megabytes / (given.photo_megabytes + given.output_megabytes),
        "store": given.store_requests,
        "first process": given.driver_photos,
    }
    limit = min(rates, key=lambda name: rates[name])
    hours = given.photos / rates[limit] / HOUR
    return Modelled(machines, rates[limit], hours, hours * machines * given.cores_a_machine * given.price, limit)


def storage(given: Assumed) -> dict[str, float]:
    """Terabytes of photos, outputs and the journal, and dollars for a month of them and for the requests."""
    photos, outputs = (given.photos * size / 1e6 for size in (given.photo_megabytes, given.output_megabytes))
    return {
        "photos_terabytes": photos,
        "outputs_terabytes": outputs,
        "journal_gigabytes": given.photos * JOURNAL_BYTES / 1e9,
        "store_dollars_a_month": 1000 * (photos + outputs) * given.store_price,
        "request_dollars": given.photos / 1000 * given.request_price * 1.1,
    }


def main() -> None:
    """Measure or model, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    measuring = commands.add_parser("measure")
    measuring.add_argument("recipe", type=Path)
    measuring.add_argument("photos")
    measuring.add_argument("--workers", type=int, default=1)
    measuring.add_argument("--threads", type=int, default=cores())
    modelling = commands.add_parser("model")
    modelling.add_argument("--machines", type=int, nargs="+", default=[1, 10, 40, 80, 160])
    for name, value in asdict(Assumed()).items():
        modelling.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    options = vars(parser.parse_args())
    if options.pop("command") == "measure":
        print(json.dumps(measure(**options)))
        return
    machines = options.pop("machines")
    given = Assumed(**options)
    runs = [asdict(model(given, count)) for count in machines]
    print(json.dumps({"assumed": asdict(given), "runs": runs, "storage": storage(given)}, indent=2))


if __name__ == "__main__":
    main()
