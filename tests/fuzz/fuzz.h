/*
 * Fuzz targets.  A target is one file with the entry point of libFuzzer.  The suite links
 * it with replay.c and gives it its corpus; `sh tests/fuzz/run` links it with libFuzzer.
 * What must hold is asserted: a crash of any kind is a finding.
 */
#ifndef CARREL_TESTS_FUZZ_H
#define CARREL_TESTS_FUZZ_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
