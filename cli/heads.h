/* Heads and proofs printed in a conversation that is open already. */
#ifndef CARREL_CLI_HEADS_H
#define CARREL_CLI_HEADS_H

#include "cli/ask.h"

/* The checkpoint over `size` records (0: all): its note, or as a slip, or as a slip with its QR code. */
int heads_show(struct ask *ask, uint64_t size, bool slip, bool qr) MUST_USE;
/* That the ledger goes on from a slip. */
int heads_prove(struct ask *ask, const char *from) MUST_USE;

/* cmd_verify.c */
/* --host-key as "key" of a question; and the values of `option`, slips or files with checkpoints, as the list `key`. */
int verify_set_host_key(const struct call *call, json_t *question) MUST_USE;
int verify_set_given(const struct call *call, json_t *question, const char *option, const char *key) MUST_USE;

#endif
