"""Sphinx's settings for the documentation of sklinit."""

import os
import re
import sys
import warnings
from pathlib import Path

import sklinit
from sklinit import _documented

sys.path.insert(0, str(Path(__file__).parent))
import bad_input_table
import benchmark_tables
import initializer_table

project = "sklinit"
author = "sklinit developers"
copyright = "the sklinit developers"
version = release = sklinit.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "numpydoc",
    "myst_parser",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "linked_names",
    "mathml",
]
exclude_patterns = ["_build", "_templates", "generated/*_table*.md"]
templates_path = ["_templates"]
nitpicky = False
default_role = "obj"  # `name` in a docstring is a link where the name is public

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autosummary_ignore_module_all = False
toc_object_entries_show_parents = "hide"
autodoc_typehints = "none"  # the docstrings have the types, with shapes
numpydoc_show_class_members = False
doctest_test_doctest_blocks = ""  # docstring examples are run by pytest; here the pages' own
doctest_global_setup = "import warnings; warnings.simplefilter('error')"

_documented.ADDRESS = ".."  # estimators shown in an example link to their pages of this site
os.environ["MPLBACKEND"] = "Agg"
warnings.filterwarnings("error", module="sklinit")
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "ignore_repr_types": r"sklinit\.displays",  # a display shows its picture
    "image_scrapers": ("matplotlib",),
    "min_reported_time": 1,
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,  # that page fetches scripts from outside
}

html_theme = "pydata_sphinx_theme"
html_title = "sklinit"
html_show_sourcelink = False
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["sklinit.css"]
html_favicon = "_static/favicon.svg"
html_sidebars = {  # pages with none below them need no list of such
    page: [] for page in ("getting_started", "benchmarks", "contributing", "changelog")
}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "header_links_before_dropdown": 5,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
}


def skip_methods_of_sklearn(app, what, name, obj, skip, options):
    """Leave out what scikit-learn defines and documents, and adds to every estimator."""
    theirs = getattr(obj, "__module__", None) or ""
    return True if theirs.startswith("sklearn.") or re.fullmatch(r"set_\w+_request", name) else skip


def keep_initials(app, what, name, obj, options, lines):
    """Keep the author "K. He" of a reference from being read as point K of a list."""
    lines[:] = [re.sub(r"^(\s*)([A-Z]\. )", r"\1\\\2", line) for line in lines]


def write_tables(app):
    """Make the tables out of the code and of the benchmarks, before the pages are read."""
    initializer_table.write()
    benchmark_tables.write()
    bad_input_table.write()


def setup(app):
    """Connect what Sphinx calls before it reads the pages and while it reads the docstrings."""
    app.connect("builder-inited", write_tables)
    app.connect("autodoc-skip-member", skip_methods_of_sklearn)
    app.connect("autodoc-process-docstring", keep_initials, priority=900)  # after numpydoc
