"""Curves of the objective gap."""

from pathlib import Path

TARGETS = (1e-4, 1e-8)
Curves = dict[str, dict[str, list[tuple[float, float]]]]
LIBRARIES = {"sklinit": ("o", "-"), "scikit-learn": ("s", "--")}
OTHERS = ("^", ":")


def draw(curves: Curves, path: Path) -> None:
    """Draw relative gap against seconds, a panel a problem, a colour a solver."""
    import matplotlib.pyplot as plt  # only where a picture is asked for
    from matplotlib.ticker import LogLocator, NullFormatter

    names = list(dict.fromkeys(name for found in curves.values() for name in found))
    colors = plt.get_cmap("tab20")(range(20))
    figure, axes = plt.subplots(
        1, len(curves), figsize=(3.4 * len(curves), 4.4), sharey=True, squeeze=False
    )
    for ax, (title, found) in zip(axes[0], curves.items(), strict=True):
        for name, points in found.items():
            marker, line = LIBRARIES.get(name.split(" ")[0], OTHERS)
            color = colors[names.index(name)]
            ax.plot(*zip(*points, strict=True), line, label=name, marker=marker, color=color, ms=4)
        ax.set(title=title, xlabel="seconds", xscale="log", yscale="log")
        ax.xaxis.set_major_locator(LogLocator(numticks=5))
        ax.xaxis.set_minor_formatter(NullFormatter())
        for target in TARGETS:
            ax.axhline(target, color="0.8", linewidth=0.8, zorder=0)
    axes[0][0].set_ylabel("objective / optimum - 1")
    handles = {}
    for ax in axes[0]:
        handles |= dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4)
    rows = -(-len(handles) // 4)
    figure.tight_layout(rect=(0, 0.05 * rows, 1, 1))
    figure.savefig(path, dpi=110)
