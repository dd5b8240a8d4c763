#include <cmath>
#include <stdexcept>

#include "smooth.hpp"

namespace poolkit {
namespace {

using Index = std::int64_t;

constexpr Index near_cache = 1 << 12;  // values: 32 KiB of doubles
constexpr Index most_values = 1 << 16;
constexpr Index most_in_row = 1 << 10;  // elements of a window, each with a place of its own
constexpr Index gathered = 1 << 12;     // elements of a window that are brought together
constexpr Index slack = 64;             // values that blocks may reach past what is wanted

void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

Index least(Index a, Index b) { return a < b ? a : b; }

// The values of one input row of a tile: the positions of each place within a stride by
// themselves.
Index pitch_of(const Axis& row, Index tile) {
    const Index reach = row.dilation * (row.k - 1) / row.stride + 1;
    return least(row.stride, row.k) * (tile + reach + slack);
}

// The rows of sums of powers are added before they are laid out, and need a place of their own.
Index summed_values(const Axis& row, Index tile) {
    return (tile - 1) * row.stride + row.dilation * (row.k - 1) + 1 + slack;
}

Index tile_values(const Rows& rows, Index tile, bool adds_first) {
    const Index pitch = pitch_of(rows.row, tile);
    return adds_first ? pitch + summed_values(rows.row, tile) : rows.most_folded * pitch;
}

bool are_whole_rows(const Rows& rows) {
    const Axis& row = rows.row;
    for (std::size_t level = 0; level < rows.depth; ++level)
        if (rows.loops[level].pooled) return false;
    return row.kind == Axis::sliding && row.m == 1 && row.low == 0 && row.k == row.n && row.dilation == 1;
}

// How many exponentials are made of an element, on average, where those of the output row before
// are there.
double exponentials_saved(const Rows& rows) {
    double saved = static_cast<double>(rows.row.k) / static_cast<double>(rows.row.stride);
    if (rows.depth == 0 || !rows.loops[rows.depth - 1].pooled) return saved;
    const Axis& above = rows.loops[rows.depth - 1].windows;
    if (above.kind == Axis::sliding && above.stride < above.k)
        saved *= static_cast<double>(above.k) / static_cast<double>(above.stride);
    return saved;
}

// The scratch of exponentials that windows share; 0 where each makes its own.
Index shared_values(const Rows& rows, const Smooth& smooth, Element element) {
    constexpr double least_saved = 1.5, least_sharpness = 0x1p-6;
    if (smooth.kind != Smooth::soft && smooth.kind != Smooth::log_sum_exp) return 0;
    if (element == Element::f64 || rows.row.kind != Axis::sliding || rows.row.m == 1) return 0;
    // Near 0, which small scales bring everything, the logarithm of a sum says too little.
    if (smooth.kind == Smooth::log_sum_exp && std::fabs(smooth.sharpness) < least_sharpness) return 0;
    if (rows.most_folded > most_shared_rows || exponentials_saved(rows) < least_saved) return 0;
    if (rows.row.n > most_values || rows.inner > most_values) return 0;
    const Index laid_out = rows.inner > 1 ? 0 : pitch_of(rows.row, rows.tile);
    const Index sums = (rows.most_folded + 1) * shared_pitch(rows.row.n * rows.inner) + laid_out;
    const Index values = smooth.kind == Smooth::soft ? 2 * sums : sums;
    return values + rows.padded_values <= most_values ? values : 0;
}

}  // namespace

Smooth smooth_named(const std::string& operation, const std::vector<double>& parameters) {
    Smooth smooth;
    if (operation == "soft") smooth.kind = Smooth::soft;
    else if (operation == "log_sum_exp") smooth.kind = Smooth::log_sum_exp;
    else if (operation == "gem") smooth.kind = Smooth::power_mean;
    else return smooth;
    require(parameters.size() == (smooth.kind == Smooth::soft ? 1 : 2), "a smooth reduction has parameters");
    smooth.sharpness = parameters[0];
    require(std::isfinite(smooth.sharpness) && smooth.sharpness != 0, "sharpness must be a finite number but 0");
    if (smooth.kind == Smooth::log_sum_exp) smooth.mean = parameters[1] != 0;
    if (smooth.kind == Smooth::power_mean) smooth.least = parameters[1];
    require(std::isfinite(smooth.least) && smooth.least >= 0, "the least must be a finite number");
    return smooth;
}

bool powers_are_plain(const Smooth& smooth, Element element) {
    // The powers of floats down to 2⁻¹⁴⁹ and up to 2¹²⁸, whose 6th stay within 2⁻¹⁰²² and 2¹⁰²³.
    return element != Element::f64 && std::fabs(smooth.sharpness) <= 6;
}

void lay_out_smooth(Rows& rows, const Smooth& smooth, Element element) {
    const Axis& row = rows.row;
    rows.room = rows.padded_values = rows.folded_values = rows.ends_values = rows.best_values = 0;
    if (rows.inner > 1) {
        rows.path = Path::channels_in_blocks;
        rows.folded_values = shared_values(rows, smooth, element);
        return;
    }
    if (are_whole_rows(rows)) {
        rows.path = Path::rows_in_blocks;
        return;
    }
    const bool adds_first = smooth.kind == Smooth::power_mean && powers_are_plain(smooth, element);
    rows.tile = least(row.m, slack);
    if (row.kind != Axis::sliding || row.m == 1 || row.k > most_in_row ||
        tile_values(rows, rows.tile, adds_first) > most_values) {
        rows.path = Path::whole_rows;
        rows.padded_values = gathered + slack;
        return;
    }
    rows.path = Path::row_by_row;
    while (rows.tile < row.m && tile_values(rows, 2 * rows.tile, adds_first) <= near_cache) rows.tile *= 2;
    rows.tile = least(rows.tile, row.m);
    rows.padded_values = (adds_first ? 1 : rows.most_folded) * pitch_of(row, rows.tile);
    rows.folded_values = adds_first ? summed_values(row, rows.tile) : shared_values(rows, smooth, element);
    rows.ends_values = rows.tile + slack;
    rows.best_values = 3 * row.k;
}

}  // namespace poolkit
