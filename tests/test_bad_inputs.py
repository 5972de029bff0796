"""The table of bad inputs in the documentation: everything in it is refused, and says why."""

import importlib
import inspect
import sys
from pathlib import Path

import pytest

import sklinit
from sklinit import activations, initializers, losses, solvers

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS))
table = importlib.import_module("bad_input_table")

sys.path.remove(str(DOCS))

ROWS = table.rows()
MESSAGES = (
    *("ValueError: ", "TypeError: ", "InvalidParameterError: ", "NotFittedError: "),
    *("FileNotFoundError: ", "AttributeError: ", "exit status 2. sklinit: error: "),
    *("UserWarning: ", "ConvergenceWarning: ", "DataConversionWarning: "),
)
ABSTRACT = {"ElementwiseLaw", "Initializer", "NetworkInitializer", "DataInitializer"}


@pytest.mark.parametrize("row", ROWS, ids=[row.code for row in ROWS])
def test_the_answer_names_what_is_wrong(row):
    """A short message of a usual kind says which parameter, what was expected and what came."""
    answer = row.answer()
    assert answer.startswith(MESSAGES)
    assert [words for words in row.says if words not in answer] == []


def classes():
    """The public classes with parameters of their own."""
    for module in (sklinit, solvers, initializers, activations, losses):
        for name in module.__all__:
            one = getattr(module, name)
            if inspect.isclass(one) and hasattr(one, "get_params") and name not in ABSTRACT:
                yield one


def test_every_parameter_of_every_class_is_in_the_table():
    """What can be set can be set wrongly, and is."""
    expected = {f"{one.__name__} {name}" for one in classes() for name in one._get_param_names()}
    looked_at_in_calls = {"FromModel model"}
    assert expected - {row.kind for row in ROWS} == looked_at_in_calls


def test_the_page_has_every_input_and_an_answer_to_each_kind(tmp_path):
    """What the documentation shows is what was checked."""
    table.write(tmp_path)
    text = (tmp_path / "bad_input_table.md").read_text()
    assert all(f"``{row.code}``" in text for row in ROWS)
    assert text.count("  - ``") == len({row.kind for row in ROWS})
    assert text.startswith(f"{len(ROWS)} inputs")
