"""photo -> face: find the faces of a photo and cut one out as FFHQ frames it."""

from editor.align.crop import FACE_SIDE, Quad, crop_quad, ffhq_quad, whole_quad
from editor.align.detect import Detection, Detector

__all__ = ["FACE_SIDE", "Detection", "Detector", "Quad", "crop_quad", "ffhq_quad", "whole_quad"]
