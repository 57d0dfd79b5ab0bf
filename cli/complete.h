/* Completion files, made from the table of commands. */
#ifndef CARREL_CLI_COMPLETE_H
#define CARREL_CLI_COMPLETE_H

#include "base/err.h"

/* For "bash", "zsh" or "fish", to standard output. */
int complete_print(const char *shell) MUST_USE;

#endif
