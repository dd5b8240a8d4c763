#define POOLKIT_INSTRUCTION_SET baseline
#include "rows.inc"
