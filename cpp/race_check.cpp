// A program for the thread sanitizer: many callers share the threads at once, and every
// answer is compared. `make sanitize` builds and runs it.

#include <cstdio>
#include <thread>
#include <vector>

#include "dispatch.hpp"
#include "layout.hpp"
#include "threads.hpp"

int main() {
    using namespace poolkit;
    constexpr std::int64_t planes = 40, height = 30, width = 70;
    std::vector<float> input(planes * height * width);
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>((i * 7919) % 1009);
    const auto pool = [&](std::int64_t threads) {
        const Axis down{height, height, 9, 1, 1, 4, nullptr, nullptr};
        const Axis along{width, width / 2, 2, 2, 1, 0, nullptr, nullptr};
        const Loop loops[] = {{planes, height * width, false, {}, nullptr},
                              {height, width, true, down, nullptr}};
        std::vector<float> output(planes * height * (width / 2));
        Rows rows{};
        rows.input = input.data();
        rows.output = output.data();
        rows.loops = loops;
        rows.depth = 2;
        rows.row = along;
        rows.divisor = 1;
        rows.inner = 1;
        rows.count = planes * height;
        rows.most_folded = down.k;
        lay_out(rows);
        run(rows, find_kernel(Operation::sum, Element::f32), threads);
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
