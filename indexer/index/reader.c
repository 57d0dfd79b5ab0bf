#include "indexer/index/reader.h"

#include "indexer/index/job.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#define LIST_MAX ((size_t)64 * 1024 * 1024) /* bytes of a list of releases */
#define SIGN_OF_LIFE UINT64_C(1000000000)   /* ns between two signs to the supervisor */
#define IDLE_MS 1000                        /* without an order before the supervisor is told */

struct waiting {
	uint64_t order;
	bool cancelled;
	struct buf body;
};

struct reader {
	struct wire wire;
	struct pool *pool;
	int busy;
	bool works;    /* what it told last */
	uint64_t told; /* and when */
	struct store *store;
	struct text_reader text;
	struct answer answer;
	struct buf packet;
	bool ready;      /* a list of releases came */
	struct buf list; /* one that arrives, or waits for the order's end that is being answered */
	bool more;       /* not all of it is here */
	bool listed;     /* it is */
	bool awaited;    /* an order is being answered, `now` */
	uint64_t now;
	struct waiting queue[MESSAGE_ORDERS];
	size_t queued;
};

static int (*const verbs[VERB_COUNT])(struct job *job) = {
	[VERB_LS] = answer_ls,
	[VERB_PAGE] = answer_page,
	[VERB_SEARCH] = answer_search,
	[VERB_DEF] = answer_def,
	[VERB_REFS] = answer_refs,
	[VERB_CALLERS] = answer_callers,
	[VERB_CALLEES] = answer_callees,
	[VERB_OUTLINE] = answer_outline,
	[VERB_SKIPPED] = answer_skipped,
	[VERB_DIFF_FILES] = answer_diff_files,
	[VERB_DIFF_LINES] = answer_diff_lines,
	[VERB_DIFF_SYMBOLS] = answer_diff_symbols,
	[VERB_ANCHOR] = answer_anchor,
	[VERB_FIND] = answer_find,
	[VERB_SYMBOLS] = answer_symbols,
	[VERB_SUSPICIOUS] = answer_suspicious,
	[VERB_CENSUS] = answer_census,
	[VERB_SOURCES] = answer_sources,
};

/* ---- what comes in ---- */

static int
fail(struct reader *reader, uint64_t order, int code)
{
	int r = message_fail(&reader->packet, order, (enum err)code, err_text());
	return r == 0 ? wire_send(&reader->wire, &reader->packet) : r;
}

static int
take_order(struct reader *reader, const struct message *message)
{
	if (reader->queued == MESSAGE_ORDERS)
		return fail(reader, message->order,
		    err_set(ERR_REFUSED, "more than %d orders at once", MESSAGE_ORDERS));
	struct waiting *waiting = &reader->queue[reader->queued++];
	waiting->order = message->order;
	waiting->cancelled = false;
	waiting->body.max = MESSAGE_MAX;
	buf_clear(&waiting->body);
	return buf_str(&waiting->body, message->body);
}

/* What was listed, if that is whole, becomes what is read from. */
static int
use_releases(struct reader *reader)
{
	if (!reader->listed)
		return 0;
	reader->listed = false;
	int r = store_releases(reader->store, buf_view(&reader->list));
	reader->ready |= r == 0;
	return r;
}

static int
take_releases(struct reader *reader, const struct message *message)
{
	bool next = message->order & LIST_NEXT;

	/* the end of a list that a reader before this one began */
	if (next && !reader->more)
		return 0;
	reader->list.max = LIST_MAX;
	if (!next)
		buf_clear(&reader->list);
	reader->more = message->order & LIST_MORE;
	reader->listed = !reader->more;
	int r = buf_str(&reader->list, message->body);
	return r == 0 && !reader->awaited ? use_releases(reader) : r;
}

/* A message; ERR_CANCELLED if it ends the order under way. */
static int
take_message(struct reader *reader, const struct message *message)
{
	if (!reader->ready && message->kind != MSG_RELEASES)
		return 0;
	switch (message->kind) {
	case MSG_RELEASES:
		return take_releases(reader, message);
	case MSG_READ:
		return take_order(reader, message);
	case MSG_CANCEL:
		for (size_t i = 0; i < reader->queued; i++)
			reader->queue[i].cancelled |= reader->queue[i].order == message->order;
		return reader->awaited && reader->now == message->order ? err_set(ERR_CANCELLED, "cancelled")
									: 0;
	default:
		return err_set(ERR_FORMAT, "a message of kind %d is not for the reader", (int)message->kind);
	}
}

/* All that is there to read. */
static int
take_all(struct reader *reader)
{
	struct message message;
	int r = 0, stopped = 0;

	while (!reader->wire.closed && reader->queued < MESSAGE_ORDERS &&
	    (r = wire_read(&reader->wire, &message)) == 1) {
		r = take_message(reader, &message);
		if (r == ERR_CANCELLED)
			stopped = r;
		else if (r < 0)
			return r;
	}
	if (reader->wire.closed)
		return err_set(ERR_CANCELLED, "the keeper is gone");
	return r < 0 ? r : stopped;
}

