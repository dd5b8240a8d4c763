#define POOLKIT_INSTRUCTION_SET baseline
#include "ordered.inc"
