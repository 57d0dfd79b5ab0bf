/*
 * Records are read in batches.  While the pool's threads parse one batch and check its
 * signatures, one of them walks over the batch before it, in order (sessions, tree,
 * heads, attachments, roles, projections), and reads the next in its place.  That walk
 * brings a scratch database up to what the records say, and in the end that is
 * compared with the room's.  Pages turned, which are most of a ledger, change nothing
 * but the log and the table of positions: these are compared row by row instead, and
 * no tree is made of their payloads.
 */
#include "annotations/verify.h"

#include "annotations/verify_private.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char *
verify_check_name(enum verify_check check)
{
	static const char *const names[] = {
#define X(id, name) [VERIFY_##id] = name,
		VERIFY_CHECKS(X)
#undef X
	};

	return names[check];
}

/* ---- in any order, on all threads ---- */

/* Nothing asks for more of it than its header. */
static bool
has_use_for_tree(const struct record *record)
{
	return !record_type_access(record->type) || record->attaches;
}

static int
check_item(struct batch *batch, size_t i, struct known_key *known)
{
	struct item *item = &batch->items[i];
	size_t start = i ? batch->ends[i - 1] : 0;

	item->leaf = (struct str){ (const char *)batch->leaves.data + start, batch->ends[i] - start };
	merkle_leaf(item->leaf.data, item->leaf.len, item->leaf_hash);
	item->signature = 0;
	item->parsed = ledger_scan_leaf(item->leaf, batch->first + i, &item->entry);
	if (item->parsed == 0 && has_use_for_tree(&item->entry.record))
		item->parsed = record_load(&item->entry.record);
	if (item->parsed == 0)
		item->signature = entry_check_next(&item->entry, known);
	int r = item->parsed < 0 ? item->parsed : item->signature;
	if (r < 0)
		snprintf(item->why, sizeof item->why, "%s", err_text());
	return r == 0 || verify_is_verdict(r) ? 0 : r;
}

static int
walk_batch(struct run *run)
{
	struct batch *batch = run->before;
	int r = 0;

	if (batch->count) {
		r = db_query(run->ledger->db, "SELECT hash FROM node WHERE id >= ?1 ORDER BY id", &run->nodes,
		    "n", ledger_node_id(0, batch->first));
		if (r == 0)
			r = db_query(run->ledger->db,
			    "SELECT idx, type, actor, session, void FROM log WHERE idx >= ?1 ORDER BY idx",
			    &run->log, "n", batch->first);
	}
	for (size_t i = 0; i < batch->count && r == 0; i++)
		r = verify_walk(run, &batch->items[i]);
	if (r == 0 && batch->count && run->frontier.size == run->size)
		r = verify_log_end(run);
	query_end(run->nodes);
	query_end(run->log);
	run->nodes = run->log = NULL;
	return r;
}

/* ---- batches ---- */

static int
check_pages(struct run *run)
{
	int r = db_check(run->ledger->db);

	if (r == ERR_FORMAT) {
		verify_found_whole(run, VERIFY_PAGES, err_text());
		r = 0;
	}
	return r;
}

static int
read_batch(struct run *run, struct batch *batch)
{
	uint64_t first = run->next;
	struct query *query;

	batch->first = first;
	batch->count = 0;
	buf_clear(&batch->leaves);
	int r = db_query(
	    run->ledger->db, "SELECT idx, leaf FROM record WHERE idx >= ?1 ORDER BY idx", &query, "n", first);
	while (r == 0 && batch->count < BATCH && batch->leaves.len < BATCH_BYTES &&
	    (r = query_next(query)) > 0) {
		struct str leaf = query_bytes(query, 1);
		r = query_num(query, 0) == first + batch->count && leaf.len <= LEAF_MAX
		    ? buf_str(&batch->leaves, leaf)
		    : err_set(ERR_FORMAT, "ledger: there is no record %" PRIu64, first + batch->count);
		batch->ends[batch->count++] = batch->leaves.len;
	}
	query_end(query);
	run->next += batch->count;
	return r < 0 ? r : 0;
}

/* All that asks the database: of one thread at a time. */
static int
walk_and_read(struct run *run)
{
	int r = run->current->first == 0 ? check_pages(run) : 0;

	if (r == 0)
		r = walk_batch(run);
	return r == 0 ? read_batch(run, run->before) : r;
}

