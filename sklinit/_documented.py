"""The link from an estimator's HTML representation to its page in the documentation."""

import sys

from sklearn.base import BaseEstimator

ADDRESS = ""  # of the published documentation; none yet, and so no links


class DocumentedEstimator(BaseEstimator):
    """An estimator with a page of its own in the documentation.

    The attributes are those by which scikit-learn lets other libraries link to their own pages.
    """

    _doc_link_module = "sklinit"

    @property
    def _doc_link_template(self) -> str:
        return f"{ADDRESS}/generated/{{path}}.html" if ADDRESS else ""

    def _doc_link_url_param_generator(self) -> dict[str, str]:
        return {"path": public_path(type(self))}


def public_path(cls: type) -> str:
    """Return the path that the documentation lists a public class under."""
    package, room, *_ = cls.__module__.split(".")
    at_the_top = getattr(sys.modules[package], cls.__name__, None) is cls
    return f"{package}.{cls.__name__}" if at_the_top else f"{package}.{room}.{cls.__name__}"
