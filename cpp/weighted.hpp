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
};

// An array of shape (planes, n of rows, n of along, inner), contiguous. The output's rows are
// numbered over all planes.
struct Weighing {
    const void* input;
    void* output;
    const WeightedAxis* rows;   // null: of one input, one window, which is that
    const WeightedAxis* along;  // null: the same
    std::int64_t inner;
    bool has_divisors;
};

// Output rows that are made at once where channels are fewer than that.
constexpr std::int64_t rows_at_once = 8;

// Makes output rows first to stop - 1. `scratch` holds rows_at_once times as many values as the
// longest tile has with its channels, and as many again as a block of them; aligned to 64 bytes.
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
