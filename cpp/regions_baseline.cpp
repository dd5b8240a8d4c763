#define POOLKIT_INSTRUCTION_SET baseline
#include "regions.inc"
