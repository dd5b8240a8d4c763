#define POOLKIT_INSTRUCTION_SET avx2
#include "weighted.inc"
