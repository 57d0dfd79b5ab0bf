/*
 * Records are read in batches.  While the pool's threads parse one batch and check its
 * signatures, one of them walks over the batch before it, in order: sessions, tree,
 * heads, attachments, roles, projections.  That walk brings a scratch database up to
 * what the records say, and in the end that is compared with the room's.
 */
#include "annotations/verify.h"

#include "annotations/ledger_private.h"
#include "annotations/proof.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH 512
#define BATCH_BYTES ((size_t)8 * 1024 * 1024)
#define GROUP 16 /* records of one piece of work */
#define WHY 256

struct item {
	struct str leaf;
	struct entry entry;
	uint8_t leaf_hash[SHA256_LEN];
	int parsed, signature; /* results of these two checks */
	char why[WHY];
};

struct batch {
	uint64_t first;
	size_t count;
	struct buf leaves;
	size_t ends[BATCH];
	struct item items[BATCH];
};

struct finding {
	uint64_t bad;
	char first[WHY + 32];
};

struct run {
	struct ledger *ledger;
	const struct verify_options *options;
	struct db *scratch;
	struct batch *current, *before; /* being parsed; being walked over */
	struct frontier frontier;       /* of the leaves walked over */
	struct query *nodes;
	uint64_t size, attachments;
	struct finding findings[VERIFY_CHECK_COUNT];
};

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

static void
found(struct run *run, enum verify_check check, uint64_t index, const char *why)
{
	struct finding *finding = &run->findings[check];

	if (finding->bad++ == 0)
		snprintf(finding->first, sizeof finding->first, "record %" PRIu64 ": %s", index, why);
}

/* Of no one record. */
static void
found_whole(struct run *run, enum verify_check check, const char *why)
{
	struct finding *finding = &run->findings[check];

	if (finding->bad++ == 0)
		snprintf(finding->first, sizeof finding->first, "%s", why);
}

/* Whether a failure is one of what is verified, and not of this machine. */
static bool
is_verdict(int r)
{
	return r == ERR_ABSENT || r == ERR_REFUSED || r == ERR_FORMAT;
}

/* ---- in any order, on all threads ---- */

static int
check_item(struct batch *batch, size_t i)
{
	struct item *item = &batch->items[i];
	size_t start = i ? batch->ends[i - 1] : 0;

	item->leaf = (struct str){ (const char *)batch->leaves.data + start, batch->ends[i] - start };
	merkle_leaf(item->leaf.data, item->leaf.len, item->leaf_hash);
	item->signature = 0;
	item->parsed = ledger_open_leaf(item->leaf, batch->first + i, &item->entry);
	if (item->parsed == 0)
		item->signature = entry_check(&item->entry);
	int r = item->parsed < 0 ? item->parsed : item->signature;
	if (r < 0)
		snprintf(item->why, sizeof item->why, "%s", err_text());
	return r == 0 || is_verdict(r) ? 0 : r;
}

/* ---- in order ---- */

static int
compare_node(struct run *run, uint64_t index, const uint8_t hash[static SHA256_LEN])
{
	int r = run->nodes ? query_next(run->nodes) : 0;

	if (r < 0)
		return r;
	struct str stored = r > 0 ? query_bytes(run->nodes, 0) : STR("");
	if (stored.len != SHA256_LEN || memcmp(stored.data, hash, SHA256_LEN) != 0)
		found(run, VERIFY_TREE, index, "a node of the tree is not what its leaves make it");
	return 0;
}

/* Every node that this leaf completes, in the order in which they are stored. */
static int
walk_tree(struct run *run, const struct item *item)
{
	uint64_t index = run->frontier.size;
	unsigned last = (unsigned)__builtin_popcountll(index);
	uint8_t hash[SHA256_LEN];

	memcpy(hash, item->leaf_hash, sizeof hash);
	int r = compare_node(run, run->frontier.size, hash);
	for (uint64_t bits = index; r == 0 && (bits & 1); bits >>= 1) {
		merkle_node(run->frontier.hash[--last], hash, hash);
		r = compare_node(run, run->frontier.size, hash);
	}
	memcpy(run->frontier.hash[last], hash, sizeof hash);
	run->frontier.size++;
	return r;
}

/* Before walk_tree: the frontier is that of the records before. */
static int
walk_head(struct run *run, const struct entry *entry)
{
	const struct record *record = &entry->record;
	uint8_t root[SHA256_LEN];
	int r = 0;

	if (record->tree_size > entry->index) {
		found(run, VERIFY_HEADS, entry->index, "names a tree that was not there yet");
		return 0;
	}
	if (record->tree_size == run->frontier.size)
		frontier_root(&run->frontier, root);
	else
		r = proof_root(ledger_node, run->ledger, record->tree_size, root);
	if (is_verdict(r) || (r == 0 && memcmp(root, record->tree_root, sizeof root) != 0)) {
		found(run, VERIFY_HEADS, entry->index, "names a tree head that this ledger never had");
		return 0;
	}
	return r;
}

