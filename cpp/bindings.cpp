// The extension module. Python has validated what comes here; what could still read or
// write out of bounds is checked again, so that no integer can.

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dispatch.hpp"
#include "halving_bindings.hpp"
#include "memory.hpp"
#include "ordered_bindings.hpp"
#include "placing.hpp"
#include "recipe.hpp"
#include "regions_bindings.hpp"
#include "threads.hpp"
#include "weighted_bindings.hpp"

namespace nb = nanobind;

namespace poolkit {
namespace {

template <class T>
std::vector<T> listed(nb::handle value) {
    const Memory memory(value, alignof(T), false);
    require(memory.data() != nullptr && memory.bytes() % static_cast<std::int64_t>(sizeof(T)) == 0,
            "an axis must be described by integers or arrays of them");
    const T* const begin = static_cast<const T*>(memory.data());
    return {begin, begin + memory.bytes() / static_cast<std::int64_t>(sizeof(T))};
}

std::int64_t integer(nb::handle value) {
    std::int64_t result;
    require(nb::try_cast(value, result, false), "an axis must be described by integers or arrays of them");
    return result;
}

// An axis as Python gives it: (n, m) where it is kept, with (kernel_size, stride, dilation,
// low, covering) after them where windows slide, (begins, sizes) where they are listed; last
// the divisors of the windows, or None.
AxisRequest axis_request(nb::tuple given) {
    AxisRequest axis{};
    require(given.size() >= 2, "an axis has a length and a number of windows");
    axis.n = integer(given[0]);
    axis.m = integer(given[1]);
    axis.pooled = given.size() > 2;
    if (!axis.pooled) return axis;
    require(given.size() == 8 || given.size() == 5, "an axis is described by 2, 5 or 8 values");
    if (given.size() == 8) {
        axis.windows.kind = nb::cast<bool>(given[6], false) ? Axis::covering : Axis::sliding;
        axis.windows.k = integer(given[2]);
        axis.windows.stride = integer(given[3]);
        axis.windows.dilation = integer(given[4]);
        axis.windows.low = integer(given[5]);
    } else {
        axis.windows.kind = Axis::listed;
        axis.begins = listed<std::int64_t>(given[2]);
        axis.sizes = listed<std::int64_t>(given[3]);
    }
    const nb::object counts = given[given.size() - 1];
    if (!counts.is_none()) axis.counts = listed<double>(counts);
    return axis;
}

void make_recipe(Recipe* place, const std::string& operation, const std::string& element,
                 const std::vector<nb::tuple>& axes, double divisor, double freedom,
                 const std::vector<double>& parameters) {
    std::vector<AxisRequest> requests;
    for (const nb::tuple& axis : axes) requests.push_back(axis_request(axis));
    new (place) Recipe(operation, element, std::move(requests), divisor, freedom, parameters);
}

// Returns whether the arrays could be used as they lie. Small work keeps the interpreter
// lock: giving it back and taking it again costs as much as the work.
bool run(const Recipe& recipe, nb::handle input, nb::handle output, nb::handle indices,
         std::int64_t threads) {
    const Memory from(input, recipe.input_alignment(), false);
    const Memory to(output, recipe.output_alignment(), true);
    if (from.data() == nullptr || to.data() == nullptr) return false;
    require(from.bytes() == recipe.input_bytes() && to.bytes() == recipe.output_bytes(),
            "the recipe is for arrays of another size");
    constexpr std::int64_t small = 1 << 15;
    if (indices.is_none()) {
        if (from.bytes() + to.bytes() < small) {
            recipe.run(from.data(), to.data(), nullptr, false, 1);
            return true;
        }
        const nb::gil_scoped_release released;
        recipe.run(from.data(), to.data(), nullptr, false, threads);
        return true;
    }
    const Memory places(indices, 4, true);
    const bool are_long = places.bytes() == recipe.outputs() * 8;
    if (places.data() == nullptr ||
        reinterpret_cast<std::uintptr_t>(places.data()) % (are_long ? 8 : 4) != 0)
        return false;
    require(are_long || places.bytes() == recipe.outputs() * 4, "one index per output is needed");
    const nb::gil_scoped_release released;
    recipe.run(from.data(), to.data(), places.data(), are_long, threads);
    return true;
}

// Adds gradients, of planes of (outputs, inner), to where the indices say in planes of
// (size, inner), which are set to zero first. Returns whether all indices lie in their planes.
bool scatter_gradient(const std::string& element_name, nb::handle gradient, nb::handle indices,
                      nb::handle input_gradient, std::int64_t planes, std::int64_t outputs,
                      std::int64_t size, std::int64_t inner, std::int64_t threads) {
    const Element element = element_named(element_name);
    const std::int64_t bytes = size_of(element);
    const Memory from(gradient, bytes, false), places(indices, 4, false), to(input_gradient, bytes, true);
    require(from.data() != nullptr && places.data() != nullptr && to.data() != nullptr,
            "arrays must be contiguous");
    constexpr std::int64_t limit = std::int64_t{1} << 40;
    for (const std::int64_t count : {planes, outputs, size, inner})
        require(count > 0 && count < limit, "counts must be positive");
    const auto total = static_cast<long double>(planes) * static_cast<long double>(inner);
    require(total * static_cast<long double>(outputs) * bytes == static_cast<long double>(from.bytes()) &&
                total * static_cast<long double>(size) * bytes == static_cast<long double>(to.bytes()),
            "the arrays are of other sizes");
    const bool are_long = places.bytes() == planes * outputs * inner * 8;
    require(are_long || places.bytes() == planes * outputs * inner * 4, "one index per output is needed");
    require(reinterpret_cast<std::uintptr_t>(places.data()) % (are_long ? 8 : 4) == 0,
            "arrays must be aligned");
    const Scatter scatter = find_scatter(element, are_long);
    require(scatter != nullptr, "gradients are floats");
    const Planes work{from.data(), places.data(), to.data(), outputs, size, inner};
    const bool needs_sums = bytes == 2;
    std::atomic<bool> fits{true};
    const nb::gil_scoped_release released;
    share_out(planes, threads, [&]() -> Worker {
        std::shared_ptr<float[]> sums;
        if (needs_sums) sums.reset(new float[static_cast<std::size_t>(size * inner)]);
        return [&, sums](std::int64_t first, std::int64_t stop) {
            if (!scatter(work, first, stop, sums.get())) fits = false;
        };
    });
    return fits;
}

}  // namespace
}  // namespace poolkit

