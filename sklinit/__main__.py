"""Run the command line by ``python -m sklinit``."""

import sys

from sklinit.cli import main

if __name__ == "__main__":
    sys.exit(main())
