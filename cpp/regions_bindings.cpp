// Regions of interest as Python gives them: whatever could be read or written out of bounds is
// checked here.

#include "regions_bindings.hpp"

#include <nanobind/ndarray.h>

#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "dispatch.hpp"
#include "memory.hpp"
#include "regions.hpp"
#include "threads.hpp"

namespace nb = nanobind;

namespace poolkit {
namespace {

using Index = std::int64_t;
using Input = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using Output = nb::ndarray<nb::c_contig, nb::device::cpu>;

template <class T, class Array>
T* data(const Array& array, Index size, const char* what) {
    require(array.dtype() == nb::dtype<std::remove_const_t<T>>() && static_cast<Index>(array.size()) == size, what);
    return static_cast<T*>(array.data());
}

// Reals of the arrays' dtype.
const void* reals(const Input& array, bool is_double, Index size, const char* what) {
    if (is_double) return data<const double>(array, size, what);
    return data<const float>(array, size, what);
}

RegionKernel find(RegionTask task, bool is_double) {
    const std::string set = instruction_set();
#ifdef POOLKIT_X86_64
    if (set == "avx512") return avx512::find_region_kernel(task, is_double);
    if (set == "avx2") return avx2::find_region_kernel(task, is_double);
#endif
    return baseline::find_region_kernel(task, is_double);
}

// The points of one axis, as (counts, low, high, weight_low, weight_high).
class AxisPoints {
public:
    AxisPoints(const nb::tuple& given, Index boxes, Index bins, Index length, bool is_double)
        : bins_(bins), begins_(static_cast<std::size_t>(boxes * bins) + 1), most_(static_cast<std::size_t>(boxes)) {
        require(given.size() == 5, "the points of an axis are five arrays");
        for (std::size_t i = 0; i < 5; ++i) held_.push_back(nb::cast<Input>(given[i]));
        const Index* const counts = data<const Index>(held_[0], boxes * bins, "a count per bin is needed");
        Index total = 0;
        for (Index r = 0; r < boxes; ++r) {
            Index most = 0;
            for (Index b = 0; b < bins; ++b) {
                const Index count = counts[r * bins + b];
                require(count >= 0 && count <= (Index{1} << 31), "counts must be in range");
                begins_[static_cast<std::size_t>(r * bins + b)] = total;
                total += count;
                if (count > most) most = count;
            }
            most_[static_cast<std::size_t>(r)] = most;
        }
        begins_.back() = total;
        constexpr const char* what = "the points of an axis must belong together";
        points_.begins = begins_.data();
        points_.most = most_.data();
        points_.low = data<const std::int32_t>(held_[1], total, what);
        points_.high = data<const std::int32_t>(held_[2], total, what);
        points_.weight_low = reals(held_[3], is_double, total, what);
        points_.weight_high = reals(held_[4], is_double, total, what);
        for (Index i = 0; i < total; ++i)
            require(points_.low[i] >= 0 && points_.low[i] < length && points_.high[i] >= 0 &&
                        points_.high[i] < length,
                    "points must lie in the axis");
    }
    const Points& get() const { return points_; }
    double of_box(Index r) const {
        return static_cast<double>(begins_[static_cast<std::size_t>((r + 1) * bins_)] -
                                   begins_[static_cast<std::size_t>(r * bins_)]);
    }
    Index most(Index r) const { return most_[static_cast<std::size_t>(r)]; }

private:
    Index bins_;
    std::vector<Index> begins_, most_;
    std::vector<Input> held_;
    Points points_{};
};

// Everything but the bins: the planes, the boxes on them and who pools which channels.
// `places` says for each bin which place of a group of channels it is pooled from.
class Boxes {
public:
    RegionWork work{};
    bool is_double;

