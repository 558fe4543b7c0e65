"""`face-editor edit photo.jpg --set Smiling=1.5 --out out/`: one photo, edited in W*, in W+ or in both.

options.py   the options in groups, and how their texts are read
asked.py     options and recipe -> the edits that are asked for
outputs.py   which files are written, what they are called, and whether they can be
making.py    faces opened, improved, edited and pasted -> pictures
pictures.py  pictures of a face alone: crops, strips and sweeps, as files
writing.py   pictures -> files
report.py    what is told: notes and progress on stderr, the files on stdout
command.py   the command
"""