static int
check_attachment(struct run *run, uint64_t index, const struct attached *attached)
{
	struct str key = { (const char *)attached->sha256, SHA256_LEN };
	uint8_t digest[SHA256_LEN];
	struct query *query;
	struct sha256 hash;
	uint64_t size = 0;

	sha256_init(&hash);
	int r = db_query(run->ledger->db, "SELECT bytes FROM attachment WHERE sha256 = ?1 ORDER BY part",
	    &query, "b", key);
	while (r == 0 && (r = query_next(query)) > 0) {
		struct str part = query_bytes(query, 0);
		sha256_add(&hash, part.data, part.len);
		size += part.len;
		r = 0;
	}
	query_end(query);
	sha256_end(&hash, digest);
	if (r == 0 && (size != attached->size || memcmp(digest, attached->sha256, sizeof digest) != 0))
		found(run, VERIFY_ATTACHMENTS, index, "an attachment is missing or damaged");
	if (r == 0)
		r = db_run(run->scratch,
		    "INSERT OR IGNORE INTO attachment (sha256, part, bytes) VALUES (?1, 0, ?2)", "bb", key,
		    STR(""));
	run->attachments++;
	return r;
}

static int
walk_attachments(struct run *run, const struct entry *entry)
{
	const json_t *payload = entry->record.payload;
	struct attached attached;
	int r = 0;

	for (size_t i = 0; i < record_attached_count(payload) && r == 0; i++) {
		record_attached(payload, i, &attached);
		r = check_attachment(run, entry->index, &attached);
	}
	return r;
}

static void
walk_genesis(struct run *run, const struct item *item)
{
	const struct entry *entry = &item->entry;
	const json_t *keys = json_object_get(entry->record.payload, "keys");
	struct public_key key;
	bool named = false;

	for (size_t i = 0; i < json_array_size(keys); i++) {
		const json_t *line = json_array_get(keys, i);
		struct str text = { json_string_value(line), json_string_length(line) };
		named = named ||
		    (public_key_from_line(text, &key, NULL) == 0 && public_key_eq(&key, &entry->signer));
	}
	if (entry->record.type != RECORD_ROOM)
		found(run, VERIFY_HOST, 0, "is no genesis");
	else if (item->signature < 0 || !named)
		found(run, VERIFY_HOST, 0, "is not signed by a key of the host that it names");
	else if (run->options->host && !public_key_eq(run->options->host, &entry->signer))
		found(run, VERIFY_HOST, 0, "is signed by another host's key than the one given");
}

/* Roles and projections, by the scratch database. */
static int
walk_projections(struct run *run, const struct entry *entry)
{
	const struct ledger_hooks *hooks = run->options->hooks;
	char why[WHY] = "";
	bool is_void = false;

	int r = ledger_check_session(run->scratch, entry);
	if (is_verdict(r))
		found(run, VERIFY_SESSIONS, entry->index, err_text());
	else if (r < 0)
		return r;
	r = hooks && hooks->judge ? hooks->judge(hooks->ctx, run->scratch, entry) : 0;
	if (is_verdict(r)) {
		is_void = true;
		snprintf(why, sizeof why, "%s", err_text());
		found(run, VERIFY_ROLES, entry->index, why);
	} else if (r < 0) {
		return r;
	}
	r = ledger_project(run->scratch, entry);
	if (is_verdict(r)) {
		found(run, VERIFY_ORDER, entry->index, err_text());
		return 0;
	}
	if (r == 0 && hooks && hooks->project) {
		err_set(ERR_REFUSED, "%s", why);
		r = hooks->project(hooks->ctx, run->scratch, entry, is_void);
		if (is_verdict(r)) {
			found(run, VERIFY_PROJECTIONS, entry->index, err_text());
			r = 0;
		}
	}
	return r;
}

static int
walk_item(struct run *run, struct item *item)
{
	const struct entry *entry = &item->entry;
	int r = 0;

	if (item->parsed < 0) {
		found(run, VERIFY_BYTES, run->frontier.size, item->why);
		return walk_tree(run, item);
	}
	if (item->signature < 0)
		found(run, VERIFY_SIGNATURES, entry->index, item->why);
	if (entry->index == 0)
		walk_genesis(run, item);
	else if (entry->record.type == RECORD_ROOM)
		found(run, VERIFY_ORDER, entry->index, "a second genesis");
	if (memcmp(entry->record.room, run->ledger->room, RECORD_ROOM_LEN) != 0)
		found(run, VERIFY_ORDER, entry->index, "is of another room");
	r = walk_head(run, entry);
	if (r == 0)
		r = walk_tree(run, item);
	if (r == 0)
		r = walk_attachments(run, entry);
	if (r == 0)
		r = walk_projections(run, entry);
	record_release(&item->entry.record);
	return r;
}

