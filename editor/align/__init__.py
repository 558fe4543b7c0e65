"""photo -> face: find the faces of a photo and cut one out as FFHQ frames it.

detect.py   find all faces and their landmarks (MTCNN)
mtcnn.py    the detector's network, imported without what it does not need
views.py    the views of a photo that are searched
crop.py     FFHQ's square from five landmarks, and its content
by_hand.py  eyes and mouth that a person placed
find.py     all in order: a photo -> one aligned face
"""

from editor.align.crop import FACE_SIDE, crop_quad, ffhq_quad, whole_quad
from editor.align.detect import Detector
from editor.align.find import FaceFinder

__all__ = ["FACE_SIDE", "Detector", "FaceFinder", "crop_quad", "ffhq_quad", "whole_quad"]
