// Values put to places in planes, and taken from them: what undoes a maximum.
#pragma once

#include <nanobind/nanobind.h>

namespace poolkit {

void bind_placing(nanobind::module_& module);

}  // namespace poolkit
