// What Python calls of halving.hpp.
#pragma once

#include <nanobind/nanobind.h>

namespace poolkit {

void bind_halving(nanobind::module_& module);

}  // namespace poolkit
