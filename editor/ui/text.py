"""Every sentence of the page, and the words on its sliders."""

from typing import Any

TITLE = "Semantic face editor"

PAGE: dict[str, Any] = {
    "title": TITLE,
    "privacy": "Your photo stays on this machine and is deleted when you close the page.",
    "privacy_elsewhere": "Your photo stays on {host} and is deleted when you close the page.",
    "models_hint": "The models that draw, and what they run on",
    "help": "Help and keys",
    "theme": "Light or dark",
    "close": "Close",
    "cancel": "Cancel",
    "keep": "Keep",
    "controls": "Photo and sliders",
    "results": "Results",
    "toolbar": "Compare, undo and save",
    "pictures": "Both results. Keys: plus, minus and 0 zoom, arrows move.",
    # Opening a photo
    "drop": "Drop a photo of a face",
    "drop_hint": "Then move a slider. The same edit is made in two ways, and you see both.",
    "drop_here": "Drop the photo anywhere",
    "choose": "Choose a photo",
    "choose_other": "Other photo",
    "camera": "Use the camera",
    "take": "Take the photo",
    "no_camera": "The browser gives no camera to this page. Choose a file instead.",
    "examples": "Or try one of these. They are nobody: the generator drew them.",
    "sending": "Sending the photo…",
    "opening": "Finding the face…",
    "reopening": "Opening the photo again…",
    "opened": "Move a slider. The likeness improves meanwhile.",
    "many_faces": "{count} faces were found. Click a number on the photo to edit another.",
    "too_large": "This file is larger than {megabytes} MB. Choose a smaller one.",
    "photo_alt": "Your photo {name}. Faces found: {count}.",
    "face_number": "Face {number} of {count}",
    "by_hand": "Place the face by hand",
    "by_hand_how": "Drag the marks onto both eyes and the middle of the mouth. Arrow keys move a mark, with Shift by more.",
    "photo_to_place": "The photo, with marks for the eyes and the mouth",
    "eye_left": "Eye on the left",
    "eye_right": "Eye on the right",
    "mouth": "Middle of the mouth",
    "use_points": "Use this face",
    "lost": "The server does not answer. The page tries again, and goes on with your photo and sliders when it is back.",
    "back": "The server is back.",
    # Likeness
    "levels": ["Likeness: poor ({distance})", "Likeness: fair ({distance})", "Likeness: good ({distance})"],
    "improving": "Improving…",
    "queued": "Waiting for its turn: {ahead} ahead",
    "ways": {
        "refine": "Improving: {step} of {steps}",
        "tune": "Fitting: {step} of {steps}",
    },
    "ended": {
        "refine": "The likeness is as near as it gets without changing the model.",
        "tune": "The model is fitted to this photo.",
    },
    "poor": "The likeness stays poor{reasons}: edits will be of somebody who looks only roughly like this.",
    "stop": "Stop",
    "stopped": "Stopped. The best likeness so far is kept.",
    "fit": "Fit to this photo",
    "fit_hint": "Change the generator a little for this photo: a closer likeness, in a few seconds",
    # Sliders
    "most_used": "Most used",
    "find": "Find a slider",
    "open_first": "Open a photo first.",
    "no_slider": "No slider has this name.",
    "value_of": "{label}: value",
    "lock": "Lock {label}",
    "lock_hint": "Lock: keep this as it is while other sliders move (L)",
    "reset_one": "Reset {label}",
    "reset_all": "Reset",
    "slider_tip": "{name} in CelebA",
    "safe_range": "This face stays itself from {low} to {high}.",
    "presets": "Presets",
    "use_preset": "Use",
    "save_preset": "Save these settings…",
    "delete_preset": "Delete",
    "preset_name": "Name",
    "surprise": "Surprise me",
    "surprise_hint": "Move three sliders at random. Locked ones stay.",
    "unedited": "Nothing is edited.",
    # Results
    "w_plus": "W+",
    "w_plus_hint": "the usual edit (InterFaceGAN)",
    "w_star": "W*",
    "w_star_hint": "the unfolded space",
    "before": "Before the edit",
    "original": "Your photo",
    "picture_alt": "The face edited in {title}. {summary}",
    "compare": "Compare",
    "modes": {
        "side": "Side by side",
        "swipe": "Swipe",
        "difference": "Difference",
        "strip": "Film strip",
        "whole": "In the photo",
    },
    "divider": "Divider between both pictures",
    "left_of_divider": "Left of the divider",
    "right_of_divider": "Right of the divider",
    "heat": "What changed",
    "hold": "Show your photo while held",
    "hold_hint": "Hold to see your photo (Space, or press a picture)",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "strip_of": "From -2 to +2:",
    "frame": "{label} {value} in {space}",
    "drawing": "Drawing…",
    "drawing_photo": "Putting the edit into the photo…",
    "undo": "Undo",
    "undo_hint": "Undo (Ctrl+Z)",
    "redo": "Redo",
    "redo_hint": "Redo (Ctrl+Shift+Z)",
    "history": "Earlier states",
    "state": "State {number}: {edit}",
    # What the edit did
    "details": "Details",
    "short": {"w_plus": "W+", "w_star": "W*"},
    "side": "side effect {side}",
    "side_hint": "Change of other attributes for each unit of what was asked for. Less is better.",
    "identity": "identity {identity}",
    "identity_hint": "Distance to the face before the edit. 0 is the same face; above 0.25 it may be another person.",
    "steady": "Kept steady by: {sliders}",
    "steady_hint": "These sliders moved a little as well, to take back what the edit brings along on this face.",
    "locked_left": "locked: {changes}",
    "locked_left_hint": "What is left of the change of locked attributes. 1 is as much as faces usually differ.",
    "leakage": "{count} attributes nobody asked for changed by {leakage} on average.",
    "about_bars": "Measured on the pictures by a classifier that knows nothing of the sliders. "
    "1 is as much as faces usually differ.",
    "better": {
        "w_star": "Here W* is better: it changes less besides what was asked for.",
        "w_plus": "Here W+ is better: it changes less besides what was asked for.",
        "same": "Here both are about as good.",
    },
    # Saving
    "save": "Save",
    "save_scope": "What",
    "save_scopes": {"photo": "The whole photo", "face": "The face alone, 1024 pixels"},
    "save_which": "Which",
    "save_what": {
        "w_star": "The result in W*",
        "w_plus": "The result in W+",
        "both": "Both beside each other",
        "before_after": "Before and after (W*)",
        "strip": "Film strip in both spaces",
        "sweep": "Moving picture of one slider",
        "recipe": "The settings alone, to use them again",
    },
    "save_as": "As",
    "save_kinds": {
        "own": "The photo's own format",
        "png": "PNG",
        "jpeg": "JPEG",
        "webp": "WebP",
        "webp-lossless": "WebP without loss",
        "avif": "AVIF",
        "tiff": "TIFF",
    },
    "save_movies": {"mp4": "MP4", "webp": "WebP", "gif": "GIF"},
    "quality": "Quality",
    "mark": "Say in the file that AI edited it",
    "with_recipe": "Put the settings into the file: dropped onto another photo here, they are used for that one",
    "strip_is_of": "Of the slider {label}.",
    "sweep_of": "Of the slider {label}, from one end to the other: 21 pictures are drawn, which takes some seconds.",
    "save_about": "Where and with what the photo was taken is never in the file.",
    "saving": "Saving…",
    # A file that holds settings
    "holds_settings": "Settings of an edit",
    "about_settings": "This file holds settings: {edits}.",
    "use_settings": "Use them on the open photo",
    "open_as_photo": "Open it as a photo",
    "settings_first": "This file holds settings. Open a photo first, then drop it here again.",
    "settings_used": "The settings are in use: {edits}.",
    "edit_of_face": "face {number}: {edit}",
    "settings_no_face": "This photo has no face {numbers}, so its settings were left out.",
    "settings_missing": "This editor has no slider {names}.",
    # The drawer
    "drawer": "Measure and settings",
    "drawer_short": "Measure",
    "settings": "How edits are made",
    "local": "Local edits",
    "local_hint": "A slider changes only the part of the picture where its attribute lies.",
    "paper": "Everything as in the paper",
    "paper_hint": "Edits everywhere, along the plain normals, without corrections.",
    "preserve": "Keep the rest as it is",
    "preserve_hint": "What an edit visibly brings along in W*, such as a beard, is taken back by a few other sliders.",
    "preserve_w_plus": "In W+ as well",
    "preserve_w_plus_hint": "Both spaces then have the same help, and what differs is the space.",
    "codes": "Codes",
    "norm": "Norm",
    "moved": "Moved by the edit",
    "to_w": "Distance to W",
    "to_w_edited": "Distance to W, edited",
    "round_trip": "T^-1(T(w)) differs from w by {error} of its norm.",
    "measuring": "Measuring…",
    "nothing_open": "No photo is open.",
    "logits": "Classifier",
    "about_logits": "Logits of the evaluation classifier for the pictures: above 0, the attribute is seen.",
    "attribute": "Attribute",
    "own_files": "Your own flow or directions",
    "about_files": "Safetensors files that face-editor train has made. They are used for this visit alone.",
    "flow_file": "Flow T",
    "directions_file": "Directions",
    "sending_file": "Sending the file…",
    "loaded": "In use: {name}",
    "shipped_files": "Back to the shipped files",
    "flows": "Compare two flows",
    "flows_hint": "The edit in W* by the shipped files stands in the place of W+, beside the edit by yours.",
    "own_attribute": "Your own attribute",
    "about_own_attribute": "Photos of people who have something, and of people who do not: 20 of each are good, 5 the least. "
    "They are deleted once they have been looked at.",
    "own_name": "What its slider is called",
    "own_name_example": "Freckles",
    "own_shows": "Photos with it",
    "own_lacks": "Photos without it",
    "learn": "Make a slider",
    "learning": "Making a slider",
    "sending_photo": "Sending photo {number} of {count}",
    "learning_step": "Step {step} of {steps}",
    "stopped_learning": "Stopped. No slider was made.",
    "learned": "There is a slider {name} now, under Your own.",
    "photo_skipped": "{photo} was passed over: {reason}",
    "more_skipped": "{count} more were passed over.",
    "keep_attribute": "Save it as a file",
    "attribute_file": "Attribute",
    "your_own": "Your own",
    "not_of_two": "Codes are measured of one flow at a time.",
    "two_spaces": {"w_plus": ["W+", "the usual edit (InterFaceGAN)"], "w_star": ["W*", "the unfolded space"]},
    "two_flows": {"w_plus": ["W*, shipped", "as this editor comes"], "w_star": ["W*, yours", "by your own files"]},
    # Help
    "about": [
        "Move a slider, and the same edit is drawn twice. W+ is StyleGAN2's latent space, in which faces are usually edited. "
        "W* is that space after a trained flow has unfolded it, so that attributes are easier to keep apart.",
        "Moving a slider by 1 is meant to change the attribute equally in both. What else changes is measured beneath.",
        "With the models embedded, on 24 faces, W* brought along 15 % less than W+, such as a beard with Masculine. Where the "
        "rest is kept in W+ as well (Measure), it was 2 % less, which may be chance: the help counts, and hardly the space.",
        "The coloured ends of a track are where this face would stop being the same person, or would break up.",
    ],
    "keys_title": "Keys",
    "keys": [
        ["Arrows", "move a slider by 0.1; with Shift by 1"],
        ["Delete", "resets the slider"],
        ["L", "locks the slider's attribute"],
        ["Space", "shows your photo while held"],
        ["Ctrl+Z", "undo; with Shift redo"],
        ["Ctrl+S", "save"],
        ["+ - 0", "zoom the pictures when they have the focus"],
    ],
    "licence_short": "For research and personal use, not for business.",
    "licence": "For research and personal use, not for business: the generator was distilled from NVIDIA's non-commercial "
    "StyleGAN2-FFHQ, and the weights were trained with CelebA's labels, which tell what its labellers saw.",
}
"""What the page's scripts say, by name; `face/setup` hands it to them."""

