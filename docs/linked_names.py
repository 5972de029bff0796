"""Names of the reference, where a page of the guide has them in code, as links to their pages."""

import re
from collections import Counter
from pathlib import Path

import sklearn.linear_model
import sklearn.neural_network
from docutils import nodes

REFERENCE = Path(__file__).with_name("api.md")
THEIRS = {*sklearn.linear_model.__all__, *sklearn.neural_network.__all__}
WITH_NAMES_OF_OTHERS = "coming_from"


def paths(reference):
    """Return the path of each public name; none for one that two have, or scikit-learn."""
    full = re.findall(r"^ +(sklinit\.\S+)$", reference, flags=re.MULTILINE)
    named = [(path.rpartition(".")[2], path) for path in full]
    count = Counter(name for name, _ in named)
    return {name: path for name, path in named if count[name] == 1 and name not in THEIRS}


PATHS = paths(REFERENCE.read_text(encoding="utf-8"))


def link(app, doctree, docname):
    """Link what a page has in code and the reference as a name."""
    if "/" in docname or docname == WITH_NAMES_OF_OTHERS:
        return
    for literal in list(doctree.findall(nodes.literal)):
        path = PATHS.get(literal.astext())
        if path and not isinstance(literal.parent, nodes.reference | nodes.title):
            address = app.builder.get_relative_uri(docname, f"generated/{path}")
            reference = nodes.reference("", "", literal.deepcopy(), refuri=address, internal=True)
            literal.replace_self(reference)


def setup(app):
    """Connect to what Sphinx calls when the links of a page are known."""
    app.connect("doctree-resolved", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
