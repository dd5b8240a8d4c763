// The threads that large work is spread over.
#pragma once

#include <cstdint>
#include <functional>

namespace poolkit {

// Does parts first to stop - 1 of the work.
using Worker = std::function<void(std::int64_t first, std::int64_t stop)>;

// Does `count` parts, on the calling thread and up to `threads` - 1 others; each thread hires a
// worker of its own. Whoever makes a part makes it by the same steps, so the result does not
// depend on the number of threads.
void share_out(std::int64_t count, std::int64_t threads, const std::function<Worker()>& hire);

}  // namespace poolkit
