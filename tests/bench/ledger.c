/*
 * How fast the ledger is against the floor beneath it, side by side in one run:
 *
 *	ledger NEW_FOLDER RECORDS
 *	ledger FOLDER            verify and open alone, of a room that an earlier run left
 *	ledger ROOM KEY RECORDS  pages by the bare key file of its host, into a room that is there: one more session
 *
 * appends: record, sign, commit against bare SQLite WAL commits (synchronous FULL) of the same bytes;
 * verify: a whole room against libsodium's verify alone, on every core;
 * open: a small room and that one; readers: fifty processes that append to it at once, two or three pages a second
 * each; crowd: the same as fast as they can.
 */
#include "annotations/keyfile.h"
#include "annotations/projection.h"
#include "annotations/verify.h"
#include "base/fs.h"

#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(call) \
	do { \
		if ((call) < 0) { \
			fprintf(stderr, "%s: %s\n", #call, err_text()); \
			exit(5); \
		} \
	} while (0)

#define HASH "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Of all threads: says more than the wall's clock where others use the machine. */
static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static json_t *
page_payload(unsigned line)
{
	char text[1024];
	json_t *payload;

	snprintf(text, sizeof text,
	    "{\"order\":1,\"unit\":0,\"end\":true,\"verb\":\"page\",\"releases\":[\"1.0\"],\"rows\":1,"
	    "\"files\":1,\"lines\":256,"
	    "\"bytes\":9000,\"root\":\"" HASH "\",\"sent\":9100,\"sha256\":\"" HASH
	    "\",\"path\":\"drivers/net/ethernet/a.c\","
	    "\"blob\":\"%040u\",\"first\":%u,\"last\":%u}",
	    line, line, line + 255);
	CHECK(json_read(str_from(text), &payload));
	return payload;
}

/* A session of the host's; its key in actor. */
static void
open_session(struct ledger *ledger, const struct secret *host, struct actor *actor)
{
	struct buf signature = BUF(SSHSIG_MAX), record = BUF(RECORD_MAX), line = BUF(PUBLIC_LINE_MAX);
	struct secret *session;
	char text[1024];
	json_t *payload;

	CHECK(secret_new(&session));
	public_key_fingerprint(secret_public(host), actor->actor);
	public_key_fingerprint(secret_public(session), actor->session);
	actor->secret = session;
	CHECK(public_key_line(secret_public(session), STR(""), &line));
	snprintf(text, sizeof text,
	    "{\"key\":\"%s\",\"program\":\"" HASH "\",\"command\":\"desk\",\"seal\":{}}",
	    (const char *)line.data);
	CHECK(json_read(str_from(text), &payload));
	CHECK(ledger_draft(ledger, actor, RECORD_SESSION, payload, &record));
	CHECK(sshsig_make(host, NS_RECORD, buf_view(&record), &signature));
	CHECK(ledger_append(ledger, buf_view(&record), buf_view(&signature), NULL, 0, NULL));
}

/* A room with a session; its key in actor. */
static struct ledger *
make_room(int dir, struct actor *actor)
{
	struct genesis genesis = { .product = STR("bench"), .host = STR("host"), .practice = true };
	struct buf signature = BUF(SSHSIG_MAX);
	struct ledger *ledger;
	struct secret *host;

	CHECK(secret_new(&host));
	genesis.key = secret_public(host);
	record_boot(genesis.boot);
	CHECK(genesis_draft(&genesis));
	CHECK(sshsig_make(host, NS_RECORD, buf_view(&genesis.record), &signature));
	CHECK(ledger_create(dir, &genesis, buf_view(&signature), &projection_hooks));
	if (mkdirat(dir, "run", 0700) < 0)
		exit(5);
	CHECK(ledger_open(dir, DB_WRITE, &projection_hooks, &ledger));
	open_session(ledger, host, actor);
	return ledger;
}

static void
run_sql(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
		exit(5);
	}
}

