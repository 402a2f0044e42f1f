"""Orders without a file: a catalogue, customers, orders and returns with the shape of a real e-tailer. Pure and deterministic by seed."""

from __future__ import annotations

from packhorse.roof.simulation.generator.catalogue import GeneratedItem, catalogue
from packhorse.roof.simulation.generator.demand import Generated, generate
from packhorse.roof.simulation.generator.dimensions import Dimensions, synthetic_dimensions
from packhorse.roof.simulation.generator.people import person, ship_to

__all__ = ["Dimensions", "Generated", "GeneratedItem", "catalogue", "generate", "person", "ship_to", "synthetic_dimensions"]
