"""Small networks are slower with several threads than with one, and tests run side by side."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
