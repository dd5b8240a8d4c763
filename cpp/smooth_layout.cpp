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

bool suits_tiles(const Rows& rows) {
    const Axis& row = rows.row;
    return row.kind == Axis::sliding && row.m > 1 && row.k <= most_in_row &&
           rows.most_folded * pitch_of(row, least(row.m, slack)) <= most_values;
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
        return;
    }
    if (!suits_tiles(rows)) {
        rows.path = Path::whole_rows;
        rows.padded_values = gathered + slack;
        return;
    }
    rows.path = Path::row_by_row;
    const bool adds_first = smooth.kind == Smooth::power_mean && powers_are_plain(smooth, element);
    const Index folded = adds_first ? 1 : rows.most_folded;
    rows.tile = least(row.m, slack);
    while (rows.tile < row.m && folded * pitch_of(row, 2 * rows.tile) <= near_cache) rows.tile *= 2;
    rows.tile = least(rows.tile, row.m);
    rows.padded_values = folded * pitch_of(row, rows.tile);
    rows.folded_values = adds_first ? (rows.tile - 1) * row.stride + row.dilation * (row.k - 1) + 1 + slack : 0;
    rows.ends_values = rows.tile + slack;
    rows.best_values = 3 * row.k;
}

}  // namespace poolkit