/* Piece 0 goes over the batch before; the others check groups of the current one. */
static int
work(void *ctx, size_t piece, unsigned thread)
{
	struct run *run = ctx;
	struct batch *batch = run->current;
	struct known_key known = { .print = "" };
	int r = 0;

	(void)thread;
	if (piece == 0)
		return walk_and_read(run);
	for (size_t i = (piece - 1) * GROUP; i < piece * GROUP && i < batch->count && r == 0; i++)
		r = check_item(batch, i, &known);
	return r;
}

static int
run_pieces(struct run *run)
{
	size_t pieces = 1 + (run->current->count + GROUP - 1) / GROUP;
	int r = 0;

	if (run->options->pool)
		return pool_run(run->options->pool, pieces, work, run);
	for (size_t piece = 0; piece < pieces && r == 0; piece++)
		r = work(run, piece, 0);
	return r;
}

static int
run_batches(struct run *run)
{
	int r = read_batch(run, run->current);

	while (r == 0 && run->current->count + run->before->count > 0) {
		r = run_pieces(run);
		struct batch *swap = run->before;
		run->before = run->current;
		run->current = swap;
		if (r == 0 && run->options->progress)
			r = run->options->progress(run->options->ctx, run->frontier.size, run->size);
	}
	return r;
}

/* ---- what is asked of the whole ---- */

static int
check_rest(struct run *run)
{
	uint64_t rows, named, stored;
	struct db *db = run->ledger->db;

	int r = db_number(db, "SELECT count(*) FROM node", &rows, "");
	uint64_t due = run->size ? ledger_node_id(0, run->size - 1) + 1 : 0;
	for (uint64_t n = run->size; n > 0 && (n & 1) == 0; n >>= 1)
		due++; /* parents that the last leaf completed */
	if (r == 0 && rows != due)
		verify_found_whole(run, VERIFY_TREE, "more or fewer nodes than a tree of this size has");
	if (r == 0)
		r = db_number(
		    db, "SELECT count(*) FROM (SELECT DISTINCT sha256 FROM attachment)", &stored, "");
	if (r == 0)
		r = db_number(run->scratch, "SELECT count(*) FROM attachment", &named, "");
	if (r == 0 && stored > named)
		verify_found_whole(run, VERIFY_ATTACHMENTS, "there are attachments that no record names");
	if (r == 0)
		r = verify_positions(run);
	if (r == 0)
		r = db_compare(db, run->scratch);
	if (verify_is_verdict(r)) {
		verify_found_whole(run, VERIFY_PROJECTIONS, err_text());
		r = 0;
	}
	return r;
}

/* Of a file that nobody has open: what an SQLite file may hold besides what counts, its digest covers. */
static int
check_file(struct run *run)
{
	const uint8_t *due = run->options->file;
	uint8_t hash[SHA256_LEN];

	int r = db_digest(run->ledger->db, hash);
	run->is_hashed = r == 0;
	if (r == 0)
		hex_from(hash, sizeof hash, run->file);
	if (r == ERR_ABSENT && due)
		verify_found_whole(run, VERIFY_FILE, "the room is open: only a closed file can be compared");
	else if (r == 0 && due && memcmp(due, hash, sizeof hash) != 0)
		verify_found_whole(run, VERIFY_FILE, "room.db has another SHA-256 than the one given");
	return r == ERR_ABSENT ? 0 : r;
}

static int
check_all(struct run *run)
{
	uint64_t astray;

	int r = ledger_size(run->ledger->db, &run->size);
	if (r == 0)
		r = db_begin(run->scratch);
	if (r == 0)
		r = run_batches(run);
	if (r == 0)
		r = db_number(run->ledger->db, "SELECT count(*) FROM record WHERE idx < 0", &astray, "");
	if (r == 0 && (astray > 0 || run->frontier.size != run->size))
		verify_found_whole(run, VERIFY_ORDER, "records without a place in the order");
	for (size_t i = 0; i < run->options->given_count && r == 0; i++)
		r = verify_given(run, &run->options->given[i]);
	if (r == 0)
		r = check_file(run);
	if (r == 0)
		r = check_rest(run);
	db_rollback(run->scratch);
	return r;
}