    Boxes(const Input& planes, const Input& pooled, const Input& images, const Input& places, Index group)
        : is_double(planes.dtype() == nb::dtype<double>()) {
        require(planes.ndim() == 4 && pooled.ndim() == 4, "arrays must have four axes");
        constexpr Index limit = Index{1} << 31;
        for (std::size_t axis = 0; axis < 4; ++axis)
            require(static_cast<Index>(planes.shape(axis)) < limit && static_cast<Index>(pooled.shape(axis)) < limit,
                    "arrays must be shorter");
        const auto length = [](const Input& array, std::size_t axis) { return static_cast<Index>(array.shape(axis)); };
        images_ = length(planes, 0), work.channels = length(planes, 1);
        work.height = length(planes, 2), work.width = length(planes, 3);
        boxes_ = length(pooled, 0), work.depth = length(pooled, 1);
        work.down = length(pooled, 2), work.across = length(pooled, 3);
        require(work.height * work.width > 0 && work.height * work.width < limit, "planes must have cells, not too many");
        const Index size = work.down * work.across;
        require(group >= 1 && group < limit && work.depth * group <= work.channels, "there must be enough channels");
        work.image_count = images_, work.places = group;
        work.images = data<const Index>(images, boxes_, "every box must have an image");
        const Index* const place_of = data<const Index>(places, size, "every bin must have a place");
        bins_of_.assign(static_cast<std::size_t>(group) + 1, 0);
        for (Index b = 0; b < size; ++b) {
            require(place_of[b] >= 0 && place_of[b] < group, "places must be in range");
            ++bins_of_[static_cast<std::size_t>(place_of[b]) + 1];
        }
        bins_ = counted(place_of, size, bins_of_, false);
        boxes_of_.assign(static_cast<std::size_t>(images_) + 1, 0);
        for (Index r = 0; r < boxes_; ++r) {
            require(work.images[r] >= -1 && work.images[r] < images_, "boxes must lie on an image");
            if (work.images[r] >= 0) ++boxes_of_[static_cast<std::size_t>(work.images[r]) + 1];
        }
        order_ = counted(work.images, boxes_, boxes_of_, true);
        few_.assign(static_cast<std::size_t>(images_), 0);
        looked_at_.assign(static_cast<std::size_t>(images_), 0.0);
        work.located = static_cast<Index>(order_.size());
        work.bins = bins_.data(), work.bins_of = bins_of_.data();
        work.order = order_.data(), work.boxes_of = boxes_of_.data(), work.few = few_.data();
    }

    Index boxes() const { return boxes_; }

    // Says how many cells of its image a box looks at.
    void looks_at(Index r, double cells) {
        if (work.images[r] >= 0) looked_at_[static_cast<std::size_t>(work.images[r])] += cells;
    }

    void run(RegionTask task, Index threads) {
        const Index cells = work.height * work.width;
        // To lay a cell out takes half as long as to look at one that is not laid out.
        for (std::size_t image = 0; image < few_.size(); ++image)
            few_[image] = looked_at_[image] * 2 < static_cast<double>(cells);
        const Index wide = region_channels(is_double ? 8 : 4);
        const Index blocks = (work.depth + wide - 1) / wide * work.places;
        const bool back = task == RegionTask::gradient_of_points || task == RegionTask::gradient_of_cells ||
                          task == RegionTask::gradient_of_chosen;
        const RegionKernel kernel = find(task, is_double);
        const nb::gil_scoped_release released;
        if (work.located == 0 || blocks == 0) return;
        share_out(blocks * (back ? images_ : work.located), threads, [&]() -> Worker {
            struct Free {
                void operator()(void* memory) const { ::operator delete(memory, std::align_val_t{64}); }
            };
            const auto bytes = static_cast<std::size_t>(cells * 128);
            const std::shared_ptr<void> scratch(::operator new(bytes, std::align_val_t{64}), Free{});
            return [this, kernel, scratch](Index first, Index stop) { kernel(work, first, stop, scratch.get()); };
        });
    }

private:
    // Sorts numbers by their key; `begins` holds how many have each key, one further on, and
    // becomes where those of a key begin. Negative keys are left out where `skips` says so.
    static std::vector<Index> counted(const Index* keys, Index count, std::vector<Index>& begins, bool skips) {
        for (std::size_t key = 1; key < begins.size(); ++key) begins[key] += begins[key - 1];
        std::vector<Index> next(begins.begin(), begins.end());
        std::vector<Index> sorted(static_cast<std::size_t>(begins.back()));
        for (Index i = 0; i < count; ++i)
            if (!skips || keys[i] >= 0)
                sorted[static_cast<std::size_t>(next[static_cast<std::size_t>(keys[i])]++)] = i;
        return sorted;
    }

