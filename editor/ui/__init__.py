"""The page and its server: the only part that knows Gradio."""
