#define POOLKIT_INSTRUCTION_SET avx512
#include "halving.inc"
