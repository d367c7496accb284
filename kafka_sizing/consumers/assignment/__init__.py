"""Partitions and members in; who owns what, how even that is and what moves, out."""

from __future__ import annotations

from kafka_sizing.consumers.assignment.assigning import ASSIGNORS, Assignor, assign
from kafka_sizing.consumers.assignment.members import Member
from kafka_sizing.consumers.assignment.result import Assignment

__all__ = ["ASSIGNORS", "Assignment", "Assignor", "Member", "assign"]
