"""Where networks run.

choice.py      cpu or cuda, and what this machine has
precision.py   bf16 or float32
memory.py      copies of networks on devices, and what happens when memory runs out
narrow.py      large weights kept in half precision between two calls
allocator.py   how the C library keeps memory that was freed
usage.py       how much memory this process has
priority.py    threads that let others go first
"""
