"""Requests nobody thought of: drawn, sent, judged, made small, kept."""

from cozecheck.properties.exploring import Explorer
from cozecheck.properties.living import Lifetimes, Living, is_of_lives, lifetimes
from cozecheck.properties.planning import Prospect, prospect
from cozecheck.properties.road import FAMILY, Pursuit, Search, kept_lives

__all__ = [
    "FAMILY",
    "Explorer",
    "Lifetimes",
    "Living",
    "Prospect",
    "Pursuit",
    "Search",
    "is_of_lives",
    "kept_lives",
    "lifetimes",
    "prospect",
]
