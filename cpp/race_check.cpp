// A program for the thread sanitizer: many callers share the threads and one recipe at once,
// and every answer is compared. `make sanitize` builds and runs it.

#include <cstdio>
#include <thread>
#include <vector>

#include "recipe.hpp"

int main() {
    using namespace poolkit;
    constexpr std::int64_t planes = 40, height = 30, width = 70;
    std::vector<float> input(planes * height * width);
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>((i * 7919) % 1009);
    const auto sliding = [](std::int64_t k, std::int64_t stride, std::int64_t low) {
        return Axis{Axis::sliding, 0, 0, k, stride, 1, low, nullptr, nullptr};
    };
    const AxisRequest kept{planes, planes, false, {}, {}, {}, {}};
    const AxisRequest tall{height, height, true, sliding(9, 1, 4), {}, {}, {}};
    const AxisRequest wide{width, width / 2, true, sliding(2, 2, 0), {}, {}, {}};
    const Recipe recipe("sum", "float32", {kept, tall, wide}, 1, 0);
    const auto pool = [&](std::int64_t threads) {
        std::vector<float> output(planes * height * (width / 2));
        recipe.run(input.data(), output.data(), nullptr, false, threads);
        return output;
    };
    const std::vector<float> expected = pool(1);
    std::vector<int> wrong(8);
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 8; ++caller)
        callers.emplace_back([&, caller] {
            for (int time = 0; time < 30; ++time) wrong[caller] += pool(2 + caller % 4) != expected;
        });
    for (std::thread& caller : callers) caller.join();
    int total = 0;
    for (int each : wrong) total += each;
    std::printf("%d of 240 results differ\n", total);
    return total != 0;
}
