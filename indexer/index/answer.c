#include "indexer/index/answer.h"

#define UNIT_BYTES ((size_t)1024 * 1024)

void
answer_begin(struct answer *a, uint64_t order)
{
	struct buf part = a->part, packet = a->packet;

	*a = (struct answer){ .send = a->send, .ctx = a->ctx, .order = order, .unit_bytes = UNIT_BYTES };
	a->part = part;
	a->packet = packet;
	a->part.max = a->packet.max = MESSAGE_MAX;
	buf_clear(&a->part);
}

void
answer_release(struct answer *a)
{
	buf_release(&a->part);
	buf_release(&a->packet);
}

static int
flush(struct answer *a)
{
	if (a->part.len == 0)
		return 0;
	int r = message_begin(&a->packet, MSG_PART, a->order);
	if (r == 0)
		r = buf_str(&a->packet, buf_view(&a->part));
	if (r == 0)
		r = a->send(a->ctx, &a->packet);
	a->bytes += a->part.len;
	buf_clear(&a->part);
	return r;
}

static int
close_unit(struct answer *a, bool last)
{
	int r = flush(a);

	a->facts.releases = a->releases;
	a->facts.path = a->path;
	a->facts.blob = a->blob;
	a->facts.first = a->first;
	a->facts.last = a->last;
	a->facts.last_unit = last;
	frontier_root(&a->leaves, a->facts.root);
	if (r == 0)
		r = message_begin(&a->packet, MSG_FACTS, a->order);
	if (r == 0)
		r = facts_encode(&a->packet, &a->facts);
	if (r == 0)
		r = a->send(a->ctx, &a->packet);
	a->facts = (struct facts){ 0 };
	a->leaves.size = 0;
	a->bytes = 0;
	a->file = 0;
	a->any = false;
	return r;
}

static void
note_lines(struct answer *a, const struct handed *handed)
{
	for (uint64_t line = handed->first; line <= handed->last; line++) {
		uint8_t hash[SHA256_LEN];
		char leaf[HEX_LEN(OID_LEN) + STR_U64_MAX];
		size_t len = strlen(handed->blob);
		memcpy(leaf, handed->blob, len);
		leaf[len++] = ':';
		len += str_from_u64(line, leaf + len);
		merkle_leaf(leaf, len, hash);
		frontier_add(&a->leaves, hash);
	}
	a->facts.lines += handed->last - handed->first + 1;
	a->facts.bytes += handed->bytes;
}

int
answer_row(struct answer *a, const struct row *row, const struct handed *handed, uint64_t file)
{
	size_t before = a->part.len;

	if (a->any &&
	    ((a->unit_rows && a->facts.rows >= a->unit_rows) || a->bytes + a->part.len >= a->unit_bytes)) {
		int r = close_unit(a, false);
		if (r < 0)
			return r;
		before = 0;
	}
	int r = row_encode(&a->part, row);
	if (r == ERR_MEMORY || a->part.len > MESSAGE_BODY) {
		/* it goes into a part of its own */
		a->part.len = before;
		r = flush(a);
		if (r == 0)
			r = row_encode(&a->part, row);
	}
	if (r < 0)
		return r;
	a->facts.rows++;
	a->facts.files += file != 0 && file != a->file;
	a->file = file;
	a->any = true;
	if (handed && handed->blob)
		note_lines(a, handed);
	return 0;
}

int
answer_close(struct answer *a)
{
	return a->any ? close_unit(a, false) : 0;
}

int
answer_last(struct answer *a)
{
	a->closed = true;
	return close_unit(a, true);
}

int
answer_end(struct answer *a)
{
	int r = a->closed ? 0 : close_unit(a, true);

	if (r == 0)
		r = message_begin(&a->packet, MSG_DONE, a->order);
	return r == 0 ? a->send(a->ctx, &a->packet) : r;
}
