"""`python -m editor pack --data DIR --out FOLDER`: what a training needs, small, for another machine."""

import argparse
from pathlib import Path

from editor.cli.numbers import positive


def add(commands: argparse._SubParsersAction) -> None:
    """Add `pack`."""
    pack = commands.add_parser("pack", help="pack labelled faces and the generator for training on another machine")
    pack.add_argument("--data", type=Path, required=True, help="labelled faces: img/, attributes.csv, split.csv")
    pack.add_argument("--out", type=Path, required=True, help="an empty folder")
    pack.add_argument("--split", default="train", help="which faces (default %(default)s)")
    pack.add_argument("--side", type=positive, default=128, help="pixels (default %(default)s)")
    pack.add_argument("--quality", type=positive, default=90, help="of the JPEGs (default %(default)s)")
    pack.add_argument("--archive-mb", type=positive, default=15, help="size of an archive (default %(default)s)")
    pack.set_defaults(run=run, folders=("out",))


def run(options: argparse.Namespace) -> int:
    """Pack the faces and the packages that weights come in; say how to use them."""
    from editor.train.packing import pack_faces
    from editor.weights import Gate

    size = pack_faces(options.data, options.split, options.out, options.side, options.quality, options.archive_mb * 1_000_000)
    archives = [Gate().archive(name, options.out) for name in ("mobilestylegan-ffhq", "efficientnet-lite0")]
    size += sum(path.stat().st_size for path in archives)
    print(f"{options.out}: {size / 1e6:.0f} MB. There, with a checkout of this project:")
    print(f"    EDITOR_WEIGHTS={options.out.name} python -m editor train encoder --data {options.out.name}")
    return 0
