// The threads that large work is spread over.
#pragma once

#include <cstdint>

#include "rows.hpp"

namespace poolkit {

// Makes all rows, on the calling thread and up to `threads` - 1 others. A row is made by the
// same steps whichever thread makes it, so the result does not depend on their number.
void run(const Rows& rows, Kernel kernel, std::int64_t threads);

}  // namespace poolkit
