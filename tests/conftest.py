"""Settings of a test run: threads of BLAS, Ctrl-C, and how often to try at random."""

import os
import signal
import sys

import pytest
from hypothesis import HealthCheck, settings

for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # the tests run in parallel: one core for each

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it in the background

slow_on_a_busy_machine = [HealthCheck.too_slow]
settings.register_profile(
    "ci",
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=slow_on_a_busy_machine,
)
settings.register_profile(
    "nightly",
    max_examples=500,
    deadline=None,
    print_blob=True,
    suppress_health_check=slow_on_a_busy_machine,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture
def interrupted_at():
    """Call with a Ctrl-C before the given line of some files; return how many lines were left."""

    def call(action, line, files):
        def trace(frame, event, arg):
            nonlocal line
            if not frame.f_code.co_filename.startswith(files):
                return None
            line -= event == "line"
            if line == 0:
                sys.settrace(before)
                raise KeyboardInterrupt
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            action()
        finally:
            sys.settrace(before)
        return line

    return call
