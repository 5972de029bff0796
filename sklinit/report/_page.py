"""The page of a comparison."""

from typing import Any

import sklinit
from sklinit.comparison import InitializerComparison
from sklinit.report._pictures import pictures_of
from sklinit.report._tables import table_of

LABELS = ["model", "solver", "init", "standing", "difference"]


def render(
    comparison: InitializerComparison, title: str, *, confidence: float, reference: str | None
) -> str:
    """Return the page of a comparison, see :meth:`InitializerComparison.to_html`."""
    question: dict[str, Any] = {"confidence": confidence, "reference": reference}
    template = _environment().get_template("page.html")
    summary, runs = comparison.summary(**question), comparison.runs
    page: str = template.render(
        title=title,
        version=sklinit.__version__,
        verdict=comparison.verdict(**question).splitlines(),
        pictures=list(pictures_of(comparison.history, summary)),
        summary=table_of(summary[LABELS + [name for name in summary if name not in LABELS]]),
        runs=table_of(runs),
        confidence=f"{100 * confidence:g}",
    )
    return page


def _environment() -> Any:
    try:
        import jinja2
    except ImportError as error:
        raise ImportError(
            'The page needs jinja2, which is not installed: pip install "sklinit[report]".'
        ) from error
    return jinja2.Environment(
        loader=jinja2.PackageLoader("sklinit", "report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
