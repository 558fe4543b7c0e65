"""The page and its server: the only part that knows Gradio.

command.py        the command `serve`: options, start and stop
server.py         serves the page; address.py, interruption.py: where, and until when
guard.py          who may call: names of hosts (hosts.py) and origins
admission.py      what a request must have: login (accounts.py), type, size, rate
page.py           the page: a shell for the scripts in assets/page; setup.py: what they are told; text.py: every sentence
routes.py         what they call; asking.py reads a request, frames.py writes an answer, turns.py says who draws next
studio.py         the verbs; exploring.py: those that the page waits for least
improving.py      what is made better in the background; learning.py: attributes of one's own; job.py: one of these
saver.py          the whole photo with the edits in it; saving.py: what can be saved, and as what
telling.py        what verbs find, as JSON; pictures.py: as JPEGs
endpoints.py      the calls for programs; blocks.py: Gradio's blocks with every error in words
visitors.py       who is here; visitor.py: all that belongs to one of them; memory.py: what was drawn of what they opened
uploads.py        photos on their way in, and whose they are
"""
