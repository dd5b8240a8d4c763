// A request made ready: which rows, which kernel, how much scratch. It is made once for a
// shape and run as often as arrays of that shape come.
#pragma once

#include <string>
#include <vector>

#include "rows.hpp"
#include "smooth.hpp"

namespace poolkit {

// One axis of the input and of the output: kept as it is, or pooled.
struct AxisRequest {
    std::int64_t n, m;
    bool pooled;
    Axis windows;
    std::vector<std::int64_t> begins, sizes;  // what listed windows point to
    std::vector<double> counts;               // divisors of the windows, or none
};

class Recipe {
public:
    // Throws std::invalid_argument for what kernels could not do without leaving the arrays.
    Recipe(const std::string& operation, const std::string& element, std::vector<AxisRequest> axes,
           double divisor, double freedom, const std::vector<double>& parameters = {});
    Recipe(const Recipe&) = delete;

    std::int64_t input_bytes() const { return input_bytes_; }
    std::int64_t output_bytes() const { return output_bytes_; }
    std::int64_t outputs() const { return outputs_; }
    std::int64_t scratch_bytes() const;  // of one thread
    std::int64_t input_alignment() const { return input_size_; }
    std::int64_t output_alignment() const { return output_size_; }

    // Pools arrays of as many bytes as the recipe is for. Indices are null or `outputs()` of
    // 4 bytes, or of 8 if they are long. May be called by many threads at once.
    void run(const void* input, void* output, void* indices, bool long_indices,
             std::int64_t threads) const;

private:
    void check(const AxisRequest& axis) const;

    const std::vector<AxisRequest> axes_;
    std::vector<Loop> loops_;
    std::vector<double> row_counts_, reciprocals_;
    Rows rows_{};
    Smooth smooth_;  // of kind none where the operation is another
    Operation operation_;
    Element element_;
    std::int64_t input_bytes_, output_bytes_, outputs_, input_size_, output_size_;
};

Element element_named(const std::string& name);
std::int64_t size_of(Element element);

}  // namespace poolkit
