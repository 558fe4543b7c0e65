"""w+ <-> w*: the training of the flow T.

losses          the paper's three losses
recipes         what defines a training: the paper's settings, the app's and others
classifiers     what T is trained around: classifiers fitted in W+ and then frozen
training        the loop
distillation    soft labels for T, from probes of the photos (recipe `taught`)
soft_labels     codes with these labels, made once and kept
measure         the figures of one trained flow
run             one training, from its options to the written file and its report
"""
