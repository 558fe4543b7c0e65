"""file -> picture: read a photo from a path or from bytes, upright, as 8-bit sRGB, without its metadata.

`files` reads bytes, `metadata` removes what is not needed to draw the picture, and `decoding` runs the decoder. `samples`
and `depth` make 8 bits of other number formats. `codings` finds which colours the numbers mean, and `colours` converts them
to sRGB. `editor.images.read_photo` puts them together.
"""
