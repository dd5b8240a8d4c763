"""How a plan is carried out. Engines know nothing of each other; `choose` decides."""

from poolkit.engines.choose import ENGINES, choose_engine, run
from poolkit.engines.engine import Engine
from poolkit.engines.threads import get_num_threads, set_num_threads

__all__ = ["ENGINES", "Engine", "choose_engine", "get_num_threads", "run", "set_num_threads"]
