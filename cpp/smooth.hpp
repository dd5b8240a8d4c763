// The smooth reductions: what they are asked with, and their kernels.
#pragma once

#include <string>
#include <vector>

#include "rows.hpp"

namespace poolkit {

struct Smooth {
    enum Kind { none, soft, log_sum_exp, power_mean } kind = none;
    double sharpness = 1;  // β of a soft mean, r of a log-sum-exp, p of a generalised mean
    double least = 0;      // what smaller elements are raised to before a power
    bool mean = true;      // whether a log-sum-exp averages
};

// Of kind none where the operation is another. Throws std::invalid_argument for parameters
// that the kernels have no answer for.
Smooth smooth_named(const std::string& operation, const std::vector<double>& parameters);

// Whether powers of the elements neither overflow nor vanish in doubles, so that they can be
// added as they are; else they are relative to the largest of their window.
bool powers_are_plain(const Smooth& smooth, Element element);

// Exponentials that overlapping windows share are made a row at a time, and held for as many
// rows as a window has. `shared_pitch` is of the values of a row, and what vectors reach past.
constexpr std::int64_t most_shared_rows = 64;
constexpr std::int64_t shared_pitch(std::int64_t values) { return (values + 71) / 8 * 8; }

void lay_out_smooth(Rows& rows, const Smooth& smooth, Element element);

// Makes output rows first to stop - 1.
using SmoothKernel = void (*)(const Rows&, const Smooth&, std::int64_t first, std::int64_t stop,
                              const Scratch&);

// Null where there is no kernel for the element.
namespace baseline { SmoothKernel find_smooth(const Smooth&, Element); }
#ifdef POOLKIT_X86_64
namespace avx2 { SmoothKernel find_smooth(const Smooth&, Element); }
namespace avx512 { SmoothKernel find_smooth(const Smooth&, Element); }
#endif

}  // namespace poolkit
