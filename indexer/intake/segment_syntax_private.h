/* What segment_syntax.c and segment_syntax_take.c share: a syntax segment while it is written. */
#ifndef CARREL_INDEXER_INTAKE_SEGMENT_SYNTAX_PRIVATE_H
#define CARREL_INDEXER_INTAKE_SEGMENT_SYNTAX_PRIVATE_H

#include "indexer/intake/segment_list.h"
#include "indexer/intake/segment_syntax.h"

/* A symbol waiting for the order of names. */
struct outline_entry {
	uint32_t line_gap, column, more, kind, name, parent, qualifier;
};

/* A symbol of the blob at hand: which name stands at which place. */
struct named_place {
	uint32_t name, place;
};

struct syntax_writer {
	struct seg_file *file;
	uint8_t text[SHA256_LEN];
	struct ZSTD_CCtx_s *zstd;
	struct buf spans; /* not compressed yet, less than a block */
	uint64_t spans_len, blocks_len;
	struct buf block_ends, span_ends; /* u64 */
	struct buf states;                /* struct seg_state */
	struct buf outline; /* of all blobs, as it is written, but with names by their number here */
	size_t outline_count;
	struct buf outline_counts; /* u32: entries of each blob */
	struct dictionary names;
	struct lists symbols, uses; /* by number of the name */
	struct named_place *places;
	size_t place_room;
	uint32_t blobs;
	uint64_t use_total;
};

/* Adds to the span stream. */
int syntax_spans(struct syntax_writer *writer, struct str spans) MUST_USE;
/* The number of a name of 1 to SEG_NAME_MAX bytes. */
uint32_t syntax_name(struct syntax_writer *writer, struct str name);
/* rank: what is written for a name; NULL: its number. */
int syntax_encode_entry(struct buf *out, const struct outline_entry *entry, const uint32_t *rank) MUST_USE;
struct outline_entry syntax_decode_entry(struct dec *dec);

#endif
