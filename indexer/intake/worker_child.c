#include "indexer/intake/worker_child.h"

#include "base/seal.h"
#include "indexer/intake/extract.h"

#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define HEAP \
	((rlim_t)512 * 1024 * 1024)  /* address space that a worker may take beyond what it is born with */
#define LARGE ((uint64_t)256 * 1024) /* bytes of a blob behind which all memory is swept */
#define KEPT ((size_t)256 * 1024)    /* what is larger goes back to the system when it is done with */
#define KILL_SECONDS (EXTRACT_SECONDS + 2)

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0 /* their shadow takes terabytes of address space */
#endif

struct worker {
	int socket;
	struct worker_shared *shared;
	struct seg_texts *texts;
	struct extractor *extractor;
	struct parsed parsed;
	struct buf out;
};

static void
limit_space(rlim_t bytes, rlim_t most)
{
	struct rlimit limit = { bytes, most };

	if (setrlimit(RLIMIT_AS, &limit) < 0)
		_exit(WORKER_UNSEALED);
}

/* The address space in use, to a mebibyte: the least limit under which a page more can be had.  /proc is sealed. */
static rlim_t
space_in_use(void)
{
	rlim_t low = 0, high = (rlim_t)1 << 47;

	while (high - low > 1024 * 1024) {
		rlim_t middle = low + (high - low) / 2;
		limit_space(middle, RLIM_INFINITY);
		void *page = mmap(NULL, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED) {
			low = middle;
		} else {
			munmap(page, 1);
			high = middle;
		}
	}
	return high;
}

static void
limit_memory(void)
{
	rlim_t limit = SANITIZED ? RLIM_INFINITY : space_in_use() + HEAP;
	limit_space(limit, limit);
}

/* From now on so many seconds of processor time, then SIGXCPU, which ends us. */
static void
limit_time(void)
{
	struct timespec used;
	struct rlimit limit;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0 || getrlimit(RLIMIT_CPU, &limit) < 0)
		_exit(WORKER_UNSEALED);
	rlim_t until = (rlim_t)used.tv_sec + 1 + KILL_SECONDS;
	limit.rlim_cur = until < limit.rlim_max ? until : limit.rlim_max;
	if (setrlimit(RLIMIT_CPU, &limit) < 0)
		_exit(WORKER_UNSEALED);
}

static void
seal(struct worker *worker, unsigned layers)
{
	struct seal_verdict verdict = { 0 };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		_exit(WORKER_UNSEALED);
	signal(SIGINT, SIG_IGN);
	signal(SIGXCPU, SIG_DFL);
	if (seal_prepare(SEAL_WORKER, &worker->socket, 1) < 0)
		_exit(WORKER_UNSEALED);
	limit_memory();
	seal_last_words(-1, STR(""), STR("")); /* the indexer's are not ours */
	if (layers && (seal_close(SEAL_WORKER, &SEAL_PATHS_NONE, layers, &verdict) < 0 || verdict.missing))
		_exit(WORKER_UNSEALED);
}

/* A blob's bytes into worker->out. */
static void
parse(struct worker *worker, uint32_t blob, enum seg_why why)
{
	const struct seg_blob *b = &worker->texts->blobs[blob];
	struct str text = STR("");

	parsed_clear(&worker->parsed);
	if (worker->out.cap > KEPT)
		buf_release(&worker->out);
	buf_clear(&worker->out);
	if (b->class == SEG_PLAIN_TEXT) {
		if (seg_texts_get(worker->texts, blob, &text) < 0)
			_exit(WORKER_DAMAGED);
		int r = why == SEG_WHY_NONE
		    ? extract_text(worker->extractor, b->language, text, &worker->parsed)
		    : extract_plain(b->language, text, why, &worker->parsed);
		if (r < 0)
			_exit(WORKER_NO_MEMORY);
	}
	if (parsed_encode(&worker->parsed, text, &worker->out) == 0)
		return;
	/* more than may be handed over: what is left is the state */
	enum seg_why too_much =
	    worker->parsed.state.status == SEG_NOT_PARSED ? worker->parsed.state.why : SEG_WHY_NODES;
	unsigned status = worker->parsed.state.status == SEG_PLAIN ? SEG_PLAIN : SEG_NOT_PARSED;
	parsed_clear(&worker->parsed);
	buf_clear(&worker->out);
	worker->parsed.state = (struct seg_state){ .status = (uint8_t)status,
		.why = (uint8_t)(status == SEG_PLAIN ? SEG_WHY_NONE : too_much) };
	if (parsed_encode(&worker->parsed, STR(""), &worker->out) < 0)
		_exit(WORKER_NO_MEMORY);
}

static void
hand_over(struct worker *worker)
{
	uint32_t at = atomic_load(&worker->shared->length), len = (uint32_t)worker->out.len;

	memcpy(worker->shared->bytes + at, &len, sizeof len);
	memcpy(worker->shared->bytes + at + sizeof len, worker->out.data, len);
	atomic_store(&worker->shared->length, at + (uint32_t)sizeof len + len);
	atomic_fetch_add(&worker->shared->done, 1);
}

static void
carry_out(struct worker *worker, const struct worker_order *order)
{
	for (uint32_t i = 0; i < order->count && atomic_load(&worker->shared->length) < WORKER_FULL; i++) {
		limit_time();
		parse(worker, order->first + i, i == 0 ? (enum seg_why)order->why : SEG_WHY_NONE);
		hand_over(worker);
		if (worker->texts->blobs[order->first + i].size > LARGE) {
			parsed_clear(&worker->parsed);
			malloc_trim(0);
		}
	}
}

static void
say(const struct worker *worker, enum worker_word word)
{
	char byte = (char)word;

	if (write(worker->socket, &byte, 1) != 1)
		_exit(WORKER_GONE); /* nobody wants to know */
}

void
worker_main(int socket, struct worker_shared *shared, struct seg_texts *texts, unsigned layers)
{
	struct worker worker = { .socket = socket, .shared = shared, .texts = texts };
	struct worker_order order;

	mallopt(M_MMAP_THRESHOLD, (int)KEPT);
	/* before the C library gives back a part of a thread's heap it looks into /proc, which the seal forbids */
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	seal(&worker, layers);
	worker.extractor = extractor_new();
	worker.out = BUF(WORKER_AREA - WORKER_FULL - 2 * sizeof(uint32_t));
	parsed_init(&worker.parsed);
	say(&worker, WORKER_READY);
	while (read(socket, &order, sizeof order) == sizeof order) {
		if (order.first > texts->count || order.count > texts->count - order.first)
			_exit(WORKER_DAMAGED);
		carry_out(&worker, &order);
		say(&worker, WORKER_DONE);
	}
	_exit(WORKER_GONE);
}
