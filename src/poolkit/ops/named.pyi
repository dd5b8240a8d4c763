# Written by tests/codebase/test_stub.py; do not edit.
from poolkit.ops.adaptive import AdaptiveOperator
from poolkit.ops.fractional import FractionalOperator
from poolkit.ops.sliding import SlidingOperator
from poolkit.ops.whole import GlobalOperator

__all__ = [
    "adaptive_avg_pool",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_gem_pool",
    "adaptive_gem_pool1d",
    "adaptive_gem_pool2d",
    "adaptive_gem_pool3d",
    "adaptive_log_sum_exp_pool",
    "adaptive_log_sum_exp_pool1d",
    "adaptive_log_sum_exp_pool2d",
    "adaptive_log_sum_exp_pool3d",
    "adaptive_lp_pool",
    "adaptive_lp_pool1d",
    "adaptive_lp_pool2d",
    "adaptive_lp_pool3d",
    "adaptive_max_pool",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "adaptive_median_pool",
    "adaptive_median_pool1d",
    "adaptive_median_pool2d",
    "adaptive_median_pool3d",
    "adaptive_min_pool",
    "adaptive_min_pool1d",
    "adaptive_min_pool2d",
    "adaptive_min_pool3d",
    "adaptive_mode_pool",
    "adaptive_mode_pool1d",
    "adaptive_mode_pool2d",
    "adaptive_mode_pool3d",
    "adaptive_ordinal_pool",
    "adaptive_ordinal_pool1d",
    "adaptive_ordinal_pool2d",
    "adaptive_ordinal_pool3d",
    "adaptive_pool",
    "adaptive_pool1d",
    "adaptive_pool2d",
    "adaptive_pool3d",
    "adaptive_product_pool",
    "adaptive_product_pool1d",
    "adaptive_product_pool2d",
    "adaptive_product_pool3d",
    "adaptive_quantile_pool",
    "adaptive_quantile_pool1d",
    "adaptive_quantile_pool2d",
    "adaptive_quantile_pool3d",
    "adaptive_range_pool",
    "adaptive_range_pool1d",
    "adaptive_range_pool2d",
    "adaptive_range_pool3d",
    "adaptive_rank_pool",
    "adaptive_rank_pool1d",
    "adaptive_rank_pool2d",
    "adaptive_rank_pool3d",
    "adaptive_soft_pool",
    "adaptive_soft_pool1d",
    "adaptive_soft_pool2d",
    "adaptive_soft_pool3d",
    "adaptive_std_pool",
    "adaptive_std_pool1d",
    "adaptive_std_pool2d",
    "adaptive_std_pool3d",
    "adaptive_sum_pool",
    "adaptive_sum_pool1d",
    "adaptive_sum_pool2d",
    "adaptive_sum_pool3d",
    "adaptive_top_mean_pool",
    "adaptive_top_mean_pool1d",
    "adaptive_top_mean_pool2d",
    "adaptive_top_mean_pool3d",
    "adaptive_var_pool",
    "adaptive_var_pool1d",
    "adaptive_var_pool2d",
    "adaptive_var_pool3d",
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "fractional_avg_pool",
    "fractional_avg_pool1d",
    "fractional_avg_pool2d",
    "fractional_avg_pool3d",
    "fractional_gem_pool",
    "fractional_gem_pool1d",
    "fractional_gem_pool2d",
    "fractional_gem_pool3d",
    "fractional_log_sum_exp_pool",
    "fractional_log_sum_exp_pool1d",
    "fractional_log_sum_exp_pool2d",
    "fractional_log_sum_exp_pool3d",
    "fractional_lp_pool",
    "fractional_lp_pool1d",
    "fractional_lp_pool2d",
    "fractional_lp_pool3d",
    "fractional_max_pool",
    "fractional_max_pool1d",
    "fractional_max_pool2d",
    "fractional_max_pool3d",
    "fractional_median_pool",
    "fractional_median_pool1d",
    "fractional_median_pool2d",
    "fractional_median_pool3d",
    "fractional_min_pool",
    "fractional_min_pool1d",
    "fractional_min_pool2d",
    "fractional_min_pool3d",
    "fractional_mode_pool",
    "fractional_mode_pool1d",
    "fractional_mode_pool2d",
    "fractional_mode_pool3d",
    "fractional_ordinal_pool",
    "fractional_ordinal_pool1d",
    "fractional_ordinal_pool2d",
    "fractional_ordinal_pool3d",
    "fractional_pool",
    "fractional_pool1d",
    "fractional_pool2d",
    "fractional_pool3d",
    "fractional_product_pool",
    "fractional_product_pool1d",
    "fractional_product_pool2d",
    "fractional_product_pool3d",
    "fractional_quantile_pool",
    "fractional_quantile_pool1d",
    "fractional_quantile_pool2d",
    "fractional_quantile_pool3d",
    "fractional_range_pool",
    "fractional_range_pool1d",
    "fractional_range_pool2d",
    "fractional_range_pool3d",
    "fractional_rank_pool",
    "fractional_rank_pool1d",
    "fractional_rank_pool2d",
    "fractional_rank_pool3d",
    "fractional_soft_pool",
    "fractional_soft_pool1d",
    "fractional_soft_pool2d",
    "fractional_soft_pool3d",
    "fractional_std_pool",
    "fractional_std_pool1d",
    "fractional_std_pool2d",
    "fractional_std_pool3d",
    "fractional_sum_pool",
    "fractional_sum_pool1d",
    "fractional_sum_pool2d",
    "fractional_sum_pool3d",
    "fractional_top_mean_pool",
    "fractional_top_mean_pool1d",
    "fractional_top_mean_pool2d",
    "fractional_top_mean_pool3d",
    "fractional_var_pool",
    "fractional_var_pool1d",
    "fractional_var_pool2d",
    "fractional_var_pool3d",
    "gem_pool",
    "gem_pool1d",
    "gem_pool2d",
    "gem_pool3d",
    "global_avg_pool",
    "global_avg_pool1d",
    "global_avg_pool2d",
    "global_avg_pool3d",
    "global_gem_pool",
    "global_gem_pool1d",
    "global_gem_pool2d",
    "global_gem_pool3d",
    "global_log_sum_exp_pool",
    "global_log_sum_exp_pool1d",
    "global_log_sum_exp_pool2d",
    "global_log_sum_exp_pool3d",
    "global_lp_pool",
    "global_lp_pool1d",
    "global_lp_pool2d",
    "global_lp_pool3d",
    "global_max_pool",
    "global_max_pool1d",
    "global_max_pool2d",
    "global_max_pool3d",
    "global_median_pool",
    "global_median_pool1d",
    "global_median_pool2d",
    "global_median_pool3d",
    "global_min_pool",
    "global_min_pool1d",
    "global_min_pool2d",
    "global_min_pool3d",
    "global_mode_pool",
    "global_mode_pool1d",
    "global_mode_pool2d",
    "global_mode_pool3d",
    "global_ordinal_pool",
    "global_ordinal_pool1d",
    "global_ordinal_pool2d",
    "global_ordinal_pool3d",
    "global_pool",
    "global_pool1d",
    "global_pool2d",
    "global_pool3d",
    "global_product_pool",
    "global_product_pool1d",
    "global_product_pool2d",
    "global_product_pool3d",
    "global_quantile_pool",
    "global_quantile_pool1d",
    "global_quantile_pool2d",
    "global_quantile_pool3d",
    "global_range_pool",
    "global_range_pool1d",
    "global_range_pool2d",
    "global_range_pool3d",
    "global_rank_pool",
    "global_rank_pool1d",
    "global_rank_pool2d",
    "global_rank_pool3d",
    "global_soft_pool",
    "global_soft_pool1d",
    "global_soft_pool2d",
    "global_soft_pool3d",
    "global_std_pool",
    "global_std_pool1d",
    "global_std_pool2d",
    "global_std_pool3d",
    "global_sum_pool",
    "global_sum_pool1d",
    "global_sum_pool2d",
    "global_sum_pool3d",
    "global_top_mean_pool",
    "global_top_mean_pool1d",
    "global_top_mean_pool2d",
    "global_top_mean_pool3d",
    "global_var_pool",
    "global_var_pool1d",
    "global_var_pool2d",
    "global_var_pool3d",
    "log_sum_exp_pool",
    "log_sum_exp_pool1d",
    "log_sum_exp_pool2d",
    "log_sum_exp_pool3d",
    "lp_pool",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "median_pool",
    "median_pool1d",
    "median_pool2d",
    "median_pool3d",
    "min_pool",
    "min_pool1d",
    "min_pool2d",
    "min_pool3d",
    "mode_pool",
    "mode_pool1d",
    "mode_pool2d",
    "mode_pool3d",
    "ordinal_pool",
    "ordinal_pool1d",
    "ordinal_pool2d",
    "ordinal_pool3d",
    "pool",
    "pool1d",
    "pool2d",
    "pool3d",
    "product_pool",
    "product_pool1d",
    "product_pool2d",
    "product_pool3d",
    "quantile_pool",
    "quantile_pool1d",
    "quantile_pool2d",
    "quantile_pool3d",
    "range_pool",
    "range_pool1d",
    "range_pool2d",
    "range_pool3d",
    "rank_pool",
    "rank_pool1d",
    "rank_pool2d",
    "rank_pool3d",
    "soft_pool",
    "soft_pool1d",
    "soft_pool2d",
    "soft_pool3d",
    "std_pool",
    "std_pool1d",
    "std_pool2d",
    "std_pool3d",
    "sum_pool",
    "sum_pool1d",
    "sum_pool2d",
    "sum_pool3d",
    "top_mean_pool",
    "top_mean_pool1d",
    "top_mean_pool2d",
    "top_mean_pool3d",
    "var_pool",
    "var_pool1d",
    "var_pool2d",
    "var_pool3d",
]

