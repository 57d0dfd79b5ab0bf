#include "annotations/ledger.h"

#include "annotations/ledger_private.h"
#include "annotations/proof.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

#define BATCH 256                             /* leaves read in one go ... */
#define BATCH_BYTES ((size_t)4 * 1024 * 1024) /* ... unless they are large */

/* ---- the tree ---- */

uint64_t
ledger_node_id(unsigned level, uint64_t index)
{
	uint64_t leaf =
	    ((index + 1) << level) - 1; /* the last leaf beneath the node, right after which it is complete */
	uint64_t id = level;

	for (uint64_t n = leaf; n > 0; n >>= 1)
		id += n;
	return id;
}

static int
read_node(struct db *db, unsigned level, uint64_t index, uint8_t out[static SHA256_LEN])
{
	struct query *query;

	int r =
	    db_query(db, "SELECT hash FROM node WHERE id = ?1", &query, "n", ledger_node_id(level, index));
	if (r == 0)
		r = query_next(query);
	if (r >= 0) {
		struct str hash = r > 0 ? query_bytes(query, 0) : STR("");
		if (hash.len == SHA256_LEN)
			memcpy(out, hash.data, SHA256_LEN);
		r = hash.len == SHA256_LEN
		    ? 0
		    : err_set(ERR_FORMAT, "ledger: node %u/%" PRIu64 " is missing", level, index);
	}
	query_end(query);
	return r;
}

int
ledger_node(void *ledger, unsigned level, uint64_t index, uint8_t out[static SHA256_LEN])
{
	return read_node(((struct ledger *)ledger)->db, level, index, out);
}

int
ledger_size(struct db *db, uint64_t *out)
{
	return db_number(db, "SELECT coalesce(max(idx) + 1, 0) FROM record", out, "");
}

int
ledger_frontier(struct db *db, struct frontier *out)
{
	uint64_t at = 0;
	unsigned count = 0;

	int r = ledger_size(db, &out->size);
	for (int level = 63; level >= 0 && r == 0; level--) {
		uint64_t leaves = (uint64_t)1 << level;
		if (!(out->size & leaves))
			continue;
		r = read_node(db, (unsigned)level, at >> level, out->hash[count++]);
		at += leaves;
	}
	return r;
}

/* ---- opening ---- */

/* The room's id stands in the genesis. */
static int
read_room(struct ledger *ledger)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };

	int r = ledger_get(ledger, 0, &leaf, &entry);
	if (r == 0 && entry.record.type != RECORD_ROOM)
		r = err_set(ERR_FORMAT, "ledger: record 0 is no genesis");
	if (r == 0)
		memcpy(ledger->room, entry.record.room, sizeof ledger->room);
	if (r == ERR_ABSENT)
		r = err_set(ERR_FORMAT, "ledger: no record at all");
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

int
ledger_open(int room, enum db_mode mode, const struct ledger_hooks *hooks, struct ledger **out)
{
	struct ledger *ledger = mem_try_alloc(1, sizeof *ledger);

	if (!ledger)
		return err_set(ERR_MEMORY, "ledger: no memory");
	ledger->hooks = hooks;
	record_boot(ledger->boot);
	int r = db_open(room, LEDGER_FILE, mode, &ledger->db);
	if (r == 0)
		r = read_room(ledger);
	if (r < 0) {
		ledger_close(ledger);
		return r;
	}
	*out = ledger;
	return 0;
}

void
ledger_close(struct ledger *ledger)
{
	if (!ledger)
		return;
	db_close(ledger->db);
	free(ledger);
}

struct db *
ledger_db(struct ledger *ledger)
{
	return ledger->db;
}

const uint8_t *
ledger_room(const struct ledger *ledger)
{
	return ledger->room;
}

/* ---- reading ---- */

int
ledger_head(struct ledger *ledger, struct head *out)
{
	struct frontier frontier;

	int r = ledger->held ? 0 : db_begin_read(ledger->db);
	if (r == 0)
		r = ledger_frontier(ledger->db, &frontier);
	if (!ledger->held)
		db_rollback(ledger->db);
	if (r < 0)
		return r;
	out->size = frontier.size;
	frontier_root(&frontier, out->root);
	return 0;
}

int
ledger_head_at(struct ledger *ledger, uint64_t size, struct head *out)
{
	uint64_t have;

	int r = db_begin_read(ledger->db);
	if (r == 0)
		r = ledger_size(ledger->db, &have);
	if (r == 0 && size > have)
		r = err_set(ERR_ABSENT, "the ledger has %" PRIu64 " records, not %" PRIu64, have, size);
	if (r == 0)
		r = proof_root(ledger_node, ledger, size, out->root);
	db_rollback(ledger->db);
	out->size = size;
	return r;
}

int
ledger_scan_leaf(struct str leaf, uint64_t index, struct entry *entry)
{
	*entry = (struct entry){ .index = index };
	int r = leaf_parse(leaf, &entry->bytes, &entry->signature);
	if (r == 0)
		r = record_scan(entry->bytes, &entry->record);
	if (r == 0)
		record_hash(entry->bytes, entry->hash);
	return r < 0 ? err_in(r, "record %" PRIu64, index) : 0;
}

