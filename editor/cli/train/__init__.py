"""`face-editor train ...`: how every weight in `weights/` was made. A stopped run goes on where it was."""

COMMANDS = {
    "preview": ("Train the preview, which draws the generator's image at small sizes.", "editor.cli.train.preview:Preview"),
    "encoder": ("Train the encoder, on generated faces and on photos.", "editor.cli.train.encoder:Encoder"),
    "preconditioner": (
        "Measure on photos how strongly pictures answer to moves of a code, so that refining takes fewer steps.",
        "editor.cli.train.preconditioner:Preconditioner",
    ),
    "classifier": ("Train a classifier of attributes, on labelled photos.", "editor.cli.train.classifier:Classifier"),
    "codes": (
        "Encode labelled faces, whose codes the flow, the directions and their measurements read.",
        "editor.cli.train.codes:Codes",
    ),
    "flow": ("Train the flow T, on the codes of labelled faces.", "editor.cli.train.flow:Flow"),
    "directions": ("Fit the directions of the sliders, in W+ and in W*.", "editor.cli.train.directions:Directions"),
    "all": (
        "Make anew everything that hangs on the encoder, and compare it with the set in use.",
        "editor.cli.train.all:All",
    ),
}
