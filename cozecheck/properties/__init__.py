"""Requests nobody thought of: drawn, sent, judged, made small, kept."""

from cozecheck.properties.exploring import Explorer
from cozecheck.properties.planning import Prospect, prospect
from cozecheck.properties.road import FAMILY, Pursuit, Search

__all__ = ["FAMILY", "Explorer", "Prospect", "Pursuit", "Search", "prospect"]
