"""Settings of a test run that must hold before numpy is imported."""

import os

for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # the tests run in parallel: one core for each
