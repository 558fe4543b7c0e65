"""What the documents claim, measured.

product/        what a user gets: likeness, editability, alignment, the preview
claims/         what the paper claims: Table 1, leakage, Figure 2
baselines/      what W* is compared with
report          tables of results in Markdown
shelf           a cache of single results, so that a stopped measurement goes on
"""