NB_MODULE(_kernels, module) {
    module.doc() = "The compiled kernels of poolkit.";
    module.def("instruction_sets", &poolkit::instruction_sets);
    module.def("instruction_set", &poolkit::instruction_set);
    module.def("set_instruction_set", &poolkit::set_instruction_set);
    nb::class_<poolkit::Recipe>(module, "Recipe")
        .def("__init__", &poolkit::make_recipe, nb::arg("operation"), nb::arg("element"),
             nb::arg("axes"), nb::arg("divisor"), nb::arg("freedom"),
             nb::arg("parameters") = std::vector<double>{})
        .def_prop_ro("scratch_bytes", &poolkit::Recipe::scratch_bytes)
        .def("run", &poolkit::run, nb::arg("input"), nb::arg("output"), nb::arg("indices").none(),
             nb::arg("threads"));
    module.def("scatter_gradient", &poolkit::scatter_gradient, nb::arg("element"),
               nb::arg("gradient"), nb::arg("indices"), nb::arg("input_gradient"),
               nb::arg("planes"), nb::arg("outputs"), nb::arg("size"), nb::arg("inner"),
               nb::arg("threads"));
    poolkit::bind_halving(module);
    poolkit::bind_ordered(module);
    poolkit::bind_placing(module);
    poolkit::add_regions(module);
    poolkit::bind_weighted(module);
}
