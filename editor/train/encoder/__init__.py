"""photo -> w+: the training of the compact encoder.

training        its config, its losses and its loop
"""