adaptive_avg_pool: AdaptiveOperator
adaptive_avg_pool1d: AdaptiveOperator
adaptive_avg_pool2d: AdaptiveOperator
adaptive_avg_pool3d: AdaptiveOperator
adaptive_gem_pool: AdaptiveOperator
adaptive_gem_pool1d: AdaptiveOperator
adaptive_gem_pool2d: AdaptiveOperator
adaptive_gem_pool3d: AdaptiveOperator
adaptive_log_sum_exp_pool: AdaptiveOperator
adaptive_log_sum_exp_pool1d: AdaptiveOperator
adaptive_log_sum_exp_pool2d: AdaptiveOperator
adaptive_log_sum_exp_pool3d: AdaptiveOperator
adaptive_lp_pool: AdaptiveOperator
adaptive_lp_pool1d: AdaptiveOperator
adaptive_lp_pool2d: AdaptiveOperator
adaptive_lp_pool3d: AdaptiveOperator
adaptive_max_pool: AdaptiveOperator
adaptive_max_pool1d: AdaptiveOperator
adaptive_max_pool2d: AdaptiveOperator
adaptive_max_pool3d: AdaptiveOperator
adaptive_median_pool: AdaptiveOperator
adaptive_median_pool1d: AdaptiveOperator
adaptive_median_pool2d: AdaptiveOperator
adaptive_median_pool3d: AdaptiveOperator
adaptive_min_pool: AdaptiveOperator
adaptive_min_pool1d: AdaptiveOperator
adaptive_min_pool2d: AdaptiveOperator
adaptive_min_pool3d: AdaptiveOperator
adaptive_mode_pool: AdaptiveOperator
adaptive_mode_pool1d: AdaptiveOperator
adaptive_mode_pool2d: AdaptiveOperator
adaptive_mode_pool3d: AdaptiveOperator
adaptive_ordinal_pool: AdaptiveOperator
adaptive_ordinal_pool1d: AdaptiveOperator
adaptive_ordinal_pool2d: AdaptiveOperator
adaptive_ordinal_pool3d: AdaptiveOperator
adaptive_pool: AdaptiveOperator
adaptive_pool1d: AdaptiveOperator
adaptive_pool2d: AdaptiveOperator
adaptive_pool3d: AdaptiveOperator
adaptive_product_pool: AdaptiveOperator
adaptive_product_pool1d: AdaptiveOperator
adaptive_product_pool2d: AdaptiveOperator
adaptive_product_pool3d: AdaptiveOperator
adaptive_quantile_pool: AdaptiveOperator
adaptive_quantile_pool1d: AdaptiveOperator
adaptive_quantile_pool2d: AdaptiveOperator
adaptive_quantile_pool3d: AdaptiveOperator
adaptive_range_pool: AdaptiveOperator
adaptive_range_pool1d: AdaptiveOperator
adaptive_range_pool2d: AdaptiveOperator
adaptive_range_pool3d: AdaptiveOperator
adaptive_rank_pool: AdaptiveOperator
adaptive_rank_pool1d: AdaptiveOperator
adaptive_rank_pool2d: AdaptiveOperator
adaptive_rank_pool3d: AdaptiveOperator
adaptive_soft_pool: AdaptiveOperator
adaptive_soft_pool1d: AdaptiveOperator
adaptive_soft_pool2d: AdaptiveOperator
adaptive_soft_pool3d: AdaptiveOperator
adaptive_std_pool: AdaptiveOperator
adaptive_std_pool1d: AdaptiveOperator
adaptive_std_pool2d: AdaptiveOperator
adaptive_std_pool3d: AdaptiveOperator
adaptive_sum_pool: AdaptiveOperator
adaptive_sum_pool1d: AdaptiveOperator
adaptive_sum_pool2d: AdaptiveOperator
adaptive_sum_pool3d: AdaptiveOperator
adaptive_top_mean_pool: AdaptiveOperator
adaptive_top_mean_pool1d: AdaptiveOperator
adaptive_top_mean_pool2d: AdaptiveOperator
adaptive_top_mean_pool3d: AdaptiveOperator
adaptive_var_pool: AdaptiveOperator
adaptive_var_pool1d: AdaptiveOperator
adaptive_var_pool2d: AdaptiveOperator
adaptive_var_pool3d: AdaptiveOperator
avg_pool: SlidingOperator
avg_pool1d: SlidingOperator
avg_pool2d: SlidingOperator
avg_pool3d: SlidingOperator
fractional_avg_pool: FractionalOperator
fractional_avg_pool1d: FractionalOperator
fractional_avg_pool2d: FractionalOperator
fractional_avg_pool3d: FractionalOperator
fractional_gem_pool: FractionalOperator
fractional_gem_pool1d: FractionalOperator
fractional_gem_pool2d: FractionalOperator
fractional_gem_pool3d: FractionalOperator
fractional_log_sum_exp_pool: FractionalOperator
fractional_log_sum_exp_pool1d: FractionalOperator
fractional_log_sum_exp_pool2d: FractionalOperator
fractional_log_sum_exp_pool3d: FractionalOperator
fractional_lp_pool: FractionalOperator
fractional_lp_pool1d: FractionalOperator
fractional_lp_pool2d: FractionalOperator
fractional_lp_pool3d: FractionalOperator
fractional_max_pool: FractionalOperator
fractional_max_pool1d: FractionalOperator
fractional_max_pool2d: FractionalOperator
fractional_max_pool3d: FractionalOperator
fractional_median_pool: FractionalOperator
fractional_median_pool1d: FractionalOperator
fractional_median_pool2d: FractionalOperator
fractional_median_pool3d: FractionalOperator
fractional_min_pool: FractionalOperator
fractional_min_pool1d: FractionalOperator
fractional_min_pool2d: FractionalOperator
fractional_min_pool3d: FractionalOperator
fractional_mode_pool: FractionalOperator
fractional_mode_pool1d: FractionalOperator
fractional_mode_pool2d: FractionalOperator
fractional_mode_pool3d: FractionalOperator
fractional_ordinal_pool: FractionalOperator
fractional_ordinal_pool1d: FractionalOperator
fractional_ordinal_pool2d: FractionalOperator
fractional_ordinal_pool3d: FractionalOperator
fractional_pool: FractionalOperator
fractional_pool1d: FractionalOperator
fractional_pool2d: FractionalOperator
fractional_pool3d: FractionalOperator
fractional_product_pool: FractionalOperator
fractional_product_pool1d: FractionalOperator
fractional_product_pool2d: FractionalOperator
fractional_product_pool3d: FractionalOperator
fractional_quantile_pool: FractionalOperator
fractional_quantile_pool1d: FractionalOperator
fractional_quantile_pool2d: FractionalOperator
fractional_quantile_pool3d: FractionalOperator
fractional_range_pool: FractionalOperator
fractional_range_pool1d: FractionalOperator
fractional_range_pool2d: FractionalOperator
fractional_range_pool3d: FractionalOperator
fractional_rank_pool: FractionalOperator
fractional_rank_pool1d: FractionalOperator
fractional_rank_pool2d: FractionalOperator
fractional_rank_pool3d: FractionalOperator
fractional_soft_pool: FractionalOperator
fractional_soft_pool1d: FractionalOperator
fractional_soft_pool2d: FractionalOperator
fractional_soft_pool3d: FractionalOperator
fractional_std_pool: FractionalOperator
fractional_std_pool1d: FractionalOperator
fractional_std_pool2d: FractionalOperator
fractional_std_pool3d: FractionalOperator
fractional_sum_pool: FractionalOperator
fractional_sum_pool1d: FractionalOperator
fractional_sum_pool2d: FractionalOperator
fractional_sum_pool3d: FractionalOperator
fractional_top_mean_pool: FractionalOperator
fractional_top_mean_pool1d: FractionalOperator
fractional_top_mean_pool2d: FractionalOperator
fractional_top_mean_pool3d: FractionalOperator
fractional_var_pool: FractionalOperator
fractional_var_pool1d: FractionalOperator
fractional_var_pool2d: FractionalOperator
fractional_var_pool3d: FractionalOperator
gem_pool: SlidingOperator
gem_pool1d: SlidingOperator
gem_pool2d: SlidingOperator
gem_pool3d: SlidingOperator
global_avg_pool: GlobalOperator
global_avg_pool1d: GlobalOperator
global_avg_pool2d: GlobalOperator
global_avg_pool3d: GlobalOperator
global_gem_pool: GlobalOperator
global_gem_pool1d: GlobalOperator
global_gem_pool2d: GlobalOperator
global_gem_pool3d: GlobalOperator
global_log_sum_exp_pool: GlobalOperator
global_log_sum_exp_pool1d: GlobalOperator
global_log_sum_exp_pool2d: GlobalOperator
global_log_sum_exp_pool3d: GlobalOperator
global_lp_pool: GlobalOperator
global_lp_pool1d: GlobalOperator
global_lp_pool2d: GlobalOperator
global_lp_pool3d: GlobalOperator
global_max_pool: GlobalOperator
global_max_pool1d: GlobalOperator
global_max_pool2d: GlobalOperator
global_max_pool3d: GlobalOperator
global_median_pool: GlobalOperator
global_median_pool1d: GlobalOperator
global_median_pool2d: GlobalOperator
global_median_pool3d: GlobalOperator
global_min_pool: GlobalOperator
global_min_pool1d: GlobalOperator
global_min_pool2d: GlobalOperator
global_min_pool3d: GlobalOperator
global_mode_pool: GlobalOperator
global_mode_pool1d: GlobalOperator
global_mode_pool2d: GlobalOperator
global_mode_pool3d: GlobalOperator
global_ordinal_pool: GlobalOperator
global_ordinal_pool1d: GlobalOperator
global_ordinal_pool2d: GlobalOperator
global_ordinal_pool3d: GlobalOperator
global_pool: GlobalOperator
global_pool1d: GlobalOperator
global_pool2d: GlobalOperator
global_pool3d: GlobalOperator
global_product_pool: GlobalOperator
global_product_pool1d: GlobalOperator
global_product_pool2d: GlobalOperator
global_product_pool3d: GlobalOperator
global_quantile_pool: GlobalOperator
global_quantile_pool1d: GlobalOperator
global_quantile_pool2d: GlobalOperator
global_quantile_pool3d: GlobalOperator
global_range_pool: GlobalOperator
global_range_pool1d: GlobalOperator
global_range_pool2d: GlobalOperator
global_range_pool3d: GlobalOperator
global_rank_pool: GlobalOperator
global_rank_pool1d: GlobalOperator
global_rank_pool2d: GlobalOperator
global_rank_pool3d: GlobalOperator
global_soft_pool: GlobalOperator
global_soft_pool1d: GlobalOperator
global_soft_pool2d: GlobalOperator
global_soft_pool3d: GlobalOperator
global_std_pool: GlobalOperator
global_std_pool1d: GlobalOperator
global_std_pool2d: GlobalOperator
global_std_pool3d: GlobalOperator
global_sum_pool: GlobalOperator
global_sum_pool1d: GlobalOperator
global_sum_pool2d: GlobalOperator
global_sum_pool3d: GlobalOperator
global_top_mean_pool: GlobalOperator
global_top_mean_pool1d: GlobalOperator
global_top_mean_pool2d: GlobalOperator
global_top_mean_pool3d: GlobalOperator
global_var_pool: GlobalOperator
global_var_pool1d: GlobalOperator
global_var_pool2d: GlobalOperator
global_var_pool3d: GlobalOperator
log_sum_exp_pool: SlidingOperator
log_sum_exp_pool1d: SlidingOperator
log_sum_exp_pool2d: SlidingOperator
log_sum_exp_pool3d: SlidingOperator
lp_pool: SlidingOperator
lp_pool1d: SlidingOperator
lp_pool2d: SlidingOperator
lp_pool3d: SlidingOperator
max_pool: SlidingOperator
max_pool1d: SlidingOperator
max_pool2d: SlidingOperator
max_pool3d: SlidingOperator
median_pool: SlidingOperator
median_pool1d: SlidingOperator
median_pool2d: SlidingOperator
median_pool3d: SlidingOperator
min_pool: SlidingOperator
min_pool1d: SlidingOperator
min_pool2d: SlidingOperator
min_pool3d: SlidingOperator
mode_pool: SlidingOperator
mode_pool1d: SlidingOperator
mode_pool2d: SlidingOperator
mode_pool3d: SlidingOperator
ordinal_pool: SlidingOperator
ordinal_pool1d: SlidingOperator
ordinal_pool2d: SlidingOperator
ordinal_pool3d: SlidingOperator
pool: SlidingOperator
pool1d: SlidingOperator
pool2d: SlidingOperator
pool3d: SlidingOperator
product_pool: SlidingOperator
product_pool1d: SlidingOperator
product_pool2d: SlidingOperator
product_pool3d: SlidingOperator
quantile_pool: SlidingOperator
quantile_pool1d: SlidingOperator
quantile_pool2d: SlidingOperator
quantile_pool3d: SlidingOperator
range_pool: SlidingOperator
range_pool1d: SlidingOperator
range_pool2d: SlidingOperator
range_pool3d: SlidingOperator
rank_pool: SlidingOperator
rank_pool1d: SlidingOperator
rank_pool2d: SlidingOperator
rank_pool3d: SlidingOperator
soft_pool: SlidingOperator
soft_pool1d: SlidingOperator
soft_pool2d: SlidingOperator
soft_pool3d: SlidingOperator
std_pool: SlidingOperator
std_pool1d: SlidingOperator
std_pool2d: SlidingOperator
std_pool3d: SlidingOperator
sum_pool: SlidingOperator
sum_pool1d: SlidingOperator
sum_pool2d: SlidingOperator
sum_pool3d: SlidingOperator
top_mean_pool: SlidingOperator
top_mean_pool1d: SlidingOperator
top_mean_pool2d: SlidingOperator
top_mean_pool3d: SlidingOperator
var_pool: SlidingOperator
var_pool1d: SlidingOperator
var_pool2d: SlidingOperator
var_pool3d: SlidingOperator
