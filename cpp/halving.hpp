// Pictures halved: means of bytes, two by two, rounded, halves up.
#pragma once

#include <cstdint>

namespace poolkit {

// Planes of (height, width, inner) bytes, and what becomes of them, of (⌊height / 2⌋,
// ⌊width / 2⌋, inner).
struct Halves {
    const std::uint8_t* input;
    std::uint8_t* output;
    std::int64_t height, width, inner;
};

// Makes the output rows first to stop - 1 of all planes.
using Halve = void (*)(const Halves&, std::int64_t first, std::int64_t stop);

#define POOLKIT_HALVE(set)                                                  \
    namespace set {                                                         \
    void halve(const Halves&, std::int64_t first, std::int64_t stop);       \
    }
POOLKIT_HALVE(baseline)
POOLKIT_HALVE(avx2)
POOLKIT_HALVE(avx512)
#undef POOLKIT_HALVE

}  // namespace poolkit
