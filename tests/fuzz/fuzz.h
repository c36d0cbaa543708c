/* SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later */
/* The entry point libFuzzer calls (llvm.org/docs/LibFuzzer.html), and replay.c in its place. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
