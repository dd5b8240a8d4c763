// What a kernel is given: the rows of an array and the windows over them.
//
// Legend: n inputs on an axis, m windows, k elements per window; i input, o output,
// j element of a window. The array is contiguous. Its last pooled axis, with the
// `inner` elements that follow each of its positions, makes up the rows.
#pragma once

#include <cstddef>
#include <cstdint>

namespace poolkit {

struct Axis {
    enum Kind { sliding, listed, covering } kind;
    std::int64_t n, m, k, stride, dilation, low;
    // Windows listed one by one: where each begins and how many elements it has, all
    // inside the input.
    const std::int64_t* begins;
    const std::int64_t* sizes;
    // Where windows are covering, the n elements are windows that slide over m positions (with
    // k, stride and low), and window o holds those of them that hold position o. A sum over
    // them is what each position of a sliding sum adds to the gradient.
};

// 16-bit floats, which C++20 has no names for.
struct Float16 { std::uint16_t bits; };
struct BFloat16 { std::uint16_t bits; };

// An axis before the rows: walked over, and pooled if it has windows.
struct Loop {
    std::int64_t count;         // of outputs
    std::int64_t input_stride;  // in elements
    std::int64_t plane_stride;  // in positions of the pooled axes, where it is one
    bool pooled;
    Axis windows;
    const double* counts;  // divisor of each window; null where nothing is divided
};

// Which way the kernel goes; `layout.cpp` decides.
enum class Path {
    row_by_row, whole_rows, overlapping, plane_by_plane, rows_in_blocks, channels_in_blocks
};

// What may be asked of an element of the output.
enum class Operation {
    maximum, minimum, sum, mean, magnitudes, squares, largest_magnitude, variance, deviation,
    maximum_with_indices, minimum_with_indices
};
enum class Element { f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 };

struct Rows {
    Path path;
    const void* input;
    void* output;
    void* indices;      // where they are asked for: of 8 bytes each, or of 4
    const Loop* loops;  // outermost first
    std::size_t depth;  // how many
    Axis row;
    const double* row_counts;
    const double* row_reciprocals;  // 1 over them
    double divisor;  // where all windows share one; else 1
    double freedom;  // degrees that a variance takes off the count
    std::int64_t inner;
    std::int64_t count;  // of output rows, or planes where the path goes by planes
    std::int64_t most_folded;  // input rows that go into one output row, at most
    std::int64_t tile;         // windows of a row made at a time, so that scratch stays small
    std::int64_t batch;        // rows that are folded downwards before they are folded along
    bool adjacent;             // planes of two pooled axes, or one, that follow each other
    std::int64_t half_pitch;   // scratch from a position of a row to what lies a stride apart
    std::int64_t input_values;
    std::int64_t room;         // values that a row and what surrounds it may take
    std::int64_t padded_values, folded_values, ends_values, best_values;  // the sizes of scratch
};

// Memory for one thread, aligned to 64 bytes.
struct Scratch {
    void* padded;  // a row or plane with values around it that change nothing
    void* folded;  // what comes of folding it
    void* ends;    // the ends of overlapping windows; the rows that extremes come from
    void* best;    // what is known so far of each window of a row
    const void** sources;
    std::int64_t* places;  // of the sources in the plane
};

// Makes output rows first to stop - 1.
using Kernel = void (*)(const Rows&, std::int64_t first, std::int64_t stop, const Scratch&);

// Planes of a gradient, (outputs, inner) values each, and of the input's, (size, inner).
struct Planes {
    const void* gradient;
    const void* indices;
    void* input_gradient;
    std::int64_t outputs, size, inner;
};

// Makes planes first to stop - 1 of the input's gradient; false where an index lies outside
// its plane. `scratch` is one plane of floats, which only halves need.
using Scatter = bool (*)(const Planes&, std::int64_t first, std::int64_t stop, float* scratch);

// Null where there is no kernel for the element.
#define POOLKIT_KERNELS(set)                                  \
    namespace set {                                           \
    Kernel find(Operation, Element, bool long_indices);       \
    Scatter find_scatter(Element, bool long_indices);         \
    }
POOLKIT_KERNELS(baseline)
#ifdef POOLKIT_X86_64
POOLKIT_KERNELS(avx2)
POOLKIT_KERNELS(avx512)
#endif
#undef POOLKIT_KERNELS

}  // namespace poolkit
