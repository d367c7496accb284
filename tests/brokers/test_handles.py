"""File descriptors and memory maps against worked examples and what clusters met."""

from __future__ import annotations

import pytest

from kafka_sizing.brokers.handles import broker_handles
from kafka_sizing.brokers.system import system_limit


@pytest.mark.parametrize(
    ("fds_per_segment", "file_descriptors"),
    [
        pytest.param(1, 11_000, id="BR04 one descriptor a segment (Kafka docs, Hardware and OS)"),
        pytest.param(2, 21_000, id="BR04 two descriptors a segment (Rao 2015)"),
        pytest.param(None, 21_000, id="BR04 two are the default, the safe side"),
    ],
)
def test_descriptors_are_segments_and_connections(fds_per_segment, file_descriptors):
    # 2,000 replicas of 5 GiB in segments of 1 GiB
    handles = broker_handles(2_000 * 5, connections=1_000, fds_per_segment=fds_per_segment)
    assert handles.file_descriptors == file_descriptors
    assert handles.memory_maps == 20_000
    assert handles.fits


@pytest.mark.parametrize(
    ("map_limit", "segments"),
    [
        pytest.param(65_530, 32_765, id="BR05 default of Linux"),
        pytest.param(262_144, 131_072, id="BR05 advised by Confluent"),
        pytest.param(393_216, 196_608, id="BR05 raised"),
    ],
)
def test_a_segment_takes_two_maps(map_limit, segments):
    handles = broker_handles(segments, map_limit=map_limit, file_descriptor_limit=10**9)
    assert handles.most_mapped_segments == handles.most_segments == segments
    assert handles.maps_fit
    assert not broker_handles(segments + 1, map_limit=map_limit).maps_fit


@pytest.mark.parametrize(
    "logs", [pytest.param(32_474, id="BR06 a broker crashed with that many (pingcap/tiflow#9750)")]
)
def test_a_crash_was_just_below_the_default_limit(logs):
    handles = broker_handles(logs)
    assert handles.memory_maps == 64_948
    assert handles.map_limit - handles.memory_maps == 582  # less than a JVM maps by itself


@pytest.mark.parametrize(
    "index_files",
    [pytest.param(305_784, id="BR07 index files (utilitywarehouse/tf_kube_ignition PR 185)")],
)
def test_a_broker_outgrew_the_advised_limit(index_files):
    advised = system_limit("vm.max_map_count, advised").value
    raised = system_limit("vm.max_map_count, raised").value
    assert not broker_handles(index_files // 2, map_limit=advised).maps_fit
    assert broker_handles(index_files // 2, map_limit=raised).maps_fit


def test_connections_take_descriptors_from_segments():
    handles = broker_handles(0, connections=40, fds_per_segment=3, file_descriptor_limit=100)
    assert (handles.most_open_segments, handles.most_segments) == (20, 20)
    full = broker_handles(0, connections=140, fds_per_segment=3, file_descriptor_limit=100)
    assert (full.most_open_segments, full.files_fit) == (0, False)


@pytest.mark.parametrize(
    ("limits", "end"),
    [
        ({}, "(5 segments at 2 and 1 connections) and 10 memory maps of 65,530"),
        ({"file_descriptor_limit": 10}, "maps of 65,530: too many file descriptors"),
        ({"map_limit": 9}, "maps of 9: too many memory maps (vm.max_map_count)"),
        (
            {"file_descriptor_limit": 10, "map_limit": 9},
            "too many file descriptors and memory maps (vm.max_map_count)",
        ),
    ],
)
def test_the_reason_names_what_is_too_many(limits, end):
    handles = broker_handles(5, connections=1, **limits)
    assert handles.reason.startswith("11 file descriptors of 1")
    assert handles.reason.endswith(end)
    assert handles.fits is not bool(limits)


def test_what_just_fits_fits():
    handles = broker_handles(5, file_descriptor_limit=10, map_limit=10)
    assert (handles.files_fit, handles.maps_fit, handles.fits) == (True, True, True)
    assert repr(handles) == (
        "BrokerHandles(segments=5, file_descriptors=10, memory_maps=10, fits=True)"
    )


@pytest.mark.parametrize(
    ("inputs", "match"),
    [
        ({"segments": -1}, r"segments must be a whole number in 0 .* got -1"),
        ({"connections": -1}, r"connections must be a whole number in 0 .* got -1"),
        ({"fds_per_segment": 0}, r"fds_per_segment must be a whole number in 1 .* got 0"),
        ({"map_limit": 0}, r"map_limit must be a whole number"),
        ({"file_descriptor_limit": 0}, r"file_descriptor_limit must be a whole number"),
    ],
)
def test_nonsense_is_refused(inputs, match):
    with pytest.raises(ValueError, match=match):
        broker_handles(**{"segments": 1, **inputs})


def test_limits_of_the_system_name_their_source():
    limit = system_limit("file descriptors")
    assert (limit.value, limit.unit, limit.kind) == (100_000, "file descriptors", "rule")
    assert limit.source
    assert limit.date
    with pytest.raises(ValueError, match=r"name must be one of .* \(near: 'vm.max_map_count'"):
        system_limit("max_map_count")
