"""w+ <-> w*: the training of the flow T.

losses          the paper's three losses
training        the recipes, the frozen classifiers and the loop
distillation    soft labels for T, from probes of the photos (recipe `taught`)
"""
