"""Topics in; the custom resources from which the Strimzi operator creates them out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

from kafka_sizing._checks import check_choice
from kafka_sizing.report.exports.names import admitted_name, one_line
from kafka_sizing.report.exports.yaml_text import yaml_text
from kafka_sizing.topic.planning.plan import TopicPlan
from kafka_sizing.topic.topics import PlannedTopic, as_topics

StrimziApi = Literal["v1", "v1beta2"]

_VERSIONS: Final = ("v1", "v1beta2")
_LABEL: Final = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN: Final = rf"{_LABEL}(\.{_LABEL})*"  # RFC 1123, as Kubernetes names objects
_MOST_CHARACTERS: Final = 253


def strimzi(
    plan: TopicPlan | Iterable[PlannedTopic],
    *,
    cluster: str = "my-cluster",
    namespace: str | None = None,
    api: StrimziApi = "v1",
) -> str:
    """Write a KafkaTopic resource for every topic of a plan.

    A topic whose name Kubernetes does not admit (capitals, ``_``) gets another name for its
    resource, and its own as ``spec.topicName``.

    Parameters
    ----------
    plan : TopicPlan or iterable of PlannedTopic
        The plan, or topics as `planned_topics` gives them.
    cluster : str, default "my-cluster"
        The Kafka resource they belong to.
    namespace : str, optional
        Where the topic operator watches; without it kubectl decides.
    api : {"v1", "v1beta2"}, default "v1"
        Strimzi from 0.49 on knows v1, and from 1.0 on nothing else.

    Returns
    -------
    str
        YAML, one document a topic.

    Raises
    ------
    ValueError
        If the version of the API is unknown.

    Examples
    --------
    >>> from kafka_sizing.report.exports import strimzi
    >>> from kafka_sizing.topic.topics import PlannedTopic
    >>> topic = PlannedTopic(name="orders", role="main", partitions=12, replication_factor=3)
    >>> print(strimzi([topic]).split("spec:")[1].rstrip())
      partitions: 12
      replicas: 3
    """
    check_choice("api", api, _VERSIONS)
    documents = []
    for topic in as_topics(plan):
        resource = _resource(topic, cluster=cluster, namespace=namespace, api=api)
        documents.append(f"---\n# {one_line(topic.headline)}\n{yaml_text(resource)}")
    return "".join(documents)


def _resource(
    topic: PlannedTopic, *, cluster: str, namespace: str | None, api: str
) -> dict[str, Any]:
    name = admitted_name(
        topic.name, pattern=_SUBDOMAIN, allowed="a-z0-9", most=_MOST_CHARACTERS, case="lower"
    )
    metadata: dict[str, Any] = {"name": name}
    if namespace is not None:
        metadata["namespace"] = namespace
    metadata["labels"] = {"strimzi.io/cluster": cluster}
    spec: dict[str, Any] = {} if name == topic.name else {"topicName": topic.name}
    spec |= {"partitions": topic.partitions, "replicas": topic.replication_factor}
    if topic.config:
        spec["config"] = dict(topic.settings)
    return {
        "apiVersion": f"kafka.strimzi.io/{api}",
        "kind": "KafkaTopic",
        "metadata": metadata,
        "spec": spec,
    }
