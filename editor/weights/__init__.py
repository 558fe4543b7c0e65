"""The gate that every file of weights passes (`gate.py`), the cards it reads (`card.py`), and this project's own files."""

from editor.weights.card import Card, sha256_of, verify
from editor.weights.gate import CACHE_VARIABLE, MANIFEST, Gate
from editor.weights.sources import FOLDER_VARIABLE
from editor.weights.tensors import read_tensors

__all__ = ["CACHE_VARIABLE", "FOLDER_VARIABLE", "MANIFEST", "Card", "Gate", "read_tensors", "sha256_of", "verify"]
