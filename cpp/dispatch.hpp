// Which kernels this machine can run, and which are in use.
#pragma once

#include <string>
#include <vector>

#include "rows.hpp"
#include "smooth.hpp"

namespace poolkit {

// Names of the instruction sets this machine can run, best first.
std::vector<std::string> instruction_sets();

// The one in use: the best, unless POOLKIT_INSTRUCTION_SET or a call named another.
// Throws std::invalid_argument where the name is unknown or the machine cannot run it.
std::string instruction_set();
void set_instruction_set(const std::string& name);

Kernel find_kernel(Operation operation, Element element, bool long_indices);
Scatter find_scatter(Element element, bool long_indices);
SmoothKernel find_smooth(const Smooth& smooth, Element element);

}  // namespace poolkit