int
ledger_open_leaf(struct str leaf, uint64_t index, struct entry *entry)
{
	int r = ledger_scan_leaf(leaf, index, entry);

	return r == 0 ? record_load(&entry->record) : r;
}

int
entry_check(struct entry *entry)
{
	struct known_key known = { .print = "" };

	return entry_check_next(entry, &known);
}

int
entry_check_next(struct entry *entry, struct known_key *known)
{
	bool by_session = record_type_signer(entry->record.type) == SIGNED_BY_SESSION;
	const char *due = by_session ? entry->record.session : entry->record.actor;

	int r = sshsig_check(entry->signature, NS_RECORD, entry->bytes, &entry->signer);
	if (r < 0)
		return r;
	if (!known->print[0] || !public_key_eq(&known->key, &entry->signer)) {
		known->key = entry->signer;
		public_key_fingerprint(&known->key, known->print);
	}
	if (strcmp(known->print, due) != 0)
		return err_set(ERR_ABSENT, "signed by %s, not by %s", known->print, due);
	return 0;
}

int
ledger_get(struct ledger *ledger, uint64_t index, struct buf *leaf, struct entry *entry)
{
	struct query *query;
	size_t before = leaf->len;

	int r = db_query(ledger->db, "SELECT leaf FROM record WHERE idx = ?1", &query, "n", index);
	if (r == 0)
		r = query_next(query);
	if (r == 0)
		r = err_set(ERR_ABSENT, "there is no record %" PRIu64, index);
	if (r > 0)
		r = buf_str(leaf, query_bytes(query, 0));
	query_end(query);
	if (r < 0)
		return r;
	return ledger_open_leaf(
	    (struct str){ (const char *)leaf->data + before, leaf->len - before }, index, entry);
}

int
ledger_find(struct ledger *ledger, const uint8_t hash[static SHA256_LEN], uint64_t *index)
{
	struct query *query;
	struct str key = { (const char *)hash, SHA256_LEN };

	int r = db_query(ledger->db, "SELECT idx FROM position WHERE hash = ?1", &query, "b", key);
	if (r == 0)
		r = query_next(query);
	if (r == 0)
		r = err_set(ERR_ABSENT, "there is no such record");
	if (r > 0)
		*index = query_num(query, 0);
	query_end(query);
	return r < 0 ? r : 0;
}

/* Fills `leaves` with up to BATCH rows from `from` on, `ends` with where each ends; *count 0 at the end. */
static int
read_batch(struct ledger *ledger, uint64_t from, uint64_t to, struct buf *leaves, size_t ends[static BATCH],
    size_t *count)
{
	struct query *query = NULL;

	*count = 0;
	buf_clear(leaves);
	int r = db_begin_read(ledger->db);
	if (r == 0)
		r = db_query(ledger->db,
		    "SELECT idx, leaf FROM record WHERE idx >= ?1 AND idx < ?2 ORDER BY idx", &query, "nn",
		    from, to);
	while (r == 0 && *count < BATCH && leaves->len < BATCH_BYTES && (r = query_next(query)) > 0) {
		r = query_num(query, 0) == from + *count
		    ? buf_str(leaves, query_bytes(query, 1))
		    : err_set(ERR_FORMAT, "ledger: there is no record %" PRIu64, from + *count);
		ends[(*count)++] = leaves->len;
	}
	query_end(query);
	db_rollback(ledger->db);
	return r < 0 ? r : 0;
}

int
ledger_each(struct ledger *ledger, uint64_t from, uint64_t to,
    int (*each)(void *ctx, const struct entry *entry), void *ctx)
{
	struct buf leaves = BUF(BATCH_BYTES + LEAF_MAX);
	size_t ends[BATCH], count;
	int r;

	do {
		r = read_batch(ledger, from, to ? to : INT64_MAX, &leaves, ends, &count);
		for (size_t i = 0; i < count && r == 0; i++) {
			struct entry entry;
			size_t start = i ? ends[i - 1] : 0;
			r = ledger_open_leaf(
			    (struct str){ (const char *)leaves.data + start, ends[i] - start }, from + i,
			    &entry);
			if (r == 0)
				r = each(ctx, &entry);
			record_release(&entry.record);
		}
		from += count;
	} while (r == 0 && count > 0);
	buf_release(&leaves);
	return r;
}

int
ledger_attachment(struct ledger *ledger, const uint8_t digest[static SHA256_LEN], struct buf *out)
{
	struct str key = { (const char *)digest, SHA256_LEN };
	uint8_t found[SHA256_LEN];
	struct query *query;
	size_t before = out->len, parts = 0;

	int r = db_query(
	    ledger->db, "SELECT bytes FROM attachment WHERE sha256 = ?1 ORDER BY part", &query, "b", key);
	while (r == 0 && (r = query_next(query)) > 0) {
		r = buf_str(out, query_bytes(query, 0));
		parts++;
	}
	query_end(query);
	if (r < 0)
		return r;
	if (parts == 0)
		return err_set(ERR_ABSENT, "there is no such attachment");
	sha256(out->data + before, out->len - before, found);
	if (memcmp(found, digest, SHA256_LEN) != 0)
		return err_set(ERR_FORMAT, "an attachment is damaged: its digest is another");
	return 0;
}
