"""w+ -> a small image: the training of the preview.

trim            where it begins: the generator's own blocks, thinned
training        its config, its loss and its loop
run             one training, from its options to the written file
"""
