/* The list of objects that revisions reach, each once, and where each lies; for reach.c. */
#ifndef CARREL_INDEXER_INTAKE_REACHED_H
#define CARREL_INDEXER_INTAKE_REACHED_H

#include "indexer/intake/store.h"

struct found {
	uint8_t id[OID_LEN];
	uint8_t type; /* enum object_type, as what named it says */
	bool loose;   /* in no pack, or not there */
	bool moved;
	struct store_place place;
	uint64_t packed; /* bytes of its stream in the pack, once it was read; so too: */
	uint8_t sha256[SHA256_LEN];
};

/* Zero-initialise. */
struct reached {
	struct found *list; /* in the order found */
	size_t count, cap;
	struct oid_map seen;
};

void reached_release(struct reached *reached);
/* One more, unless it is in the list already.  `packs` may be NULL. */
int reached_add(struct reached *reached, const struct store *packs, const uint8_t id[static OID_LEN],
    enum object_type type) MUST_USE;
/* Numbers of the list by where they lie: packed ones in the order of the packs, then loose ones. */
void reached_sort(const struct reached *reached, size_t *numbers, size_t count);
/* All of them, sorted so; *out is the caller's. */
int reached_order(const struct reached *reached, size_t **out) MUST_USE;
/* The one that lies there, or NULL. */
struct found *reached_at(const struct reached *reached, const size_t *order, const struct store_place *place);

#endif
