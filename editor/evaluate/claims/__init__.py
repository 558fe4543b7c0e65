"""What the paper claims about W*, measured.

table1          Table 1: accuracy of SVMs and DCI, in W+ and in W*
rotation        a flow whose W* has the classifiers' normals as its first axes, for Table 1
dci             disentanglement, completeness and informativeness
ablation        what one choice in the training of T is worth
methods         the ways of editing that are compared
leakage         what else changes in the image when one attribute is edited
preserving      the edit that preserves the rest, as one of them
pairs           what becomes of attributes that are named, or noticed
comparison      the numbers that are made of leakage
figure2         Figure 2: photos edited in W+ and, beneath, in W*
plots           Table 1 and leakage as figures
*_options       what a measurement is of
*_run           one measurement, from its options to its numbers
"""
