"""photo -> w+: the training of the compact encoder.

config          what defines a run
training        its losses and its loop
run             one training, from its options to the written file
"""
