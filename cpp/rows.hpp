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
    std::int64_t n, m, k, stride, dilation, low;
    // Windows listed one by one: where each begins and how many elements it has, all
    // inside the input. Null where they slide.
    const std::int64_t* begins;
    const std::int64_t* sizes;
};

// An axis before the rows: walked over, and pooled if it has windows.
struct Loop {
    std::int64_t count;         // of outputs
    std::int64_t input_stride;  // in elements
    bool pooled;
    Axis windows;
    const double* counts;  // divisor of each window; null where nothing is divided
};

// Which way the kernel goes; `layout.cpp` decides.
enum class Path { row_by_row, whole_rows, overlapping, plane_by_plane };

struct Rows {
    Path path;
    const void* input;
    void* output;
    const Loop* loops;  // outermost first
    std::size_t depth;  // how many
    Axis row;
    const double* row_counts;
    const double* row_reciprocals;  // 1 over them
    double divisor;  // where all windows share one; else 1
    std::int64_t inner;
    std::int64_t count;  // of output rows, or planes where the path goes by planes
    std::int64_t most_folded;  // input rows that go into one output row, at most
    std::int64_t tile;         // windows of a row made at a time, so that scratch stays small
    std::int64_t padded_values, folded_values, ends_values;  // the sizes of scratch
};

enum class Operation { maximum, minimum, sum, mean };
enum class Element { f32, f64, i8, i16, i32, i64, u8, u16, u32, u64 };

// Memory for one thread, aligned to 64 bytes.
struct Scratch {
    void* padded;  // a row or plane with values around it that change nothing
    void* folded;  // what comes of folding it
    void* ends;    // the ends of overlapping windows
    const void** sources;
};

// Makes output rows first to stop - 1.
using Kernel = void (*)(const Rows&, std::int64_t first, std::int64_t stop, const Scratch&);

// Null where there is no kernel for the pair.
namespace baseline { Kernel find(Operation, Element); }
#ifdef POOLKIT_X86_64
namespace avx2 { Kernel find(Operation, Element); }
namespace avx512 { Kernel find(Operation, Element); }
#endif

}  // namespace poolkit
