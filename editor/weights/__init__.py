"""Files of weights: looked up in the manifest, fetched, verified, then used.

store.py       the weight store: a name -> a verified file
entry.py       the entries of the manifest
sources.py     how a file is fetched: a package, the Hugging Face hub, or this project's own
hashes.py      a file is hashed once for its size and time
licences.py    licences that a person must accept first
disk.py        the folder of fetched files
tensors.py     one reader and one writer of this project's own files
install.py     a trained file becomes the one that the app uses
"""

from editor.weights.entry import WeightEntry, sha256_of, verify
from editor.weights.sources import FOLDER_VARIABLE
from editor.weights.store import CACHE_VARIABLE, MANIFEST, MANIFEST_VARIABLE, WeightStore, manifest_in_use
from editor.weights.tensors import read_tensors

__all__ = [
    "CACHE_VARIABLE",
    "FOLDER_VARIABLE",
    "MANIFEST",
    "MANIFEST_VARIABLE",
    "WeightEntry",
    "WeightStore",
    "manifest_in_use",
    "read_tensors",
    "sha256_of",
    "verify",
]
