#include "annotations/verify_private.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- the log ---- */

static bool
same_row(struct query *row, const struct entry *entry, const char *why)
{
	return query_num(row, 0) == entry->index &&
	    str_is(query_bytes(row, 1), record_type_word(entry->record.type)) &&
	    str_is(query_bytes(row, 2), entry->record.actor) &&
	    str_is(query_bytes(row, 3), entry->record.session) && str_is(query_bytes(row, 4), why);
}

int
verify_log_row(struct run *run, const struct entry *entry, const char *why)
{
	int r = query_next(run->log);

	if (r < 0 || !entry)
		return r < 0 ? r : 0;
	if (r == 0 || !same_row(run->log, entry, why))
		verify_found(run, VERIFY_PROJECTIONS, entry->index, "the log has another row for it");
	return 0;
}

int
verify_log_end(struct run *run)
{
	int r = query_next(run->log);

	if (r > 0)
		verify_found_whole(run, VERIFY_PROJECTIONS, "table log: rows of records that are not there");
	return r < 0 ? r : 0;
}

/* ---- where the record of a hash stands ---- */

/* What is found of the records while the rows are gone over: a byte each, set where a row names it rightly. */
struct rows {
	struct run *run;
	uint8_t *found;
	const uint8_t **hashes; /* in order, once somebody asks */
};

static const uint8_t *
hash_of(const struct run *run, uint64_t index)
{
	return run->hashes.data + index * SHA256_LEN;
}

static int
go_over_rows(struct rows *rows)
{
	struct run *run = rows->run;
	struct query *row;
	uint64_t number = 1;

	int r = db_query(run->ledger->db, "SELECT hash, idx FROM position", &row, "");
	for (; r == 0 && (r = query_next(row)) > 0; r = 0, number++) {
		struct str hash = query_bytes(row, 0);
		uint64_t index = query_num(row, 1);
		char why[WHY];
		if (index < run->frontier.size && !rows->found[index] && hash.len == SHA256_LEN &&
		    memcmp(hash_of(run, index), hash.data, SHA256_LEN) == 0) {
			rows->found[index] = 1;
			continue;
		}
		snprintf(
		    why, sizeof why, "table position, row %" PRIu64 ": not what the records say", number);
		verify_found_whole(run, VERIFY_PROJECTIONS, why);
	}
	query_end(row);
	return r;
}

/* By hash, and those of one hash by their place in the ledger, which is that in memory. */
static int
by_hash(const void *a, const void *b)
{
	const uint8_t *x = *(const uint8_t *const *)a, *y = *(const uint8_t *const *)b;
	int order = memcmp(x, y, SHA256_LEN);

	return order != 0 ? order : (x > y) - (x < y);
}

/* Records whose bytes came before.  Where every record has a row of its own there is none. */
static int
find_twins(struct rows *rows)
{
	struct run *run = rows->run;
	uint64_t count = run->frontier.size;

	rows->hashes = mem_try_alloc(count, sizeof *rows->hashes);
	if (!rows->hashes)
		return err_set(ERR_MEMORY, "verify: no memory");
	for (uint64_t i = 0; i < count; i++)
		rows->hashes[i] = hash_of(run, i);
	qsort(rows->hashes, count, sizeof *rows->hashes, by_hash);
	for (uint64_t i = 1; i < count; i++) {
		const uint8_t *hash = rows->hashes[i];
		uint64_t index = (uint64_t)(hash - run->hashes.data) / SHA256_LEN;
		static const uint8_t unread[SHA256_LEN];
		if (memcmp(hash, rows->hashes[i - 1], SHA256_LEN) != 0 ||
		    memcmp(hash, unread, sizeof unread) == 0)
			continue;
		verify_found(run, VERIFY_ORDER, index, "this very record is in the ledger already");
		rows->found[index] = 1;
	}
	return 0;
}

int
verify_positions(struct run *run)
{
	uint64_t count = run->frontier.size;
	struct rows rows = { .run = run, .found = mem_try_alloc(count + 1, 1) };

	int r = rows.found ? go_over_rows(&rows) : err_set(ERR_MEMORY, "verify: no memory");
	if (r == 0 && memchr(rows.found, 0, count))
		r = find_twins(&rows);
	for (uint64_t i = 0; i < count && r == 0; i++)
		if (!rows.found[i])
			verify_found(run, VERIFY_PROJECTIONS, i, "the table position has no row for it");
	free(rows.found);
	free(rows.hashes);
	return r;
}
