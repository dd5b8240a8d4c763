"""How a plan is carried out. Engines know nothing of each other; `choose` decides."""

from poolkit.engines.choose import ENGINES, choose_engine, run
from poolkit.engines.engine import Engine

__all__ = ["ENGINES", "Engine", "choose_engine", "run"]
