"""`python -m benchmarks.hazards`."""

import sys

from benchmarks.hazards.run import main

if __name__ == "__main__":
    sys.exit(main())
