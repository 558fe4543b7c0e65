"""The weight store (`store.py`), the entries of its manifest (`entry.py`), and this project's own files."""

from editor.weights.entry import WeightEntry, sha256_of, verify
from editor.weights.sources import FOLDER_VARIABLE
from editor.weights.store import CACHE_VARIABLE, MANIFEST, WeightStore
from editor.weights.tensors import read_tensors

__all__ = ["CACHE_VARIABLE", "FOLDER_VARIABLE", "MANIFEST", "WeightEntry", "WeightStore", "read_tensors", "sha256_of", "verify"]
