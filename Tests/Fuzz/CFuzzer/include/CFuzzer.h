#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's own, of libclang_rt.fuzzer_no_main: reads the arguments, then calls back with one input after the other.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
