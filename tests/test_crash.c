/* The write path cut off at any point: killed, out of memory, out of disk.  What was acknowledged stays, and verifies. */
#include "tests/unit.h"

#include "annotations/projection.h"
#include "annotations/verify.h"
#include "tests/ledger_fixture.h"
#include "tests/random.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEED 20260505u

/* A sanitizer has its own allocator. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_ALLOCATOR 0
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define OWN_ALLOCATOR 0
#endif
#ifndef OWN_ALLOCATOR
#define OWN_ALLOCATOR 1
#endif

/* ---- an allocator that fails when it is told to ---- */

static long countdown = -1; /* allocations until one fails; below 0: none does */
static bool for_good;       /* all behind it as well */
static bool struck;

#if OWN_ALLOCATOR
static bool
strikes(void)
{
	if (countdown < 0)
		return false;
	if (countdown > 0) {
		countdown--;
		return false;
	}
	if (struck && !for_good)
		return false;
	struck = true;
	return true;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

void *
malloc(size_t size)
{
	return strikes() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return strikes() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return strikes() ? NULL : __libc_realloc(old, size);
}
#endif

static void
must_verify(struct fixture *f, uint64_t at_least)
{
	struct verify_options options = { .hooks = f->hooks };
	struct verify_summary summary;

	fixture_reopen(f, DB_READ);
	if (verify_run(f->ledger, &options, &summary) < 0)
		fail_msg("%s", err_text());
	assert_true(summary.failures == 0);
	assert_true(summary.records >= at_least);
}

static void
killed_at_any_moment_nothing_acknowledged_is_lost(void **state)
{
	enum { POINTS = 120 };
	struct random random = random_of(SEED);
	struct fixture f;
	uint64_t acknowledged = 2, told;
	int pipe_fds[2];

	(void)state;
	print_message("seed %u\n", SEED);
	fixture_make(&f, &projection_hooks);
	fixture_session(&f);
	for (int point = 0; point < POINTS; point++) {
		ledger_close(f.ledger);
		f.ledger = NULL;
		assert_int_equal(pipe(pipe_fds), 0);
		pid_t child = fork();
		if (child == 0) {
			struct appended out;
			fixture_reopen(&f, DB_WRITE);
			for (unsigned i = 0; fixture_page(&f, i + 1, &out) == 0; i++) {
				uint64_t size = out.index + 1;
				if (write(pipe_fds[1], &size, sizeof size) != sizeof size)
					_exit(1);
			}
			_exit(1);
		}
		close(pipe_fds[1]);
		if (read(pipe_fds[0], &told, sizeof told) == sizeof told)
			acknowledged = told;
		usleep(random_below(&random, 6000));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		while (read(pipe_fds[0], &told, sizeof told) == sizeof told)
			acknowledged = told;
		close(pipe_fds[0]);
		must_verify(&f, acknowledged);
	}
	print_message("%lu records\n", (unsigned long)acknowledged);
	fixture_release(&f);
}

static void
without_memory_it_fails_and_goes_on(void **state)
{
	struct fixture f;
	uint64_t good = 2;
	long points[2] = { 0, 0 };

	(void)state;
	if (!OWN_ALLOCATOR) {
		print_message("not under a sanitizer\n");
		skip();
	}
	fixture_make(&f, &projection_hooks);
	fixture_session(&f);
	json_t *policy = payload_of("{\"text\":\"pipe-source yes\\n\"}");
	for (int mode = 0; mode < 2; mode++) {
		for (long at = 0;; at++) {
			struct buf record = BUF(RECORD_MAX), signature = BUF(SSHSIG_MAX);
			struct appended out;
			/* a fresh connection, so that opening and preparing are under fire as well */
			ledger_close(f.ledger);
			f.ledger = NULL;
			for_good = mode == 1;
			struck = false;
			countdown = at;
			int r = ledger_open(f.scratch.dir, DB_WRITE, f.hooks, &f.ledger);
			if (r == 0)
				r = ledger_draft(f.ledger, &f.actor, RECORD_POLICY, policy, &record);
			if (r == 0)
				r = sshsig_make(f.host, NS_RECORD, buf_view(&record), &signature);
			if (r == 0)
				r = ledger_append(
				    f.ledger, buf_view(&record), buf_view(&signature), NULL, 0, &out);
			countdown = -1;
			buf_release(&record);
			buf_release(&signature);
			good += r == 0;
			if (!struck)
				break;
			points[mode]++;
		}
	}
	print_message("%ld and %ld allocations failed\n", points[0], points[1]);
	assert_true(points[0] > 50 && points[1] > 50);
	must_verify(&f, good);
	struct head head;
	assert_int_equal(ledger_head(f.ledger, &head), 0);
	assert_true(head.size == good);
	json_decref(policy);
	fixture_release(&f);
}

/* A file that may not grow: what a full disk looks like to a process. */
static void
without_disk_it_fails_and_the_room_stays(void **state)
{
	struct fixture f;

	(void)state;
	fixture_make(&f, &projection_hooks);
	fixture_session(&f);
	ledger_close(f.ledger);
	f.ledger = NULL;
	for (rlim_t limit = 0; limit < 300000; limit += 7001) {
		pid_t child = fork();
		if (child == 0) {
			struct rlimit rl = { limit, limit };
			signal(SIGXFSZ, SIG_IGN);
			setrlimit(RLIMIT_FSIZE, &rl);
			if (ledger_open(f.scratch.dir, DB_WRITE, f.hooks, &f.ledger) < 0)
				_exit(0);
			int r = 0;
			for (unsigned i = 0; i < 60 && r == 0; i++)
				r = fixture_page(&f, i + 1, NULL);
			_exit(r < 0 ? 0 : 7);
		}
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 7));
		must_verify(&f, 2);
	}
	fixture_reopen(&f, DB_WRITE);
	assert_int_equal(fixture_page(&f, 1, NULL), 0);
	fixture_release(&f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(killed_at_any_moment_nothing_acknowledged_is_lost),
	cmocka_unit_test(without_memory_it_fails_and_goes_on),
	cmocka_unit_test(without_disk_it_fails_and_the_room_stays),
};

UNIT(tests)
