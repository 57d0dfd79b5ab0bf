#include "indexer/index/batch.h"

#define DEAR_MAX 64 /* files in which the pattern took too many steps, before no further one is searched */
#define FIRST 4     /* files of the first batch */
#define RUN_MAX 16  /* files of a run */
#define BYTES_MAX ((uint64_t)16 * 1024 * 1024) /* of a batch, but for a single file */

static int
search_piece(struct batches *b, struct piece *piece, unsigned thread)
{
	if (piece->known)
		return 0;
	if (b->dear >= DEAR_MAX) {
		piece->hits.count = piece->hits.matches = 0;
		piece->hits.limited = true;
		return 0;
	}
	int r = search_blob(&b->searchers[thread], &piece->blob, &piece->hits);
	if (r == 0 && piece->hits.limited)
		b->dear++;
	return r;
}

/* What the batch before found. */
static int
give_behind(struct batches *b)
{
	struct batch *behind = &b->batch[!b->now];
	int r = 0;

	for (; b->given < behind->count && r == 0; b->given++)
		r = b->give(b->ctx, &behind->pieces[b->given]);
	return r;
}

static int
search_run(void *ctx, size_t index, unsigned thread)
{
	struct batches *b = ctx;
	struct batch *now = &b->batch[b->now];
	int r = 0;

	if (thread == pool_threads(b->pool) - 1)
		r = give_behind(b);
	for (size_t i = now->runs[index]; i < now->runs[index + 1] && r == 0; i++)
		r = search_piece(b, &now->pieces[i], thread);
	return r;
}

static int
run(struct batches *b)
{
	struct batch *now = &b->batch[b->now];

	int r = pulse_beat(b->pulse);
	now->runs[now->run_count] = now->count;
	if (r == 0 && now->count > 0)
		r = pool_run(b->pool, now->run_count, search_run, b);
	if (r == 0)
		r = give_behind(b);
	b->now = !b->now;
	b->given = 0;
	b->batch[b->now].count = b->batch[b->now].run_count = 0;
	b->batch[b->now].bytes = 0;
	b->full = b->full * 2 < BATCH_MAX ? b->full * 2 : BATCH_MAX;
	return r;
}

static bool
same_block(const struct blob *a, const struct blob *b)
{
	return a->text == b->text && (a->is.offset + a->is.size) / SEG_BLOCK == b->is.offset / SEG_BLOCK;
}

int
batches_add(struct batches *b, const struct entry *entry, const struct blob *blob, const struct hits *known)
{
	struct batch *now = &b->batch[b->now];
	struct piece *piece = &now->pieces[now->count];

	if (b->full == 0)
		b->full = FIRST;
	if (now->count == 0 || now->count - now->runs[now->run_count - 1] == RUN_MAX ||
	    !same_block(&piece[-1].blob, blob))
		now->runs[now->run_count++] = now->count;
	piece->entry = entry;
	piece->blob = *blob;
	piece->known = known;
	now->count++;
	now->bytes += known ? 0 : blob->is.size;
	return now->count >= b->full || now->bytes >= BYTES_MAX ? run(b) : 0;
}

int
batches_end(struct batches *b)
{
	int r = run(b);
	return r == 0 ? run(b) : r;
}

void
batches_release(struct batches *b)
{
	for (size_t i = 0; i < BATCH_MAX; i++) {
		hits_release(&b->batch[0].pieces[i].hits);
		hits_release(&b->batch[1].pieces[i].hits);
	}
}
