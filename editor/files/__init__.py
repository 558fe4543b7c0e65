"""Files on this machine.

writing.py     check before the work that a file can be written, and write it whole or not at all
folders.py     pictures in a folder
names.py       names that any file system takes
temporary.py   folders that are gone when the program ends, however it ends
resources.py   where the package's own weights and assets lie
"""
