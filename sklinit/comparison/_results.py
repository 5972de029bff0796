"""What a comparison gives: tidy tables, a summary, a verdict."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sklinit._files import replacing
from sklinit._validation import invalid, listed, real
from sklinit.comparison._statistics import SUMMARIZED, summarize
from sklinit.comparison._verdict import describe

SHARE = real(0, 1, closed="neither")


@dataclass(frozen=True, repr=False)
class InitializerComparison:
    """The runs of :func:`compare_initializers`, and what can be said of them.

    Parameters
    ----------
    runs : pandas.DataFrame
        One row a run. Labels: `model`, `solver`, `init`, and, each from 0, `repeat` (the
        split), `start` and `shuffle` within it. Losses are means over samples, without
        penalty, in nats for classifiers: `initial_loss` (training data, before the first
        update), `train_loss`, `val_loss` (fitted model) and `baseline_loss` (best constant
        prediction on the training data). `train_score` and `val_score` are the estimator's
        `scoring`, by default accuracy or R²; `baseline_score` is that of the best constant
        prediction on the training data. `objective` is its last value, penalty included;
        `gap_to_best` what it is above the least of all runs of the model in that repeat, and
        `gap_to_optimum` what it is at most above the optimum, by the certificate of softmax
        regression (nan for perceptrons). Then `n_iter`, `seconds` (of the fit),
        `epochs_to_target` and `seconds_to_target` (when the training loss of the history was
        first at most `target_loss`; missing where it never was), `stop_reason` (as the
        estimator says it), `converged` (the reason is a tolerance or a plateau), `diverged`,
        `error` (empty where the run finished), `effective_units`, `dead_units` and `units`
        (hidden units, all layers) and `distance_from_init` (Euclidean, in parameter space).
    history : pandas.DataFrame
        One row an epoch of a run: the labels, `epoch` (0 is the start) and what the
        estimator's `history_` holds, its `loss` under the name `train_loss`.
    layers : pandas.DataFrame, default=empty
        One row a layer of a run and epoch: the labels, `epoch`, `layer` (from 1, the first
        hidden one, to the output), `distance_from_init` (of weights and biases), and for
        hidden layers `units`, `effective_units` and `dead_units` of the fitted model. That is
        for the last epoch; estimators with `record_layers=True` have a row for every epoch,
        with what their `layer_history_` holds: `grad_norm`, `update_ratio`, `dead_share` and
        `saturated_share`.

    See Also
    --------
    sklinit.ComparisonDisplay : The curves of the history as a picture.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression, compare_initializers
    >>> X, y = load_iris(return_X_y=True)
    >>> comparison = compare_initializers(
    ...     SoftmaxRegression(max_iter=1000), X, y, inits=["zeros", "normal"], n_repeats=2
    ... )
    >>> comparison
    InitializerComparison(models=['SoftmaxRegression'], inits=['zeros', 'normal'], runs=4)
    """

    runs: pd.DataFrame
    history: pd.DataFrame
    layers: pd.DataFrame = field(default_factory=pd.DataFrame)

    def summary(
        self,
        *,
        metric: str = "val_loss",
        confidence: float = 0.95,
        reference: str | None = None,
    ) -> pd.DataFrame:
        """Average over the runs and compare each init with a reference, in pairs.

        A difference is taken within each repeat, averaged over its starts and shuffles. From
        five repeats on its interval is a studentized bootstrap over the repeats, which resamples
        from the standardized differences of all inits of the model, and is never narrower than
        Student's; for fewer it is Student's. The documentation shows its coverage for normal,
        heavy-tailed and skewed differences beside that of other intervals.

        Parameters
        ----------
        metric : {"train_loss", "val_loss", "train_score", "val_score"}, default="val_loss"
            What to rank by and to take differences of.
        confidence : float, default=0.95
            Coverage, in (0, 1), of all intervals of a model together (Bonferroni).
        reference : str or None, default=None
            The init to compare with. None takes the best of each model. As the data choose it,
            every pair of inits counts as a comparison then, and intervals are wider than for
            an init that was named beforehand.

        Returns
        -------
        summary : pandas.DataFrame
            One row a model, solver and init: `runs`, `failed`, `converged` (counts); mean and,
            with the ending `_std`, standard deviation over the runs of losses and scores; means
            of other columns; `metric`; its `start_std` and `shuffle_std`, the standard
            deviations when the start alone, or the shuffle alone, changes (nan without several
            `n_starts`, `n_shuffles`); `reference`; `difference` to it (positive is worse) with
            `difference_low` and `difference_high`, nan where there is a single repeat;
            `standing`: `"best"` or `"reference"`, `"as good"`, `"worse"`, `"better"`,
            `"undecided"` or `"failed"`, by the rule of `verdict`; and for undecided inits
            `repeats_to_settle`: with so many repeats in all, if spread and difference stay what
            they are, four in five comparisons would be decided; missing where it is more than
            10,000.

        Raises
        ------
        ValueError
            If the metric, the confidence or the reference is not one of these.

        References
        ----------
        P. Hall. The Bootstrap and Edgeworth Expansion. Springer 1992, section 3.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklinit import SoftmaxRegression, compare_initializers
        >>> X, y = load_iris(return_X_y=True)
        >>> comparison = compare_initializers(
        ...     SoftmaxRegression(max_iter=1000), X, y, inits=["zeros", "normal"], n_repeats=2
        ... )
        >>> comparison.summary()[["init", "runs", "failed"]].to_dict("list")
        {'init': ['zeros', 'normal'], 'runs': [2, 2], 'failed': [0, 0]}
        """
        if metric not in SUMMARIZED:
            expected = f"one of {listed(SUMMARIZED)}"
            raise invalid("InitializerComparison.summary", "metric", expected, metric, SUMMARIZED)
        self._check("InitializerComparison.summary", confidence, reference)
        return summarize(self.runs, metric, confidence, reference)

    def verdict(self, *, confidence: float = 0.95, reference: str | None = None) -> str:
        """Say in plain sentences, one line a model, what the start decides.

        An init is as good as the reference when the whole interval of their paired difference
        in validation loss lies within 1 % of the loss of the best constant answer (for a score,
        within 0.01), worse or better when the interval excludes zero and the difference is
        larger than that, and undecided otherwise; then the scores are asked, at half the chance
        of error. A model without hidden layers has one lowest objective, so there the sentence
        is about reaching it.

        Parameters
        ----------
        confidence : float, default=0.95
            Coverage of the intervals, as in `summary`, in (0, 1).
        reference : str or None, default=None
            The init to compare with; None takes the best of each model.

        Returns
        -------
        verdict : str
            The sentences.

        Raises
        ------
        ValueError
            If the confidence is not in (0, 1), or there is no such init.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklinit import SoftmaxRegression, compare_initializers
        >>> X, y = load_iris(return_X_y=True)
        >>> softmax = SoftmaxRegression(max_iter=1000, tol=1e-6)
        >>> comparison = compare_initializers(
        ...     softmax, X, y, inits=["zeros", "normal"], n_repeats=2
        ... )
        >>> print(comparison.verdict())
        SoftmaxRegression: both starts end within ... of the optimum, so the start does not ...
        """
        self._check("InitializerComparison.verdict", confidence, reference)
        return "\n".join(describe(self.runs, confidence, reference))

    def _check(self, owner: str, confidence: Any, reference: Any) -> None:
        if not SHARE.accepts(confidence):
            raise invalid(owner, "confidence", SHARE.expected, confidence)
        inits = self.runs["init"].unique().tolist()
        if reference is not None and reference not in inits:
            expected = f"None or one of {listed(inits)}"
            raise invalid(owner, "reference", expected, reference, inits)

    def to_html(
        self,
        path: Any = None,
        *,
        title: str = "Comparison of initializations",
        confidence: float = 0.95,
        reference: str | None = None,
    ) -> str | None:
        """Write one page with the verdict, pictures, and tables to sort.

        The page is a single file that loads nothing: its pictures are drawings inside of it.

        Parameters
        ----------
        path : str or path-like, default=None
            The file to write, which is replaced when the page is complete; its folder must
            exist. None returns the page instead.
        title : str, default="Comparison of initializations"
            The head of the page.
        confidence : float, default=0.95
            Coverage of the intervals, as in `summary`, in (0, 1).
        reference : str or None, default=None
            The init to compare with; None takes the best of each model.

        Returns
        -------
        page : str or None
            The page where there is no path.

        Raises
        ------
        ImportError
            If jinja2 or matplotlib is not installed.
        FileNotFoundError
            If there is no folder to write into.

        Examples
        --------
        >>> import matplotlib
        >>> matplotlib.use("Agg")
        >>> from sklearn.datasets import load_iris
        >>> from sklinit import SoftmaxRegression, compare_initializers
        >>> X, y = load_iris(return_X_y=True)
        >>> comparison = compare_initializers(
        ...     SoftmaxRegression(max_iter=1000), X, y, inits=["zeros", "normal"], n_repeats=2
        ... )
        >>> comparison.to_html(title="iris").count("<svg")
        3
        """
        from sklinit.report._page import render

        page = render(self, title, confidence=confidence, reference=reference)
        if path is None:
            return page
        with replacing(Path(path)) as temporary:
            temporary.write_text(page, encoding="utf-8")
        return None

    def __repr__(self) -> str:
        models, inits = (self.runs[label].unique().tolist() for label in ("model", "init"))
        return f"InitializerComparison(models={models}, inits={inits}, runs={len(self.runs)})"
