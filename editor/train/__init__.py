"""How every weight in `weights/` was made. Each module trains one model; `python -m editor train` runs them."""
