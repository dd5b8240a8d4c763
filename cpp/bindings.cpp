// The extension module. Python has validated what comes here; what could still read or
// write out of bounds is checked again, so that no integer can.

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "dispatch.hpp"

namespace nb = nanobind;

namespace poolkit {
namespace {

using Array = nb::ndarray<nb::c_contig, nb::device::cpu>;
using Input = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
using Counts = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(what);
}

Operation operation_named(const std::string& name) {
    if (name == "max") return Operation::maximum;
    if (name == "min") return Operation::minimum;
    if (name == "sum") return Operation::sum;
    if (name == "mean") return Operation::mean;
    throw std::invalid_argument("no kernel for " + name);
}

Element element_of(nb::dlpack::dtype type) {
    const auto code = static_cast<nb::dlpack::dtype_code>(type.code);
    using nb::dlpack::dtype_code;
    if (type.lanes == 1 && code == dtype_code::Float) {
        if (type.bits == 32) return Element::f32;
        if (type.bits == 64) return Element::f64;
    }
    if (type.lanes == 1 && (code == dtype_code::Int || code == dtype_code::UInt)) {
        const bool is_signed = code == dtype_code::Int;
        if (type.bits == 8) return is_signed ? Element::i8 : Element::u8;
        if (type.bits == 16) return is_signed ? Element::i16 : Element::u16;
        if (type.bits == 32) return is_signed ? Element::i32 : Element::u32;
        if (type.bits == 64) return is_signed ? Element::i64 : Element::u64;
    }
    throw std::invalid_argument("no kernel for the dtype");
}

// One pooled axis as Python gives it: number, kernel_size, stride, dilation, low.
using AxisTuple = std::vector<std::int64_t>;

// Pools `input` into `output`, both contiguous; `axes` ascending. `counts` holds the
// divisors of each pooled axis, or is empty where `divisor` alone divides.
void pool(const std::string& operation, Input input, Array output, const std::vector<AxisTuple>& axes,
          const std::vector<Counts>& counts, double divisor, std::int64_t threads) {
    const std::size_t dimensions = input.ndim();
    require(output.ndim() == dimensions && !axes.empty(), "input and output must have the same axes");
    require(input.dtype() == output.dtype(), "input and output must have the same dtype");
    require(counts.empty() || counts.size() == axes.size(), "one array of counts per axis is needed");

    Rows rows{};
    std::vector<Loop> loops;
    std::size_t next = 0;  // of `axes`
    std::int64_t stride = static_cast<std::int64_t>(input.size());
    rows.count = rows.inner = rows.most_folded = 1;
    for (std::size_t axis = 0; axis < dimensions; ++axis) {
        const auto n = static_cast<std::int64_t>(input.shape(axis));
        const auto m = static_cast<std::int64_t>(output.shape(axis));
        stride = n > 0 ? stride / n : 0;
        const bool pooled = next < axes.size() && axes[next].size() == 5 &&
                            axes[next][0] == static_cast<std::int64_t>(axis);
        if (!pooled) {
            require(n == m, "axes that are not pooled must keep their length");
            if (next == axes.size()) {
                rows.inner *= n;
            } else {
                rows.count *= m;
                loops.push_back({m, stride, false, {}, nullptr});
            }
            continue;
        }
        const Axis windows{n, m, axes[next][1], axes[next][2], axes[next][3], axes[next][4]};
        const std::int64_t limit = std::int64_t{1} << 40;  // keeps every product below in range
        require(n > 0 && m > 0 && windows.k > 0 && windows.stride > 0 && windows.dilation > 0 &&
                    windows.low >= 0,
                "window parameters must be positive");
        require(n < limit && m < limit && windows.k <= limit / windows.dilation &&
                    windows.stride <= limit / m && windows.low < limit,
                "window parameters are too large");
        const double* divisors = nullptr;
        if (!counts.empty()) {
            require(static_cast<std::int64_t>(counts[next].size()) == m, "counts must match the windows");
            divisors = counts[next].data();
        }
        if (++next == axes.size()) {
            rows.row = windows;
            rows.row_counts = divisors;
        } else {
            rows.count *= m;
            rows.most_folded *= windows.k < n ? windows.k : n;
            loops.push_back({m, stride, true, windows, divisors});
        }
    }
    require(next == axes.size(), "axes must be ascending and lie in the array");
    if (input.size() == 0) return;
    rows.input = input.data();
    rows.output = output.data();
    rows.loops = loops.data();
    rows.depth = loops.size();
    rows.divisor = divisor;
    const Kernel kernel = find_kernel(operation_named(operation), element_of(input.dtype()));
    require(kernel != nullptr, "no kernel for the operation and dtype");
    nb::gil_scoped_release released;
    run(rows, kernel, threads);
}

}  // namespace
}  // namespace poolkit

NB_MODULE(_kernels, module) {
    module.doc() = "The compiled kernels of poolkit.";
    module.def("instruction_sets", &poolkit::instruction_sets);
    module.def("instruction_set", &poolkit::instruction_set);
    module.def("set_instruction_set", &poolkit::set_instruction_set);
    module.def("pool", &poolkit::pool);
}
