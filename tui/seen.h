/*
 * Which files of which releases the person has had on the screen: in this session, and in
 * those before as the ledger's access records have it.  Having been shown is all that is
 * said; whether a file was understood is for the person to say.
 */
#ifndef CARREL_TUI_SEEN_H
#define CARREL_TUI_SEEN_H

#include "tui/model.h"
#include "tui/orders.h"

struct seen {
	uint64_t *slots; /* hashes of release and path, open addressing; 0: free */
	size_t count, capacity;
	uint64_t order; /* asks the ledger; 0: not yet */
	bool *dirty;
};

/* Asks the ledger, once a session; *dirty is set when it has answered. */
void seen_ask(struct seen *seen, struct orders *orders, bool *dirty);
void seen_add(struct seen *seen, struct str release, struct str path);
bool seen_has(const struct seen *seen, struct str release, struct str path);
/* The file as the release that is read has it, or as the one before had it where it is gone. */
bool seen_change(const struct seen *seen, const struct model *model, size_t change);
size_t seen_missing(const struct seen *seen, const struct model *model); /* changes that were not seen */
void seen_release(struct seen *seen);

#endif
