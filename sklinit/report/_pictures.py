"""Pictures of a page: one panel each, so that they stand below each other on a phone."""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

from sklinit.comparison import InitializerComparison
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
    """Draw the curves and the ranking of each model."""
    with pyplot().style.context("default"):
        history, summary = comparison.history, comparison.summary()
        for place, model in enumerate(comparison.runs["model"].unique()):
            of_model = history[history["model"] == model]
            for metric, name in METRICS.items():
                if metric in of_model and of_model[metric].notna().any():
                    display = ComparisonDisplay(of_model, metrics=[metric]).plot()
                    yield Picture(f"{name} of {model}", _svg(display, f"{metric}-{place}"))
            display = RankingDisplay(summary[summary["model"] == model]).plot()
            yield Picture(f"{RANKING}, {model}", _svg(display, f"ranking-{place}"))


def _svg(display: Any, prefix: str) -> str:
    """Write the figure as an element of a page, with names that no other picture has."""
    import matplotlib as mpl

    text = StringIO()
    with mpl.rc_context({"svg.hashsalt": "sklinit"}):
        display.figure_.savefig(text, format="svg", metadata={"Date": None})
    pyplot().close(display.figure_)
    element = text.getvalue()
    return IDENTIFIERS.sub(f"{prefix}-", element[element.index("<svg") :])
