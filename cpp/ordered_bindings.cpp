// Elements in order, for Python. Whatever is asked, only memory of the arrays is touched.
#include "ordered_bindings.hpp"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "dispatch.hpp"
#include "memory.hpp"
#include "ordered.hpp"
#include "recipe.hpp"
#include "threads.hpp"

namespace nb = nanobind;

namespace poolkit {
namespace {

using Index = std::int64_t;
using Input = nb::ndarray<nb::ro, nb::device::cpu>;
using Output = nb::ndarray<nb::c_contig, nb::device::cpu>;

constexpr Index limit = Index{1} << 40;

// How far from the first element some lie, before it and behind.
struct Reach {
    Index before = 0, behind = 0;
    void extend(Index step, Index count) {
        Index distance = 0;
        require(step > -limit && step < limit && count > 0 && count < limit &&
                    !__builtin_mul_overflow(step, count - 1, &distance) && distance > -limit &&
                    distance < limit,
                "steps are too long");
        (distance < 0 ? before : behind) += distance;
    }
};

Ordered find_ordered(Element element) {
    const std::string set = instruction_set();
#ifdef POOLKIT_X86_64
    if (set == "avx512") return avx512::find_ordered(element);
    if (set == "avx2") return avx2::find_ordered(element);
#endif
    return baseline::find_ordered(element);
}

class Scratch64 {
public:
    explicit Scratch64(std::size_t bytes)
        : memory_(::operator new(bytes, std::align_val_t{64})) {
        std::memset(memory_, 0, bytes);
    }
    ~Scratch64() { ::operator delete(memory_, std::align_val_t{64}); }
    Scratch64(const Scratch64&) = delete;
    Scratch64& operator=(const Scratch64&) = delete;
    void* get() const { return memory_; }

private:
    void* memory_;
};

// Writes, one array after another, the elements of the ranks of all windows of a grid.
void pick_ordered(const std::string& element_name, Input input, Output output, Index start,
                  const std::vector<Index>& counts, const std::vector<Index>& steps,
                  const std::vector<Index>& distances, const std::vector<Index>& exchanges,
                  const std::vector<Index>& ranks, Index threads) {
    const Element element = element_named(element_name);
    const Index bytes = size_of(element);
    const Ordered order = find_ordered(element);
    require(order != nullptr, "there is no kernel for these elements");
    require(static_cast<Index>(input.itemsize()) == bytes && static_cast<Index>(output.itemsize()) == bytes,
            "the arrays are of other elements");
    require(reinterpret_cast<std::uintptr_t>(input.data()) % static_cast<std::uintptr_t>(bytes) == 0 &&
                reinterpret_cast<std::uintptr_t>(output.data()) % static_cast<std::uintptr_t>(bytes) == 0,
            "arrays must be aligned");
    Reach held, asked;
    for (std::size_t axis = 0; axis < input.ndim(); ++axis)
        held.extend(input.stride(axis), static_cast<Index>(input.shape(axis)));
    const auto k = static_cast<Index>(distances.size()), depth = static_cast<Index>(counts.size());
    require(depth > 0 && steps.size() == counts.size() && k > 0 && k <= 4096, "a grid has axes and elements");
    Index windows = 1;
    for (std::size_t axis = 0; axis < counts.size(); ++axis) {
        asked.extend(steps[axis], counts[axis]);
        require(!__builtin_mul_overflow(windows, counts[axis], &windows) && windows < limit,
                "there are too many windows");
    }
    require(start > -limit && start < limit, "steps are too long");
    for (const Index distance : distances) {
        require(distance > -limit && distance < limit, "steps are too long");
        const Index place = start + distance;
        require(place + asked.before >= held.before && place + asked.behind <= held.behind,
                "windows must lie inside the input");
    }
    require(exchanges.size() % 4 == 0, "an exchange is four numbers");
    std::vector<Exchange> network;
    for (std::size_t i = 0; i < exchanges.size(); i += 4) {
        const Index low = exchanges[i], high = exchanges[i + 1];
        require(low >= 0 && high >= 0 && low < k && high < k && low != high,
                "an exchange must be of two elements of a window");
        network.push_back({static_cast<std::int32_t>(low), static_cast<std::int32_t>(high),
                           static_cast<std::int32_t>(exchanges[i + 2] != 0),
                           static_cast<std::int32_t>(exchanges[i + 3] != 0)});
    }
    for (const Index rank : ranks) require(rank >= 0 && rank < k, "ranks must be of a window's elements");
    const auto written = static_cast<long double>(windows) * static_cast<long double>(ranks.size());
    require(written == static_cast<long double>(output.size()), "the output is of another size");
    const char* const first_element = static_cast<const char*>(input.data()) + start * bytes;
    const Grid grid{first_element, output.data(), depth, counts.data(), steps.data(), windows, k,
                    distances.data(), static_cast<Index>(network.size()), network.data(),
                    static_cast<Index>(ranks.size()), ranks.data()};
    constexpr Index part = 1 << 13;  // windows; the same blocks whatever the number of threads
    const nb::gil_scoped_release released;
    share_out((windows + part - 1) / part, threads, [&]() -> Worker {
        const auto scratch = std::make_shared<Scratch64>(static_cast<std::size_t>(k * ordered_block));
        return [&, scratch](Index first, Index stop) {
            order(grid, first * part, stop * part < windows ? stop * part : windows, scratch->get());
        };
    });
}

}  // namespace

void bind_ordered(nb::module_& module) {
    module.def("pick_ordered", &pick_ordered, nb::arg("element"), nb::arg("input").noconvert(),
               nb::arg("output").noconvert(), nb::arg("start"), nb::arg("counts"), nb::arg("steps"),
               nb::arg("distances"), nb::arg("exchanges"), nb::arg("ranks"), nb::arg("threads"));
}

}  // namespace poolkit
