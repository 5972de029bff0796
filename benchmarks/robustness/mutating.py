"""A mutant put into this process, wherever its function is referred to already."""

import gc
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from benchmarks.robustness.mutants import Mutant


def executed(mutant: Mutant) -> ModuleType:
    """Return the module with the mutant in it, beside the one that all others have imported."""
    name = ".".join(Path(mutant.path).with_suffix("").parts).removesuffix(".__init__")
    module, fresh = sys.modules[name], ModuleType(name)
    fresh.__package__, fresh.__file__ = module.__package__, module.__file__
    exec(compile(mutant.source, str(module.__file__), "exec"), fresh.__dict__)
    return fresh


def install(function: str, fresh: ModuleType) -> None:
    """Give a function, and the functions that it has made, the code of another module's."""
    module = sys.modules[fresh.__name__]
    old, new = resolved(vars(module), function), resolved(vars(fresh), function)
    if old.__code__.co_freevars != new.__code__.co_freevars:
        # nothing but super() makes a method a closure, and the mutant has lost it
        owner, _, method = function.rpartition(".")
        setattr(vars(module)[owner], method, with_globals(new, vars(module)))
        return
    old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    mutated = {identity(code): code for code in code_within(new.__code__)}
    original = set(code_within(old.__code__))
    for made in [item for item in gc.get_objects() if type(item) is FunctionType]:
        if made.__code__ in original and made.__globals__ is vars(module):
            made.__code__ = mutated.get(identity(made.__code__), made.__code__)


def resolved(namespace: dict[str, Any], name: str) -> FunctionType:
    """Return the function of a qualified name."""
    owner, _, method = name.rpartition(".")
    found = vars(namespace[owner])[method] if owner else namespace[method]
    function: FunctionType = inspect.unwrap(getattr(found, "__func__", found))
    return function


def with_globals(function: FunctionType, namespace: dict[str, Any]) -> FunctionType:
    """Return a function that looks names up elsewhere."""
    other = FunctionType(function.__code__, namespace, function.__name__, function.__defaults__)
    other.__kwdefaults__ = function.__kwdefaults__
    return other


def code_within(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function and of those that it defines."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_within(constant)


def identity(code: CodeType) -> tuple[Any, ...]:
    """Return what a function and its mutant share."""
    return code.co_qualname, code.co_firstlineno, code.co_freevars
