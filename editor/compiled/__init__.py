"""A module compiled for a CPU by OpenVINO, which runs it several times faster than PyTorch does.

converted.py   a module as OpenVINO's network, kept from one start to the next
static.py      a module compiled for inputs of fixed shapes
threads.py     how many threads it may use
"""
