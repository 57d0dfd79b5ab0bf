#include "annotations/export.h"

#include "annotations/issue.h"
#include "annotations/ledger_private.h"
#include "base/mem.h"

#include <stdlib.h>

#define LEAVES ((size_t)256 * 1024) /* bytes of leaves in a piece, the last one beyond that */
#define SHOWN 0                     /* a leaf follows */
#define WITHHELD 1                  /* its hash follows */
#define SLOTS 256                   /* of digests, at first */

/* Attachments in the order in which records first name them, and where each digest is among them. */
struct named {
	uint8_t (*digests)[SHA256_LEN];
	uint64_t *sizes;
	size_t count, cap;
	size_t *slots; /* position + 1; 0: free.  Twice as many as cap */
};

struct export
{
	struct ledger *ledger;
	enum export_side side;
	struct buf note;
	uint64_t size, next; /* records; which comes next */
	bool begun;
	struct named named;
	size_t attachment; /* which comes next ... */
	uint64_t part;     /* ... and which part of it */
};

bool
export_withholds(enum record_type type)
{
	switch (type) {
	case RECORD_REVEAL:
	case RECORD_ANNOTATE:
	case RECORD_AMEND:
	case RECORD_REPLY:
	case RECORD_STATE:
	case RECORD_MARK:
	case RECORD_CARRY:
	case RECORD_VERDICT:
	case RECORD_CHECK:
	case RECORD_FOREIGN:
	case RECORD_BATCH:
		return true;
	default:
		return false;
	}
}

/* ---- attachments that were named ---- */

static size_t *
slot_of(const struct named *named, const uint8_t digest[static SHA256_LEN])
{
	size_t mask = named->cap * 2 - 1, at;

	memcpy(&at, digest, sizeof at);
	for (at &= mask; named->slots[at]; at = (at + 1) & mask)
		if (memcmp(named->digests[named->slots[at] - 1], digest, SHA256_LEN) == 0)
			break;
	return &named->slots[at];
}

static int
grow(struct named *named)
{
	struct named more = { .cap = named->cap ? named->cap * 2 : SLOTS, .count = named->count };

	more.digests = mem_try_alloc(more.cap, SHA256_LEN);
	more.sizes = mem_try_alloc(more.cap, sizeof *more.sizes);
	more.slots = mem_try_alloc(more.cap * 2, sizeof *more.slots);
	if (!more.digests || !more.sizes || !more.slots) {
		free(more.digests);
		free(more.sizes);
		free(more.slots);
		return err_set(ERR_MEMORY, "export: no memory");
	}
	for (size_t i = 0; i < named->count; i++) {
		memcpy(more.digests[i], named->digests[i], SHA256_LEN);
		more.sizes[i] = named->sizes[i];
		*slot_of(&more, more.digests[i]) = i + 1;
	}
	free(named->digests);
	free(named->sizes);
	free(named->slots);
	*named = more;
	return 0;
}

static int
add_named(struct named *named, const struct attached *attached)
{
	int r = named->count == named->cap ? grow(named) : 0;

	if (r < 0)
		return r;
	size_t *slot = slot_of(named, attached->sha256);
	if (*slot)
		return 0;
	memcpy(named->digests[named->count], attached->sha256, SHA256_LEN);
	named->sizes[named->count++] = attached->size;
	*slot = named->count;
	return 0;
}

/* ---- pieces ---- */

int
export_new(struct session *session, enum export_side side, struct export **out)
{
	struct export *export = mem_try_alloc(1, sizeof *export);
	struct head head;

	if (!export)
		return err_set(ERR_MEMORY, "export: no memory");
	export->ledger = session->ledger;
	export->side = side;
	export->note = BUF(CHECKPOINT_MAX);
	int r = ledger_head(session->ledger, &head);
	if (r == 0)
		r = issue_note(session, &head, &export->note);
	if (r < 0) {
		export_free(export);
		return r;
	}
	export->size = head.size;
	*out = export;
	return 0;
}

void
export_free(struct export *export)
{
	if (!export)
		return;
	buf_release(&export->note);
	free(export->named.digests);
	free(export->named.sizes);
	free(export->named.slots);
	free(export);
}

static int
put_record(struct export *export, struct buf *out)
{
	struct buf leaf = BUF(LEAF_MAX);
	struct entry entry = { 0 };
	uint8_t hash[SHA256_LEN];

	int r = ledger_get(export->ledger, export->next, &leaf, &entry);
	bool withheld = export->side == EXPORT_PUBLIC && export_withholds(entry.record.type);
	if (r == 0)
		r = buf_byte(out, withheld ? WITHHELD : SHOWN);
	if (r == 0 && withheld) {
		merkle_leaf(leaf.data, leaf.len, hash);
		r = buf_add(out, hash, sizeof hash);
	} else if (r == 0) {
		r = buf_str(out, buf_view(&leaf));
	}
	for (size_t i = 0; r == 0 && !withheld && i < record_attached_count(entry.record.payload); i++) {
		struct attached attached;
		record_attached(entry.record.payload, i, &attached);
		r = add_named(&export->named, &attached);
	}
	record_release(&entry.record);
	buf_release(&leaf);
	export->next++;
	return r;
}

/* One row of the table attachment, behind the length where it is the first. */
static int
put_part(struct export *export, struct buf *out)
{
	const struct named *named = &export->named;
	struct str digest = { (const char *)named->digests[export->attachment], SHA256_LEN };
	uint64_t size = named->sizes[export->attachment];
	struct query *q = NULL;
	uint8_t length[8];
	int r = 0;

	for (unsigned i = 0; i < sizeof length; i++)
		length[i] = (uint8_t)(size >> (56 - 8 * i));
	if (export->part == 0)
		r = buf_add(out, length, sizeof length);
	if (r == 0)
		r = db_query(ledger_db(export->ledger),
		    "SELECT bytes FROM attachment WHERE sha256 = ?1 AND part = ?2", &q, "bn", digest,
		    export->part);
	if (r == 0)
		r = query_next(q);
	if (r == 0)
		r = err_set(ERR_FORMAT, "export: an attachment is missing");
	if (r > 0)
		r = buf_str(out, query_bytes(q, 0));
	query_end(q);
	if (++export->part * ATTACHMENT_PART >= size) {
		export->attachment++;
		export->part = 0;
	}
	return r;
}

int
export_next(struct export *export, struct buf *out)
{
	size_t before = out->len;
	int r = 0;

	if (!export->begun) {
		export->begun = true;
		r = buf_printf(out, "carrel-ledger v1\nside %s\n%.*s\n",
		    export->side == EXPORT_ALL ? "all" : "public", STR_ARG(buf_view(&export->note)));
	}
	while (r == 0 && export->next < export->size && out->len - before < LEAVES)
		r = put_record(export, out);
	if (r == 0 && export->next == export->size && out->len == before &&
	    export->attachment < export->named.count)
		r = put_part(export, out);
	return r;
}

void
export_progress(const struct export *export, struct progress *out)
{
	*out = (struct progress){ export->next, export->size, STR("records"), STR("exporting") };
}
