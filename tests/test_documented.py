"""The link in the HTML representation: to the page that the documentation has, or none."""

import re
from pathlib import Path

import pytest
from sklearn.utils import estimator_html_repr

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, _documented
from sklinit.activations import Tanh
from sklinit.initializers import Orthogonal
from sklinit.losses import Huber
from sklinit.solvers import SGD, Cosine

API = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
ESTIMATORS = [
    MLPClassifier(init=Orthogonal()),
    MLPRegressor(),
    SoftmaxRegression(),
    Orthogonal(),
    Tanh(),
    Huber(),
    SGD(),
    Cosine(),
]


def links(estimator) -> list[str]:
    """List where the HTML of an estimator leads to, without anchors."""
    return [
        link.partition("#")[0]
        for link in re.findall(r'href="([^"]+)"', estimator_html_repr(estimator))
    ]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: type(estimator).__name__)
def test_the_html_links_to_the_page_of_the_class(estimator, monkeypatch):
    """With an address every link leads to the page of a row of docs/api.md."""
    monkeypatch.setattr(_documented, "ADDRESS", "https://docs.example")
    found = set(links(estimator))
    (page,) = {link.removeprefix("https://docs.example/generated/") for link in found}
    path = page.removesuffix(".html")
    assert path.endswith(f".{type(estimator).__name__}")
    assert re.search(rf"^ +{re.escape(path)}$", API, flags=re.MULTILINE)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: type(estimator).__name__)
def test_without_an_address_there_is_no_link(estimator, monkeypatch):
    """No link leads to a page that does not exist, nor to scikit-learn's."""
    monkeypatch.setattr(_documented, "ADDRESS", "")
    assert links(estimator) == []


def test_a_class_of_the_user_has_no_page(monkeypatch):
    """A subclass that somebody else wrote is not looked for in this documentation."""

    class Mine(Orthogonal):
        pass

    monkeypatch.setattr(_documented, "ADDRESS", "https://docs.example")
    assert links(Mine()) == []
