"""w+ <-> w*: the training of the flow T.

losses          the paper's three losses
recipes         what defines a training: the paper's settings, the app's and others
classifiers     the classifiers of the losses, fitted in W+ and then frozen
training        the loop
everyone        T trained on the codes of all people, as the paper's text suggests
distillation    soft labels for T, from probes of the photos (recipe `distilled`)
soft_labels     codes with these labels, made once and cached
measure         the figures of one trained flow
run             one training, from its options to the written file and its report
"""
