#include "layout.hpp"

namespace poolkit {
namespace {

using Index = std::int64_t;

constexpr Index cached_values = 1 << 14;  // 128 KiB of doubles: with its copy, a near cache
constexpr Index ends_limit = 1 << 16;     // 512 KiB of doubles
constexpr Index short_row = 64;           // values: below, vectors of a row are mostly tail

Index extent(const Axis& axis) { return axis.dilation * (axis.k - 1) + 1; }

Index covered(const Axis& axis) {
    const Index reach = (axis.m - 1) * axis.stride + extent(axis);
    return reach > axis.low + axis.n ? reach : axis.low + axis.n;
}

const Loop* last_pooled_loop(const Rows& rows) {
    if (rows.depth == 0 || !rows.loops[rows.depth - 1].pooled) return nullptr;
    const Loop& loop = rows.loops[rows.depth - 1];
    const bool slide = loop.windows.kind == Axis::sliding && rows.row.kind == Axis::sliding;
    return slide ? &loop : nullptr;
}

bool are_whole_rows(const Rows& rows) {
    const Axis& row = rows.row;
    for (std::size_t level = 0; level < rows.depth; ++level)
        if (rows.loops[level].pooled) return false;
    return rows.inner == 1 && row.kind == Axis::sliding && row.m == 1 && row.low == 0 && row.k == row.n &&
           row.dilation == 1;
}

// Every position of a plane is folded and few are picked where strides are long.
bool suits_planes(const Rows& rows, const Loop& loop) {
    const Axis &down = loop.windows, &along = rows.row;
    const bool picks_all = along.stride == 1 && down.stride == 1;
    const bool is_short = along.n * rows.inner < short_row;
    return (picks_all || (is_short && along.stride <= 2 && down.stride <= 2)) && down.m > 1 &&
           loop.input_stride == along.n * rows.inner &&
           covered(along) * covered(down) * rows.inner <= cached_values;
}

// Folding ends and starts takes three passes over a row, and their rows much of a cache.
bool suits_overlapping(const Rows& rows, const Loop& loop) {
    const Axis& tall = loop.windows;
    return tall.dilation == 1 && tall.m > 1 && tall.k >= 6 * tall.stride &&
           tall.k * extent(rows.row) * rows.inner <= ends_limit;
}

// Positions that the windows of a tile touch, at most.
Index tile_positions(const Axis& row, Index tile) {
    if (row.kind == Axis::covering) return (tile - 1) / row.stride + (row.k - 1) / row.stride + 4;
    if (row.kind == Axis::sliding) return (tile - 1) * row.stride + extent(row);
    Index positions = 0;  // neighbours may overlap or leave gaps
    for (Index o = 0; o < row.m; o += tile) {
        const Index last = (o + tile < row.m ? o + tile : row.m) - 1;
        const Index length = row.begins[last] + row.sizes[last] - row.begins[o];
        if (length > positions) positions = length;
    }
    return positions;
}

void lay_out_tiles(Rows& rows, Index values) {
    const Axis& row = rows.row;
    if (row.kind == Axis::covering) {
        rows.tile = values / rows.inner / 4;
    } else if (row.kind == Axis::listed) {
        rows.tile = values / rows.inner / row.k;
    } else {
        rows.tile = (values / rows.inner - extent(row)) / row.stride + 1;
        // Tiles share the elements of overlapping windows; short ones would read most of
        // them twice.
        if (rows.tile < extent(row) / row.stride) rows.tile = extent(row) / row.stride;
    }
    if (rows.tile < 1) rows.tile = 1;
    if (rows.tile > row.m) rows.tile = row.m;
    const Index positions = tile_positions(row, rows.tile);
    if (row.kind == Axis::covering) {
        rows.padded_values = (positions + 2 * rows.tile + row.stride + 2) * rows.inner;
        rows.folded_values = (2 * positions + 2 * rows.tile + 4 * row.stride) * rows.inner;
    } else {
        rows.padded_values = positions * rows.inner;
        rows.folded_values = (positions + 2 * rows.tile + row.k) * rows.inner;
    }
}

bool is_sum(Operation operation) {
    return operation == Operation::sum || operation == Operation::mean;
}

bool has_channel_blocks(Operation operation, Element element) {
    return (element == Element::f32 || element == Element::f64) &&
           (operation == Operation::maximum || operation == Operation::minimum || is_sum(operation));
}

bool has_row_blocks(Operation operation, Element element) {
    return has_channel_blocks(operation, element) ||
           ((element == Element::f16 || element == Element::bf16) && is_sum(operation));
}

// Short windows: few enough elements that each is read from the near cache.
bool suits_rows_in_blocks(const Rows& rows) {
    const Axis& row = rows.row;
    constexpr Index lanes = 8;  // of a block of doubles, at least
    return rows.inner == 1 && row.kind == Axis::sliding && row.stride <= 2 && row.k <= 8 &&
           (row.k - 1) * row.dilation <= lanes * row.stride && rows.most_folded <= 32;
}

// Planes that follow each other, of two pooled axes.
bool planes_are_adjacent(const Rows& rows) {
    if (rows.depth == 0 || rows.depth > 2 || !rows.loops[rows.depth - 1].pooled) return false;
    if (rows.depth == 2 && rows.loops[0].pooled) return false;
    const Loop& loop = rows.loops[rows.depth - 1];
    return loop.windows.kind == Axis::sliding && loop.windows.dilation == 1 &&
           loop.input_stride == rows.row.n;
}

bool suits_channels_in_blocks(const Rows& rows) {
    const Axis& row = rows.row;
    return rows.inner >= 8 && row.kind == Axis::sliding && rows.most_folded * row.k <= 16;
}

// Rows in blocks: as many as share a near cache, each with room for a block too much.
void lay_out_batch(Rows& rows) {
    constexpr Index values = 1 << 12, block = 64;  // a block has at most 64 values
    const Axis& row = rows.row;
    rows.tile = (values - extent(row)) / row.stride + 1;
    if (rows.tile < 256) rows.tile = 256;
    if (rows.tile > row.m) rows.tile = row.m;
    const Index positions = (rows.tile - 1) * row.stride + extent(row);
    rows.half_pitch = (positions / row.stride + 1 + block - 1) / block * block + 2 * block;
    const Index pitch = rows.half_pitch * row.stride;
    constexpr Index most_batch = 64;
    rows.batch = values / pitch < 1 ? 1 : values / pitch < most_batch ? values / pitch : most_batch;
    rows.padded_values = rows.batch * pitch + block;
    rows.best_values = rows.batch;
}

bool has_indices(Operation operation) {
    return operation == Operation::maximum_with_indices || operation == Operation::minimum_with_indices;
}

bool is_spread(Operation operation) {
    return operation == Operation::variance || operation == Operation::deviation;
}

}  // namespace

void lay_out(Rows& rows, Operation operation, Element element) {
    rows.path = Path::row_by_row;
    rows.room = rows.ends_values = rows.best_values = 0;
    if (has_indices(operation) || is_spread(operation)) {
        constexpr Index arrays = 8;  // share the cache
        lay_out_tiles(rows, cached_values / arrays);
        // Separated by their places within a stride, each place may take a position more.
        rows.room = (tile_positions(rows.row, rows.tile) + rows.row.stride) * rows.inner;
        rows.padded_values = rows.folded_values = is_spread(operation) ? 3 * rows.room : rows.room;
        rows.ends_values = 2 * rows.room + 2 * rows.tile * rows.inner;
        rows.best_values = 3 * rows.tile * rows.inner;
        return;
    }
    if (are_whole_rows(rows)) {
        rows.path = Path::whole_rows;
        return;
    }
    if (has_row_blocks(operation, element) && suits_rows_in_blocks(rows)) {
        rows.path = Path::rows_in_blocks;
        rows.adjacent = planes_are_adjacent(rows);
        rows.folded_values = 0;
        lay_out_batch(rows);
        return;
    }
    if (has_channel_blocks(operation, element) && suits_channels_in_blocks(rows)) {
        rows.path = Path::channels_in_blocks;
        rows.padded_values = rows.folded_values = 0;
        return;
    }
    const Loop* const loop = last_pooled_loop(rows);
    if (loop != nullptr && suits_planes(rows, *loop)) {
        rows.path = Path::plane_by_plane;
        rows.count /= loop->count;
        rows.padded_values = rows.folded_values =
            covered(rows.row) * covered(loop->windows) * rows.inner;
        return;
    }
    if (loop != nullptr && suits_overlapping(rows, *loop)) {
        rows.path = Path::overlapping;
        lay_out_tiles(rows, ends_limit / loop->windows.k);
        rows.ends_values = (loop->windows.k + 2) * rows.padded_values;
        return;
    }
    lay_out_tiles(rows, cached_values);
}

}  // namespace poolkit
