#include "tests/unit.h"

#include "base/codec.h"
#include "base/seal.h"
#include "indexer/intake/segment_text.h"
#include "indexer/intake/worker.h"
#include "tests/scratch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#define SEALED (SEAL_LANDLOCK | SEAL_SECCOMP)
#define MiB ((size_t)1024 * 1024)

/* A text segment of a few blobs, and what workers said of each. */
struct bench {
	struct scratch scratch;
	struct pool *pool;
	struct text_writer *writer;
	struct seg_map map;
	struct seg_texts texts;
	uint32_t count;
	enum seg_status status[32];
	enum seg_why why[32];
	size_t symbols[32];
	/* hooks */
	pid_t worker;
	unsigned started;
	int signal; /* sent once: when so many blobs are done, or at the start */
	uint32_t signal_at;
	bool at_start;
	enum seg_why verdict; /* for blob 0 */
};

static void
bench_make(struct bench *b)
{
	*b = (struct bench){ 0 };
	scratch_make(&b->scratch);
	assert_int_equal(pool_new(1, &b->pool), 0);
	assert_int_equal(text_writer_new(b->scratch.dir, b->pool, &b->writer), 0);
}

static void
bench_add(struct bench *b, const char *path, struct str text)
{
	struct word_scratch *scratch = word_scratch_new();
	struct text_blob blob = { .size = text.len };
	uint8_t *place;

	assert_int_equal(text_writer_buffer(b->writer, text.len, &place), 0);
	memcpy(place, text.data, text.len);
	blob.text = (struct str){ (const char *)place, text.len };
	blob_facts_find(&blob.facts, scratch, language_of(str_from(path), blob.text), blob.text);
	git_oid("blob", text.data, text.len, blob.id);
	assert_int_equal(text_writer_add(b->writer, &blob, 1), 0);
	blob_facts_release(&blob.facts);
	word_scratch_free(scratch);
}

static void
bench_ready(struct bench *b)
{
	uint8_t digest[SHA256_LEN];
	uint64_t bytes;
	bool fresh;

	assert_int_equal(text_writer_end(b->writer, digest, &bytes, &fresh), 0);
	assert_int_equal(seg_map_open(&b->map, b->scratch.dir, digest, SEG_TEXT), 0);
	assert_int_equal(seg_texts_open(&b->texts, &b->map), 0);
}

static void
bench_remove(struct bench *b)
{
	seg_texts_close(&b->texts);
	seg_map_close(&b->map);
	pool_free(b->pool);
	scratch_remove(&b->scratch);
}

static enum seg_why
verdict(void *ctx, const struct seg_blob *blob)
{
	const struct bench *b = ctx;

	return blob == &b->texts.blobs[0] ? b->verdict : SEG_WHY_NONE;
}

static int
take(void *ctx, uint32_t blob, struct str parsed)
{
	struct bench *b = ctx;
	struct dec dec = dec_of(parsed);

	assert_int_equal(blob, b->count++);
	b->status[blob] = (enum seg_status)dec_num(&dec);
	b->why[blob] = (enum seg_why)dec_num(&dec);
	dec_num(&dec);
	dec_num(&dec);
	dec_str(&dec);
	b->symbols[blob] = dec_num(&dec);
	assert_false(dec.bad);
	return 0;
}

static void
started(void *ctx, pid_t worker)
{
	struct bench *b = ctx;

	b->worker = worker;
	b->started++;
	if (b->signal && b->at_start)
		kill(worker, b->signal);
}

static int
tick(void *ctx, uint32_t done)
{
	struct bench *b = ctx;

	if (b->signal && !b->at_start && done >= b->signal_at) {
		kill(b->worker, b->signal);
		b->signal = 0;
	}
	return 0;
}

static int
cancel(void *ctx, uint32_t done)
{
	(void)ctx, (void)done;
	return err_set(ERR_CANCELLED, "enough");
}

static struct worker_options
options_for(struct bench *b, unsigned workers)
{
	return (struct worker_options){ .workers = workers,
		.seal_layers = SEALED,
		.verdict = verdict,
		.take = take,
		.tick = tick,
		.started = started,
		.ctx = b };
}

static struct str
repeated(struct buf *buf, const char *piece, size_t size)
{
	*buf = BUF(64 * MiB);
	while (buf->len < size)
		assert_int_equal(buf_text(buf, piece), 0);
	return buf_view(buf);
}

