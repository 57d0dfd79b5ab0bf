/* A source.git/objects/pack in a scratch directory, into which targets import. */
#ifndef CARREL_TESTS_FUZZ_INTAKE_H
#define CARREL_TESTS_FUZZ_INTAKE_H

/* Imports what `fd` holds, by the name "fuzz"; nothing stays. */
void intake_run(int fd);
/* A scratch directory of the process's own, made at the first call. */
const char *intake_scratch(void);

#endif