EXAMPLE = "Example {number}: nobody, drawn by the generator"

SLIDERS: dict[str, tuple[str, int]] = {
    "Smiling": ("Smile", 1),
    "Young": ("Age", -1),
    "Male": ("Masculine", 1),
    "Eyeglasses": ("Glasses", 1),
    "Blond_Hair": ("Blond hair", 1),
    "Gray_Hair": ("Grey hair", 1),
    "No_Beard": ("Beard", -1),
    "Heavy_Makeup": ("Make-up", 1),
    "Mouth_Slightly_Open": ("Open mouth", 1),
    "Bald": ("Baldness", 1),
    "5_o_Clock_Shadow": ("Stubble", 1),
    "Wearing_Lipstick": ("Lipstick", 1),
    "Wearing_Hat": ("Hat", 1),
    "Wearing_Earrings": ("Earrings", 1),
    "Wearing_Necklace": ("Necklace", 1),
    "Wearing_Necktie": ("Tie", 1),
    "Blurry": ("Blur", 1),
    "Chubby": ("Roundness", 1),
    "Attractive": ("Labelled attractive", 1),
}
"""The word on a slider, and its sign: -1 where the word says the opposite of the name. Others have the words of their name."""
GROUP_LABELS = {"Age and gender": "Age and gender", "Makeup": "Make-up", "Accessories": "Accessories and picture"}