/* C that takes a good second to parse. */
static struct str
long_work(struct buf *buf)
{
	return repeated(buf, "int f(int a) { if (a > 1) { return g(a, 2) + h[a]; } return 0; }\n", 6 * MiB);
}

static bool
is_gone(pid_t pid)
{
	return kill(pid, 0) < 0 && errno == ESRCH;
}

/* ---- */

static void
blobs_come_in_order(void **state)
{
	struct bench b;

	(void)state;
	bench_make(&b);
	for (unsigned i = 0; i < 30; i++) {
		char text[100];
		snprintf(text, sizeof text, "int f%u(void) { return %u; }\n", i, i);
		bench_add(&b, i % 3 ? "x.c" : "x.txt", str_from(text));
	}
	bench_ready(&b);
	struct worker_options options = options_for(&b, 3);
	assert_int_equal(workers_run(&b.texts, &options), 0);
	assert_int_equal(b.count, 30);
	for (unsigned i = 0; i < 30; i++) {
		assert_int_equal(b.status[i], i % 3 ? SEG_PARSED : SEG_PLAIN);
		assert_int_equal(b.symbols[i], i % 3 ? 1 : 0);
	}
	assert_true(is_gone(b.worker));
	bench_remove(&b);
}

/* Runs a long blob between two short ones and sends the worker a signal in the middle. */
static void
disturb(int signal, unsigned patience_ms)
{
	struct bench b;
	struct buf buf, whole_job;

	bench_make(&b);
	bench_add(&b, "a.c", repeated(&whole_job, "int a(void) { return 1; }\n", 512 * 1024));
	bench_add(&b, "b.c", long_work(&buf));
	bench_add(&b, "c.c", STR("int c(void) { return 1; }\n"));
	bench_ready(&b);
	b.signal = signal;
	b.signal_at = 1;
	struct worker_options options = options_for(&b, 1);
	options.patience_ms = patience_ms;
	assert_int_equal(workers_run(&b.texts, &options), 0);
	assert_int_equal(b.count, 3);
	assert_true(b.started >= 2);
	assert_int_equal(b.status[0], SEG_PARSED);
	assert_int_equal(b.status[1], SEG_NOT_PARSED);
	assert_int_equal(b.why[1], SEG_WHY_KILLED);
	assert_int_equal(b.status[2], SEG_PARSED);
	bench_remove(&b);
	buf_release(&buf);
	buf_release(&whole_job);
}

static void
a_killed_worker_costs_one_blob(void **state)
{
	(void)state;
	disturb(SIGKILL, 0);
}

static void
a_hanging_worker_is_killed(void **state)
{
	(void)state;
	disturb(SIGSTOP, 8000);
}

static void
time_out_is_a_verdict(void **state)
{
	struct bench b;
	struct buf buf, whole_job;

	(void)state;
	bench_make(&b);
	bench_add(&b, "a.c", repeated(&whole_job, "int a(void) { return 1; }\n", 512 * 1024));
	bench_add(&b, "b.c", long_work(&buf));
	bench_ready(&b);
	b.signal = SIGXCPU;
	b.signal_at = 1;
	struct worker_options options = options_for(&b, 1);
	assert_int_equal(workers_run(&b.texts, &options), 0);
	assert_int_equal(b.why[1], SEG_WHY_TIME);
	bench_remove(&b);
	buf_release(&buf);
	buf_release(&whole_job);
}

static void
a_verdict_spares_the_parser(void **state)
{
	struct bench b;

	(void)state;
	bench_make(&b);
	bench_add(&b, "a.c", STR("int a(void) { return 1; }\n"));
	bench_add(&b, "b.c", STR("int b(void) { return 1; }\n"));
	bench_ready(&b);
	b.verdict = SEG_WHY_TIME;
	struct worker_options options = options_for(&b, 1);
	assert_int_equal(workers_run(&b.texts, &options), 0);
	assert_int_equal(b.status[0], SEG_NOT_PARSED);
	assert_int_equal(b.why[0], SEG_WHY_TIME);
	assert_int_equal(b.symbols[0], 0);
	assert_int_equal(b.status[1], SEG_PARSED);
	bench_remove(&b);
}

