"""Everything that hangs on the encoder, made anew by one command: a set of weights beside the one in use.

stages          which commands make and measure a set, in order: a table
candidate       the set that is made: a copy of the one in use, with a manifest of its own
inputs          the hashes of what a stage reads
marks           which stages are done, and with which inputs
layout          the folder of one run
command         the command of one stage, as a process of its own
run             one run: stage after stage
"""
