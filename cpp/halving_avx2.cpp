#define POOLKIT_INSTRUCTION_SET avx2
#include "halving.inc"
