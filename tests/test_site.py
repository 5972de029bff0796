"""The built site: its check sees what is broken, and a formula is read as it was meant."""

import runpy
from pathlib import Path

import pytest
from docutils.utils.math import MathError

ROOT = Path(__file__).parents[1]
complaints = runpy.run_path(str(ROOT / ".ci" / "check_site.py"))["complaints"]
paths = runpy.run_path(str(ROOT / "docs" / "linked_names.py"))["paths"]
translated = runpy.run_path(str(ROOT / "docs" / "mathml.py"))["translated"]


def site(folder: Path, body: str) -> Path:
    """Write a site of two pages, the second without links."""
    (folder / "api").mkdir()
    (folder / "index.html").write_text(body, encoding="utf-8")
    (folder / "api" / "index.html").write_text('<h1 id="top">API</h1>', encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "body",
    [
        '<a href="api/index.html#top">a page and an anchor</a>',
        '<a href="api/">a folder</a>',
        '<a href="api/index.html#:~:text=API">words on a page</a>',
        '<p id="here"><a href="#here">the page itself</a>',
        '<a href="https://scikit-learn.org">elsewhere, on a click</a>',
        '<img src="data:image/png;base64,AAAA">',
        '<link rel="canonical" href="https://example.org/">',
    ],
)
def test_a_link_that_leads_somewhere_passes(tmp_path, body):
    """Pages, folders, anchors and the outside may be linked to."""
    assert complaints(site(tmp_path, body)) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('<a href="missing.html">x</a>', "leads nowhere"),
        ('<img src="missing.png">', "leads nowhere"),
        ('<a href="api/index.html#bottom">x</a>', "no such anchor"),
        ('<a href="#nowhere">x</a>', "no such anchor"),
        ('<script src="https://example.org/x.js"></script>', "fetches from outside"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "fetches from outside"),
    ],
)
def test_a_broken_link_is_seen(tmp_path, body, problem):
    """A missing page or anchor is named, and so is what a page would fetch from a network."""
    (complaint,) = complaints(site(tmp_path, body))
    assert complaint.startswith("index.html: ")
    assert complaint.endswith(problem)


def test_a_folder_without_pages_is_no_site(tmp_path):
    """A check that looks at nothing does not pass."""
    assert complaints(tmp_path) == [f"{tmp_path}: no pages"]


def test_a_formula_becomes_mathml():
    """A fraction is one, whatever stands over its line."""
    assert "<mfrac>" in translated(r"\frac{1}{2} \|W\|^2", as_block=True)
    assert "<mfrac>" in translated(r"\frac1S", as_block=False)


@pytest.mark.parametrize(
    ("formula", "complaint"),
    [
        (r"\frac12 x", "would be read as the number 12"),
        (r"\tfrac 12", "would be read as the number 12"),
        (r"\Big( x", "Unknown LaTeX command"),
    ],
)
def test_a_formula_that_cannot_be_translated_is_refused(formula, complaint):
    """The build is to stop rather than show another formula, or none."""
    with pytest.raises(MathError, match=complaint):
        translated(formula, as_block=False)


def test_a_name_leads_to_the_reference_where_it_is_one_thing_alone():
    """A name that two modules have, or scikit-learn too, could mean either and is left as it is."""
    reference = """
   sklinit.MLPClassifier
   sklinit.SoftmaxRegression
   sklinit.initializers.Constant
   sklinit.solvers.Constant
   sklinit.solvers.SGD
"""
    assert paths(reference) == {
        "SoftmaxRegression": "sklinit.SoftmaxRegression",
        "SGD": "sklinit.solvers.SGD",
    }
