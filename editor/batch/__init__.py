"""A folder of photos, or a list of millions: one piece of work for each photo, and one file written for each.

sources --names--> tasks --engine--> outcomes --> journal

    sources.py    folders, globs and lists -> photos, one by one
    manifest.py   a CSV or Parquet file that lists photos
    names.py      what the file made of a photo is called
    storage.py    where files lie: a disk, or what fsspec reaches
    work.py       what is done to one photo, and what came of it
    editing.py    the work: a recipe, repeated on a photo
    attempt.py    one bad photo does not end the rest
    journal.py    what is done so far, on the disk, so that a killed run goes on
    index.py      the same in memory, 17 bytes a photo
    engines/      who does the work: processes here, or Ray Data
    run.py        a whole run
"""
