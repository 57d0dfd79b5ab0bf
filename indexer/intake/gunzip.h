/* gzip (RFC 1952), streamed by zlib: every member's CRC-32 and length are checked, which libarchive leaves out. */
#ifndef CARREL_INDEXER_INTAKE_GUNZIP_H
#define CARREL_INDEXER_INTAKE_GUNZIP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gunzip;

bool gunzip_is(const uint8_t *start, size_t len); /* begins like gzip */
int gunzip_new(int fd, struct gunzip **out) MUST_USE; /* reads from where fd stands; fd stays the caller's */
/* Up to `room` bytes; *len 0 at the end of the last member.  Zeros behind it are let be, all else is damage. */
int gunzip_read(struct gunzip *gunzip, uint8_t *out, size_t room, size_t *len) MUST_USE;
void gunzip_free(struct gunzip *gunzip);

#endif
