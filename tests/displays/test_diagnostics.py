"""The displays of the diagnostics: what is drawn where, from tables alone."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression

mpl.use("Agg")

import matplotlib.pyplot as plt

import sklinit
from sklinit import (
    BoundaryDisplay,
    DistributionDisplay,
    LandscapeDisplay,
    MemoryDisplay,
    MLPClassifier,
    PhaseDisplay,
    RankingDisplay,
    SegmentDisplay,
    SignalDisplay,
    SoftmaxRegression,
    SymmetryDisplay,
    diagnostics,
)
from sklinit.displays._style import COLOURS

X, y = load_iris(return_X_y=True)
NETWORKS = {
    init: MLPClassifier((6, 5, 4), "tanh", init=init, random_state=0) for init in ("he", "xavier")
}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def solutions():
    return [
        MLPClassifier((5,), solver="lbfgs", max_iter=5000, random_state=seed).fit(X, y)
        for seed in range(3)
    ]


def labels(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_distributions_have_a_panel_a_layer_and_a_line_a_start():
    """Panels are wrapped, unused ones are off, and the area under each line is one."""
    display = DistributionDisplay.from_estimator(NETWORKS, X, y, at="start")
    assert display.axes_.shape == (2, 2)
    assert [ax.get_title() for ax in display.axes_.flat] == [f"layer {i}" for i in range(1, 5)]
    assert labels(display.figure_) == ["he", "xavier"]
    for stairs in display.ax_.patches:
        values, edges, _ = stairs.get_data()
        assert np.sum(values * np.diff(edges)) == pytest.approx(1)


def test_the_signal_has_marks_for_measurements_and_lines_for_predictions():
    """Both are the columns of the table, for signal and gradient."""
    table = diagnostics.signal_propagation(NETWORKS["he"], X, y)
    display = SignalDisplay(table).plot()
    for ax, column in zip(display.axes_[0], ("mean_square", "gradient_mean_square"), strict=True):
        marks, line = ax.lines
        np.testing.assert_allclose(marks.get_ydata(), table[column])
        np.testing.assert_allclose(line.get_ydata(), table[f"predicted_{column}"])
        assert (ax.get_yscale(), ax.get_xlabel()) == ("log", "layer")


def test_a_signal_of_zero_lies_on_the_lower_edge():
    """A logarithmic axis has no place for it; the label says where it is, and ticks name layers."""
    display = SignalDisplay.from_estimator(MLPClassifier((5,), init="zeros"), X, y)
    display.figure_.canvas.draw()
    for ax, layers in zip(display.axes_[0], ([1, 2], [1]), strict=True):
        zeros = ax.lines[-1]
        assert zeros.get_xdata().tolist() == layers
        on_screen = zeros.get_transform().transform(zeros.get_xydata())
        np.testing.assert_allclose(on_screen[:, 1], ax.bbox.y0)
        assert ax.get_xlabel() == "layer (marks on the lower edge: 0)"
        assert ax.get_xlim() == (0.5, 2.5)


def test_symmetry_is_drawn_over_the_epochs():
    """Counts as in the table, and a dotted line at the width."""
    mlps = {
        init: MLPClassifier((8,), init=init, solver="lbfgs", max_iter=2000, random_state=0)
        for init in ("constant", "he")
    }
    display = SymmetryDisplay.from_estimator(mlps, X, y, measure="weight_directions")
    assert labels(display.figure_) == ["constant", "he"]
    assert set(display.ax_.lines[0].get_ydata()) == {1}
    assert display.ax_.lines[-1].get_ydata()[0] == 8
    assert display.ax_.get_ylabel() == "directions of weights"
    with pytest.raises(ValueError, match=r"'measure' parameter of SymmetryDisplay .* 'dead'"):
        SymmetryDisplay(display.table, measure="deed").plot()


@pytest.mark.filterwarnings("ignore:A linear function separates the classes")
def test_memory_shows_directions_null_space_and_gauge():
    """The two parts that are no direction stand beside the spectrum, with their names."""
    wide = np.hstack([X, np.zeros((len(X), 2))])
    softmax = SoftmaxRegression(C=np.inf, init="normal", tol=100.0, random_state=0).fit(wide, y)
    display = MemoryDisplay.from_estimator(softmax, wide)
    assert [text.get_text().strip() for text in display.ax_.texts] == ["null space", "gauge"]
    (ends,) = [line for line in display.ax_.lines if line.get_linestyle() == "None"]
    assert ends.get_ydata() == pytest.approx([1.0, 0.0])
    assert display.ax_.get_xscale() == "log"


def test_memory_of_zeros_can_be_drawn():
    """There is no share of nothing to draw."""
    MemoryDisplay.from_estimator(SoftmaxRegression(tol=100.0).fit(X, y), X).figure_.canvas.draw()


def test_the_phase_diagram_has_the_edge_of_chaos():
    """The contour of χ = 1 lies where the edge is found by root finding."""
    display = PhaseDisplay.from_activation("relu", bias_stds=[0.0, 1.0])
    (contours,) = [c for c in display.ax_.collections if hasattr(c, "levels")]
    edge = contours.get_paths()[0].vertices
    assert edge[:, 0] == pytest.approx(np.sqrt(2), abs=0.01)


def test_one_phase_alone_has_no_edge():
    """No contour is asked of a field that does not cross it."""
    display = PhaseDisplay.from_activation("tanh", weight_stds=[0.1, 0.2], bias_stds=[0.0, 1.0])
    assert len(display.ax_.collections) == 1


def test_the_segment_has_both_walks_and_the_chord(solutions):
    """Values as in the table."""
    table = diagnostics.loss_segment(*solutions[:2], X, y, n_points=5)
    display = SegmentDisplay(table).plot()
    assert labels(display.figure_) == ["as trained", "matched", "chord"]
    np.testing.assert_allclose(display.ax_.lines[1].get_ydata(), table["objective"][5:])
    drawn = SegmentDisplay.from_estimators(*solutions[:2], X, y, n_points=5)
    assert drawn.table.equals(table)


def test_the_landscape_names_its_solutions(solutions):
    """One model is the middle of its surroundings, three span a plane."""
    plane = LandscapeDisplay.from_estimators(solutions, X, y, n_points=5)
    names = [text.get_text().partition(":")[0] for text in plane.ax_.texts]
    assert names == ["first", "second", "third"]
    around = LandscapeDisplay.from_estimators(solutions[:1], X, y, n_points=5)
    assert around.ax_.texts[0].get_text().startswith("model: ")
    with pytest.raises(ValueError, match=r"'estimators' parameter .* one or of three"):
        LandscapeDisplay.from_estimators(solutions[:2], X, y)


def test_an_infinite_loss_leaves_a_hole():
    """Far from a solution the loss may overflow."""
    x, y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0, 2.0])
    losses = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, np.inf])
    table = pd.DataFrame({"point": "grid", "x": x.ravel(), "y": y.ravel(), "loss": losses})
    LandscapeDisplay(table).plot().figure_.canvas.draw()


def test_boundaries_are_those_of_the_predictions():
    """A panel a classifier, with the points of each label."""
    models = {
        "zeros": SoftmaxRegression(tol=100.0).fit(X[:, :2], y),
        "far": SoftmaxRegression(init="normal", tol=100.0, random_state=0).fit(X[:, :2], y),
    }
    display = BoundaryDisplay.from_estimator(models, X[:, :2], y, n_points=20)
    assert [ax.get_title() for ax in display.axes_.flat] == ["zeros", "far"]
    assert labels(display.figure_) == ["0", "1", "2"]
    rows = display.table[display.table["init"] == "far"]
    assert (
        rows["predicted"].tolist() == models["far"].predict(rows[["x1", "x2"]].to_numpy()).tolist()
    )
    with pytest.raises(ValueError, match=r"'X' parameter .* \(n_samples, 2\)"):
        BoundaryDisplay.from_estimator(models, X, y)
    with pytest.raises(ValueError, match=r"'estimator' parameter .* classifier"):
        BoundaryDisplay.from_estimator(LinearRegression(), X[:, :2], y)
    with pytest.raises(ValueError, match="'n_points' parameter"):
        BoundaryDisplay.from_estimator(models, X[:, :2], y, n_points=1)


def summary():
    """Three inits of one model: the best, a worse one with its interval, a failed one."""
    return pd.DataFrame(
        {
            "model": "mlp",
            "init": ["he", "zeros", "huge"],
            "metric": "val_loss",
            "difference": [0.0, 0.4, np.nan],
            "difference_low": [0.0, 0.3, np.nan],
            "difference_high": [0.0, 0.5, np.nan],
            "standing": ["best", "worse", "failed"],
        }
    )


def test_the_ranking_has_an_interval_an_init_the_best_on_top():
    """Ends of the interval, names on the axis, and a word for what failed."""
    display = RankingDisplay(summary()).plot()
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert names == ["huge", "zeros", "he"]
    assert [0.3, 0.5] in [list(line.get_xdata()) for line in display.ax_.lines]
    assert [text.get_text().strip() for text in display.ax_.texts] == ["failed"]
    assert "difference to the best" in display.ax_.get_xlabel()


def test_an_interval_far_wider_than_the_others_ends_in_an_arrow_with_its_numbers():
    """The axis serves the others; what leaves it, on either side, is written beside it."""
    wide = summary().assign(
        init=["he", "zeros", "normal"],
        standing=["best", "worse", "undecided"],
        difference=[0.0, 0.4, 5.0],
        difference_low=[0.0, 0.3, -12.0],
        difference_high=[0.0, 0.5, 22.0],
    )
    ax = RankingDisplay(wide).plot().ax_
    left, right = ax.get_xlim()
    assert left < 0 < 0.5 < right < 1
    arrows = {line.get_marker(): list(line.get_xdata()) for line in ax.lines}
    assert (arrows["<"], arrows[">"]) == ([left], [right])
    assert [text.get_text().strip() for text in ax.texts] == ["5 [-12, 22]"]


def test_a_wide_difference_of_a_single_repeat_has_no_interval_to_write():
    """An arrow and the difference alone."""
    wide = summary().assign(standing=["best", "worse", "worse"], difference=[0.0, 0.1, 3.0])
    ax = RankingDisplay(wide.assign(difference_low=np.nan, difference_high=np.nan)).plot().ax_
    assert [text.get_text().strip() for text in ax.texts] == ["3"]


def test_a_ranking_without_differences_can_be_drawn():
    """Where every init failed, or there is one alone."""
    RankingDisplay(summary().iloc[2:]).plot().figure_.canvas.draw()
    RankingDisplay(summary().iloc[:1]).plot().figure_.canvas.draw()


DISPLAYS = [name for name in sklinit.__all__ if name.endswith("Display")]


@pytest.mark.parametrize("name", DISPLAYS)
def test_constructors_only_store(name):
    """scikit-learn's convention for displays: data in, nothing drawn, nothing checked."""
    data = [object() for _ in range(2 if name == "BoundaryDisplay" else 1)]
    display = getattr(sklinit, name)(*data)
    assert [*vars(display).values()][: len(data)] == data
    assert plt.get_fignums() == []


def test_given_axes_are_drawn_into():
    """No other figure appears; a wrong number of them is refused."""
    table = diagnostics.signal_propagation(NETWORKS["he"], X, y)
    figure, axes = plt.subplots(1, 2)
    display = SignalDisplay(table).plot(ax=axes)
    assert display.figure_ is figure
    assert plt.get_fignums() == [figure.number]
    with pytest.raises(ValueError, match=r"'ax' parameter of SignalDisplay.plot .* 1 x 2 panels"):
        SignalDisplay(table).plot(ax=axes[0])


def test_a_model_without_hidden_layers_has_no_symmetry_to_draw():
    """An empty table is refused."""
    empty = diagnostics.symmetry_path(SoftmaxRegression(tol=100.0), X, y)
    with pytest.raises(ValueError, match="nothing to draw for SymmetryDisplay"):
        SymmetryDisplay(empty).plot()


def test_all_colours_differ():
    """The palette of Okabe and Ito without its yellow."""
    assert len(set(COLOURS)) == len(COLOURS) == 7
