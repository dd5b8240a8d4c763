#define POOLKIT_INSTRUCTION_SET avx512
#include "weighted.inc"
