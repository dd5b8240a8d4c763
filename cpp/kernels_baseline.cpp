#define POOLKIT_INSTRUCTION_SET baseline
#include "kernels.inc"
