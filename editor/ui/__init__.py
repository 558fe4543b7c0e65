"""The page and its server: the only part that knows Gradio.

command.py        the command `serve`: options, start and stop
server.py         serves the page; address.py, interruption.py: where, and until when
guard.py          who may call: names of hosts (hosts.py) and origins
page.py           the page: layout.py (what is where), events.py (what is wired to what), text.py (every sentence)
handlers.py       what happens on the page; report.py: what is told there
programs.py       /edit, the call for programs
visitors.py       who is here; visitor.py: all that belongs to one of them
uploads.py        photos on their way in; claiming.py: whose they are
blocks.py         Gradio's blocks with every error in words
"""