static int
walk_batch(struct run *run)
{
	struct batch *batch = run->before;
	int r = 0;

	if (batch->count)
		r = db_query(run->ledger->db, "SELECT hash FROM node WHERE id >= ?1 ORDER BY id", &run->nodes,
		    "n", ledger_node_id(0, batch->first));
	for (size_t i = 0; i < batch->count && r == 0; i++)
		r = walk_item(run, &batch->items[i]);
	query_end(run->nodes);
	run->nodes = NULL;
	return r;
}

/* ---- batches ---- */

static int
read_batch(struct run *run, uint64_t first, struct batch *batch)
{
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
	return r < 0 ? r : 0;
}

/* Piece 0 walks over the batch before; the others check groups of the current one. */
static int
work(void *ctx, size_t piece, unsigned thread)
{
	struct run *run = ctx;
	struct batch *batch = run->current;
	int r = 0;

	(void)thread;
	if (piece == 0)
		return walk_batch(run);
	for (size_t i = (piece - 1) * GROUP; i < piece * GROUP && i < batch->count && r == 0; i++)
		r = check_item(batch, i);
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
	uint64_t next = 0;
	int r = 0;

	do {
		r = read_batch(run, next, run->current);
		if (r == 0)
			r = run_pieces(run);
		next += run->current->count;
		struct batch *swap = run->before;
		run->before = run->current;
		run->current = swap;
		if (r == 0 && run->options->progress)
			r = run->options->progress(run->options->ctx, run->frontier.size, run->size);
	} while (r == 0 && run->before->count > 0);
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
		found_whole(run, VERIFY_TREE, "more or fewer nodes than a tree of this size has");
	if (r == 0)
		r = db_number(
		    db, "SELECT count(*) FROM (SELECT DISTINCT sha256 FROM attachment)", &stored, "");
	if (r == 0)
		r = db_number(run->scratch, "SELECT count(*) FROM attachment", &named, "");
	if (r == 0 && stored > named)
		found_whole(run, VERIFY_ATTACHMENTS, "there are attachments that no record names");
	if (r == 0)
		r = db_compare(db, run->scratch);
	if (is_verdict(r)) {
		found_whole(run, VERIFY_PROJECTIONS, err_text());
		r = 0;
	}
	return r;
}

static int
check_pages(struct run *run)
{
	int r = db_check(run->ledger->db);

	if (r == ERR_FORMAT) {
		found_whole(run, VERIFY_PAGES, err_text());
		r = 0;
	}
	return r;
}

static int
check_all(struct run *run)
{
	uint64_t count;

	int r = ledger_size(run->ledger->db, &run->size);
	if (r == 0)
		r = check_pages(run);
	if (r == 0)
		r = db_begin(run->scratch);
	if (r == 0)
		r = run_batches(run);
	if (r == 0)
		r = db_number(run->ledger->db, "SELECT count(*) FROM record", &count, "");
	if (r == 0 && (count != run->size || run->frontier.size != run->size))
		found_whole(run, VERIFY_ORDER, "records without a place in the order");
	if (r == 0)
		r = check_rest(run);
	db_rollback(run->scratch);
	return r;
}

static int
tell(struct run *run, struct verify_summary *out)
{
	const struct verify_options *options = run->options;
	char detail[WHY + 128];
	int r = 0;

	*out = (struct verify_summary){ .records = run->size, .head = { .size = run->frontier.size } };
	frontier_root(&run->frontier, out->head.root);
	out->damaged = run->findings[VERIFY_PAGES].bad || run->findings[VERIFY_BYTES].bad;
	for (unsigned i = 0; i < VERIFY_CHECK_COUNT && r == 0; i++) {
		const struct finding *finding = &run->findings[i];
		if (finding->bad > 1)
			snprintf(detail, sizeof detail, "%s (and %" PRIu64 " more)", finding->first,
			    finding->bad - 1);
		else if (finding->bad)
			snprintf(detail, sizeof detail, "%s", finding->first);
		else if (i == VERIFY_ATTACHMENTS)
			snprintf(detail, sizeof detail, "%" PRIu64 " attachments", run->attachments);
		else
			snprintf(detail, sizeof detail, "%" PRIu64 " records", run->size);
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
		r = check_all(run);
	db_rollback(ledger->db);
	if (r == 0 && db_undisturbed(ledger->db))
		r = tell(run, out);
	free_batch(run->current);
	free_batch(run->before);
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
