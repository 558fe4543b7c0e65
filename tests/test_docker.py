"""The image's recipe, as far as it can be tried without Docker."""

import re
import shutil
import subprocess
import sys

from editor.models import BACKBONE, MODEL_SETS
from tests.conftest import ROOT
from tests.test_requirements import pins

RECIPE = (ROOT / "Dockerfile").read_text()


def test_what_is_copied_before_fetching_suffices_for_it(tmp_path):
    before = RECIPE[: RECIPE.index("RUN python -c")]
    for line in re.findall(r"(?m)^COPY (.+)$", before):
        *sources, target = line.split()
        for source in sources:
            place = tmp_path / target / (ROOT / source).name if target.endswith("/") or target == "." else tmp_path / target
            place.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, place)
    code = "from editor.weights import WeightStore; print(len(WeightStore().entries) > 5)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr


def test_all_that_the_app_would_fetch_at_its_start_is_in_the_image(store):
    needed = {name for name in (*MODEL_SETS["embedded"].entries, BACKBONE) if store.entries[name].source != "repository"}
    named = re.search(r"for name in \((.+?)\)", RECIPE)
    assert named and set(re.findall(r"'(.+?)'", named[1])) == needed


def test_versions_of_pytorch_that_are_named_are_those_of_the_lock():
    named = re.search(r"(\d+\.\d+\.\d+)\+cpu", RECIPE)
    assert named and f"=={named[1]}" in {str(pin.specifier) for pin in pins("requirements.txt") if pin.name == "torch"}
