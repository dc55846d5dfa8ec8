"""`python -m benchmarks.labels`."""

import sys

from benchmarks.labels.score import main

sys.exit(main())
