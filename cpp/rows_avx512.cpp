#define POOLKIT_INSTRUCTION_SET avx512
#include "rows.inc"
