"""An event and the settings of a group in; how long the group does not notice, and why, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from kafka_sizing._checks import check_choice
from kafka_sizing.consumers.settings import ConsumerSettings

Protocol = Literal["eager", "cooperative", "consumer"]
Membership = Literal["dynamic", "static"]
EventKind = Literal["join", "leave", "crash", "stuck", "partitions"]

PROTOCOLS: Final[tuple[Protocol, ...]] = get_args(Protocol)
MEMBERSHIPS: Final[tuple[Membership, ...]] = get_args(Membership)
EVENT_KINDS: Final[tuple[EventKind, ...]] = get_args(EventKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How long after an event the group starts to rebalance, and by which rule."""

    delay_s: float  #: at most; from the event to the start of the rebalance
    reason: str


def detection(
    event: EventKind,
    *,
    protocol: Protocol,
    membership: Membership = "dynamic",
    settings: ConsumerSettings | None = None,
) -> Detection:
    """Say when a group notices an event.

    The rules are exact, the delay is the longest they allow: the session timeout runs from
    the last heartbeat, so a crash is noticed up to one heartbeat interval earlier, and
    metadata may have been refreshed only just before partitions were added.

    A dynamic member that closes says so (LeaveGroup, or a heartbeat with epoch -1), and one
    that does not poll for ``max.poll.interval.ms`` leaves by itself. A static member (one
    with ``group.instance.id``) does neither: its coordinator waits for the session timeout,
    after a clean close as after a crash, and for a stuck member on top of
    ``max.poll.interval.ms``, since it then stops its heartbeats only. A static member that is
    closed with ``CloseOptions`` that say LEAVE_GROUP (since Kafka 4.1) leaves as a dynamic one.

    Parameters
    ----------
    event : {"join", "leave", "crash", "stuck", "partitions"}
        A new member comes, one closes cleanly, dies, does not poll any more, or the topic
        gets more partitions.
    protocol : {"eager", "cooperative", "consumer"}
        How the group rebalances; "consumer" is KIP-848.
    membership : {"dynamic", "static"}, default "dynamic"
        Whether members have a ``group.instance.id``.
    settings : ConsumerSettings or None, default None
        Timeouts of the group. None: Kafka's defaults.

    Returns
    -------
    Detection
        The longest delay, and why.

    Raises
    ------
    ValueError
        If an argument is none of its choices.

    Notes
    -----
    Sources: ConsumerCoordinator, AbstractCoordinator and ConsumerMembershipManager (clients)
    and GroupMetadataManager (group-coordinator), apache/kafka; KIP-345, KIP-848.

    Examples
    --------
    >>> from kafka_sizing.consumers.rebalance import detection
    >>> detection("leave", protocol="eager").delay_s
    0.0
    >>> detection("leave", protocol="eager", membership="static").delay_s
    45.0
    """
    check_choice("event", event, EVENT_KINDS)
    check_choice("protocol", protocol, PROTOCOLS)
    check_choice("membership", membership, MEMBERSHIPS)
    settings = settings or ConsumerSettings()
    if event == "join":
        return Detection(delay_s=0.0, reason="the new member reports itself")
    if event == "partitions":
        return _new_partitions(protocol, settings)
    if event == "leave" and membership == "dynamic":
        return Detection(delay_s=0.0, reason="the member says that it leaves")

    session_s, session = _session_timeout(protocol, settings)
    if event == "crash":
        return Detection(delay_s=session_s, reason=f"a crash shows when {session} is over")
    if event == "leave":
        return Detection(
            delay_s=session_s,
            reason=f"a static member does not say that it leaves: hidden until {session} is over",
        )
    poll_s = settings.max_poll_interval_s
    poll = f"max.poll.interval.ms ({poll_s:g} s)"
    if membership == "dynamic":
        return Detection(
            delay_s=poll_s, reason=f"a member that does not poll leaves when {poll} is over"
        )
    return Detection(
        delay_s=poll_s + session_s,
        reason=f"a static member that does not poll is silent when {poll} is over, and hidden "
        f"until {session} is over too",
    )


def _new_partitions(protocol: Protocol, settings: ConsumerSettings) -> Detection:
    if protocol == "consumer":
        return Detection(delay_s=0.0, reason="the coordinator itself sees new partitions")
    age_s = settings.metadata_max_age_s
    return Detection(
        delay_s=age_s,
        reason="the leader of the group sees new partitions when it refreshes its metadata, "
        f"every metadata.max.age.ms ({age_s:g} s)",
    )


def _session_timeout(protocol: Protocol, settings: ConsumerSettings) -> tuple[float, str]:
    if protocol == "consumer":
        timeout_s = settings.consumer_session_timeout_s
        return timeout_s, f"group.consumer.session.timeout.ms ({timeout_s:g} s)"
    timeout_s = settings.session_timeout_s
    return timeout_s, f"session.timeout.ms ({timeout_s:g} s)"
