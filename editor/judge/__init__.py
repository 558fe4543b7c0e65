"""image -> scores: what an edit or a reconstruction kept and changed.

attributes.py   a classifier of forty attributes
backbone.py     what the evaluation classifier and the training classifier see of a face
compiled.py     the evaluation classifier and the likeness network on a CPU
changes.py      what an edit changed, by the evaluation classifier
features.py     how far faces are apart at the eyes and the mouth
likeness.py     how alike two faces are: differentiable, so training and fitting are steered by it
quality.py      how far a reconstruction is from the face, for a person
identity.py     dlib's face recognition: it measures, and chose which state of an encoder is kept; nothing learns from it
"""
