#define POOLKIT_INSTRUCTION_SET baseline
#include "halving.inc"
