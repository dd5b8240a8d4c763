// Weighted windows for Python: see `bindings.cpp`.

#include "weighted_bindings.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <memory>
#include <new>
#include <optional>
#include <vector>

#include "dispatch.hpp"
#include "memory.hpp"
#include "threads.hpp"
#include "weighted.hpp"

namespace nb = nanobind;

namespace poolkit {
namespace {

constexpr std::int64_t limit = std::int64_t{1} << 40;  // keeps products in range

template <class V>
using Listed = nb::ndarray<const V, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class V>
std::vector<V> copied(const Listed<V>& given) {
    return {given.data(), given.data() + given.shape(0)};
}

// An axis with its arrays, checked once.
class Windows {
public:
    Windows(std::int64_t n, const Listed<std::int64_t>& starts, const Listed<std::int64_t>& positions,
            const Listed<double>& weights, const std::optional<Listed<double>>& divisors,
            const Listed<std::uint8_t>& whole, std::int64_t tile)
        : starts_(copied(starts)), positions_(copied(positions)), weights_(copied(weights)),
          whole_(copied(whole)), n_(n) {
        if (divisors) divisors_ = copied(*divisors);
        require(n > 0 && n < limit && starts_.size() > 1, "an axis has elements and windows");
        const std::size_t m = starts_.size() - 1;
        require(whole_.size() == m && (!divisors || divisors_.size() == m), "one value for each window");
        require(weights_.size() == positions_.size(), "one weight for each position");
        require(starts_.front() == 0 && starts_.back() == static_cast<std::int64_t>(positions_.size()),
                "windows must take all positions");
        for (std::size_t o = 0; o < m; ++o) require(starts_[o] <= starts_[o + 1], "windows must be in order");
        for (const std::int64_t position : positions_)
            require(position >= 0 && position < n, "positions must lie on the axis");
        cut(tile);
        find_regular();
    }

    std::int64_t n() const { return n_; }
    std::int64_t m() const { return static_cast<std::int64_t>(starts_.size()) - 1; }

    // Positions of the longest tile.
    std::int64_t longest() const { return longest_; }
    bool has_divisors() const { return !divisors_.empty(); }

    WeightedAxis axis() const {
        return {n_, m(), starts_.data(), positions_.data(), weights_.data(),
                has_divisors() ? divisors_.data() : nullptr, whole_.data(),
                static_cast<std::int64_t>(begins_.size()), firsts_.data(), begins_.data(), stops_.data(),
                regular_first_, regular_stop_, stride_};
    }

private:
    // Cuts the windows into tiles of so many positions at most. One window may take more.
    void cut(std::int64_t most) {
        std::int64_t begin = n_, stop = 0;
        firsts_.push_back(0);
        for (std::int64_t o = 0; o < m(); ++o) {
            std::int64_t low = n_, high = 0;
            for (std::int64_t t = starts_[o]; t < starts_[o + 1]; ++t) {
                if (positions_[t] < low) low = positions_[t];
                if (positions_[t] >= high) high = positions_[t] + 1;
            }
            const std::int64_t from = low < begin ? low : begin, to = high > stop ? high : stop;
            if (o > firsts_.back() && to - from > most) {
                close(begin, stop);
                firsts_.push_back(o);
                begin = low, stop = high;
            } else {
                begin = from, stop = to;
            }
        }
        close(begin, stop);
        firsts_.push_back(m());
    }

    void close(std::int64_t begin, std::int64_t stop) {
        if (stop < begin) begin = stop = 0;  // windows that take nothing
        begins_.push_back(begin);
        stops_.push_back(stop);
        if (stop - begin > longest_) longest_ = stop - begin;
    }

    // Whether window o + 1 is window o, `stride` further.
    bool repeats(std::int64_t o, std::int64_t stride) const {
        const std::int64_t here = starts_[o], next = starts_[o + 1], taken = next - here;
        if (starts_[o + 2] - next != taken || whole_[o] != whole_[o + 1]) return false;
        if (has_divisors() && divisors_[o] != divisors_[o + 1]) return false;
        for (std::int64_t j = 0; j < taken; ++j)
            if (positions_[next + j] != positions_[here + j] + stride || weights_[next + j] != weights_[here + j] ||
                positions_[here + j] != positions_[here] + j)
                return false;
        return true;
    }

    // Around the window in the middle.
    void find_regular() {
        const std::int64_t middle = (m() - 1) / 2;
        regular_first_ = regular_stop_ = middle;
        if (m() < 2 || starts_[middle] == starts_[middle + 1] || starts_[middle + 1] == starts_[middle + 2])
            return;
        stride_ = positions_[starts_[middle + 1]] - positions_[starts_[middle]];
        while (regular_stop_ + 1 < m() && repeats(regular_stop_, stride_)) ++regular_stop_;
        while (regular_first_ > 0 && repeats(regular_first_ - 1, stride_)) --regular_first_;
        if (regular_first_ < regular_stop_) ++regular_stop_;  // from the last to after it
    }

