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
#include "layout.hpp"
#include "threads.hpp"

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

// What sums and means of integers come out as; all else keeps the dtype of the input.
bool output_dtype_fits(Operation operation, nb::dlpack::dtype in, nb::dlpack::dtype out) {
    using nb::dlpack::dtype_code;
    const bool sums = operation == Operation::sum || operation == Operation::mean;
    if (!sums || static_cast<dtype_code>(in.code) == dtype_code::Float) return in == out;
    const auto code = static_cast<dtype_code>(out.code);
    const bool is_float = code == dtype_code::Float;
    const bool is_integer = code == dtype_code::Int || code == dtype_code::UInt;
    return out.bits == 64 && out.lanes == 1 && (operation == Operation::mean ? is_float : is_integer);
}

// The windows of a pooled axis as Python gives them: (axis, kernel_size, stride, dilation,
// low) where they slide, (axis, begins, sizes) where they are listed.
using List = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

template <class T>
T described(nb::handle value) {
    T result;
    // Not converted: a converted array would be freed before the kernel reads it.
    require(nb::try_cast<T>(value, result, false), "an axis must be described by integers or arrays of them");
    return result;
}

constexpr std::int64_t limit = std::int64_t{1} << 40;  // keeps sums and products in range

Axis sliding_axis(nb::tuple given, std::int64_t n, std::int64_t m) {
    const Axis axis{n,
                    m,
                    described<std::int64_t>(given[1]),
                    described<std::int64_t>(given[2]),
                    described<std::int64_t>(given[3]),
                    described<std::int64_t>(given[4]),
                    nullptr,
                    nullptr};
    require(axis.k > 0 && axis.stride > 0 && axis.dilation > 0 && axis.low >= 0,
            "window parameters must be positive");
    require(axis.k <= limit / axis.dilation && axis.stride <= limit / m && axis.low < limit,
            "window parameters are too large");
    return axis;
}

Axis listed_axis(nb::tuple given, std::int64_t n, std::int64_t m) {
    const List begins = described<List>(given[1]), sizes = described<List>(given[2]);
    require(static_cast<std::int64_t>(begins.size()) == m && static_cast<std::int64_t>(sizes.size()) == m,
            "one begin and one size per window is needed");
    Axis axis{n, m, 1, 1, 1, 0, begins.data(), sizes.data()};
    for (std::int64_t o = 0; o < m; ++o) {
        const std::int64_t begin = axis.begins[o], size = axis.sizes[o];
        require(begin >= 0 && size >= 1 && begin < n && size <= n - begin,
                "listed windows must lie in the axis");
        require(o == 0 || (begin >= axis.begins[o - 1] &&
                           begin + size >= axis.begins[o - 1] + axis.sizes[o - 1]),
                "listed windows must be in order");
        if (size > axis.k) axis.k = size;
    }
    return axis;
}

// Pools `input` into `output`, both contiguous; `axes` ascending. `counts` holds the
// divisors of each pooled axis, or is empty where `divisor` alone divides.
void pool(const std::string& operation_name, Input input, Array output, nb::sequence axes,
          const std::vector<Counts>& counts, double divisor, std::int64_t threads) {
    const Operation operation = operation_named(operation_name);
    const std::size_t dimensions = input.ndim(), rank = nb::len(axes);
    require(output.ndim() == dimensions && rank > 0, "input and output must have the same axes");
    require(output_dtype_fits(operation, input.dtype(), output.dtype()), "the output has another dtype");
    require(counts.empty() || counts.size() == rank, "one array of counts per axis is needed");

    Rows rows{};
    std::vector<Loop> loops;
    std::size_t next = 0;  // of `axes`
    auto stride = static_cast<std::int64_t>(input.size());
    rows.count = rows.inner = rows.most_folded = 1;
    for (std::size_t axis = 0; axis < dimensions; ++axis) {
        const auto n = static_cast<std::int64_t>(input.shape(axis));
        const auto m = static_cast<std::int64_t>(output.shape(axis));
        stride = n > 0 ? stride / n : 0;
        nb::tuple given;
        if (next < rank) {
            given = described<nb::tuple>(axes[next]);
            require(given.size() == 5 || given.size() == 3, "an axis is described by 5 values or 3");
        }
        if (next == rank || described<std::size_t>(given[0]) != axis) {
            require(n == m, "axes that are not pooled must keep their length");
            if (next == rank) {
                rows.inner *= n;
            } else {
                rows.count *= m;
                loops.push_back({m, stride, false, {}, nullptr});
            }
            continue;
        }
        require(n > 0 && m > 0 && n < limit && m < limit, "pooled axes must not be empty");
        const Axis windows = given.size() == 5 ? sliding_axis(given, n, m) : listed_axis(given, n, m);
        const double* divisors = nullptr;
        if (!counts.empty()) {
            require(static_cast<std::int64_t>(counts[next].size()) == m, "counts must match the windows");
            divisors = counts[next].data();
        }
        if (++next == rank) {
            rows.row = windows;
            rows.row_counts = divisors;
        } else {
            rows.count *= m;
            rows.most_folded *= windows.k < n ? windows.k : n;
            loops.push_back({m, stride, true, windows, divisors});
        }
    }
    require(next == rank, "axes must be ascending and lie in the array");
    if (input.size() == 0) return;
    rows.input = input.data();
    rows.output = output.data();
    rows.loops = loops.data();
    rows.depth = loops.size();
    rows.divisor = divisor;
    std::vector<double> reciprocals;
    if (rows.row_counts != nullptr)
        for (std::int64_t o = 0; o < rows.row.m; ++o) reciprocals.push_back(1 / rows.row_counts[o]);
    rows.row_reciprocals = reciprocals.data();
    lay_out(rows);
    require(rows.padded_values < limit && rows.folded_values < limit && rows.ends_values < limit,
            "window parameters are too large");
    const Kernel kernel = find_kernel(operation, element_of(input.dtype()));
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
    // A converted output would be filled and thrown away.
    module.def("pool", &poolkit::pool, nb::arg("operation"), nb::arg("input"),
               nb::arg("output").noconvert(), nb::arg("axes"), nb::arg("counts"), nb::arg("divisor"),
               nb::arg("threads"));
}
