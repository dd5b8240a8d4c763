"""How a plan is carried out. Engines know nothing of each other; `choose` decides."""

from poolkit.engines.choose import ENGINES, choose_engine, pool, pool_with_indices, prepare
from poolkit.engines.engine import Engine, Prepared, Task, memory_order
from poolkit.engines.gather import draw_gathered
from poolkit.engines.pull_back import (
    index_dtype,
    pull_back,
    pull_back_equal,
    pull_back_selected,
)
from poolkit.engines.push_forward import push_forward
from poolkit.engines.threads import get_num_threads, set_num_threads
from poolkit.engines.weighted import weigh, weigh_back

__all__ = [
    "ENGINES",
    "Engine",
    "Prepared",
    "Task",
    "choose_engine",
    "draw_gathered",
    "get_num_threads",
    "index_dtype",
    "memory_order",
    "pool",
    "pool_with_indices",
    "prepare",
    "pull_back",
    "pull_back_equal",
    "pull_back_selected",
    "push_forward",
    "set_num_threads",
    "weigh",
    "weigh_back",
]
