"""How every weight of this project is made. A run is resumed where it was stopped.

encoder/        photo -> w+: the encoder
preview/        w+ -> a small image: the generator's blocks, thinned and distilled
preconditioner/   what refining a code knows of faces before its first step
classifier/     image -> attributes: the evaluation classifier and the training classifier
flow/           w+ <-> w*: the flow T, with the losses of the paper
directions/     the sliders: a direction for each attribute, and how long its step is
anew/           everything that hangs on the encoder, by one command
prepare         flow and directions for another encoder, from a folder of labelled photos
prepare_run     one preparation, from its options to its files
history         the folder of one training: config, curve, checkpoint
schedule        how the rate rises and falls, and the average of the weights
report          the numbers of a finished training
prefetch        batches made in threads while earlier steps run
"""