/* What was checked, where all of it holds. */
static void
describe(const struct run *run, enum verify_check check, char *out, size_t size)
{
	switch (check) {
	case VERIFY_ATTACHMENTS:
		snprintf(out, size, "%" PRIu64 " attachments", run->attachments);
		break;
	case VERIFY_CHECKPOINTS:
		snprintf(out, size, "%" PRIu64 " checkpoints and cosignatures", run->checkpoints);
		break;
	case VERIFY_SLIPS:
		snprintf(out, size, "%" PRIu64 " heads that left the room", run->slips);
		break;
	case VERIFY_REVEALS:
		snprintf(out, size, "%" PRIu64 " searches opened", run->reveals);
		break;
	case VERIFY_FILE:
		snprintf(out, size, "%s", run->is_hashed ? run->file : "open elsewhere, not hashed");
		break;
	default:
		snprintf(out, size, "%" PRIu64 " records", run->size);
	}
}

static int
tell(struct run *run, struct verify_summary *out)
{
	const struct verify_options *options = run->options;
	char detail[WHY + 128];
	int r = 0;

	*out = (struct verify_summary){
		.records = run->size, .checkpoints = run->checkpoints, .head = { .size = run->frontier.size }
	};
	frontier_root(&run->frontier, out->head.root);
	out->damaged = run->findings[VERIFY_PAGES].bad || run->findings[VERIFY_BYTES].bad;
	for (unsigned i = 0; i < VERIFY_CHECK_COUNT && r == 0; i++) {
		const struct finding *finding = &run->findings[i];
		if (finding->bad > 1)
			snprintf(detail, sizeof detail, "%s (and %" PRIu64 " more)", finding->first,
			    finding->bad - 1);
		else if (finding->bad)
			snprintf(detail, sizeof detail, "%s", finding->first);
		else
			describe(run, (enum verify_check)i, detail, sizeof detail);
		out->failures += finding->bad > 0;
		if (options->result)
			r = options->result(options->ctx, (enum verify_check)i, finding->bad == 0, detail);
	}
	return r;
}

static void
free_batch(struct batch *batch)
{
	if (!batch)
		return;
	for (size_t i = 0; i < BATCH; i++)
		record_release(&batch->items[i].entry.record);
	buf_release(&batch->leaves);
	free(batch);
}

static int
attempt(struct ledger *ledger, const struct verify_options *options, struct verify_summary *out)
{
	struct run *run = mem_try_alloc(1, sizeof *run);

	if (!run)
		return err_set(ERR_MEMORY, "verify: no memory");
	run->ledger = ledger;
	run->options = options;
	run->hashes = BUF(SIZE_MAX / 2);
	run->era = 1;
	run->current = mem_try_alloc(1, sizeof *run->current);
	run->before = mem_try_alloc(1, sizeof *run->before);
	int r = run->current && run->before ? 0 : err_set(ERR_MEMORY, "verify: no memory");
	if (r == 0) {
		run->current->leaves = BUF(BATCH_BYTES + LEAF_MAX);
		run->before->leaves = BUF(BATCH_BYTES + LEAF_MAX);
		r = db_open(-1, NULL, DB_SCRATCH, &run->scratch);
	}
	if (r == 0)
		r = db_begin_read(ledger->db);
	if (r == 0)
		r = db_keep_pages(ledger->db, PAGES_MIB);
	if (r == 0)
		r = check_all(run);
	if (r == 0)
		r = db_keep_pages(ledger->db, DB_PAGES_MIB);
	db_rollback(ledger->db);
	if (r == 0 && db_undisturbed(ledger->db))
		r = tell(run, out);
	free_batch(run->current);
	free_batch(run->before);
	buf_release(&run->hashes);
	db_close(run->scratch);
	free(run);
	return r;
}

int
verify_run(struct ledger *ledger, const struct verify_options *options, struct verify_summary *out)
{
	int r = attempt(ledger, options, out);

	/* someone wrote to a file that was read as a still one: once more, now as a live room */
	if (!db_undisturbed(ledger->db))
		r = attempt(ledger, options, out);
	return r;
}
