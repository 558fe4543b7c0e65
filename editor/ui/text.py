"""Every sentence of the page."""

TITLE = "Semantic face editor"

INTRO = """# Semantic face editor
Upload a photo, move a slider, and compare the same edit made in **W+**, StyleGAN2's latent space, and in **W\\***, the
space a trained flow unfolds it into, where attributes are easier to separate. One step of a slider is meant to change the
attribute equally in both. Everything happens on this machine; your photo is deleted when you close the page.
"""

EXAMPLES = "Examples: nobody, drawn by the generator"
FACE = "Your face, as it is cut out"
RECONSTRUCTION = "What the model makes of it, before any edit"
W_PLUS = "Edited in W+"
W_STAR = "Edited in W* (this method)"

WAITING = "Upload a photo, paste one, use the camera, or choose an example."
OPENED = "Ready: move a slider. The closer the second picture is to the first, the more the edits are about you."
FAR_OFF = (
    "This is not the face in the photo yet. Press <b>Refine likeness</b>, then <b>Fit the model to this photo</b>: together "
    "about half a minute, and the edits are of that person."
)
REFINE = "Refine likeness"
TUNE = "Fit the model to this photo"
STOP = "Stop"
REFINED = "Refined: the second picture is now as near to the first as it got."
UNREFINED = "Refining found nothing nearer; the likeness is as it was."
STOPPED = "Stopped: the best likeness so far is kept."
QUEUED = "Waiting for its turn: one likeness is improved at a time. You can go on editing."
STOPPING = "Stopping: the best likeness so far is kept."
REFINING = "Refining, step {step} of {steps}"
CHOOSE_FACE = "{count} faces were found; the largest is open."
NOTHING_OPEN = (
    "No photo is open: choose one. If one was open here, it was put away because the page was away or unused for long, "
    "or the server was restarted. Choose it again to go on."
)
EMPTY_BOX = "A slider's box is empty, which counts as 0."

NO_SESSION = "The request names no session. Call /call/... or use gradio_client, which give each caller one."
LEFT = "The page was closed, and with it the photo. Reload the page and choose the photo again."
UNEXPECTED = "Something went wrong in the program, not in what you did. Its log says what; please report it."
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
NO_STRENGTHS = 'Say what to change by attribute and strength, for example {"Smiling": 1.5}.'

LOCAL = "Local edits"
LOCAL_INFO = "A slider changes only the part of the picture where its attribute lies. Off: the whole picture, as in the paper."

PRESERVE = "Preserve other attributes"
MEASURING = "Measuring what else {label} changes on this face: {step} of {steps}"
PRESERVED = "Done: in W*, these sliders now change other attributes of this face less."
NOTHING_MOVED = "Move a slider first. What else it changes on this face can then be taken back."
PRESERVED_ALREADY = "These sliders preserve other attributes already."

LICENCE = """Research and personal, non-commercial use: the generator is, or was distilled from, NVIDIA's non-commercial
StyleGAN2-FFHQ, and the encoder, flow and directions were trained with CelebA's labels. Attribute names are CelebA's, with
its labellers' judgement of what they mean."""

GAUGE = """<div class="gauge gauge-{level}" role="img" aria-label="{sentence}">
<span></span><span></span><span></span> <b>{name}</b> <small>{sentence}</small></div>"""
PROGRESS = """<div role="status">{text} <progress max="{steps}" value="{step}" aria-label="{text}"></progress></div>"""
SPACES = {"w_plus": "In W+", "w_star": "In W*"}
JUDGED = """<p>What the edit changed, by a classifier that sees only the pictures: <b>what was asked for</b>, and what came
along. 1 is as much as faces usually differ.</p><div class="changes">{columns}</div>"""
CHANGES = """<section><h4>{title}</h4>{rows}
<small>{count} attributes nobody asked for changed by <b>{leakage:.2f}</b> on average.</small></section>"""
CHANGE = """<div class="change {kind}"><span>{label}</span><i><i style="width:{width:.0f}%"></i></i><b>{value:+.1f}</b></div>"""
