"""Intervals, their coverage, the null comparison, spreads, and how many repeats are enough."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student
from sklearn.datasets import load_iris

from sklinit import (
    MLPClassifier,
    SoftmaxRegression,
    compare_initializers,
    initializers,
)
from sklinit.comparison._intervals import Interval, paired_intervals, simultaneous
from sklinit.comparison._power import chance_to_settle, repeats_to_settle
from sklinit.comparison._statistics import rank

SHAPES = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "heavy tails": lambda rng, shape: rng.standard_t(3, size=shape),
    "skewed": lambda rng, shape: rng.exponential(size=shape) - 1,
}
each_shape = pytest.mark.parametrize("shape", SHAPES)


def intervals(values, confidence=0.95):
    """The intervals of the columns of an array."""
    return list(paired_intervals(pd.DataFrame(values), confidence).values())


def covered(shape, n_repeats, n_inits, confidence, n_tables=150):
    """Share of the intervals that hold the true mean of a shape."""
    rng = np.random.default_rng(0)
    tables = [SHAPES[shape](rng, (n_repeats, n_inits)) for _ in range(n_tables)]
    return np.mean(
        [one.low <= 0 <= one.high for table in tables for one in intervals(table, confidence)]
    )


# Intervals.


def test_with_few_repeats_it_is_students():
    """Mean 2, standard deviation 1, n = 3: 2 ± 4.303 / sqrt(3)."""
    (interval,) = intervals([[1.0], [2.0], [3.0]])
    assert interval.mean == 2.0
    assert interval.high - 2.0 == pytest.approx(4.30265 / np.sqrt(3), rel=1e-5)
    assert interval.high - 2.0 == pytest.approx(2.0 - interval.low)


@each_shape
def test_it_is_never_narrower_than_students(shape):
    """Both ends are at least t · standard error away."""
    values = SHAPES[shape](np.random.default_rng(1), (6, 4))
    half = student.ppf(0.975, 5) * values.std(axis=0, ddof=1) / np.sqrt(6)
    for interval, at_least in zip(intervals(values), half, strict=True):
        assert interval.high - interval.mean >= at_least * (1 - 1e-12)
        assert interval.mean - interval.low >= at_least * (1 - 1e-12)


@each_shape
@pytest.mark.parametrize("confidence", [0.95, simultaneous(0.95, 28)])
def test_five_repeats_cover_at_the_level(shape, confidence):
    """150 tables of 7 inits: at most 2 in a hundred below the level, whatever the shape."""
    assert covered(shape, 5, 7, confidence) > confidence - 0.02


def test_skewed_differences_move_the_longer_end():
    """There is more room above, as the studentized bootstrap finds and Student's cannot."""
    values = SHAPES["skewed"](np.random.default_rng(0), (10, 9))
    longer = [one.high - one.mean > one.mean - one.low for one in intervals(values)]
    assert all(longer)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 1000),
    shift=st.floats(-1e3, 1e3),
    scale=st.floats(1e-3, 1e3),
    n_repeats=st.integers(2, 8),
)
def test_intervals_move_and_stretch_with_the_differences(seed, shift, scale, n_repeats):
    """a + b x has the interval a + b (low, high)."""
    values = np.random.default_rng(seed).normal(size=(n_repeats, 2))
    for before, after in zip(intervals(values), intervals(shift + scale * values), strict=True):
        expected = shift + scale * np.array([before.mean, before.low, before.high])
        got = [after.mean, after.low, after.high]
        np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-6)


def test_equal_differences_are_certain():
    """Without spread there is nothing to be unsure of, beside an init that has some."""
    rng = np.random.default_rng(0)
    sure, unsure = intervals(np.column_stack([np.full(6, 0.3), rng.normal(size=6)]))
    assert (sure.low, sure.high) == pytest.approx((0.3, 0.3))
    assert unsure.low < unsure.mean < unsure.high


def test_a_single_repeat_has_no_interval():
    """The mean alone."""
    (interval,) = intervals([[0.3]])
    assert interval.mean == 0.3
    assert np.isnan([interval.low, interval.high]).all()


def test_an_interval_can_be_turned():
    """The difference the other way round."""
    assert -Interval(1.0, 0.5, 2.0) == Interval(-1.0, -2.0, -0.5)


# One init under ten names.


def made_up(losses):
    """The runs whose final validation losses are given, a row a repeat, a column an init."""
    rows = [
        {"init": f"init {i}", "repeat": r, "val_loss": loss, "baseline_loss": 1e-9}
        for (r, i), loss in np.ndenumerate(losses)
    ]
    return pd.DataFrame(rows)


@each_shape
def test_ten_equal_inits_differ_in_at_most_5_of_100_comparisons(shape):
    """The best of them is chosen as the reference, and no difference is too small to count."""
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(100):
        losses = 10 + rng.normal(size=(5, 1)) + SHAPES[shape](rng, (5, 10))
        ranking = rank(made_up(losses), "val_loss", 0.95)
        found += any(ranking.standing(init) == "worse" for init in ranking.intervals)
    assert found <= 5


@dataclass
class Redrawn:
    """He's law with draws of its own instead of those that all inits share."""

    number: int

    def __call__(self, fan_in, fan_out, rng):
        return initializers.get("he").sample(
            fan_in, fan_out, rng.spawn(self.number + 1)[-1], np.float64
        )


