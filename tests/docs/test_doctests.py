"""The examples in the docstrings of every module run and say what they show."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import zhibiao

MODULES = ["zhibiao", *sorted(info.name for info in pkgutil.walk_packages(zhibiao.__path__, "zhibiao."))]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    with_examples = [name for name in MODULES if any(found.examples for found in finder.find(import_module(name)))]
    assert len(with_examples) >= 10
