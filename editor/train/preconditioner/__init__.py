"""Measure the preconditioner that refining descends with.

config          what defines a measurement
measuring       gradients of many photos -> the file
"""