def group_label(group: str) -> str:
    """The heading of a group of sliders."""
    return GROUP_LABELS.get(group, group)


NO_FACE = "No face was found in this photo. Put the three marks onto the eyes and the mouth, or choose another photo."
NO_EXAMPLE = "There is no example of that name."
NOTHING_OPEN = "No photo is open. Choose one first."
BUSY = "Something is being improved for you already. Stop it, or wait until it is done."

GONE = (
    "This page was away or unused for long, or the server was restarted, so the photo was put away. Choose it again to go on."
)
LOG_IN = "Nobody is logged in here, or not any more. Reload the page and log in."
TOO_FAST = "There are too many requests. Wait a second and go on."
NO_MEMORY = "Memory ran out. Close what else uses it, or try again later; what is open stays as it is."
UNEXPECTED = "Something went wrong in the program, not in what you did. Its log says what; please report it."

WRONG_TYPE = "The request must say that it is of type {kind}."
TOO_LARGE = "The request is larger than {kilobytes} KB."
NO_JSON = "The request must be a JSON object."
NO_STRENGTHS = 'Say what to change by attribute and strength, for example {"Smiling": 1.5}.'
NO_SWITCH = "{name} is true or false."
NO_WHOLE = "{name} is a whole number from {least} to {most}."
NO_CHOICE = "{name} is one of: {choices}."
NO_NAMES = "{name} is a list of texts."
TOO_MANY = "{name} are at most {most}. Choose fewer."
NO_TEXT = "{name} is a text."
NO_OBJECTS = "{name} is a list of at most {most} objects."
TWO_WAYS = "Some faces are edited as in the paper and others are not. Settings say it once for all of them: make them alike."
NO_PICTURE = "{kind} is for a sweep, which moves. Choose a format of pictures."
NO_MOVIE = "A sweep moves, and {kind} cannot. Choose one of: {kinds}."
NO_NUMBERS = "{name} is a list of one to {most} numbers."
NO_ATTRIBUTE = "name is the name of an attribute."
NO_POINTS = "points are three pairs [x, y] of numbers from 0 to 1: left eye, right eye, middle of the mouth."

NO_LIST = "The values of a call are a list."
NOT_RECEIVED = (
    "This photo was not sent to this server by you, or not in this session, or too long ago. "
    "Upload it, and name the path that the upload answers with."
)
NO_FILE = "The request holds no file. Send one or more as multipart/form-data, in fields called files, with names."
NOT_STORED = "The photo could not be stored: {reason}. Try again later."
CLOSED = "This server does not offer that."
WRONG_COUNT = "This call takes {needed} values, and {given} were given."
LEARNING = "An attribute is being made for you already. Stop it, or wait until it is done."
NOTHING_LEARNED = "No attribute has been made yet."
MALFORMED = "A value of this call is not of the kind that it takes."
NOT_FETCHED = "Photos are not fetched from other servers. Download the photo and upload it."
TOO_MANY_UPLOADS = "Too many photos were uploaded and not opened. Try again later."
NO_PHOTO = 'The photo is missing. Upload one and send {"path": ..., "meta": {"_type": "gradio.FileData"}}.'
