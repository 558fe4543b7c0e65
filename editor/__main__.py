"""`python -m editor`: everything the app does and how its models were made, on the command line."""

import sys

from editor.cli import main

if __name__ == "__main__":
    sys.exit(main())
