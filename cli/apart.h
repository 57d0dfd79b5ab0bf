/*
 * Work in a process of its own.  A conversation closes the seal of the process that holds
 * it, for good; a command that has something to do afterwards holds it apart.
 */
#ifndef CARREL_CLI_APART_H
#define CARREL_CLI_APART_H

#include "base/err.h"

/* Runs work(ctx) in a child, which prints as this process would; returns what it returned, with its reason. */
int apart(int (*work)(void *ctx), void *ctx) MUST_USE;

#endif
