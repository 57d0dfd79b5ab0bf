#include "annotations/bundle.h"

#include "annotations/ledger_private.h"

#include <inttypes.h>

/* Which records go along, as uint64_t in rising order, and the room that they come from. */
struct making {
	struct ledger *ledger;
	struct buf chosen, leaves, hashes, attachments;
	struct db *taken; /* attachments that were */
	size_t next;      /* of chosen: what lies left of the place in the tree */
};

int
bundle_takes(struct db *taken, const uint8_t digest[static SHA256_LEN])
{
	struct str key = { (const char *)digest, SHA256_LEN };
	uint64_t there;

	int r = db_number(taken, "SELECT count(*) FROM attachment WHERE sha256 = ?1", &there, "b", key);
	if (r == 0 && there == 0)
		r = db_run(taken, "INSERT INTO attachment (sha256, part, bytes) VALUES (?1, 0, ?2)", "bb",
		    key, STR(""));
	return r < 0 ? r : there == 0;
}

static uint64_t
chosen_at(const struct buf *chosen, size_t i)
{
	uint64_t index;

	memcpy(&index, chosen->data + i * sizeof index, sizeof index);
	return index;
}

static size_t
chosen_count(const struct buf *chosen)
{
	return chosen->len / sizeof(uint64_t);
}

#define CHOSEN \
	"(log.idx BETWEEN ?2 AND ?3 OR log.idx = 0 OR log.type IN ('roomkey', 'person', 'revoke', 'confirm', " \
	"'policy'))"

/* What was asked for, the genesis, the roster, and the session of each of these. */
static int
choose(struct making *making, uint64_t size, const struct bundle_statement *statement)
{
	struct query *q;
	int next;

	int r = db_query(making->ledger->db,
	    "SELECT idx FROM log WHERE (idx < ?1 AND " CHOSEN ") OR idx IN "
	    "(SELECT session.idx FROM session JOIN log ON log.session = session.key "
	    "WHERE log.idx < ?1 AND " CHOSEN ") ORDER BY idx",
	    &q, "nnn", size, statement->first, statement->last);
	while (r == 0 && (next = query_next(q)) != 0) {
		uint64_t index = next < 0 ? 0 : query_num(q, 0);
		r = next < 0 ? next : buf_add(&making->chosen, &index, sizeof index);
	}
	query_end(q);
	return r;
}

/* ---- the body's three parts ---- */

static int
put_u64(struct buf *out, uint64_t value)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(value >> (56 - 8 * i));
	return buf_add(out, bytes, sizeof bytes);
}

static int
put_attachments(struct making *making, const json_t *payload)
{
	struct attached attached;
	int r = 0;

	for (size_t i = 0; r == 0 && i < record_attached_count(payload); i++) {
		record_attached(payload, i, &attached);
		r = bundle_takes(making->taken, attached.sha256);
		if (r <= 0)
			continue;
		r = put_u64(&making->attachments, attached.size);
		if (r == 0)
			r = ledger_attachment(making->ledger, attached.sha256, &making->attachments);
	}
	return r;
}

static int
put_record(struct making *making, uint64_t index)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };

	int r = ledger_get(making->ledger, index, &leaf, &entry);
	if (r == 0)
		r = put_u64(&making->leaves, index);
	if (r == 0)
		r = buf_str(&making->leaves, buf_view(&leaf));
	if (r == 0)
		r = put_attachments(making, entry.record.payload);
	record_release(&entry.record);
	buf_release(&leaf);
	return r;
}

/* The largest power of two below `count`, which is at least 2. */
static uint64_t
left_part(uint64_t count)
{
	return UINT64_C(1) << (63 - __builtin_clzll(count - 1));
}

/* The root over leaves from..to-1, whose place is one of RFC 6962's subtrees. */
static int
subtree(struct ledger *ledger, uint64_t from, uint64_t to, uint8_t out[static SHA256_LEN])
{
	uint8_t right[SHA256_LEN];
	uint64_t count = to - from;

	if ((count & (count - 1)) == 0) {
		unsigned level = (unsigned)__builtin_ctzll(count);
		return ledger_node(ledger, level, from >> level, out);
	}
	uint64_t middle = from + left_part(count);
	int r = subtree(ledger, from, middle, out);
	if (r == 0)
		r = subtree(ledger, middle, to, right);
	if (r == 0)
		merkle_node(out, right, out);
	return r;
}

/* The roots of all subtrees without a chosen leaf, the largest there are, from left to right. */
static int
put_hashes(struct making *making, uint64_t from, uint64_t to)
{
	bool any =
	    making->next < chosen_count(&making->chosen) && chosen_at(&making->chosen, making->next) < to;
	uint8_t hash[SHA256_LEN];

	if (!any) {
		int r = subtree(making->ledger, from, to, hash);
		return r == 0 ? buf_add(&making->hashes, hash, sizeof hash) : r;
	}
	if (to - from == 1) {
		making->next++;
		return 0;
	}
	uint64_t middle = from + left_part(to - from);
	int r = put_hashes(making, from, middle);
	return r == 0 ? put_hashes(making, middle, to) : r;
}

int
bundle_body(struct ledger *ledger, uint64_t size, struct bundle_statement *statement, struct buf *out)
{
	struct making making = { ledger, BUF(BUNDLE_MAX), BUF(BUNDLE_MAX), BUF(BUNDLE_MAX), BUF(BUNDLE_MAX),
		NULL, 0 };
	size_t before = out->len;

	int r = statement->first <= statement->last && statement->last < size
	    ? 0
	    : err_set(ERR_USAGE, "bundle: there are records 0 to %" PRIu64, size - 1);
	if (r == 0)
		r = db_open(-1, NULL, DB_SCRATCH, &making.taken);
	if (r == 0)
		r = choose(&making, size, statement);
	for (size_t i = 0; r == 0 && i < chosen_count(&making.chosen); i++)
		r = put_record(&making, chosen_at(&making.chosen, i));
	if (r == 0)
		r = put_hashes(&making, 0, size);
	if (r == 0)
		r = buf_str(out, buf_view(&making.leaves));
	if (r == 0)
		r = buf_str(out, buf_view(&making.hashes));
	if (r == 0)
		r = buf_str(out, buf_view(&making.attachments));
	if (r == ERR_MEMORY)
		r = err_set(ERR_USAGE, "bundle: more than %zu MiB: ask for fewer records", BUNDLE_MAX >> 20);
	if (r == 0) {
		statement->entries = chosen_count(&making.chosen);
		statement->size = out->len - before;
		sha256(out->data + before, out->len - before, statement->sha256);
	}
	buf_release(&making.chosen);
	buf_release(&making.leaves);
	buf_release(&making.hashes);
	buf_release(&making.attachments);
	db_close(making.taken);
	return r;
}

int
bundle_text(const struct bundle_statement *statement, struct str note, struct buf *out)
{
	char hex[HEX_LEN(SHA256_LEN)];

	hex_from(statement->sha256, SHA256_LEN, hex);
	return buf_printf(out,
	    "carrel-bundle v1\nrange %" PRIu64 " %" PRIu64 "\nentries %" PRIu64 "\nsize %" PRIu64
	    "\nsha256 %s\n%.*s",
	    statement->first, statement->last, statement->entries, statement->size, hex, STR_ARG(note));
}