    std::vector<std::int64_t> starts_, positions_;
    std::vector<double> weights_, divisors_;
    std::vector<std::uint8_t> whole_;
    std::vector<std::int64_t> firsts_, begins_, stops_;
    std::int64_t n_, longest_ = 0, regular_first_ = 0, regular_stop_ = 0, stride_ = 0;
};

Weigh find(const std::string& input, const std::string& output, bool clamps) {
    const std::string set = instruction_set();
#ifdef POOLKIT_X86_64
    if (set == "avx512") return avx512::find_weigh(input, output, clamps);
    if (set == "avx2") return avx2::find_weigh(input, output, clamps);
#endif
    return baseline::find_weigh(input, output, clamps);
}

bool is_quickly_regular(const WeightedAxis& axis) {
    return (axis.stride == 1 || axis.stride == 2) && axis.regular_stop - axis.regular_first >= rows_at_once;
}

std::int64_t size_of(const std::string& element) {
    return element == "float64" ? 8 : element == "float32" ? 4 : 1;
}

using Input = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using Output = nb::ndarray<nb::c_contig, nb::device::cpu>;

// Makes an array of shape (planes, m of rows, m of along, inner) of one of (planes, n, n, inner).
void weigh(const std::string& input_element, const std::string& output_element, const Input& input,
           const Output& output, std::int64_t planes, const Windows* rows, const Windows* along,
           std::int64_t inner, bool clamps, std::int64_t threads) {
    const Weigh kernel = find(input_element, output_element, clamps);
    require(kernel != nullptr, "no kernel for these elements");
    require(planes > 0 && planes < limit && inner > 0 && inner < limit, "counts must be positive");
    const auto bytes = [&](std::int64_t down, std::int64_t across, std::int64_t size) {
        return static_cast<long double>(planes) * static_cast<long double>(down) *
               static_cast<long double>(across) * static_cast<long double>(inner) *
               static_cast<long double>(size);
    };
    const std::int64_t in_size = size_of(input_element), out_size = size_of(output_element);
    const std::int64_t m = rows ? rows->m() : 1;
    require(bytes(rows ? rows->n() : 1, along ? along->n() : 1, in_size) ==
                    static_cast<long double>(input.nbytes()) &&
                bytes(m, along ? along->m() : 1, out_size) == static_cast<long double>(output.nbytes()),
            "the arrays are of other sizes");
    require(reinterpret_cast<std::uintptr_t>(input.data()) % static_cast<std::uintptr_t>(in_size) == 0 &&
                reinterpret_cast<std::uintptr_t>(output.data()) % static_cast<std::uintptr_t>(out_size) == 0,
            "arrays must be aligned");
    const WeightedAxis down = rows ? rows->axis() : WeightedAxis{}, across = along ? along->axis() : WeightedAxis{};
    const Along way = along == nullptr                               ? Along::nowhere
                      : inner == 1 && is_quickly_regular(across)     ? Along::regularly
                      : inner >= rows_at_once                        ? Along::by_channels
                                                                     : Along::by_rows;
    const std::int64_t pitch = along ? along->longest() * inner + 2 * rows_at_once : 0;
    const Weighing work{input.data(), output.data(), rows ? &down : nullptr, along ? &across : nullptr, inner, way,
                        (rows && rows->has_divisors()) || (along && along->has_divisors()), pitch};
    const std::int64_t group = way == Along::by_rows ? rows_at_once : 1, count = planes * m;
    const std::int64_t values = way == Along::by_rows ? 2 * rows_at_once * pitch : pitch + 1;
    const nb::gil_scoped_release released;
    share_out((count + group - 1) / group, threads, [&]() -> Worker {
        const auto align = std::align_val_t{64};
        const std::shared_ptr<double[]> scratch(
            static_cast<double*>(::operator new(static_cast<std::size_t>(values) * sizeof(double), align)),
            [align](double* held) { ::operator delete(held, align); });
        return [&work, kernel, scratch, group, count](std::int64_t first, std::int64_t stop) {
            kernel(work, first * group, stop * group < count ? stop * group : count, scratch.get());
        };
    });
}

}  // namespace

void bind_weighted(nb::module_& module) {
    nb::class_<Windows>(module, "WeightedAxis")
        .def(nb::init<std::int64_t, const Listed<std::int64_t>&, const Listed<std::int64_t>&,
                      const Listed<double>&, const std::optional<Listed<double>>&,
                      const Listed<std::uint8_t>&, std::int64_t>(),
             nb::arg("length"), nb::arg("starts"), nb::arg("positions"), nb::arg("weights"),
             nb::arg("divisors").none(), nb::arg("whole"), nb::arg("tile"));
    module.def("weigh", &weigh, nb::arg("input_element"), nb::arg("output_element"), nb::arg("input"),
               nb::arg("output"), nb::arg("planes"), nb::arg("rows").none(), nb::arg("along").none(),
               nb::arg("inner"), nb::arg("clamps"), nb::arg("threads"));
}

}  // namespace poolkit
