// The part of the extension module that is about regions of interest.
#pragma once

#include <nanobind/nanobind.h>

namespace poolkit {

void add_regions(nanobind::module_& module);

}  // namespace poolkit
