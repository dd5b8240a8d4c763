"""How a plan is carried out. Engines know nothing of each other; `choose` decides."""

from poolkit.engines.attention import attend, log_totals, pull_attention
from poolkit.engines.choose import ENGINES, choose_engine, pool, pool_with_indices, prepare
from poolkit.engines.engine import Engine, Prepared, Task, axis_counts, memory_order
from poolkit.engines.gather import draw_gathered
from poolkit.engines.placing import Outcome, put, take
from poolkit.engines.present import count_valid, pool_weighted, select_weighted
from poolkit.engines.present_gradient import pull_back_weighted, push_forward_weighted
from poolkit.engines.pull_back import (
    index_dtype,
    pull_back,
    pull_back_equal,
    pull_back_selected,
)
from poolkit.engines.push_forward import push_forward
from poolkit.engines.threads import get_num_threads, set_num_threads
from poolkit.engines.weighted import count_touched, weigh, weigh_back
from poolkit.engines.weighted_sums import sum_windows, sum_windows_back, sum_windows_by_weight

__all__ = [
    "ENGINES",
    "Engine",
    "Outcome",
    "Prepared",
    "Task",
    "attend",
    "axis_counts",
    "choose_engine",
    "count_touched",
    "count_valid",
    "draw_gathered",
    "get_num_threads",
    "index_dtype",
    "log_totals",
    "memory_order",
    "pool",
    "pool_weighted",
    "pool_with_indices",
    "prepare",
    "pull_attention",
    "pull_back",
    "pull_back_equal",
    "pull_back_selected",
    "pull_back_weighted",
    "push_forward",
    "push_forward_weighted",
    "put",
    "select_weighted",
    "set_num_threads",
    "sum_windows",
    "sum_windows_back",
    "sum_windows_by_weight",
    "take",
    "weigh",
    "weigh_back",
]