@pytest.mark.parametrize("seed", [0, 1])
def test_one_init_under_ten_names_trains_to_no_difference(seed):
    """Names that draw independently are undecided or as good, however they are ranked."""
    X, y = load_iris(return_X_y=True)
    mlp = MLPClassifier((4,), batch_size=50, learning_rate_init=0.05, max_iter=4)
    inits = {f"he {number}": Redrawn(number) for number in range(10)}
    comparison = compare_initializers(mlp, X, y, inits=inits, random_state=seed)
    assert comparison.runs["initial_loss"].nunique() == 50
    assert not comparison.summary()["standing"].isin(["worse", "better", "failed"]).any()
    assert not comparison.summary(reference="he 3")["standing"].isin(["worse", "better"]).any()


# The start and the shuffle apart.


def test_the_spread_of_the_start_is_what_it_is_when_nothing_else_changes():
    """Losses a + b: starts spread by 1, shuffles by 3, repeats by 100, each seen alone."""
    rng = np.random.default_rng(0)
    comparison = compare_initializers(
        SoftmaxRegression(max_iter=0),
        *load_iris(return_X_y=True),
        inits=["he"],
        n_repeats=3,
        n_starts=4,
        n_shuffles=4,
    )
    runs = comparison.runs
    parts = {
        "repeat": 100 * rng.normal(size=3),
        "start": rng.normal(size=(3, 4)),
        "shuffle": 3 * rng.normal(size=(3, 4)),
    }
    runs["val_loss"] = (
        parts["repeat"][runs["repeat"]]
        + parts["start"][runs["repeat"], runs["start"]]
        + parts["shuffle"][runs["repeat"], runs["shuffle"]]
    )
    row = comparison.summary().iloc[0]
    expected = {
        name: np.sqrt(parts[name].var(axis=1, ddof=1).mean()) for name in ("start", "shuffle")
    }
    assert row["start_std"] == pytest.approx(expected["start"])
    assert row["shuffle_std"] == pytest.approx(expected["shuffle"])
    assert row["val_loss_std"] > 10


def test_a_start_of_zeros_has_no_luck_and_a_full_batch_no_order():
    """The spread is exactly zero where nothing is drawn, and unknown where nothing is repeated."""
    X, y = load_iris(return_X_y=True)
    softmax_like = MLPClassifier((), solver="gd", max_iter=3)
    options = {"n_repeats": 2, "n_starts": 2, "n_shuffles": 2}
    summary = compare_initializers(softmax_like, X, y, inits=["zeros", "he"], **options).summary()
    assert summary["start_std"][0] == 0
    assert summary["start_std"][1] > 0
    assert summary["shuffle_std"].tolist() == [0, 0]
    once = compare_initializers(softmax_like, X, y, inits=["he"], n_repeats=2).summary()
    assert once[["start_std", "shuffle_std"]].isna().all(axis=None)


def test_differences_average_over_starts_and_shuffles_before_they_are_paired():
    """Repeats alone are independent: four runs of each make no narrower interval than one mean."""
    X, y = load_iris(return_X_y=True)
    mlp = MLPClassifier((4,), max_iter=2)
    options = {"inits": ["he", "xavier"], "n_repeats": 3, "n_starts": 2, "n_shuffles": 2}
    comparison = compare_initializers(mlp, X, y, **options)
    means = comparison.runs.groupby(["repeat", "init"])["val_loss"].mean().unstack()
    row = comparison.summary(reference="he").set_index("init").loc["xavier"]
    (interval,) = intervals((means["xavier"] - means["he"]).to_numpy()[:, None])
    got = (row["difference_low"], row["difference_high"])
    assert got == pytest.approx((interval.low, interval.high))


# How many repeats are enough.


@pytest.mark.parametrize(("mean", "spread"), [(0.5, 0.6), (0.1, 0.2), (0.0, 0.05), (0.0, 0.5)])
def test_so_many_repeats_settle_four_in_five_comparisons(mean, spread):
    """Simulated with the mean and the spread that were seen, at the number that was told."""
    margin, confidence = 0.05, 0.99
    n = repeats_to_settle(mean, spread, margin, confidence, 5)
    rng = np.random.default_rng(0)
    settled = []
    for _ in range(400):
        x = rng.normal(mean, spread, size=n)
        half = student.ppf((1 + confidence) / 2, n - 1) * x.std(ddof=1) / np.sqrt(n)
        one = Interval(x.mean(), x.mean() - half, x.mean() + half)
        settled.append(one.exceeds(margin) or (-one).exceeds(margin) or one.within(margin))
    assert np.mean(settled) == pytest.approx(0.8, abs=0.1)
    assert chance_to_settle(n - 1, mean, spread, margin, confidence) < 0.8


def test_a_difference_as_large_as_the_margin_is_never_settled():
    """It is neither too small to matter nor surely larger."""
    assert repeats_to_settle(0.05, 0.1, 0.05, 0.95, 5) is None


@settings(max_examples=50, deadline=None, derandomize=True)
@given(mean=st.floats(0, 1), spread=st.floats(0.01, 3), n_so_far=st.integers(2, 50))
def test_it_takes_more_repeats_than_there_are(mean, spread, n_so_far):
    """The answer is beyond what was seen to be undecided, and within what is looked at."""
    n = repeats_to_settle(mean, spread, 0.02, 0.95, n_so_far)
    assert n is None or n_so_far < n <= 10_000
