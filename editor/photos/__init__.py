"""file -> picture: read a photo from a path or from bytes, upright, as 8-bit sRGB, without its metadata.

`files` reads bytes, `metadata` removes what is not needed to draw the picture, `decoding` runs the decoder, `depth` makes
8 bits of other number formats, `colours` converts to sRGB. `editor.images.read_photo` puts them together.
"""
