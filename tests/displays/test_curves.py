"""The display of a comparison: what is drawn where, and by which convention."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from sklinit import ComparisonDisplay, InitializerComparison

INITS = ["zeros", "normal", "xavier", "he"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def history(models=("softmax", "mlp"), inits=INITS, repeats=3, epochs=6):
    """Losses that fall from 3 by a power of ten in all; scores that rise."""
    rows = [
        {
            "model": model,
            "init": init,
            "repeat": repeat,
            "epoch": epoch,
            "train_loss": (3 + repeat) * 10 ** (-epoch * (i + 1) / epochs / 2),
            "val_loss": 3.0 + repeat,
            "val_score": epoch / epochs,
        }
        for model in models
        for i, init in enumerate(inits)
        for repeat in range(repeats)
        for epoch in range(epochs)
    ]
    return pd.DataFrame(rows)


def test_there_is_a_row_a_model_and_a_column_a_metric():
    """Axes, titles and labels."""
    display = ComparisonDisplay(history()).plot()
    assert display.axes_.shape == (2, 2)
    assert [ax.get_title() for ax in display.axes_[:, 0]] == ["softmax", "mlp"]
    assert [ax.get_ylabel() for ax in display.axes_[0]] == ["training loss", "validation score"]
    assert {ax.get_xlabel() for ax in display.axes_.flat} == {"epoch"}
    assert display.ax_ is display.axes_[0, 0]
    assert display.figure_ is display.ax_.figure


def test_a_line_is_the_mean_over_repeats_and_the_band_their_range():
    """Mean, lowest and highest of the three repeats at each epoch."""
    table = history(models=["mlp"], inits=["he"])
    ax = ComparisonDisplay(table, metrics=["train_loss"]).plot().ax_
    by_epoch = table.groupby("epoch")["train_loss"]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), by_epoch.mean())
    np.testing.assert_allclose(ax.lines[0].get_xdata(), np.arange(6))
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (table["train_loss"].min(), table["train_loss"].max())


def test_a_run_that_stopped_keeps_its_last_value():
    """The mean does not jump where one repeat ends earlier."""
    table = history(models=["mlp"], inits=["he"], repeats=2)
    table = table[(table["repeat"] == 0) | (table["epoch"] < 3)]
    line = ComparisonDisplay(table, metrics=["train_loss"]).plot().ax_.lines[0]
    ends = table.groupby("repeat")["train_loss"].last()
    assert line.get_ydata()[-1] == pytest.approx(ends.mean())


def test_every_init_can_be_told_from_every_other():
    """Colour, dashes and markers differ, and lines that coincide differ in width."""
    lines = ComparisonDisplay(history()).plot().ax_.lines
    for read in ("get_color", "get_marker", "get_linewidth"):
        assert len({getattr(line, read)() for line in lines}) == 4
    assert [line.is_dashed() for line in lines] == [False, True, True, True]
    assert [line.get_label() for line in lines] == INITS


def test_an_init_looks_the_same_in_every_panel():
    """Also where a model lacks one of the inits."""
    table = history()
    table = table[(table["model"] == "mlp") | (table["init"] != "zeros")]
    axes = ComparisonDisplay(table).plot().axes_
    colours = [{line.get_label(): line.get_color() for line in ax.lines} for ax in axes.flat]
    assert "zeros" not in colours[0]
    assert colours[0]["he"] == colours[3]["he"]


def test_losses_that_span_decades_are_drawn_on_a_logarithmic_axis():
    """A ratio above 10 for losses; scores never; constant or zero losses not."""
    display = ComparisonDisplay(history(epochs=20), metrics=["train_loss", "val_loss", "val_score"])
    scales = [ax.get_yscale() for ax in display.plot().axes_[0]]
    assert scales == ["log", "linear", "linear"]
    zero = history(models=["mlp"]).assign(train_loss=0.0)
    assert ComparisonDisplay(zero).plot().ax_.get_yscale() == "linear"


def test_missing_and_infinite_values_can_be_drawn():
    """A diverged run has an infinite loss, a fit without validation data has nan scores."""
    table = history(models=["mlp"])
    table.loc[3, "train_loss"] = np.inf
    table["val_score"] = np.nan
    ComparisonDisplay(table).plot().figure_.canvas.draw()


def test_the_legend_names_inits_and_repeats():
    """One legend for the figure."""
    figure = ComparisonDisplay(history()).plot().figure_
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == INITS
    assert legend.get_title().get_text() == "init: mean and range of 3 repeats"
    (legend,) = ComparisonDisplay(history(repeats=1)).plot().figure_.legends
    assert legend.get_title().get_text() == "init"


def test_it_draws_into_axes_that_are_given():
    """An array of axes, or a single one for a single panel; no other figure appears."""
    figure, axes = plt.subplots(2, 2)
    display = ComparisonDisplay(history()).plot(ax=axes)
    assert display.figure_ is figure
    assert (display.axes_ == axes).all()
    assert axes[0, 0].get_legend() is not None
    _, ax = plt.subplots()
    single = ComparisonDisplay(history(models=["mlp"]), metrics=["val_loss"]).plot(ax=ax)
    assert single.ax_ is ax
    assert len(plt.get_fignums()) == 2


def test_a_label_is_no_formula():
    """Dollars and backslashes are drawn as they are."""
    table = history(models=[r"$\frac$"], inits=[r"$\no$", "a $ b"])
    ComparisonDisplay(table).plot().figure_.canvas.draw()


def test_axes_that_do_not_fit_are_refused():
    """The number of panels is named."""
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"axes for 2 x 2 panels \(models x metrics\)"):
        ComparisonDisplay(history()).plot(ax=ax)


def test_an_unknown_metric_is_refused_with_a_suggestion():
    """Before anything is drawn."""
    with pytest.raises(ValueError, match=r"'metrics' parameter .* Did you mean 'val_loss'"):
        ComparisonDisplay(history(), metrics=["val_los"]).plot()
    assert plt.get_fignums() == []


def test_an_empty_history_is_refused():
    """When every run failed there is no curve."""
    with pytest.raises(ValueError, match="history is empty"):
        ComparisonDisplay(history().iloc[:0]).plot()


def test_the_constructor_only_stores_and_from_comparison_draws():
    """scikit-learn's convention for displays."""
    table = history()
    display = ComparisonDisplay(table, metrics=["val_loss"])
    assert vars(display) == {"history": table, "metrics": ["val_loss"]}
    assert display.plot() is display
    comparison = InitializerComparison(pd.DataFrame(), table)
    drawn = ComparisonDisplay.from_comparison(comparison, metrics=["val_loss"])
    assert drawn.history is table
    assert drawn.axes_.shape == (2, 1)


def test_more_inits_than_colours_can_be_drawn():
    """The styles start again, in other combinations."""
    inits = [f"init {i}" for i in range(10)]
    lines = ComparisonDisplay(history(inits=inits)).plot().ax_.lines
    assert len({(line.get_color(), line.get_linewidth()) for line in lines}) == 10


def test_a_missing_matplotlib_names_what_to_install(monkeypatch):
    """The extra that brings it."""
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r'pip install "sklinit\[plot\]"'):
        ComparisonDisplay(history()).plot()


def test_matplotlib_is_not_imported_before_drawing():
    """Importing the module and making a display is free of it."""
    code = (
        "import sys, pandas; from sklinit import ComparisonDisplay; "
        "ComparisonDisplay(pandas.DataFrame()); sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
