"""w+ -> a small image: the training of the preview.

trim            where it begins: the generator's own blocks, thinned
config          what defines a run
training        its loss and its loop
run             one training, from its options to the written file
"""
