#include "recipe.hpp"

#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "dispatch.hpp"
#include "layout.hpp"
#include "threads.hpp"

namespace poolkit {
namespace {

constexpr std::int64_t limit = std::int64_t{1} << 40;  // keeps sums and products in range

void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

template <class Value, std::size_t count>
Value named(const std::pair<const char*, Value> (&known)[count], const std::string& name) {
    for (const auto& [known_name, value] : known)
        if (name == known_name) return value;
    throw std::invalid_argument("no kernel for " + name);
}

Operation operation_named(const std::string& name) {
    static constexpr std::pair<const char*, Operation> known[] = {
        {"max", Operation::maximum},
        {"min", Operation::minimum},
        {"sum", Operation::sum},
        {"mean", Operation::mean},
        {"magnitudes", Operation::magnitudes},
        {"squares", Operation::squares},
        {"largest magnitude", Operation::largest_magnitude},
        {"var", Operation::variance},
        {"std", Operation::deviation},
        {"max with indices", Operation::maximum_with_indices},
        {"min with indices", Operation::minimum_with_indices},
    };
    return named(known, name);
}

bool has_indices(Operation operation) {
    return operation == Operation::maximum_with_indices || operation == Operation::minimum_with_indices;
}

bool is_extreme(Operation operation) {
    return has_indices(operation) || operation == Operation::maximum || operation == Operation::minimum;
}

bool is_float(Element element) {
    return element == Element::f16 || element == Element::bf16 || element == Element::f32 ||
           element == Element::f64;
}

// Where the parts of one thread's scratch begin, and how much it is.
struct ScratchParts {
    static constexpr std::int64_t cache_line = 64, widest = 8;
    std::int64_t starts[6], bytes = 0;

    explicit ScratchParts(const Rows& rows) {
        const std::int64_t values[] = {rows.padded_values, rows.folded_values, rows.ends_values,
                                       rows.best_values, 2 * rows.most_folded,
                                       rows.room > 0 ? rows.most_folded : 0};
        for (int part = 0; part < 6; ++part) {
            starts[part] = bytes;
            bytes += (values[part] * widest / cache_line + 1) * cache_line;
        }
    }
};

// One thread's scratch.
class ScratchMemory {
public:
    explicit ScratchMemory(const Rows& rows) {
        const ScratchParts parts(rows);
        memory_.reset(static_cast<char*>(
            ::operator new(static_cast<std::size_t>(parts.bytes), std::align_val_t{cache_line})));
        const auto part = [&](int number) { return memory_.get() + parts.starts[number]; };
        scratch_ = {part(0), part(1), part(2), part(3), reinterpret_cast<const void**>(part(4)),
                    reinterpret_cast<std::int64_t*>(part(5))};
    }
    const Scratch& get() const { return scratch_; }

private:
    static constexpr std::int64_t cache_line = ScratchParts::cache_line;

    struct Free {
        void operator()(char* memory) const {
            ::operator delete(memory, std::align_val_t{cache_line});
        }
    };

