"""photo -> w+: the training of the encoder.

config          what defines a run
lessons         photos with a code that draws each
batches         what its steps learn from: generated faces and photos, and their codes
validation      how it does on people apart
training        its losses and its loop
run             one training, from its options to the written file
"""
