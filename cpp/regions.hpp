// What the kernels of regions of interest are given: boxes on the planes of a batch, each pooled
// to a grid of bins, from points between cells or from runs of cells.
//
// Legend: r a box, b a bin of one axis, d a channel of the output. A plane has `height` × `width`
// cells. Where bins have channels of their own, the input's are `depth` groups of `places`, and a
// bin is pooled from its place in every group; otherwise there is one place.
#pragma once

#include <cstdint>

namespace poolkit {

// The points of all boxes on one axis, bin after bin.
struct Points {
    const std::int64_t* begins;  // of bin b of box r, at r · bins + b; one more at the end
    const std::int32_t *low, *high;  // the cells on either side of a point
    const void *weight_low, *weight_high;
    const std::int64_t* most;  // points of a bin, of each box
};

// The cells of all bins on one axis: from one to before another, empty where that is no later.
struct Spans {
    const std::int32_t *starts, *stops;
};

struct RegionWork {
    const void* input;
    void* output;
    std::int64_t* chosen;  // null where nobody asks; an input of the gradient of what was chosen
    std::int64_t image_count, channels, height, width;
    std::int64_t depth, down, across;  // of the output, and bins on either axis
    std::int64_t places;
    const std::int64_t* bins;      // numbers of bins, those of one place after another
    const std::int64_t* bins_of;   // where those of each place begin; one more at the end
    std::int64_t located;          // boxes that lie on an image
    const std::int64_t* order;     // their numbers, image after image
    const std::int64_t* boxes_of;  // where those of each image begin; one more at the end
    const std::int64_t* images;    // on which each box lies
    const std::uint8_t* few;       // whether so little is read of an image that it stays where it is
    Points rows, columns;
    Spans row_spans, column_spans;
    const void* divisors;  // of each box, for means
    double start, none;    // what a search for the largest begins with; what is left of nothing
    bool skips_zeros;      // whether a cell of weight 0 is not looked at
    bool propagates;       // whether NaN is the largest
};

enum class RegionTask {
    mean_of_points, largest_point, gradient_of_points, largest_cell, mean_of_cells, gradient_of_cells,
    gradient_of_chosen
};

// Makes parts first to stop − 1: boxes of blocks of channels; of gradients, images of them.
// `scratch`, aligned to 64 bytes, has room for a block of channels of an image.
using RegionKernel = void (*)(const RegionWork&, std::int64_t first, std::int64_t stop, void* scratch);

// Channels that are worked on at a time: 128 bytes of them.
constexpr std::int64_t region_channels(std::int64_t element_bytes) { return 128 / element_bytes; }

#define POOLKIT_REGIONS(set) \
    namespace set { RegionKernel find_region_kernel(RegionTask, bool is_double); }
POOLKIT_REGIONS(baseline)
#ifdef POOLKIT_X86_64
POOLKIT_REGIONS(avx2)
POOLKIT_REGIONS(avx512)
#endif
#undef POOLKIT_REGIONS

}  // namespace poolkit
