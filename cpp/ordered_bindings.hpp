#pragma once

#include <nanobind/nanobind.h>

namespace poolkit {

// Adds what orders the elements of windows to the module.
void bind_ordered(nanobind::module_& module);

}  // namespace poolkit