    std::unique_ptr<char, Free> memory_;
    Scratch scratch_;
};

}  // namespace

Element element_named(const std::string& name) {
    static constexpr std::pair<const char*, Element> known[] = {
        {"float16", Element::f16}, {"bfloat16", Element::bf16}, {"float32", Element::f32},
        {"float64", Element::f64}, {"int8", Element::i8},       {"int16", Element::i16},
        {"int32", Element::i32},   {"int64", Element::i64},     {"bool", Element::u8},
        {"uint8", Element::u8},    {"uint16", Element::u16},    {"uint32", Element::u32},
        {"uint64", Element::u64},
    };
    return named(known, name);
}

std::int64_t size_of(Element element) {
    switch (element) {
        case Element::i8: case Element::u8: return 1;
        case Element::f16: case Element::bf16: case Element::i16: case Element::u16: return 2;
        case Element::f32: case Element::i32: case Element::u32: return 4;
        case Element::f64: case Element::i64: case Element::u64: return 8;
    }
    return 0;
}

void Recipe::check(const AxisRequest& axis) const {
    const Axis& windows = axis.windows;
    require(axis.n >= 0 && axis.m >= 0 && axis.n < limit && axis.m < limit, "axes must be of a possible length");
    if (!axis.pooled) {
        require(axis.n == axis.m, "axes that are not pooled must keep their length");
        return;
    }
    require(axis.n > 0 && axis.m > 0, "pooled axes must not be empty");
    require(axis.counts.empty() || static_cast<std::int64_t>(axis.counts.size()) == axis.m,
            "counts must match the windows");
    if (windows.kind == Axis::listed) {
        require(static_cast<std::int64_t>(axis.begins.size()) == axis.m &&
                    static_cast<std::int64_t>(axis.sizes.size()) == axis.m,
                "one begin and one size per window is needed");
        for (std::size_t o = 0; o < axis.begins.size(); ++o) {
            const std::int64_t begin = axis.begins[o], size = axis.sizes[o];
            require(begin >= 0 && size >= 1 && begin < axis.n && size <= axis.n - begin,
                    "listed windows must lie in the axis");
            require(o == 0 || (begin >= axis.begins[o - 1] &&
                               begin + size >= axis.begins[o - 1] + axis.sizes[o - 1]),
                    "listed windows must be in order");
        }
        return;
    }
    require(windows.k > 0 && windows.stride > 0 && windows.dilation > 0 && windows.low >= 0,
            "window parameters must be positive");
    require(windows.k <= limit / windows.dilation && windows.stride <= limit / axis.m &&
                windows.low < limit,
            "window parameters are too large");
    if (windows.kind == Axis::covering)
        require(windows.low < windows.k + windows.stride && windows.dilation == 1 &&
                    smooth_.kind == Smooth::none && (operation_ == Operation::sum || operation_ == Operation::mean),
                "covering windows are for sums and means without dilation");
}

Recipe::Recipe(const std::string& operation, const std::string& element,
               std::vector<AxisRequest> axes, double divisor, double freedom,
               const std::vector<double>& parameters)
    : axes_(std::move(axes)),
      smooth_(smooth_named(operation, parameters)),
      operation_(smooth_.kind == Smooth::none ? operation_named(operation) : Operation::mean),
      element_(element_named(element)) {
    require(smooth_.kind == Smooth::none || is_float(element_), "smooth reductions are of floats");
    input_size_ = size_of(element_);
    output_size_ = is_extreme(operation_) || is_float(element_) ? input_size_ : 8;
    std::int64_t inputs = 1, positions = 1;
    outputs_ = 1;
    std::size_t last = axes_.size();
    for (std::size_t number = 0; number < axes_.size(); ++number) {
        const AxisRequest& axis = axes_[number];
        check(axis);
        if (axis.pooled) last = number;
        if (axis.n != 0) require(inputs <= (std::int64_t{1} << 60) / axis.n, "the input is too large");
        if (axis.m != 0) require(outputs_ <= (std::int64_t{1} << 60) / axis.m, "the output is too large");
        inputs *= axis.n;
        outputs_ *= axis.m;
    }
    require(last < axes_.size(), "an axis must be pooled");
    input_bytes_ = inputs * input_size_;
    output_bytes_ = outputs_ * output_size_;
    if (inputs == 0) return;
    rows_.count = rows_.inner = rows_.most_folded = 1;
    std::int64_t stride = 1;
    for (std::size_t number = axes_.size(); number-- > 0;) {
        const AxisRequest& axis = axes_[number];
        Axis windows = axis.windows;
        windows.n = axis.n;
        windows.m = axis.m;
        if (axis.pooled && windows.kind == Axis::listed) {
            windows.begins = axis.begins.data();
            windows.sizes = axis.sizes.data();
            windows.k = windows.stride = windows.dilation = 1;
            windows.low = 0;
            for (const std::int64_t size : axis.sizes)
                if (size > windows.k) windows.k = size;
        }
        const double* const counts = axis.counts.empty() ? nullptr : axis.counts.data();
        if (number > last) {
            rows_.inner *= axis.n;
        } else if (number == last) {
            rows_.row = windows;
            rows_.row_counts = counts;
        } else {
            loops_.insert(loops_.begin(), {axis.m, stride, positions, axis.pooled, windows, counts});
            rows_.count *= axis.m;
            if (axis.pooled) {
                const std::int64_t folded =
                    windows.kind == Axis::covering ? (windows.k - 1) / windows.stride + 1 : windows.k;
                rows_.most_folded *= folded < axis.n ? folded : axis.n;
            }
        }
        stride *= axis.n;
        if (axis.pooled) positions *= axis.n;
    }
    rows_.input_values = inputs;
    rows_.loops = loops_.data();
    rows_.depth = loops_.size();
    rows_.divisor = divisor;
    rows_.freedom = freedom;
    if (rows_.row_counts != nullptr) {
        // Blocks of them are read past the end.
        row_counts_.assign(rows_.row_counts, rows_.row_counts + rows_.row.m);
        row_counts_.resize(static_cast<std::size_t>(rows_.row.m) + 64, 1);
        for (const double count : row_counts_) reciprocals_.push_back(1 / count);
        rows_.row_counts = row_counts_.data();
    }
    rows_.row_reciprocals = reciprocals_.data();
    if (smooth_.kind == Smooth::none) lay_out(rows_, operation_, element_);
    else lay_out_smooth(rows_, smooth_, element_);
    for (const std::int64_t values :
         {rows_.padded_values, rows_.folded_values, rows_.ends_values, rows_.best_values})
        require(values < limit, "window parameters are too large");
}

std::int64_t Recipe::scratch_bytes() const { return ScratchParts(rows_).bytes; }

void Recipe::run(const void* input, void* output, void* indices, bool long_indices,
                 std::int64_t threads) const {
    require((indices != nullptr) == has_indices(operation_), "indices come with extremes, if asked for");
    if (outputs_ == 0 || input_bytes_ == 0) return;
    Rows rows = rows_;
    rows.input = input;
    rows.output = output;
    rows.indices = indices;
    const bool is_smooth = smooth_.kind != Smooth::none;
    const Kernel kernel = is_smooth ? nullptr : find_kernel(operation_, element_, long_indices);
    const SmoothKernel smooth_kernel = is_smooth ? find_smooth(smooth_, element_) : nullptr;
    const auto work = [&](std::int64_t first, std::int64_t stop, const Scratch& scratch) {
        if (is_smooth) smooth_kernel(rows, smooth_, first, stop, scratch);
        else kernel(rows, first, stop, scratch);
    };
    if (threads <= 1 || rows.count == 1) {
        work(0, rows.count, ScratchMemory(rows).get());
        return;
    }
    share_out(rows.count, threads, [&]() -> Worker {
        return [&work, scratch = std::make_shared<ScratchMemory>(rows)](std::int64_t first,
                                                                        std::int64_t stop) {
            work(first, stop, scratch->get());
        };
    });
}

}  // namespace poolkit
