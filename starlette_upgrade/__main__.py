"""`python -m starlette_upgrade`."""

import sys

from starlette_upgrade.cli import main

if __name__ == "__main__":
    sys.exit(main())
