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
enum Outcome : int { fine, repeating, differing, outside };

// Planes of (outputs, inner) values and places, and of (size, inner) elements. A place of plane p
// counts from p * step; -1 is none.
struct Planes {
    const void* from;
    const void* places;
    void* to;
    Index outputs, size, inner, step;
    bool is_zero;  // what is put to
};

using Work = Outcome (*)(const Planes&, Index first, Index stop, std::uint8_t* seen);

template <class Place>
bool lies_inside(Place place, Index base, Index size, Index& at) {
    const std::uint64_t along =
        static_cast<std::uint64_t>(static_cast<Index>(place)) - static_cast<std::uint64_t>(base);
    at = static_cast<Index>(along);
    return along < static_cast<std::uint64_t>(size);
}

// Puts values to their places, the last one stays. With `checks`, finds out whether two that are
// not the same bits went to one place: where places repeat, some value is not there any more.
template <class T, class Place, bool checks, bool alone>
Outcome put(const Planes& planes, Index first, Index stop, std::uint8_t* __restrict seen) {
    const Index inner = alone ? 1 : planes.inner, size = planes.size, count = planes.outputs * inner;
    Outcome outcome = fine;
    for (Index plane = first; plane < stop; ++plane) {
        const T* __restrict values = static_cast<const T*>(planes.from) + plane * count;
        const Place* __restrict places = static_cast<const Place*>(planes.places) + plane * count;
        T* __restrict target = static_cast<T*>(planes.to) + plane * size * inner;
        const Index base = plane * planes.step;
        if (!planes.is_zero) std::memset(target, 0, static_cast<std::size_t>(size * inner) * sizeof(T));
        if (checks) std::memset(seen, 0, static_cast<std::size_t>(size * inner));
        Index at;
        std::uint8_t repeated = 0;
        for (Index o = 0; o < planes.outputs; ++o)
            for (Index c = 0; c < inner; ++c) {
                const Place place = places[o * inner + c];
                if (lies_inside(place, base, size, at)) {
                    target[at * inner + c] = values[o * inner + c];
                    if constexpr (checks) {
                        repeated |= seen[at * inner + c];
                        seen[at * inner + c] = 1;
                    }
                } else if (place != -1) return outside;
            }
        if (!repeated) continue;
        if (outcome == fine) outcome = repeating;
        for (Index o = 0; o < planes.outputs; ++o)
            for (Index c = 0; c < inner; ++c)
                if (lies_inside(places[o * inner + c], base, size, at) &&
                    target[at * inner + c] != values[o * inner + c])
                    outcome = differing;
    }
    return outcome;
}

// Takes what lies at the places, 0 for none; with `last`, only for the last output of a place.
template <class T, class Place, bool last, bool alone>
Outcome take(const Planes& planes, Index first, Index stop, std::uint8_t* __restrict seen) {
    const Index inner = alone ? 1 : planes.inner, size = planes.size, count = planes.outputs * inner;
    for (Index plane = first; plane < stop; ++plane) {
        const T* __restrict source = static_cast<const T*>(planes.from) + plane * size * inner;
        const Place* __restrict places = static_cast<const Place*>(planes.places) + plane * count;
        T* __restrict values = static_cast<T*>(planes.to) + plane * count;
        const Index base = plane * planes.step;
        if (last) std::memset(seen, 0, static_cast<std::size_t>(size * inner));
        Index at;
        std::uint8_t repeated = 0;
        for (Index o = 0; o < planes.outputs; ++o)
            for (Index c = 0; c < inner; ++c) {
                const Place place = places[o * inner + c];
                if (lies_inside(place, base, size, at)) {
                    values[o * inner + c] = source[at * inner + c];
                    if constexpr (last) {
                        repeated |= seen[at * inner + c];
                        seen[at * inner + c] = 1;
                    }
                } else if (place == -1) values[o * inner + c] = 0;
                else return outside;
            }
        if (!repeated) continue;
        // Backwards, the last comes first.
        std::memset(seen, 0, static_cast<std::size_t>(size * inner));
        for (Index o = planes.outputs - 1; o >= 0; --o)
            for (Index c = 0; c < inner; ++c)
                if (lies_inside(places[o * inner + c], base, size, at)) {
                    if (seen[at * inner + c]) values[o * inner + c] = 0;
                    seen[at * inner + c] = 1;
                }
    }
    return fine;
}

template <class T, bool flag, bool alone>
Work of_places(bool puts, bool are_long) {
    if (puts) return are_long ? put<T, std::int64_t, flag, alone> : put<T, std::int32_t, flag, alone>;
    return are_long ? take<T, std::int64_t, flag, alone> : take<T, std::int32_t, flag, alone>;
}

// `alone`: nothing follows a position, inner is 1, which saves a third of the time.
template <bool flag, bool alone>
Work of_bytes(Index bytes, bool puts, bool are_long) {
    switch (bytes) {
        case 1: return of_places<std::uint8_t, flag, alone>(puts, are_long);
        case 2: return of_places<std::uint16_t, flag, alone>(puts, are_long);
        case 4: return of_places<std::uint32_t, flag, alone>(puts, are_long);
        default: return of_places<std::uint64_t, flag, alone>(puts, are_long);
    }
}

template <bool flag>
Work find_work(Index bytes, Index inner, bool puts, bool are_long) {
    return inner == 1 ? of_bytes<flag, true>(bytes, puts, are_long)
                      : of_bytes<flag, false>(bytes, puts, are_long);
}

int run(bool puts, nb::handle from, nb::handle places, nb::handle to, Index bytes, Index planes,
        Index outputs, Index size, Index inner, Index step, bool is_zero, bool flag, Index threads) {
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
    const Work work = flag ? find_work<true>(bytes, inner, puts, are_long)
                           : find_work<false>(bytes, inner, puts, are_long);
    const Planes all{source.data(), indices.data(), target.data(), outputs, size, inner, step, is_zero};
    std::atomic<int> worst{fine};
    const nb::gil_scoped_release released;
    share_out(planes, threads, [&]() -> Worker {
        std::shared_ptr<std::uint8_t[]> seen;
        if (flag) seen.reset(new std::uint8_t[static_cast<std::size_t>(size * inner)]);
        return [&, seen](Index first, Index stop) {
            const int outcome = work(all, first, stop, seen.get());
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
                           bool is_zero, bool checks, Index threads) {
        return run(true, values, places, output, bytes, planes, outputs, size, inner, step, is_zero,
                   checks, threads);
    }, nb::arg("values"), nb::arg("places"), nb::arg("output"), nb::arg("bytes"), nb::arg("planes"),
       nb::arg("outputs"), nb::arg("size"), nb::arg("inner"), nb::arg("step"),
       nb::arg("is_zero"), nb::arg("checks"), nb::arg("threads"));
    module.def("take", [](nb::handle source, nb::handle places, nb::handle values, Index bytes,
                          Index planes, Index outputs, Index size, Index inner, bool last,
                          Index threads) {
        return run(false, source, places, values, bytes, planes, outputs, size, inner, 0, false, last,
                   threads);
    }, nb::arg("source"), nb::arg("places"), nb::arg("values"), nb::arg("bytes"), nb::arg("planes"),
       nb::arg("outputs"), nb::arg("size"), nb::arg("inner"), nb::arg("last"), nb::arg("threads"));
}

}  // namespace poolkit