/* Seconds for as many bare commits of `len` bytes. */
static double
bare_commits(const char *folder, unsigned count, size_t len)
{
	char path[4096];
	sqlite3_stmt *insert;
	sqlite3 *db;
	uint8_t *bytes = calloc(1, len);

	snprintf(path, sizeof path, "%s/bare.db", folder);
	if (!bytes || sqlite3_open(path, &db) != SQLITE_OK)
		exit(5);
	run_sql(db,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (i INTEGER PRIMARY KEY, b "
	    "BLOB)");
	sqlite3_prepare_v2(db, "INSERT INTO t (b) VALUES (?1)", -1, &insert, NULL);
	double start = now();
	for (unsigned i = 0; i < count; i++) {
		sqlite3_bind_blob(insert, 1, bytes, (int)len, SQLITE_STATIC);
		sqlite3_step(insert);
		sqlite3_reset(insert);
	}
	double took = now() - start;
	sqlite3_finalize(insert);
	sqlite3_close(db);
	unlink(path);
	free(bytes);
	return took;
}

struct verifying {
	uint8_t pk[32], sk[64], sig[64], message[200];
};

static int
verify_one(void *ctx, size_t piece, unsigned thread)
{
	struct verifying *v = ctx;

	(void)piece;
	(void)thread;
	for (int i = 0; i < 64; i++) {
		if (crypto_sign_verify_detached(v->sig, v->message, sizeof v->message, v->pk) != 0)
			return err_set(ERR_ABSENT, "bench");
	}
	return 0;
}

static void
bench_verify(struct ledger *ledger)
{
	struct verify_summary summary;
	struct head head;
	struct verifying v;
	struct pool *pool;

	CHECK(pool_new(0, &pool));
	CHECK(ledger_head(ledger, &head));
	randombytes_buf(v.message, sizeof v.message);
	crypto_sign_keypair(v.pk, v.sk);
	crypto_sign_detached(v.sig, NULL, v.message, sizeof v.message, v.sk);
	double start = now(), start_cpu = cpu();
	CHECK(pool_run(pool, head.size / 64, verify_one, &v));
	double floor = now() - start, floor_cpu = cpu() - start_cpu;
	struct verify_options options = { .hooks = &projection_hooks, .pool = pool };
	start = now();
	start_cpu = cpu();
	CHECK(verify_run(ledger, &options, &summary));
	double took = now() - start, took_cpu = cpu() - start_cpu;
	double signatures = (double)(head.size / 64 * 64), all = (double)summary.records;
	printf("verify: %.0f/s, libsodium alone %.0f/s on %u threads: %.0f %% (of CPU time %.0f %%), %llu "
	       "failures\n",
	    all / took, signatures / floor, pool_threads(pool), 100 * floor / signatures * all / took,
	    100 * floor_cpu / signatures * all / took_cpu, (unsigned long long)summary.failures);
	pool_free(pool);
}

static void
append_pages(struct ledger *ledger, const struct actor *actor, unsigned from, unsigned count)
{
	for (unsigned i = from; i < from + count; i++) {
		json_t *payload = page_payload(i);
		CHECK(ledger_append_session(ledger, actor, RECORD_PAGE, payload, NULL));
		json_decref(payload);
	}
}

/* ---- many keepers in one room ---- */

enum { KEEPERS = 50, EACH = 40 };

/* Between two pages of one reader: `pace` seconds on average, from nearly none to twice that. */
static void
read_page(double pace)
{
	double wait = pace * (0.05 + 1.9 * randombytes_uniform(1000) / 1000);

	nanosleep(&(struct timespec){ (time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9) }, NULL);
}

/* A keeper of its own process: the time of each append, in seconds, into the pipe. */
static int
keep(int dir, const struct actor *actor, double pace, int out)
{
	struct ledger *ledger;

	CHECK(ledger_open(dir, DB_WRITE, &projection_hooks, &ledger));
	for (unsigned i = 0; i < EACH; i++) {
		json_t *payload = page_payload(i);
		if (pace > 0)
			read_page(pace);
		double start = now();
		CHECK(ledger_append_session(ledger, actor, RECORD_PAGE, payload, NULL));
		double took = now() - start;
		json_decref(payload);
		if (write(out, &took, sizeof took) != sizeof took)
			return 1;
	}
	ledger_close(ledger);
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* pace 0: as fast as they can. */
static void
bench_crowd(int dir, const struct actor *actor, const char *name, double pace)
{
	static double took[KEEPERS * EACH];
	size_t count = 0;
	int pipe_fds[2], status;
	unsigned errors = 0;

	if (pipe(pipe_fds) < 0)
		exit(5);
	for (unsigned i = 0; i < KEEPERS; i++) {
		if (fork() == 0)
			_exit(keep(dir, actor, pace, pipe_fds[1]));
	}
	close(pipe_fds[1]);
	while (count < KEEPERS * EACH &&
	    read(pipe_fds[0], &took[count], sizeof took[count]) == sizeof took[count])
		count++;
	while (wait(&status) > 0)
		errors += status != 0;
	close(pipe_fds[0]);
	qsort(took, count, sizeof *took, by_time);
	printf("%s: p99 %.1f ms, p99.9 %.1f ms, %u errors, %d keepers, %zu appends, median %.1f ms\n", name,
	    count ? took[(count - 1) * 99 / 100] * 1e3 : 0, count ? took[(count - 1) * 999 / 1000] * 1e3 : 0,
	    errors + (unsigned)(KEEPERS * EACH - count), KEEPERS, count, count ? took[count / 2] * 1e3 : 0);
}

/* What a room costs to open, whatever its size. */
static void
bench_open(int dir)
{
	enum { TIMES = 20 };
	struct ledger *ledger;
	struct head head;
	double start = now();

	for (unsigned i = 0; i < TIMES; i++) {
		CHECK(ledger_open(dir, DB_WRITE, &projection_hooks, &ledger));
		CHECK(ledger_head(ledger, &head));
		ledger_close(ledger);
	}
	printf("open: %.2f ms with %llu records\n", (now() - start) / TIMES * 1e3,
	    (unsigned long long)head.size);
}

/* An append to what has grown, again one by one. */
static void
bench_append(struct ledger *ledger, const struct actor *actor)
{
	enum { TIMES = 500 };
	struct head head;
	double start = now(), start_cpu = cpu();

	append_pages(ledger, actor, 0, TIMES);
	double took = now() - start, took_cpu = cpu() - start_cpu;
	CHECK(ledger_head(ledger, &head));
	printf("append: %.3f ms, %.3f of them of processor time, with %llu records\n", took / TIMES * 1e3,
	    took_cpu / TIMES * 1e3, (unsigned long long)head.size);
}

/* Appends: one by one against bare commits first, the rest at once. */
static void
fill(struct ledger *ledger, const struct actor *actor, const char *folder, unsigned records)
{
	enum { ROUND = 500, APPENDED = 1000 };
	unsigned appended = records < APPENDED ? records : APPENDED, made = 0;
	double ours = 0, bare = 0;

	for (; made < appended; made += ROUND) {
		double start = now();
		append_pages(ledger, actor, made, ROUND);
		ours += now() - start;
		bare += bare_commits(folder, ROUND, 1200);
	}
	printf("append: %.0f/s, bare WAL commit %.0f/s: %.2f times\n", made / ours, made / bare, ours / bare);
	bench_append(ledger, actor);
	for (; made < records; made += ROUND) {
		CHECK(ledger_hold(ledger));
		append_pages(ledger, actor, made, ROUND);
		CHECK(ledger_settle(ledger, 0));
	}
}

/* Into a room that is there. */
static int
fill_room(int dir, const char *key_file, unsigned records)
{
	struct buf file = BUF(KEYFILE_MAX);
	struct actor actor = { 0 };
	struct ledger *ledger;
	struct secret *host;

	CHECK(fs_read(AT_FDCWD, key_file, &file));
	CHECK(keyfile_open_bare(buf_view(&file), &host));
	CHECK(ledger_open(dir, DB_WRITE, &projection_hooks, &ledger));
	open_session(ledger, host, &actor);
	bench_open(dir);
	fill(ledger, &actor, ".", records);
	bench_append(ledger, &actor);
	ledger_close(ledger);
	bench_open(dir);
	return 0;
}

int
main(int argc, char **argv)
{
	struct actor actor = { 0 };
	struct ledger *ledger;
	bool fresh = argc == 3;

	if (argc < 2 || argc > 4 || (fresh && mkdir(argv[1], 0700) < 0)) {
		fprintf(
		    stderr, "usage: ledger NEW_FOLDER RECORDS | ledger FOLDER | ledger ROOM KEY RECORDS\n");
		return 2;
	}
	int dir = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (argc == 4)
		return fill_room(dir, argv[2], (unsigned)atoi(argv[3]));
	if (fresh) {
		ledger = make_room(dir, &actor);
		bench_open(dir);
		fill(ledger, &actor, argv[1], (unsigned)atoi(argv[2]));
	} else
		CHECK(ledger_open(dir, DB_WRITE, &projection_hooks, &ledger));
	bench_verify(ledger);
	ledger_close(ledger);
	bench_open(dir);
	if (fresh) {
		bench_crowd(dir, &actor, "readers", 0.4);
		bench_crowd(dir, &actor, "crowd", 0);
	}
	return 0;
}
