"""The words for people that stand for the codes of the tables: loader of ``labels.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import get_args

from zhibiao.schema import KINDS, OPS, TABLES, RecordType, Status

_CODES: dict[str, tuple[str, ...]] = {
    "type": get_args(RecordType),
    "status": get_args(Status),
    "severity": ("info", "warning", "error"),
    "kind": KINDS,
    "op": OPS,
    "sheet": ("summary", *TABLES),
}


@cache
def labels() -> MappingProxyType[str, MappingProxyType[str, str]]:
    """Group → code → label. Raises ValueError where a group or code is unknown or missing, or two codes share a label.

    >>> labels()["status"]["missed"]
    '未达标'
    """
    data: dict[str, dict[str, str]] = tomllib.loads(files("zhibiao.export").joinpath("labels.toml").read_text("utf-8"))
    if set(data) != set(_CODES):
        raise ValueError(f"labels.toml: groups are {sorted(data)}, expected {sorted(_CODES)}")
    for group, codes in _CODES.items():
        if set(data[group]) != set(codes):
            raise ValueError(f"labels.toml: [{group}] holds {sorted(data[group])}, expected {sorted(codes)}")
        if len(set(data[group].values())) < len(codes):
            raise ValueError(f"labels.toml: [{group}] gives two codes one label")
    return MappingProxyType({group: MappingProxyType(words) for group, words in data.items()})
