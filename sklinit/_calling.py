"""What functions and classes of a user's own must take, and what is said where they do not."""

from collections.abc import Callable
from inspect import Parameter, Signature, isfunction, signature
from typing import Any

from sklinit._validation import InvalidParameterError, shown


def takes(function: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Tell whether a function can be called with these arguments, as far as it says."""
    try:
        signature(function).bind(*args, **kwargs)
    except ValueError:  # some functions written in C have no signature
        return True
    except TypeError:
        return False
    return True


def called(
    owner: str, parameter: str, expected: str, function: Any, *args: Any, **kwargs: Any
) -> Any:
    """Return what a user's function returns, or refuse one that does not go with the arguments."""
    try:
        return function(*args, **kwargs)
    except TypeError as error:
        raise InvalidParameterError(
            f"The {parameter!r} parameter of {owner} must be {expected}. "
            f"Got {shown(function)}, which raised TypeError: {error}"
        ) from error


def check_methods(part: Any, owner: str, parameter: str) -> None:
    """Raise where a method of a user's class does not take what that of its base class takes."""
    if _is_ours(type(part)):
        return
    for base in filter(_is_ours, type(part).__mro__):
        for name, method in vars(base).items():
            if isfunction(method) and not name.startswith("__"):
                _check_method(
                    getattr(part, name), method, part, f"{parameter!r} parameter of {owner}"
                )


def _is_ours(kind: type) -> bool:
    module = vars(kind).get("__module__", "")  # a class made by type() may have none of its own
    return str(module).partition(".")[0] == "sklinit"


def _check_method(own: Any, expected: Any, part: Any, place: str) -> None:
    if getattr(own, "__func__", own) is expected:
        return
    _, *arguments = signature(expected).parameters
    if not takes(own, *arguments):
        raise InvalidParameterError(
            f"The {place} must be an object whose {expected.__name__!r} takes "
            f"({', '.join(arguments)}). Got {shown(part)}, where it {_described(own)}, instead."
        )


def _described(own: Any) -> str:
    """Return what a method takes, as its author has written it."""
    if not callable(own):
        return f"is {shown(own)}"
    stated = signature(own)
    names = [
        one.replace(annotation=Parameter.empty, default=Parameter.empty)
        for one in stated.parameters.values()
    ]
    return f"takes {stated.replace(parameters=names, return_annotation=Signature.empty)}"
