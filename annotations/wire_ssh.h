/*
 * The encoding of SSH's wire (RFC 4251 section 5) as far as keys, signatures and the
 * agent need it: u32 big-endian, string = u32 length and bytes.
 */
#ifndef CARREL_ANNOTATIONS_WIRE_SSH_H
#define CARREL_ANNOTATIONS_WIRE_SSH_H

#include "base/buf.h"

int ssh_put_u32(struct buf *out, uint32_t value) MUST_USE;
int ssh_put_string(struct buf *out, struct str s) MUST_USE;

/* A reader; after a first failure everything is 0 or empty and `bad` stays set. */
struct ssh_reader {
	struct str rest;
	bool bad;
};

uint8_t ssh_byte(struct ssh_reader *in);
uint32_t ssh_u32(struct ssh_reader *in);
struct str ssh_string(struct ssh_reader *in); /* borrowed */
bool ssh_end(const struct ssh_reader *in);    /* nothing bad, nothing left */

#endif
