"""What the tests of splitting schemes share: every scheme, streams, and a Python without Numba."""

import dataclasses
import sys
from collections.abc import Iterator

import pytest

from kafka_sizing.fixes import (
    AdjustedTable,
    BoundedLoads,
    DChoices,
    IsolatedKeys,
    KeyGrouping,
    OfflineGreedy,
    OnlineGreedy,
    PartialKeyGrouping,
    RandomChoices,
    RoundRobinHead,
    ShuffleGrouping,
    StaticTwoChoices,
    TokenRing,
    TrainedTable,
    WChoices,
)
from kafka_sizing.fixes.splitting import compiled

_WHOLE = (
    KeyGrouping(),
    StaticTwoChoices(),
    OnlineGreedy(),
    OfflineGreedy(),
    TokenRing(7),
    IsolatedKeys(2),
    TrainedTable(30, training_records=500),
    AdjustedTable(),
)
_SPLIT = (
    PartialKeyGrouping(),
    PartialKeyGrouping(4),
    ShuffleGrouping(),
    WChoices(),
    WChoices(counters=5, head_share=0.1),
    DChoices(),
    DChoices(choices=3),
    RoundRobinHead(),
    RandomChoices(0.05),
    BoundedLoads(0.1, tokens=7),
)


RECORDS = 20_000  # played for a fix
WHOLE, SPLIT = (
    tuple(dataclasses.replace(one, records=RECORDS) for one in some) for some in (_WHOLE, _SPLIT)
)


@pytest.fixture(params=[*WHOLE, *SPLIT], ids=lambda scheme: scheme.name)
def scheme(request):
    return request.param


@pytest.fixture(params=WHOLE, ids=lambda scheme: scheme.name)
def whole(request):
    return request.param


@pytest.fixture(params=SPLIT, ids=lambda scheme: scheme.name)
def split(request):
    return request.param


@pytest.fixture
def no_numba(monkeypatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "numba", None)
    compiled._compiled.cache_clear()
    yield
    compiled._compiled.cache_clear()
