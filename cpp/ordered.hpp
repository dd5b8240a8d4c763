// Elements of windows picked by their places in ascending order.
#pragma once

#include <cstdint>

#include "rows.hpp"

namespace poolkit {

// Puts two places of a window in order; which of the two is used later on.
struct Exchange {
    std::int32_t low, high, keeps_low, keeps_high;
};

// Windows on a grid, all with elements at the same distances from their first.
struct Grid {
    const void* input;   // the first element of the first window
    void* output;        // one array of all windows for each rank
    std::int64_t depth;  // axes of the grid, at least 1
    const std::int64_t* counts;  // of windows on each axis
    const std::int64_t* steps;   // elements from window to window, on each axis
    std::int64_t windows;
    std::int64_t k;
    const std::int64_t* distances;  // of each element of a window from its first
    std::int64_t exchange_count;
    const Exchange* exchanges;
    std::int64_t rank_count;
    const std::int64_t* ranks;
};

// Bytes of an element's values, of a block of windows.
constexpr std::int64_t ordered_block = 512;

// Makes windows first to stop - 1; `scratch` has a block for each element of a window, aligned to
// 64 bytes.
using Ordered = void (*)(const Grid&, std::int64_t first, std::int64_t stop, void* scratch);

// Null where there is no kernel for the element: halves are compared as floats.
#define POOLKIT_ORDERED(set) \
    namespace set {          \
    Ordered find_ordered(Element); \
    }
POOLKIT_ORDERED(baseline)
#ifdef POOLKIT_X86_64
POOLKIT_ORDERED(avx2)
POOLKIT_ORDERED(avx512)
#endif
#undef POOLKIT_ORDERED

}  // namespace poolkit
