"""The page: the only part that knows Gradio."""

from editor.ui.page import build, launch

__all__ = ["build", "launch"]
