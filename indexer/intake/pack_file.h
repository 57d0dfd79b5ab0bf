/*
 * The file of a pack that is being written: entries one behind the other, where each
 * lies, and at the end the index and the sums beside it.  For pack.c; see pack.h.
 */
#ifndef CARREL_INDEXER_INTAKE_PACK_FILE_H
#define CARREL_INDEXER_INTAKE_PACK_FILE_H

#include "indexer/intake/pack_index.h"
#include "indexer/intake/store.h"

#define PACK_FILE_NAME 64

struct pack_file {
	int dir, fd;     /* dir borrowed */
	struct buf out;  /* not yet written */
	uint64_t offset; /* of the next entry, with what is in `out` */
	uint64_t begun;  /* up to here the disk has begun */
	struct oid_map ids;
	struct pack_place *places; /* in the order of their offsets; gone after pack_file_finish */
	size_t count, cap;
	char temporary_pack[PACK_FILE_NAME], temporary_index[PACK_FILE_NAME], temporary_sums[PACK_FILE_NAME];
	char name[PACK_FILE_NAME];
	bool finished, published;
};

/* Release it in any case; what was not published is removed then. */
int pack_file_init(struct pack_file *file, int dir) MUST_USE;
void pack_file_release(struct pack_file *file);
int pack_file_append(struct pack_file *file, const void *data, size_t len) MUST_USE;
/* The entry that began at place->offset and ends here is this object. */
int pack_file_note(struct pack_file *file, const struct pack_place *place) MUST_USE;
int pack_file_cut(struct pack_file *file, uint64_t offset) MUST_USE; /* what is behind goes */
int pack_file_keep(struct pack_file *file, const struct oid_map *keep) MUST_USE; /* as pack_keep */
int pack_file_finish(struct pack_file *file, struct store *store) MUST_USE;      /* as pack_finish */
int pack_file_publish(struct pack_file *file) MUST_USE;                          /* as pack_publish */

#endif
