"""A load and hardware in; brokers as vendors and other authors count them, to cross-check, out."""

from kafka_sizing.brokers.models.abcdedf import AbcdedfEstimate, abcdedf_brokers
from kafka_sizing.brokers.models.akalculator import AKalculatorEstimate, akalculator_brokers
from kafka_sizing.brokers.models.alibaba import alibaba_brokers
from kafka_sizing.brokers.models.axonops import AxonOpsEstimate, axonops_brokers
from kafka_sizing.brokers.models.constants import ModelConstants, model_constants
from kafka_sizing.brokers.models.cruise_control import (
    MissingBrokers,
    follower_cpu,
    missing_brokers,
)
from kafka_sizing.brokers.models.estimate import BrokerEstimate, BrokerNeed
from kafka_sizing.brokers.models.figures import ModelFigures
from kafka_sizing.brokers.models.google import GoogleEstimate, google_vcpus
from kafka_sizing.brokers.models.instaclustr import InstaclustrEstimate, instaclustr_io
from kafka_sizing.brokers.models.msk_express import MskExpressEstimate, msk_express_brokers
from kafka_sizing.brokers.models.msk_standard import MskStandardEstimate, msk_standard_brokers
from kafka_sizing.brokers.models.netflix import NetflixEstimate, netflix_zone
from kafka_sizing.brokers.models.red_hat import RedHatEstimate, red_hat_brokers
from kafka_sizing.brokers.models.syalioune import SyaliouneEstimate, syalioune_topic
from kafka_sizing.brokers.models.xeotek import XeotekEstimate, xeotek_counts

__all__ = [
    "AKalculatorEstimate",
    "AbcdedfEstimate",
    "AxonOpsEstimate",
    "BrokerEstimate",
    "BrokerNeed",
    "GoogleEstimate",
    "InstaclustrEstimate",
    "MissingBrokers",
    "ModelConstants",
    "ModelFigures",
    "MskExpressEstimate",
    "MskStandardEstimate",
    "NetflixEstimate",
    "RedHatEstimate",
    "SyaliouneEstimate",
    "XeotekEstimate",
    "abcdedf_brokers",
    "akalculator_brokers",
    "alibaba_brokers",
    "axonops_brokers",
    "follower_cpu",
    "google_vcpus",
    "instaclustr_io",
    "missing_brokers",
    "model_constants",
    "msk_express_brokers",
    "msk_standard_brokers",
    "netflix_zone",
    "red_hat_brokers",
    "syalioune_topic",
    "xeotek_counts",
]
