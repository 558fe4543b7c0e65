"""photo -> w+: the training of the compact encoder.

training        its config, its losses and its loop
run             one training, from its options to the written file
"""
