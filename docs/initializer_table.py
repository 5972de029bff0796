"""The table of initializers, made out of the code when the documentation is built."""

from inspect import getdoc
from pathlib import Path

import numpy as np
from initializer_entries import ENTRIES, Entry
from matplotlib.image import imsave
from numpydoc.docscrape import NumpyDocString

from sklinit import activations, initializers
from sklinit.initializers import (
    FromModel,
    Initializer,
    LayerContext,
    Masked,
    Scaled,
)
from sklinit.initializers._table import ALIASES

FOLDER = Path(__file__).parent / "generated"
FAN_IN, FAN_OUT = 20, 30
MASK = np.tri(FAN_IN, FAN_OUT, 5)
UNNAMED = {
    "FromModel": FromModel(None),
    "Scaled": Scaled("he", 0.5),
    "Masked": Masked("he", MASK),
}


def law(name: str) -> Initializer:
    """Return the initializer that a row is about."""
    return UNNAMED[name] if name in UNNAMED else initializers.get(name)


def first_line(initializer: Initializer) -> str:
    """Return what a law is, in the words of its docstring."""
    return (getdoc(type(initializer)) or "").partition("\n\n")[0].replace("\n", " ")


def references(initializer: Initializer) -> str:
    """Return the references of a law's docstring on one line each."""
    lines = NumpyDocString(getdoc(type(initializer)) or "")["References"]
    return " ".join(line.strip() or "<br>" for line in lines)


def parameters(name: str) -> str:
    """Return the parameters of a law and their defaults."""
    if name in UNNAMED:
        return ", ".join(f"`{parameter}`" for parameter in law(name).get_params(deep=False))
    values = law(name).get_params(deep=False)
    return ", ".join(f"`{parameter}={value!r}`" for parameter, value in values.items()) or "none"


def can_be_drawn(initializer: Initializer) -> bool:
    """Tell whether a law needs no data and no model."""
    return not initializer.sets_whole_model


def draw(name: str) -> np.ndarray:
    """Draw a hidden layer of shape (20, 30) that is not the first."""
    activation = activations.get("sin" if name == "siren" else "relu")
    layer = LayerContext(activation, is_output=False)
    return law(name).for_layer(layer).sample(FAN_IN, FAN_OUT, np.random.default_rng(0))


def save_picture(name: str, folder: Path) -> None:
    """Save a draw as a heat map that is symmetric around zero."""
    W = np.kron(draw(name), np.ones((4, 4)))
    largest = np.abs(W).max() or 1.0
    imsave(folder / f"init_{name}.png", W, cmap="RdBu_r", vmin=-largest, vmax=largest)


def row(name: str, entry: Entry) -> str:
    """Return a row of the table as a list, the picture first."""
    aliases = [alias for alias, target in ALIASES.items() if target == name]
    names = f"**`{name}`**" + "".join(f"<br>`{alias}`" for alias in aliases)
    picture = f"![a draw of {name}](generated/init_{name}.png)<br>"
    cited = entry.reference or references(law(name))
    what = [first_line(law(name)), entry.formula, f"Parameters: {parameters(name)}"]
    use = [
        entry.when,
        f"PyTorch: {entry.torch}",
        f"Keras: {entry.keras}",
        f"JAX: {entry.jax}",
    ]
    cells = [
        (picture if can_be_drawn(law(name)) else "") + names,
        "<br>".join(what) + (f"<br><small>{cited}</small>" if cited else ""),
        "<br>".join(use),
    ]
    return "* - " + "\n  - ".join(cells)


def write(folder: Path = FOLDER) -> None:
    """Write the table and the pictures that the page includes."""
    folder.mkdir(exist_ok=True)
    for name in filter(lambda name: can_be_drawn(law(name)), ENTRIES):
        save_picture(name, folder)
    head = "* - Law\n  - What it is\n  - When to use it, and its name elsewhere"
    table = "\n".join([head, *(row(name, entry) for name, entry in ENTRIES.items())])
    (folder / "initializer_table.md").write_text(
        f"````{{list-table}}\n:header-rows: 1\n:widths: 18 48 34\n\n{table}\n````\n"
    )
