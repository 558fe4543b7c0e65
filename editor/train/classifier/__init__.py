"""image -> attributes: the training of the evaluation classifier and of the training classifier.

training        a logistic probe on frozen features, and its thresholds on generated faces
tuning          the training classifier's network, which learns together with its probe
run             one training, from its options to the written file
"""
