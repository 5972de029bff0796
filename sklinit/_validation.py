"""The one error sentence, and the constraints it reports."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

SHOWN_OF_MANY = 5


class InvalidParameterError(ValueError, TypeError):
    """A parameter has a value or a type that is not accepted."""


def suggestion(got: Any, names: Iterable[str]) -> str:
    """Return ``" Did you mean 'he'?"`` for a near miss, a shortened name or a class, or nothing."""
    if isinstance(got, type) and issubclass(got, BaseEstimator):
        return f" Did you mean {got.__name__}()?"
    if not isinstance(got, str):
        return ""
    wanted, names = got.lower(), list(names)
    shortened = [name for name in names if len(wanted) > 2 and name.startswith(wanted)]
    close = shortened or get_close_matches(wanted, names, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def shown(value: Any) -> str:
    """Represent a value in a message, on one line and not too long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else f"{text[:77]}..."


def invalid(
    owner: str, parameter: str, expected: str, got: Any, names: Iterable[str] = ()
) -> InvalidParameterError:
    """Build the error that names the parameter, what was expected and what came."""
    return InvalidParameterError(
        f"The {parameter!r} parameter of {owner} must be {expected}. "
        f"Got {shown(got)} instead.{suggestion(got, names)}"
    )


def listed(names: Iterable[str]) -> str:
    """Join names as ``'a', 'b', 'c'``."""
    return ", ".join(repr(name) for name in names)


@dataclass(frozen=True)
class Constraint:
    """What a parameter accepts: a predicate and the words for it."""

    expected: str
    accepts: Callable[[Any], bool]
    names: tuple[str, ...] = ()

    def __or__(self, other: "Constraint") -> "Constraint":
        """Accept what either constraint accepts."""
        return Constraint(
            f"{self.expected} or {other.expected}",
            lambda value: self.accepts(value) or other.accepts(value),
            self.names + other.names,
        )


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


def real(low: float, high: float = np.inf, *, closed: str = "both") -> Constraint:
    """Accept a real number in an interval whose ends are `closed` or not."""
    left, right = closed in ("both", "left"), closed in ("both", "right")

    def accepts(value: Any) -> bool:
        if _is_bool(value) or not isinstance(value, Real):
            return False
        try:
            number = float(value)
        except OverflowError:
            return False
        return (low < number or (left and number == low)) and (
            number < high or (right and number == high)
        )

    interval = f"{'[' if left else '('}{low:g}, {high:g}{']' if right else ')'}"
    return Constraint(f"a real number in {interval}", accepts)


def is_integer(value: Any) -> bool:
    """Tell whether a value is an integer, of Python or of numpy; booleans are none."""
    return isinstance(value, Integral) and not _is_bool(value)


def integer(low: int, high: float = np.inf) -> Constraint:
    """Accept an integer not below `low` and not above `high`."""
    return Constraint(
        f"an integer of at least {low}" if high == np.inf else f"an integer from {low} to {high}",
        lambda value: is_integer(value) and low <= int(value) <= high,
    )


def one_of(*names: str) -> Constraint:
    """Accept one of the names."""
    return Constraint(
        f"one of {listed(names)}",
        lambda value: isinstance(value, str) and value in names,
        names,
    )


def exactly(option: Any) -> Constraint:
    """Accept a single value, compared by identity of type and equality."""
    return Constraint(
        repr(option), lambda value: isinstance(value, type(option)) and value == option
    )


CALLABLE = Constraint("a callable", callable)
BOOLEAN = Constraint("a boolean", _is_bool)
VERBOSITY = integer(0) | BOOLEAN
POSITIVE = real(0, closed="neither")
NON_NEGATIVE = real(0, closed="left")
FINITE = real(-np.inf, closed="neither")


def check(owner: str, **values: tuple[Any, Constraint]) -> None:
    """Raise for the first value that its constraint does not accept."""
    for name, (value, constraint) in values.items():
        if not constraint.accepts(value):
            raise invalid(owner, name, constraint.expected, value, constraint.names)


def as_floats(given: Any, expected: str, owner: str, parameter: str) -> NDArray[np.float64]:
    """Return an array of real numbers, or refuse what is none."""
    try:
        if np.iscomplexobj(given):
            raise TypeError
        return np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise invalid(owner, parameter, expected, given) from None


def seeded(seed: Any, owner: str, parameter: str) -> np.random.RandomState:
    """Return the stream of a seed, or a stream as it is."""
    try:
        stream: np.random.RandomState = check_random_state(seed)
    except ValueError:
        expected = "an int from 0 to 4294967295, a numpy.random.RandomState or None"
        raise invalid(owner, parameter, expected, seed) from None
    return stream


def check_params(owner: Any, constraints: Mapping[str, Constraint]) -> None:
    """Raise for the first attribute of `owner` that its constraint does not accept."""
    for parameter, constraint in constraints.items():
        if not hasattr(owner, parameter):
            raise TypeError(
                f"The __init__ of {type(owner).__name__} must store {parameter!r}, which is to be "
                f"{constraint.expected}."
            )
        value = getattr(owner, parameter)
        if not constraint.accepts(value):
            raise invalid(
                type(owner).__name__, parameter, constraint.expected, value, constraint.names
            )


def resolve(
    table: Mapping[str, Callable[[], Any]],
    name: Any,
    owner: str,
    parameter: str,
    others: str = "",
    catalogue: str = "",
) -> Any:
    """Build the object that a name stands for, or say which names there are, or what lists them."""
    if not isinstance(name, str) or name not in table:
        known = listed(list(table)[:SHOWN_OF_MANY] if catalogue else table)
        more = f", ... ({catalogue} has all {len(table)})" if catalogue else ""
        raise invalid(owner, parameter, f"one of {known}{more}{others}", name, table)
    return table[name]()
