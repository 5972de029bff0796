"""The page of a comparison: what it shows, what runs in it, how it is written."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.datasets import load_iris

from sklinit import InitializerComparison, MLPClassifier, SoftmaxRegression, compare_initializers

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--enable-logging=stderr", "--dump-dom"),
]
HOSTILE = "<script>document.title = 'taken over'</script>"
INITS = {"zeros": "zeros", HOSTILE: "he", 'a "quoted" & <b>bold</b> one': "xavier"}
CONSOLE = re.compile(r"CONSOLE.*")


@pytest.fixture(scope="module")
def comparison():
    """Two models from three starts, with labels that are code."""
    mlp = MLPClassifier((6,), solver="lbfgs", max_iter=30)
    models = {"softmax": SoftmaxRegression(max_iter=1000), "</table><h1>mlp": mlp}
    return compare_initializers(models, X, y, inits=INITS, n_repeats=2)


@pytest.fixture(scope="module")
def page(comparison):
    return comparison.to_html(title="Iris & <starts>")


class Outline(HTMLParser):
    """The elements of a page, their attributes, and the texts of its headings and cells."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts, self.attributes = [], {}, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.texts.setdefault(self.elements[-1] if self.elements else "", []).append(data)


def cells(page, table, column):
    """The texts of one column of one of the tables."""
    body = page[page.index(f'<table id="{table}"') :]
    body = body[body.index("<tbody>") : body.index("</tbody>")]
    rows = re.findall(r"<tr>(.*?)</tr>", body, flags=re.DOTALL)
    return [re.findall(r"<td.*?>(.*?)</td>", row, flags=re.DOTALL)[column] for row in rows]


def browse(page, folder, script=""):
    """Open a page, run a script in it, and return what became of it and what the console says."""
    path = folder / "page.html"
    path.write_text(page.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'profile'}", path.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, CONSOLE.findall(done.stderr)


needs_browser = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")


def test_the_verdict_comes_before_pictures_and_tables(page, comparison):
    """Whoever reads one thing reads the sentences."""
    places = [page.index(mark) for mark in ('class="verdict"', "<svg", "<table")]
    assert places == sorted(places)
    assert Outline(page).elements.count("svg") == 6
    assert len(comparison.verdict().splitlines()) == 2


def test_every_run_is_a_row_in_the_order_of_the_table(page, comparison):
    """A row a run and a row a summary, with the numbers to four digits."""
    runs, summary = comparison.runs, comparison.summary()
    assert len(cells(page, "runs", 0)) == len(runs) == 12
    shown = cells(page, "runs", runs.columns.get_loc("val_loss"))
    np.testing.assert_allclose(np.array(shown, dtype=float), runs["val_loss"], rtol=5e-4)
    assert cells(page, "summary", 3) == summary["standing"].tolist()


def test_labels_are_text_wherever_they_stand(page):
    """A label with tags adds no element, in tables and pictures neither; there is one script."""
    outline = Outline(page)
    assert outline.elements.count("script") == outline.elements.count("h1") == 1
    assert outline.elements.count("b") == 0
    assert outline.texts["h1"][0] == "Iris & <starts>"
    assert "<script>document" not in page


def test_the_page_loads_nothing(page):
    """No address outside of the page is named where a browser would fetch it, and none would be."""
    links = [
        value
        for name, value in Outline(page).attributes
        if name in ("src", "href", "xlink:href", "data", "action", "srcset")
    ]
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"@import|url\((?!#)", page)
    assert "default-src 'none'" in page


def test_names_inside_the_page_are_unique(page):
    """Pictures do not point into each other."""
    attributes = Outline(page).attributes
    names = [value for name, value in attributes if name == "id"]
    assert len(names) == len(set(names))
    targets = {value[1:] for name, value in attributes if name == "xlink:href"}
    assert targets <= set(names)


def test_the_page_names_the_confidence_that_was_asked_for(page, comparison):
    """The note above the summary and the intervals in it are of one level."""
    assert "hold together with 95 %" in page
    assert "hold together with 90 %" in comparison.to_html(confidence=0.9)


def test_the_same_comparison_gives_the_same_page(page, comparison):
    """No date, no random names: a page can be compared with another one."""
    assert comparison.to_html(title="Iris & <starts>") == page


@needs_browser
def test_a_browser_sorts_a_table_without_a_complaint(page, comparison, tmp_path):
    """A button with the focus sorts up, then down; aria-sort says which; no error appears."""
    column = comparison.runs.columns.get_loc("val_loss")
    press = f"""
    const button = document.querySelectorAll("#runs th button")[{column}];
    button.focus();
    if (document.activeElement !== button) console.error("the button takes no focus");
    button.click();
    """
    expected = [f"{loss:.4g}" for loss in comparison.runs["val_loss"].sort_values()]
    for presses, order, direction in (
        (1, expected, "ascending"),
        (2, expected[::-1], "descending"),
    ):
        end, complaints = browse(page, tmp_path, f"{{{press}}}" * presses)
        assert complaints == []
        assert cells(end, "runs", column) == order
        sorted_heads = re.findall(r'<th scope="col" aria-sort="(?!none)(.*?)".*?>(.*?)<', end)
        assert [found for found, _ in sorted_heads] == [direction]
        assert "<title>Iris &amp; &lt;starts&gt;</title>" in end


@needs_browser
def test_a_browser_puts_missing_numbers_last_and_infinite_ones_before_them(comparison, tmp_path):
    """Up and down: what is no number has no place in the order."""
    runs = comparison.runs.iloc[:4].assign(distance_from_init=[2.0, np.nan, np.inf, 10.0])
    page = InitializerComparison(runs, comparison.history).to_html()
    column = runs.columns.get_loc("distance_from_init")
    press = f'document.querySelectorAll("#runs th button")[{column}].click();'
    assert cells(browse(page, tmp_path, press)[0], "runs", column) == ["2", "10", "∞", "–"]
    assert cells(browse(page, tmp_path, press * 2)[0], "runs", column) == ["∞", "10", "2", "–"]


@needs_browser
def test_a_complaint_of_the_console_is_seen(page, tmp_path):
    """The check above can fail: an error in the page, and an address that it asks for."""
    for script in ("undefined_name;", 'fetch("https://example.invalid/");'):
        assert browse(page, tmp_path, script)[1] != []


def test_the_file_is_replaced_when_the_page_is_complete(comparison, tmp_path, monkeypatch):
    """A page that cannot be made leaves the one before it, and nothing beside it."""
    path = tmp_path / "page.html"
    assert comparison.to_html(path, title="one") is None
    before = path.read_text(encoding="utf-8")
    assert "<title>one</title>" in before
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match=r'needs jinja2.*pip install "sklinit\[report\]"'):
        comparison.to_html(path)
    assert path.read_text(encoding="utf-8") == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_missing_is_named(comparison, tmp_path):
    """Not the temporary file inside of it."""
    with pytest.raises(FileNotFoundError, match=r"no folder '.*nowhere' to write 'page.html' into"):
        comparison.to_html(tmp_path / "nowhere" / "page.html")


def test_runs_that_all_failed_make_a_page(comparison):
    """Without curves, with the error in the row."""
    runs = comparison.runs.iloc[:1].assign(
        error="ValueError: <no>", val_loss=np.nan, converged=False
    )
    page = InitializerComparison(runs, comparison.history.iloc[:0]).to_html()
    assert "ValueError: &lt;no&gt;" in page
    assert Outline(page).elements.count("svg") == 1