    Index images_ = 0, boxes_ = 0;
    std::vector<Index> bins_of_, bins_, boxes_of_, order_;
    std::vector<std::uint8_t> few_;
    std::vector<double> looked_at_;
};

Index size_of(const Output& array) { return static_cast<Index>(array.size()); }

void* writable(const Output& array, bool is_double) {
    require(array.dtype() == (is_double ? nb::dtype<double>() : nb::dtype<float>()), "dtypes must agree");
    return array.data();
}

void set_chosen(Boxes& boxes, const nb::object& chosen, const Output& output) {
    if (chosen.is_none()) return;
    boxes.work.chosen = data<Index>(nb::cast<Output>(chosen), size_of(output), "one index per output is needed");
}

void pool_points(const Input& input, const Output& output, nb::object chosen, const Input& images,
                 const Input& places, Index group, nb::tuple rows, nb::tuple columns, const Input& divisors,
                 bool largest, double none, bool skips_zeros, bool propagates, Index threads) {
    Boxes boxes(input, Input(output), images, places, group);
    RegionWork& work = boxes.work;
    work.input = reals(input, boxes.is_double, static_cast<Index>(input.size()), "planes must be floats");
    work.output = writable(output, boxes.is_double);
    set_chosen(boxes, chosen, output);
    require(largest || work.chosen == nullptr, "only the largest points have indices");
    const AxisPoints down(rows, boxes.boxes(), work.down, work.height, boxes.is_double);
    const AxisPoints across(columns, boxes.boxes(), work.across, work.width, boxes.is_double);
    work.rows = down.get(), work.columns = across.get();
    work.divisors = reals(divisors, boxes.is_double, boxes.boxes(), "a divisor per box is needed");
    for (Index r = 0; r < boxes.boxes(); ++r) {
        require(down.most(r) <= (Index{1} << 31) / (across.most(r) + 1), "there are too many points");
        boxes.looks_at(r, down.of_box(r) * across.of_box(r) * 4);
    }
    work.none = none;
    work.start = -std::numeric_limits<double>::infinity();
    work.skips_zeros = skips_zeros, work.propagates = propagates;
    boxes.run(largest ? RegionTask::largest_point : RegionTask::mean_of_points, threads);
}

// Adds to `output`, which has the shape of the planes.
void pull_points(const Input& gradient, const Output& output, const Input& images, const Input& places,
                 Index group, nb::tuple rows, nb::tuple columns, const Input& divisors, Index threads) {
    Boxes boxes(Input(output), gradient, images, places, group);
    RegionWork& work = boxes.work;
    work.input = reals(gradient, boxes.is_double, static_cast<Index>(gradient.size()), "gradients must be floats");
    work.output = writable(output, boxes.is_double);
    const AxisPoints down(rows, boxes.boxes(), work.down, work.height, boxes.is_double);
    const AxisPoints across(columns, boxes.boxes(), work.across, work.width, boxes.is_double);
    work.rows = down.get(), work.columns = across.get();
    work.divisors = reals(divisors, boxes.is_double, boxes.boxes(), "a divisor per box is needed");
    boxes.run(RegionTask::gradient_of_points, threads);
}

// The bins of both axes, each as (starts, stops).
class AxisSpans {
public:
    AxisSpans(Boxes& boxes, const nb::tuple& rows, const nb::tuple& columns) {
        RegionWork& work = boxes.work;
        std::vector<double> down, across;
        work.row_spans = checked(rows, boxes.boxes(), work.down, work.height, down);
        work.column_spans = checked(columns, boxes.boxes(), work.across, work.width, across);
        for (Index r = 0; r < boxes.boxes(); ++r)
            boxes.looks_at(r, down[static_cast<std::size_t>(r)] * across[static_cast<std::size_t>(r)]);
    }

private:
    Spans checked(const nb::tuple& given, Index boxes, Index bins, Index length, std::vector<double>& cells) {
        require(given.size() == 2, "the bins of an axis are two arrays");
        for (std::size_t i = 0; i < 2; ++i) held_.push_back(nb::cast<Input>(given[i]));
        constexpr const char* what = "every bin must have its cells";
        const Spans found{data<const std::int32_t>(held_[held_.size() - 2], boxes * bins, what),
                          data<const std::int32_t>(held_[held_.size() - 1], boxes * bins, what)};
        cells.assign(static_cast<std::size_t>(boxes), 0.0);
        for (Index b = 0; b < boxes * bins; ++b) {
            if (found.starts[b] >= found.stops[b]) continue;
            require(found.starts[b] >= 0 && found.stops[b] <= length, "bins must lie in the axis");
            cells[static_cast<std::size_t>(b / bins)] += found.stops[b] - found.starts[b];
        }
        return found;
    }

