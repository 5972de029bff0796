"""Pictures of a page: one panel each, so that they stand below each other on a phone."""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

from sklinit.comparison import InitializerComparison
from sklinit.comparison._labels import RACE, races
from sklinit.displays import ComparisonDisplay, RankingDisplay
from sklinit.displays._style import pyplot

METRICS = {"train_loss": "Training loss", "val_score": "Validation score"}
RANKING = "Paired difference to the best start"
IDENTIFIERS = re.compile(r'(?<=\bid=")|(?<=href="#)|(?<=url\(#)')


class Picture(NamedTuple):
    """A drawing as SVG, and what it shows."""

    caption: str
    svg: str


def pictures_of(comparison: InitializerComparison) -> Iterator[Picture]:
    """Draw the curves and the ranking of each model, and of each of its solvers."""
    with pyplot().style.context("default"):
        for place, (title, summary) in enumerate(races(comparison.summary())):
            is_of_race = (comparison.history[RACE] == summary[RACE].iloc[0]).all(axis=1)
            history = comparison.history[is_of_race]
            for metric, name in METRICS.items():
                if metric in history and history[metric].notna().any():
                    display = ComparisonDisplay(history, metrics=[metric]).plot()
                    yield Picture(f"{name} of {title}", _svg(display, f"{metric}-{place}"))
            display = RankingDisplay(summary).plot()
            yield Picture(f"{RANKING}, {title}", _svg(display, f"ranking-{place}"))


def _svg(display: Any, prefix: str) -> str:
    """Write the figure as an element of a page, with names that no other picture has."""
    import matplotlib as mpl

    text = StringIO()
    with mpl.rc_context({"svg.hashsalt": "sklinit"}):
        display.figure_.savefig(text, format="svg", metadata={"Date": None})
    pyplot().close(display.figure_)
    element = text.getvalue()
    return IDENTIFIERS.sub(f"{prefix}-", element[element.index("<svg") :])
