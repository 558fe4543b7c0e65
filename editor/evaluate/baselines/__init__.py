"""What the product is compared with.

default_c            SVMs with scikit-learn's C of 1
latent_transformer   a network for each attribute that moves codes (Yao et al., 2021)
feathered            the drawn face itself in the photo, blended by a soft mask
"""
