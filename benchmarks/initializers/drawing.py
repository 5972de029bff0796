"""Time to draw a layer of 784 x 512 in float32, beside numpy's own draws.

Run ``OMP_NUM_THREADS=1 python -m benchmarks.initializers.drawing``; it writes the table beside it.
"""

import time
from pathlib import Path

import numpy as np

from benchmarks.machine import described
from sklinit import initializers
from sklinit.initializers._table import ALIASES

SHAPE, REPEATS = (784, 512), 31
UNIFORM = {
    "uniform",
    "glorot_uniform",
    "he_uniform",
    "lecun_uniform",
    "sklearn",
    "torch",
    "nguyen_widrow",
    "siren",
}


def draws_of_numpy(rng):
    """Return numpy's own draws, by name."""
    drawn = rng.standard_normal(SHAPE)
    return {
        "uniform": lambda: rng.random(SHAPE, dtype=np.float32),
        "normal": lambda: rng.standard_normal(SHAPE, dtype=np.float32),
        "QR": lambda: np.linalg.qr(drawn),
    }


def family(name):
    """Say which of numpy's draws a law is compared with."""
    if name == "orthogonal":
        return "QR"
    return "uniform" if name in UNIFORM else "normal"


def seconds(function):
    """Measure the processor's time of one call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def row(name, law, rng, own):
    """Time a law and numpy's draw in turn."""
    kind = family(name)
    pairs = [
        (seconds(lambda: law.sample(*SHAPE, rng, np.float32)), seconds(own[kind]))
        for _ in range(REPEATS)
    ]
    ours, numpys = np.median(pairs, axis=0)
    ratio = ours / numpys
    cells = [name, f"{1e3 * ours:.1f}", kind, f"{1e3 * numpys:.1f}", f"{ratio:.2f}"]
    return "| " + " | ".join(cells) + " |", (kind, ratio)


def main():
    """Write the table."""
    rng = np.random.default_rng(0)
    own = draws_of_numpy(rng)
    laws = {
        name: initializers.get(name)
        for name in initializers.names()
        if name not in ALIASES and not initializers.get(name).sets_whole_model
    }
    rows, ratios = zip(*(row(name, law, rng, own) for name, law in laws.items()), strict=True)
    largest = {kind: max(ratio for k, ratio in ratios if k == kind) for kind in own}
    text = f"""# Drawing

Milliseconds of the processor to draw a layer of {SHAPE[0]} x {SHAPE[1]} in float32 with one
thread, the median of {REPEATS}, in turn with a draw of numpy's: `Generator.random` and
`Generator.standard_normal` in float32 for the laws made of uniform and of normal draws, the latter
also for the laws that draw nothing, and `linalg.qr` of a drawn matrix in float64, without the
draw, for the orthogonal law. All laws draw in float64 and round, so that float32 and float64 models
start at one point: their time includes that. Starts that look at the data draw from the law
inside them.

| law | ms | numpy's draw | ms | ratio |
| --- | --- | --- | --- | --- |
{chr(10).join(rows)}

Largest ratios: {", ".join(f"{ratio:.2f} ({kind})" for kind, ratio in largest.items())}.

{described()}
"""
    Path(__file__).with_suffix(".md").write_text(text)


if __name__ == "__main__":
    main()
