"""Pictures of a page: one panel each, so that they stand below each other on a phone."""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

import pandas as pd

from sklinit.comparison._labels import RACE, races
from sklinit.displays import ComparisonDisplay, RankingDisplay
from sklinit.displays._style import pyplot

METRICS = {"train_loss": "Training loss", "val_score": "Validation score"}
RANKING = "Paired differences"
IDENTIFIERS = re.compile(r'(?<=\bid=")|(?<=href="#)|(?<=url\(#)')


class Picture(NamedTuple):
    """A drawing as SVG, and what it shows."""

    caption: str
    svg: str


def pictures_of(history: pd.DataFrame, summary: pd.DataFrame) -> Iterator[Picture]:
    """Draw the curves and the ranking of each model, and of each of its solvers."""
    with pyplot().style.context("default"):
        for place, (title, of_race) in enumerate(races(summary)):
            curves = history[(history[RACE] == of_race[RACE].iloc[0]).all(axis=1)]
            for metric, name in METRICS.items():
                if metric in curves and curves[metric].notna().any():
                    display = ComparisonDisplay(curves, metrics=[metric]).plot()
                    yield Picture(f"{name} of {title}", _svg(display, f"{metric}-{place}"))
            display = RankingDisplay(of_race).plot()
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
