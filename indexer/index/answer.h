/*
 * What goes back for an order: rows, packed into PARTs, gathered into units, each closed
 * by the FACTS that the keeper writes down of it before it lets it through.
 */
#ifndef CARREL_INDEXER_INDEX_ANSWER_H
#define CARREL_INDEXER_INDEX_ANSWER_H

#include "base/merkle.h"
#include "base/message.h"

#define TEXT_ROW_MAX ((size_t)2048) /* bytes of a line in a row that is not a page */

/* The source that a row hands over. */
struct handed {
	const char *blob;     /* hex; NULL: none */
	uint64_t first, last; /* lines */
	uint64_t bytes;
};

struct answer {
	/* Sends or queues a packet; what waits too long may make it wait, hearing a cancel meanwhile. */
	int (*send)(void *ctx, const struct buf *packet);
	void *ctx;
	uint64_t order;
	size_t unit_rows;  /* a unit is full with so many rows; 0: by its bytes alone */
	size_t unit_bytes;
	struct str releases, path, blob; /* of all units; borrowed.  Page: blob in hex */
	uint64_t first, last;            /* page: lines of the unit to come */
	/* inside */
	struct buf part, packet;
	size_t bytes;  /* of PARTs sent in this unit */
	struct facts facts;
	struct frontier leaves;
	uint64_t file; /* a number for the file of the row before, so that distinct ones are counted */
	bool any;      /* a row came since the unit began */
	bool closed;   /* the last unit has been */
};

/* send, ctx and order set by the caller, all else as here: units by bytes. */
void answer_begin(struct answer *answer, uint64_t order);
void answer_release(struct answer *answer);
/* `file`: any number that differs between files that follow one another; 0: no file. */
int answer_row(struct answer *answer, const struct row *row, const struct handed *handed, uint64_t file) MUST_USE;
/* Closes the unit so that the next row begins another. */
int answer_close(struct answer *answer) MUST_USE;
/* Closes the last unit: what comes behind may still fail. */
int answer_last(struct answer *answer) MUST_USE;
/* The last unit, whatever is in it, unless it has been closed, and DONE. */
int answer_end(struct answer *answer) MUST_USE;

#endif
