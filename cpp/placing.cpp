// Values put to places in planes, and taken from them: what undoes a maximum.
//
// Nothing here is computed with, so that one kernel serves all elements of a size, and all
// instruction sets: a plane lies in the cache, and the time goes into reading and writing it.

#include "placing.hpp"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>

#include "memory.hpp"
#include "threads.hpp"

namespace nb = nanobind;

namespace poolkit {
namespace {

using Index = std::int64_t;

// What came of it. Python says what of several it was, so the worst is kept.
enum Outcome : int { fine, differing, outside };

// Planes of (outputs, inner) values and places, and of (size, inner) elements. A place of plane p
// counts from p * step; -1 is none.
struct Planes {
    const void* from;
    const void* places;
    void* to;
    Index outputs, size, inner, step;
};

using Work = Outcome (*)(const Planes&, Index first, Index stop, bool flag, std::uint32_t* owners);

template <class Place>
bool lies_inside(Place place, Index base, Index size, Index& at) {
    const std::uint64_t along =
        static_cast<std::uint64_t>(static_cast<Index>(place)) - static_cast<std::uint64_t>(base);
    at = static_cast<Index>(along);
    return along < static_cast<std::uint64_t>(size);
}

// Puts values to their places, the last one stays. With `checks`, says where two that are not
// the same bits went to one place: what lies there is then not what one of them put.
template <class T, class Place>
Outcome put(const Planes& planes, Index first, Index stop, bool checks, std::uint32_t*) {
    const Index inner = planes.inner, size = planes.size, count = planes.outputs * inner;
    Outcome outcome = fine;
    for (Index plane = first; plane < stop; ++plane) {
        const T* __restrict values = static_cast<const T*>(planes.from) + plane * count;
        const Place* __restrict places = static_cast<const Place*>(planes.places) + plane * count;
        T* __restrict target = static_cast<T*>(planes.to) + plane * size * inner;
        const Index base = plane * planes.step;
        std::memset(target, 0, static_cast<std::size_t>(size * inner) * sizeof(T));
        Index at;
        for (Index o = 0; o < planes.outputs; ++o)
            for (Index c = 0; c < inner; ++c) {
                const Place place = places[o * inner + c];
                if (lies_inside(place, base, size, at)) target[at * inner + c] = values[o * inner + c];
                else if (place != -1) return outside;
            }
        if (!checks) continue;
        T difference = 0;
        for (Index o = 0; o < planes.outputs; ++o)
            for (Index c = 0; c < inner; ++c)
                if (lies_inside(places[o * inner + c], base, size, at))
                    difference |= target[at * inner + c] ^ values[o * inner + c];
        if (difference != 0) outcome = differing;
    }
    return outcome;
}

// Takes what lies at the places, 0 for none; with `last`, only for the last output of a place.
template <class T, class Place>
Outcome take(const Planes& planes, Index first, Index stop, bool last, std::uint32_t* owners) {
    const Index inner = planes.inner, size = planes.size, count = planes.outputs * inner;
    for (Index plane = first; plane < stop; ++plane) {
        const T* __restrict source = static_cast<const T*>(planes.from) + plane * size * inner;
        const Place* __restrict places = static_cast<const Place*>(planes.places) + plane * count;
        T* __restrict values = static_cast<T*>(planes.to) + plane * count;
        const Index base = plane * planes.step;
        Index at;
        for (Index o = 0; o < planes.outputs; ++o)
            for (Index c = 0; c < inner; ++c) {
                const Place place = places[o * inner + c];
                const bool is_inside = lies_inside(place, base, size, at);
                if (!is_inside && place != -1) return outside;
                values[o * inner + c] = is_inside ? source[at * inner + c] : T{0};
                if (last && is_inside) owners[at * inner + c] = static_cast<std::uint32_t>(o);
            }
        if (!last) continue;
        for (Index o = 0; o < planes.outputs; ++o)
            for (Index c = 0; c < inner; ++c)
                if (lies_inside(places[o * inner + c], base, size, at) &&
                    owners[at * inner + c] != static_cast<std::uint32_t>(o))
                    values[o * inner + c] = 0;
    }
    return fine;
}

template <class T>
Work of_places(bool puts, bool are_long) {
    if (puts) return are_long ? put<T, std::int64_t> : put<T, std::int32_t>;
    return are_long ? take<T, std::int64_t> : take<T, std::int32_t>;
}

Work of_bytes(Index bytes, bool puts, bool are_long) {
    switch (bytes) {
        case 1: return of_places<std::uint8_t>(puts, are_long);
        case 2: return of_places<std::uint16_t>(puts, are_long);
        case 4: return of_places<std::uint32_t>(puts, are_long);
        case 8: return of_places<std::uint64_t>(puts, are_long);
        default: return nullptr;
    }
}

int run(bool puts, nb::handle from, nb::handle places, nb::handle to, Index bytes, Index planes,
        Index outputs, Index size, Index inner, Index step, bool flag, Index threads) {
    require(bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8, "elements have 1, 2, 4 or 8 bytes");
    const Memory source(from, bytes, false), indices(places, 4, false), target(to, bytes, true);
    require(source.data() != nullptr && indices.data() != nullptr && target.data() != nullptr,
            "arrays must be contiguous");
    constexpr Index limit = Index{1} << 40;
    for (const Index count : {planes, outputs, size, inner})
        require(count > 0 && count < limit, "counts must be positive");
    require(step == 0 || step == size, "places count from the plane's start, or from the first one's");
    const long double rows = static_cast<long double>(planes) * static_cast<long double>(inner);
    const long double values = rows * static_cast<long double>(outputs);
    const long double elements = rows * static_cast<long double>(size);
    const auto held = [bytes](const Memory& memory) {
        return static_cast<long double>(memory.bytes()) / static_cast<long double>(bytes);
    };
    require(held(puts ? source : target) == values && held(puts ? target : source) == elements,
            "the arrays are of other sizes");
    const bool are_long = static_cast<long double>(indices.bytes()) == values * 8;
    require(are_long || static_cast<long double>(indices.bytes()) == values * 4,
            "one index per output is needed");
    require(reinterpret_cast<std::uintptr_t>(indices.data()) % (are_long ? 8 : 4) == 0,
            "arrays must be aligned");
    const bool needs_owners = !puts && flag;
    require(!needs_owners || outputs < (Index{1} << 32), "a plane has too many outputs");
    const Work work = of_bytes(bytes, puts, are_long);
    const Planes all{source.data(), indices.data(), target.data(), outputs, size, inner, step};
    std::atomic<int> worst{fine};
    const nb::gil_scoped_release released;
    share_out(planes, threads, [&]() -> Worker {
        std::shared_ptr<std::uint32_t[]> owners;
        if (needs_owners) owners.reset(new std::uint32_t[static_cast<std::size_t>(size * inner)]);
        return [&, owners](Index first, Index stop) {
            const int outcome = work(all, first, stop, flag, owners.get());
            int before = worst.load();
            while (before < outcome && !worst.compare_exchange_weak(before, outcome)) {}
        };
    });
    return worst;
}

}  // namespace

void bind_placing(nb::module_& module) {
    module.def("place", [](nb::handle values, nb::handle places, nb::handle output, Index bytes,
                           Index planes, Index outputs, Index size, Index inner, Index step,
                           bool checks, Index threads) {
        return run(true, values, places, output, bytes, planes, outputs, size, inner, step, checks, threads);
    }, nb::arg("values"), nb::arg("places"), nb::arg("output"), nb::arg("bytes"), nb::arg("planes"),
       nb::arg("outputs"), nb::arg("size"), nb::arg("inner"), nb::arg("step"), nb::arg("checks"),
       nb::arg("threads"));
    module.def("take", [](nb::handle source, nb::handle places, nb::handle values, Index bytes,
                          Index planes, Index outputs, Index size, Index inner, bool last,
                          Index threads) {
        return run(false, source, places, values, bytes, planes, outputs, size, inner, 0, last, threads);
    }, nb::arg("source"), nb::arg("places"), nb::arg("values"), nb::arg("bytes"), nb::arg("planes"),
       nb::arg("outputs"), nb::arg("size"), nb::arg("inner"), nb::arg("last"), nb::arg("threads"));
}

}  // namespace poolkit
