"""The table of initializers in the documentation: complete, and made out of the code."""

import importlib
import inspect
import sys
from pathlib import Path

import numpy as np
import pytest

from sklinit import initializers
from sklinit.initializers import Initializer
from sklinit.initializers._table import ALIASES

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def table():
    """The module of the documentation that writes the table."""
    sys.path.insert(0, str(DOCS))
    yield importlib.import_module("initializer_table")
    sys.path.remove(str(DOCS))


def classes_to_use():
    """The public classes that are laws, and not what laws are derived from."""
    public = [getattr(initializers, name) for name in initializers.__all__]
    laws = [one for one in public if inspect.isclass(one) and issubclass(one, Initializer)]
    bases = {base for law in laws for base in law.__mro__[1:]}
    return {law for law in laws if law not in bases}


def test_every_name_has_a_row(table):
    """What `names` lists is a row, or an alias in one."""
    named = set(table.ENTRIES) - set(table.UNNAMED)
    assert named | set(ALIASES) == set(initializers.names())
    assert not named & set(ALIASES)


def test_every_class_has_a_row(table):
    """Who looks for a class finds it under some name, or under its own."""
    assert {type(table.law(name)) for name in table.ENTRIES} >= classes_to_use()


def test_the_page_has_what_the_code_says(table, tmp_path):
    """Names, aliases, parameters with defaults and references stand in the row of their law."""
    table.write(tmp_path)
    text = (tmp_path / "initializer_table.md").read_text()
    rows = {row.partition("**`")[2].partition("`")[0]: row for row in text.split("\n* - ")[2:]}
    assert list(rows) == list(table.ENTRIES)
    assert all(f"`{alias}`" in rows[name] for alias, name in ALIASES.items())
    assert "`k=15`, `std=1.0`" in rows["sparse"]
    assert "ICML 2010" in rows["sparse"]


def test_a_picture_is_a_draw_of_a_hidden_layer(table, tmp_path):
    """There is one for every law that needs no data, of draws of one shape."""
    table.write(tmp_path)
    drawn = {name for name in table.ENTRIES if table.can_be_drawn(table.law(name))}
    assert {path.stem for path in tmp_path.glob("*.png")} == {f"init_{name}" for name in drawn}
    assert {table.draw(name).shape for name in drawn} == {(20, 30)}
    assert np.array_equal(table.draw("Masked") != 0, table.MASK == 1)
