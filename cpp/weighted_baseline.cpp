#define POOLKIT_INSTRUCTION_SET baseline
#include "weighted.inc"
