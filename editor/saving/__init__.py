"""picture -> file: formats, the mark that AI edited it, and the recipe of the edits.

`formats.py` encodes a picture, `marks.py` makes and reads the XMP packet, and `embedded.py` finds recipes and marks in files.
`movies.py` makes a moving picture of a sweep. `credentials.py` signs a finished file with a key of one's own.
"""
