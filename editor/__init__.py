"""Edit faces in photos, in StyleGAN2's W+ and in W*, the space that a flow unfolds it into.

Folders are the arrows, `spaces.py` names the nodes, only `pipeline.py` knows the order:

    photo --align--> face --encode--> w+ --flow--> w* --edit--> w*' --flow^-1--> w+' --generate--> image
                                       \\------------- edit (in W+, for the comparison) ----------/

    editor = Editor.load()                                              # the embedded models
    portrait = editor.open("photo.jpg")                                 # once per photo
    images = editor.render(portrait, {"Smiling": 1.5, "Young": -1})     # every slider move; .w_plus and .w_star
"""

from editor.errors import EditorError, FaceError, PhotoError, SettingError, WeightsError
from editor.pipeline import Editor
from editor.portrait import Images, Portrait

__all__ = [
    "Editor",
    "EditorError",
    "FaceError",
    "Images",
    "PhotoError",
    "Portrait",
    "SettingError",
    "WeightsError",
]
