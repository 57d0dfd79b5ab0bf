/*
 * One entry of a pack, as gitformat-pack(5) has it: an object deflated whole, or a delta
 * on another entry.  All of it may be hostile: nothing is believed that is not checked here.
 */
#ifndef CARREL_INDEXER_INTAKE_PACK_ENTRY_H
#define CARREL_INDEXER_INTAKE_PACK_ENTRY_H

#include "base/buf.h"
#include "indexer/intake/object.h"

#define PACK_HEAD 12
#define OFFSET_DELTA 6
#define ID_DELTA 7
#define DELTA_DEPTH 4095 /* as many deltas on one another as git makes when it is told to; 50 otherwise */
#define OBJECT_BYTES ((uint64_t)2 * 1024 * 1024 * 1024) /* of one that is made in memory, at most */

struct pack_entry {
	unsigned kind; /* of object_type, or one of the deltas */
	uint64_t size; /* of what the stream unpacks to */
	struct str stream;      /* behind the head, up to the pack's end: its length is known once it is inflated */
	uint64_t base_offset;   /* of OFFSET_DELTA */
	const uint8_t *base_id; /* of ID_DELTA */
};

/* `pack`: the whole file. */
int pack_entry_at(struct str pack, uint64_t offset, struct pack_entry *entry) MUST_USE;
/* What the stream unpacks to, entry->size bytes; *used: the stream's length. */
int pack_entry_inflate(const struct pack_entry *entry, uint8_t *out, size_t *used) MUST_USE;

#define ENTRY_HEAD_MAX 32

/* The head of an entry; of an OFFSET_DELTA with the distance back to its base.  Returns its length. */
size_t pack_entry_head(unsigned kind, uint64_t size, uint64_t distance, uint8_t out[static ENTRY_HEAD_MAX]);

/* The two sizes at a delta's front, which is taken off. */
int delta_sizes(struct str *delta, uint64_t *from, uint64_t *to) MUST_USE;
/* The rest of the delta, applied; exactly `len` bytes. */
int delta_apply(struct str base, struct str rest, uint8_t *out, size_t len) MUST_USE;

#endif
