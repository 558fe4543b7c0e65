"""The sliders: a direction for each attribute in W+ and in W*, and the length of its step.

fit             linear SVMs in both spaces, and all that a file of directions holds
responses       gradients of images with respect to codes, at hundreds of faces
corrected       the SVMs' normals corrected by these responses
calibration     how long one unit of strength is, so that it changes as much in both spaces
lengthening     longer units for sliders that hardly show at their end
run             one fit, from its options to the written file and its report
"""
