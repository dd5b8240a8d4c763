#define POOLKIT_INSTRUCTION_SET baseline
#include "smooth.inc"
