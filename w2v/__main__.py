"""So that ``python -m w2v`` does what ``w2v`` does."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
