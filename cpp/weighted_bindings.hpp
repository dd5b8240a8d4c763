// The part of the extension module that weighs windows.
#pragma once

#include <nanobind/nanobind.h>

namespace poolkit {

void bind_weighted(nanobind::module_& module);

}  // namespace poolkit
