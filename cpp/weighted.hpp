// Windows whose elements count by weights, on one axis or on two that follow each other.
//
// Legend: n inputs on an axis, m windows; i input, o output, t one of the elements that windows
// take, with its weight.
#pragma once

#include <cstdint>
#include <string>

namespace poolkit {

// Window o of an axis takes positions[t], weights[t] times, for t from starts[o] to
// starts[o + 1] - 1, and is divided by divisors[o], if there are any.
struct WeightedAxis {
    std::int64_t n, m;
    const std::int64_t* starts;
    const std::int64_t* positions;
    const double* weights;
    const double* divisors;
    const std::uint8_t* whole;  // whether the weights add up to the divisor
    // Windows in tiles, so that scratch stays small: tile k is windows tile_firsts[k] to
    // tile_firsts[k + 1] - 1, which take positions tile_begins[k] to tile_stops[k] - 1.
    std::int64_t tiles;
    const std::int64_t* tile_firsts;
    const std::int64_t* tile_begins;
    const std::int64_t* tile_stops;
    // Windows regular_first to regular_stop - 1 take as many positions that follow each other,
    // with the same weights, each `stride` further than the one before it.
    std::int64_t regular_first, regular_stop, stride;
};

// How a kernel goes along the rows: not at all; by blocks of eight windows, of a stride of 1 or
// 2; by blocks of channels; or by blocks of a value of each of eight rows.
enum class Along { nowhere, regularly, by_channels, by_rows };

// An array of shape (planes, n of rows, n of along, inner), contiguous. The output's rows are
// numbered over all planes.
struct Weighing {
    const void* input;
    void* output;
    const WeightedAxis* rows;   // null: of one input, one window, which is that
    const WeightedAxis* along;  // null: the same
    std::int64_t inner;
    Along way;
    bool has_divisors;
    std::int64_t pitch;  // values of scratch for a row of a tile
};

// Output rows that are made at once, if it goes along by rows; values of a block.
constexpr std::int64_t rows_at_once = 8;

// Makes output rows first to stop - 1. `scratch`, aligned to 64 bytes, holds a row of a tile and a
// block; where it goes by rows, twice as many rows of it as are made at once.
using Weigh = void (*)(const Weighing&, std::int64_t first, std::int64_t stop, double* scratch);

// Null where there is no kernel. One that clamps keeps windows whose weights add up to the
// divisor between the least and the greatest of their elements.
#define POOLKIT_KERNELS(set)                                                            \
    namespace set {                                                                     \
    Weigh find_weigh(const std::string& input, const std::string& output, bool clamps); \
    }
POOLKIT_KERNELS(baseline)
#ifdef POOLKIT_X86_64
POOLKIT_KERNELS(avx2)
POOLKIT_KERNELS(avx512)
#endif
#undef POOLKIT_KERNELS

}  // namespace poolkit
