"""What a user gets, measured.

fidelity        how much of a real face comes back from its code
editability     how often one unit of a slider changes what the evaluation classifier sees
colour          whether skin, hair, irises and mouth keep their colours
sliders         whether a slider shows before it ends, and what is left of the face there
alignment       how near the frame of a face is found again
preview         how near the preview is to the full image, and how much faster
live            how near the image is that is seen while a slider moves
pasting         what an edit leaves of the photo that it is pasted into
pasted_photos   faces in photos, edited and pasted in both ways
surroundings    photos that such faces are looked for in
own             directions that were learnt from a few photos
turn            how far a face is turned: an attribute that labels do not have
likenesses      portraits after latent optimisation and pivotal tuning, each made once
improved        where these portraits are cached
faces           the aligned faces that a measurement is of
*_options       how these are named
*_run           one measurement, from its options to its numbers
"""
