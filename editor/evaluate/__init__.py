"""What the documents claim, measured.

product/        what a user gets: likeness, editability, alignment, the preview, the whole photo
claims/         what the paper claims: Table 1, leakage, Figure 2
baselines/      what W* and the pasting are compared with
side_by_side    two sets of weights compared, figure by figure
report          tables of results in Markdown
sheet_file      sheets of pictures, as files
shelf           a cache of single results, so that a stopped measurement goes on
"""
