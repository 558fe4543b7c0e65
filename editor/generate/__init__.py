"""w+ -> image: the generator, small previews of it, and the runtimes that run them."""