    std::vector<Input> held_;
};

void pool_cells(const Input& input, const Output& output, nb::object chosen, const Input& images,
                const Input& places, Index group, nb::tuple rows, nb::tuple columns, bool largest, double start,
                double empty, bool propagates, Index threads) {
    Boxes boxes(input, Input(output), images, places, group);
    RegionWork& work = boxes.work;
    work.input = reals(input, boxes.is_double, static_cast<Index>(input.size()), "planes must be floats");
    work.output = writable(output, boxes.is_double);
    set_chosen(boxes, chosen, output);
    require(largest || work.chosen == nullptr, "only the largest cells have indices");
    const AxisSpans spans(boxes, rows, columns);
    work.start = start, work.none = empty, work.propagates = propagates;
    boxes.run(largest ? RegionTask::largest_cell : RegionTask::mean_of_cells, threads);
}

// Adds to `output`, which has the shape of the planes.
void pull_cells(const Input& gradient, const Output& output, const Input& images, const Input& places,
                Index group, nb::tuple rows, nb::tuple columns, Index threads) {
    Boxes boxes(Input(output), gradient, images, places, group);
    RegionWork& work = boxes.work;
    work.input = reals(gradient, boxes.is_double, static_cast<Index>(gradient.size()), "gradients must be floats");
    work.output = writable(output, boxes.is_double);
    const AxisSpans spans(boxes, rows, columns);
    boxes.run(RegionTask::gradient_of_cells, threads);
}

// Adds to `output`, which has the shape of the planes; `chosen` is only read.
void pull_chosen(const Input& gradient, const Output& output, const Input& chosen, const Input& images,
                 const Input& places, Index group, Index threads) {
    Boxes boxes(Input(output), gradient, images, places, group);
    RegionWork& work = boxes.work;
    work.input = reals(gradient, boxes.is_double, static_cast<Index>(gradient.size()), "gradients must be floats");
    work.output = writable(output, boxes.is_double);
    work.chosen = const_cast<Index*>(data<const Index>(chosen, static_cast<Index>(gradient.size()),
                                                       "one index per gradient is needed"));
    boxes.run(RegionTask::gradient_of_chosen, threads);
}

}  // namespace

void add_regions(nb::module_& module) {
    module.def("pool_points", &pool_points, nb::arg("input").noconvert(), nb::arg("output").noconvert(),
               nb::arg("chosen").none(), nb::arg("images").noconvert(), nb::arg("places").noconvert(),
               nb::arg("group"), nb::arg("rows"), nb::arg("columns"), nb::arg("divisors").noconvert(),
               nb::arg("largest"), nb::arg("none"), nb::arg("skips_zeros"), nb::arg("propagates"), nb::arg("threads"));
    module.def("pull_points", &pull_points, nb::arg("gradient").noconvert(), nb::arg("output").noconvert(),
               nb::arg("images").noconvert(), nb::arg("places").noconvert(), nb::arg("group"), nb::arg("rows"),
               nb::arg("columns"), nb::arg("divisors").noconvert(), nb::arg("threads"));
    module.def("pool_cells", &pool_cells, nb::arg("input").noconvert(), nb::arg("output").noconvert(),
               nb::arg("chosen").none(), nb::arg("images").noconvert(), nb::arg("places").noconvert(),
               nb::arg("group"), nb::arg("rows"), nb::arg("columns"), nb::arg("largest"), nb::arg("start"),
               nb::arg("empty"), nb::arg("propagates"), nb::arg("threads"));
    module.def("pull_cells", &pull_cells, nb::arg("gradient").noconvert(), nb::arg("output").noconvert(),
               nb::arg("images").noconvert(), nb::arg("places").noconvert(), nb::arg("group"), nb::arg("rows"),
               nb::arg("columns"), nb::arg("threads"));
    module.def("pull_chosen", &pull_chosen, nb::arg("gradient").noconvert(), nb::arg("output").noconvert(),
               nb::arg("chosen").noconvert(), nb::arg("images").noconvert(), nb::arg("places").noconvert(),
               nb::arg("group"), nb::arg("threads"));
}

}  // namespace poolkit
