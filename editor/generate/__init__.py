"""w+ -> image: the generators, small previews of them, and what runs them.

mobile.py      MobileStyleGAN-FFHQ
stylegan2.py   StyleGAN2
trunk.py       either of them in two pieces, and a LoRA that makes the first piece one photo's own
masked.py      several codes in one image, each where its mask is: local edits
preview.py     a small, fast tail for MobileStyleGAN's trunk
detail.py      a small image nearly as good as a full one, once a full one of nearly the same face is there
sizes.py       sizes of trunks and previews
layouts.py     checkpoints of StyleGAN2, as several projects lay them out
ir.py          OpenVINO's files of MobileStyleGAN, read as tensors
runtimes/      PyTorch, CUDA graphs and OpenVINO
"""
