"""Every sentence of the page, and the words on its sliders."""

TITLE = "Semantic face editor"

PAGE: dict[str, str] = {"title": TITLE}
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
NOTHING_MOVED = "Move a slider first. What else it changes on this face can then be taken back."
PRESERVED_ALREADY = "These sliders preserve other attributes already."

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
NO_NAMES = "{name} is a list of attributes' names."
NO_TEXT = "{name} is a text."
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
MALFORMED = "A value of this call is not of the kind that it takes."
NOT_FETCHED = "Photos are not fetched from other servers. Download the photo and upload it."
TOO_MANY_UPLOADS = "Too many photos were uploaded and not opened. Try again later."
NO_PHOTO = 'The photo is missing. Upload one and send {"path": ..., "meta": {"_type": "gradio.FileData"}}.'
