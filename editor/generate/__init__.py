"""w+ -> image: the generators, small previews of them, and what runs them.

mobile.py      MobileStyleGAN-FFHQ
stylegan2.py   StyleGAN2
trunk.py       either of them in two pieces, and a LoRA that makes the first piece one photo's own
masked.py      several codes in one image, each where its mask is: local edits
stretch.py     some of MobileStyleGAN's blocks on a part of the picture, in few passes over memory
tiles.py       which parts of a picture to draw where only some places have to be drawn
known.py       a picture that is there already, so that of one nearly like it only what differs is drawn
preview.py     a small, fast tail for MobileStyleGAN's trunk
detail.py      a small image nearly as good as a full one, once a full one of nearly the same face is there
axes.py        the principal axes of W
preconditioner.py   how strongly pictures answer to moves of a code, on the mean over faces
sizes.py       sizes of trunks and previews
layouts.py     checkpoints of StyleGAN2, as several projects lay them out
ir.py          OpenVINO's files of MobileStyleGAN, read as tensors
runtimes/      PyTorch, CUDA graphs and OpenVINO
"""