static void
a_worker_that_never_starts_stops_the_run(void **state)
{
	struct bench b;

	(void)state;
	bench_make(&b);
	bench_add(&b, "a.c", STR("int a;\n"));
	bench_ready(&b);
	b.signal = SIGKILL;
	b.at_start = true;
	struct worker_options options = options_for(&b, 1);
	assert_int_equal(workers_run(&b.texts, &options), ERR_REFUSED);
	assert_true(is_gone(b.worker));
	bench_remove(&b);
}

static void
cancelling_leaves_no_process(void **state)
{
	struct bench b;
	struct buf buf;

	(void)state;
	bench_make(&b);
	bench_add(&b, "b.c", long_work(&buf));
	bench_ready(&b);
	struct worker_options options = options_for(&b, 2);
	options.tick = cancel;
	assert_int_equal(workers_run(&b.texts, &options), ERR_CANCELLED);
	assert_true(is_gone(b.worker));
	bench_remove(&b);
	buf_release(&buf);
}

static void
random_bytes(struct buf *buf, size_t size)
{
	uint32_t seed = 77;

	*buf = BUF(64 * MiB);
	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525 + 1013904223;
		uint8_t byte = (uint8_t)(seed >> 24);
		assert_int_equal(buf_byte(buf, byte ? byte : 1), 0);
	}
}

/* What is meant to choke a parser: each is finished, and none needs much time or memory. */
static void
hostile_sources_are_bounded(void **state)
{
	static const struct {
		const char *path, *piece;
		size_t size;
	} table[] = {
		{ "a.c", "{", 500000 },
		{ "b.c", "(\n", MiB },
		{ "c.json", "[\n", MiB },
		{ "d.py", "(\n", MiB },
		{ "e.c", "a", 4 * MiB },
		{ "f.c", "x = y; ", 4 * MiB },
		{ "g.c", "#if A\n", MiB },
		{ "h.cpp", "a<\n", MiB },
		{ "i.js", "`${\n", MiB },
		{ "k.c", "*\n", MiB },
		{ "l.rs", "r#\"\n", MiB },
		{ "m.sh", "$(\n", MiB },
		{ "n.rb", "<<A\n", 64 * 1024 },
		{ "o.c", "\"\n", MiB },
		{ "p.go", "x.(\n", MiB },
		{ "q.c", "{\n", 2 * MiB }, /* a million deep */
	};
	struct bench b;
	struct buf bufs[18];
	size_t count = sizeof table / sizeof *table;
	struct timespec from, to;
	struct rusage usage;

	(void)state;
	bench_make(&b);
	for (size_t i = 0; i < count; i++)
		bench_add(&b, table[i].path, repeated(&bufs[i], table[i].piece, table[i].size));
	random_bytes(&bufs[count], 2 * MiB);
	bench_add(&b, "random.c", buf_view(&bufs[count]));
	bench_ready(&b);
	struct worker_options options = options_for(&b, 2);
	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(workers_run(&b.texts, &options), 0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_int_equal(b.count, count + 1);
	assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
	size_t hungry = 0;
	for (size_t i = 0; i < count; i++)
		hungry += b.why[i] == SEG_WHY_MEMORY;
	assert_true(hungry > 0); /* stopped at the limit */
	for (uint32_t i = 0; i <= count; i++)
		print_message("%s %s %s\n", i < count ? table[i].piece : "random",
		    seg_status_word(b.status[i]), seg_why_word(b.why[i]));
	print_message("%ld s, at most %ld MiB\n", (long)(to.tv_sec - from.tv_sec), usage.ru_maxrss / 1024);
#ifndef __SANITIZE_ADDRESS__
	assert_true(usage.ru_maxrss / 1024 < 400);
#endif
	for (size_t i = 0; i <= count; i++)
		buf_release(&bufs[i]);
	bench_remove(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(blobs_come_in_order),
	cmocka_unit_test(a_killed_worker_costs_one_blob),
	cmocka_unit_test(a_hanging_worker_is_killed),
	cmocka_unit_test(time_out_is_a_verdict),
	cmocka_unit_test(a_verdict_spares_the_parser),
	cmocka_unit_test(a_worker_that_never_starts_stops_the_run),
	cmocka_unit_test(cancelling_leaves_no_process),
	cmocka_unit_test(hostile_sources_are_bounded),
};

UNIT(tests)
