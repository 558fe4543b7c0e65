"""Measure what the models do on people they never saw. Each module is one evaluation and returns plain numbers."""
