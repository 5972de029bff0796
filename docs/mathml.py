"""Formulas as MathML, which browsers draw themselves: no script, and nothing to fetch."""

import re

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

logger = logging.getLogger(__name__)


def translated(formula, *, as_block):
    """Translate LaTeX, and refuse what docutils would silently read as another formula."""
    if re.search(r"frac\s*\d\d", formula):
        raise MathError(r"write \frac{1}{2}: \frac12 would be read as the number 12")
    return tex2mathml(formula, as_block=as_block)


def markup(node, *, as_block):
    """Translate the formula of a node; what cannot be translated is a warning of the build."""
    try:
        return translated(node.astext(), as_block=as_block)
    except MathError as error:
        logger.warning("cannot be written as MathML: %s", error, location=node)
        return ""


def visit_inline(translator, node):
    """Write a formula within a line."""
    translator.body.append(markup(node, as_block=False))
    raise nodes.SkipNode


def visit_block(translator, node):
    """Write a formula that stands alone; one wider than the screen scrolls."""
    translator.body.append(f'<div class="formula">{markup(node, as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app):
    """Offer the renderer under the name that ``html_math_renderer`` can take."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
