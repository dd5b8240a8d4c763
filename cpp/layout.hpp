// How the work is laid out: which path, and how much scratch.
#pragma once

#include "rows.hpp"

namespace poolkit {

// Fills in the path, the tiles and the sizes of scratch of rows that are otherwise complete.
void lay_out(Rows& rows, Operation operation, Element element);

}  // namespace poolkit
