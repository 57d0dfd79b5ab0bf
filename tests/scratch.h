/* Scratch directories and shell commands for tests that compare with git, tar and the like. */
#ifndef CARREL_TESTS_SCRATCH_H
#define CARREL_TESTS_SCRATCH_H

#include <stddef.h>

struct scratch {
	char path[64]; /* absolute */
	int dir;
};

/* A new empty directory under $TMPDIR or /tmp; aborts if that cannot be. */
void scratch_make(struct scratch *scratch);
void scratch_remove(struct scratch *scratch); /* with everything in it */
/*
 * Runs a shell command there, formatted as by printf, in an environment where git reads no
 * configuration of this machine and writes as "t <t@t>" at a fixed time.  Returns its exit status.
 */
int scratch_run(const struct scratch *scratch, const char *command, ...) __attribute__((format(printf, 2, 3)));
/* The same with what it wrote (standard error too), NUL-terminated, the caller's; aborts unless it ends 0. */
char *scratch_output(const struct scratch *scratch, size_t *len, const char *command, ...)
    __attribute__((format(printf, 3, 4)));

#endif
