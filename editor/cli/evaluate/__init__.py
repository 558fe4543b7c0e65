"""`face-editor evaluate ...`: the numbers of the documents, each from one command."""

COMMANDS = {
    "fidelity": ("Measure how much of a real face comes back from its code.", "editor.cli.evaluate.fidelity:Fidelity"),
    "editability": (
        "Measure how often one unit of a slider changes what the evaluation classifier sees.",
        "editor.cli.evaluate.editability:Editability",
    ),
    "colour": (
        "Measure whether reconstructions keep the colours of skin, hair, irises and mouth.",
        "editor.cli.evaluate.colour:Colour",
    ),
    "alignment": ("Measure how near to FFHQ's the alignment of FFHQ faces is.", "editor.cli.evaluate.alignment:Alignment"),
    "preview": (
        "Measure how near the preview is to the full image, and how fast it is.",
        "editor.cli.evaluate.preview:Preview",
    ),
    "live": ("Measure how near the image is that is shown while a slider moves.", "editor.cli.evaluate.live:Live"),
    "paste": ("Measure what an edit leaves of the photo that it is pasted into.", "editor.cli.evaluate.paste:Paste"),
    "table1": ("Measure Table 1 of the paper: accuracy of SVMs and DCI, in W+ and in W*.", "editor.cli.evaluate.table1:Table1"),
    "ablation": ("Compare runs of train flow: what one choice is worth.", "editor.cli.evaluate.ablation:Ablation"),
    "leakage": (
        "Measure what else changes in the image when one attribute is edited.",
        "editor.cli.evaluate.leakage:Leakage",
    ),
    "pairs": (
        "Measure what edits do to the attributes that users notice beside the one asked for.",
        "editor.cli.evaluate.pairs:Pairs",
    ),
    "sliders": (
        "Measure whether sliders show before they end, and what is left of the face there.",
        "editor.cli.evaluate.sliders:Sliders",
    ),
    "attribute": (
        "Measure what an attribute is worth that is learnt from a few photos.",
        "editor.cli.evaluate.attribute:Attribute",
    ),
    "figure2": ("Draw Figure 2 of the paper: photos edited in W+ and, beneath, in W*.", "editor.cli.evaluate.figure2:Figure2"),
}