/* 'b': busy; 'i': idle, or waiting for the keeper to read. */
static void
tell(struct reader *reader, char state)
{
	reader->works = state == 'b';
	reader->told = pulse_clock();
	if (reader->busy >= 0)
		(void)!write(reader->busy, &state, 1);
}

static void
give_sign(struct reader *reader)
{
	if (!reader->works || pulse_clock() - reader->told > SIGN_OF_LIFE)
		tell(reader, 'b');
}

static int
look(void *ctx)
{
	struct reader *reader = ctx;

	give_sign(reader);
	return take_all(reader);
}

/* ---- what goes out ---- */

static int
wait_for_room(struct reader *reader)
{
	int r = 0;

	tell(reader, 'i');
	while (r == 0 && wire_full(&reader->wire) && !reader->wire.closed) {
		struct pollfd pfd = { .fd = reader->wire.fd, .events = wire_events(&reader->wire) };
		if (reader->queued == MESSAGE_ORDERS)
			pfd.events = POLLOUT; /* no room for more; a cancel can wait until there is */
		if (poll(&pfd, 1, -1) < 0)
			continue;
		r = wire_flush(&reader->wire);
		if (r == 0 && pfd.revents & (POLLIN | POLLHUP | POLLERR))
			r = take_all(reader);
	}
	tell(reader, 'b');
	return r;
}

static int
send_packet(void *ctx, const struct buf *packet)
{
	struct reader *reader = ctx;
	int r = wire_send(&reader->wire, packet);

	return r == 0 && wire_full(&reader->wire) ? wait_for_room(reader) : r;
}

/* ---- answering ---- */

static int
run_order(struct reader *reader, const struct order *order, struct pulse *pulse)
{
	struct job job = {
		.store = reader->store,
		.pool = reader->pool,
		.reader = &reader->text,
		.args = &order->args,
		.flags = (unsigned)row_get_num(&order->args, F_FLAGS),
		.pulse = pulse,
		.answer = &reader->answer,
	};

	answer_begin(&reader->answer, reader->now);
	int r = verbs[order->verb](&job);
	if (r == 0)
		r = answer_end(&reader->answer);
	arena_release(&job.arena);
	return r;
}

static int
answer_next(struct reader *reader)
{
	struct waiting waiting = reader->queue[0];
	struct order order;
	struct pulse pulse;

	memmove(reader->queue, reader->queue + 1, --reader->queued * sizeof reader->queue[0]);
	reader->queue[reader->queued] = (struct waiting){ 0 };
	reader->now = waiting.order;
	reader->awaited = true;
	pulse_init(&pulse, look, reader);
	give_sign(reader);
	int r = waiting.cancelled ? err_set(ERR_CANCELLED, "cancelled")
				  : order_decode(buf_view(&waiting.body), &order);
	if (r == 0)
		r = run_order(reader, &order, &pulse);
	if (r < 0)
		r = fail(reader, waiting.order, r);
	reader->awaited = false;
	buf_release(&waiting.body);
	return r == 0 ? use_releases(reader) : r;
}

/* The supervisor, which each word wakes, is told that an order has ended where no other follows. */
static int
wait_for_order(struct reader *reader)
{
	int r = reader->works ? wire_wait(&reader->wire, IDLE_MS) : ERR_ABSENT;

	if (r != ERR_ABSENT)
		return r;
	if (reader->works)
		tell(reader, 'i');
	return wire_wait(&reader->wire, -1);
}

static int
serve(struct reader *reader)
{
	for (;;) {
		int r = reader->queued > 0 ? 0 : wait_for_order(reader);
		if (r == 0)
			r = take_all(reader);
		if (reader->wire.closed)
			return 0;
		if (r < 0)
			return r;
		if (reader->queued > 0) {
			r = answer_next(reader);
			if (r < 0)
				return r;
		}
	}
}

int
reader_run(const struct reader_setup *setup)
{
	struct reader *reader = mem_new(struct reader);

	reader->pool = setup->pool;
	reader->busy = setup->busy;
	reader->packet = BUF(MESSAGE_MAX);
	reader->answer.send = send_packet;
	reader->answer.ctx = reader;
	reader->store = store_new(setup->index);
	int r = wire_init(&reader->wire, setup->peer);
	if (r == 0)
		r = serve(reader);
	for (size_t i = 0; i < MESSAGE_ORDERS; i++)
		buf_release(&reader->queue[i].body);
	wire_release(&reader->wire);
	answer_release(&reader->answer);
	text_reader_release(&reader->text);
	buf_release(&reader->packet);
	buf_release(&reader->list);
	store_free(reader->store);
	free(reader);
	return r;
}
