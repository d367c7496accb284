"""The heaviest keys are the same in whatever order and company keys come."""

import numpy as np
from hypothesis import given, strategies as st

from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.sources.heaviest import Heaviest

loads_of_keys = st.lists(st.integers(0, 9).map(float), max_size=30)


def add(heaviest, loads, names):
    keys, turned_away = heaviest.add(
        KeyColumn.of([b"%d" % name for name in names]), np.array(loads, dtype=float)
    )
    return list(zip(keys, turned_away.tolist(), strict=True))


def held(heaviest):
    return dict(zip(heaviest.keys, heaviest.loads.tolist(), strict=True))


@given(loads_of_keys, st.integers(0, 6), st.integers(1, 7), st.randoms())
def test_what_is_held_depends_on_loads_alone(loads, most, step, random):
    names = list(range(len(loads)))
    random.shuffle(names)
    heaviest, gone = Heaviest(most), []
    for begin in range(0, len(names), step):
        some = names[begin : begin + step]
        gone += add(heaviest, [loads[name] for name in some], some)
    line = sorted(loads, reverse=True)[most] if len(loads) > most else -1.0
    above = {b"%d" % name: load for name, load in enumerate(loads) if load > line}
    below = {b"%d" % name: load for name, load in enumerate(loads) if load <= line}
    assert heaviest.line == line
    assert held(heaviest) == above
    assert len(gone) == len(below)
    assert dict(gone) == below


def test_of_keys_as_heavy_as_the_first_that_does_not_fit_none_is_held():
    heaviest = Heaviest(2)
    gone = add(heaviest, [5, 3, 3, 1], [0, 1, 2, 3])
    assert held(heaviest) == {b"0": 5.0}
    assert sorted(gone) == [(b"1", 3.0), (b"2", 3.0), (b"3", 1.0)]
    assert heaviest.line == 3


def test_a_line_from_elsewhere_turns_away_what_is_not_above_it():
    heaviest = Heaviest(5)
    add(heaviest, [5, 3, 1], [0, 1, 2])
    keys, loads = heaviest.raise_line(3.0)
    assert dict(zip(keys, loads.tolist(), strict=True)) == {b"1": 3.0, b"2": 1.0}
    assert held(heaviest) == {b"0": 5.0}


def test_a_lower_line_from_elsewhere_changes_nothing():
    heaviest = Heaviest(1)
    add(heaviest, [5, 3], [0, 1])
    keys, _ = heaviest.raise_line(1.0)
    assert (len(keys), heaviest.line, held(heaviest)) == (0, 3.0, {b"0": 5.0})
