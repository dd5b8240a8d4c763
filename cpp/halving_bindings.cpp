#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <stdexcept>
#include <string>

#include "dispatch.hpp"
#include "halving.hpp"
#include "halving_bindings.hpp"
#include "threads.hpp"

namespace nb = nanobind;

namespace poolkit {
namespace {

Halve in_use() {
#ifdef POOLKIT_X86_64
    const std::string set = instruction_set();
    if (set == "avx512") return avx512::halve;
    if (set == "avx2") return avx2::halve;
#endif
    return baseline::halve;
}

using Input = nb::ndarray<const std::uint8_t, nb::ndim<4>, nb::c_contig, nb::device::cpu>;
using Output = nb::ndarray<std::uint8_t, nb::ndim<4>, nb::c_contig, nb::device::cpu>;

void halve(const Input& input, const Output& output, std::int64_t threads) {
    const auto length = [](const auto& array, std::size_t axis) {
        return static_cast<std::int64_t>(array.shape(axis));
    };
    const std::int64_t planes = length(input, 0), width = length(input, 2), inner = length(input, 3);
    const Halves halves{input.data(), output.data(), length(input, 1), width, inner};
    const std::int64_t rows = planes * (halves.height / 2);
    if (length(output, 0) != planes || length(output, 1) != halves.height / 2 ||
        length(output, 2) != width / 2 || length(output, 3) != inner)
        throw std::invalid_argument("the output must be half as high and wide as the input");
    if (output.size() == 0) return;
    const Halve work = in_use();
    const nb::gil_scoped_release released;
    share_out(rows, threads, [&]() -> Worker {
        return [&](std::int64_t first, std::int64_t stop) { work(halves, first, stop); };
    });
}

}  // namespace

void bind_halving(nb::module_& module) {
    module.def("halve", &halve, nb::arg("input").noconvert(), nb::arg("output").noconvert(),
               nb::arg("threads"));
}

}  // namespace poolkit
