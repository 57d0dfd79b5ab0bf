/*
 * The segment is cut into jobs of successive blobs, numbered in order.  Each worker has one
 * job at a time; finished jobs wait until all before them have been taken.  No worker is
 * more than AHEAD jobs ahead, so that what waits stays small.
 *
 * A worker that dies says by its shared memory how far it came.  The blob at which it
 * died is given to the next one as not to be parsed, with the reason; the rest follows.
 */
#include "indexer/intake/worker.h"

#include "base/buf.h"
#include "base/mem.h"
#include "indexer/intake/parsed.h"
#include "indexer/intake/worker_child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AHEAD 16
#define WORKERS_MAX 64
#define PATIENCE_MS (120 * 1000)
#define TICK_MS 100
#define SPARE ((size_t)1024 * 1024)         /* of shared memory that a worker keeps */
#define HELD ((size_t)32 * 1024 * 1024)     /* bytes held back above which only the oldest job goes on */
#define JOB_MAX ((size_t)256 * 1024 * 1024) /* bytes of results of a job that is held back */

struct job {
	uint32_t first, count; /* blobs that are still to be done */
	enum seg_why why;      /* of the first of these */
	struct buf results;
	bool begun, done;
};

struct member {
	pid_t pid; /* 0: not running */
	int socket;
	bool ready;
	int64_t job; /* its number, -1: none */
	uint32_t seen_done;
	int64_t seen_at; /* when that changed last, in ms */
	struct worker_shared *shared;
};

struct run {
	struct seg_texts *texts;
	const struct worker_options *options;
	struct member members[WORKERS_MAX];
	unsigned member_count;
	struct job jobs[AHEAD];  /* a ring: job n is at n % AHEAD */
	int64_t next_job, taken; /* jobs made; jobs taken */
	uint32_t next_blob, taken_blobs;
	int64_t ticked;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct job *
job_at(struct run *run, int64_t number)
{
	return &run->jobs[number % AHEAD];
}

static enum seg_why
verdict_of(const struct run *run, uint32_t blob)
{
	return run->options->verdict(run->options->ctx, &run->texts->blobs[blob]);
}

/* A blob under a verdict is always the first of its job. */
static void
make_job(struct run *run)
{
	struct job *job = job_at(run, run->next_job++);
	uint64_t bytes = 0;

	*job = (struct job){
		.first = run->next_blob, .results = BUF(JOB_MAX), .why = verdict_of(run, run->next_blob)
	};
	do {
		bytes += run->texts->blobs[run->next_blob++].size;
		job->count++;
	} while (run->next_blob < run->texts->count && bytes < WORKER_BYTES &&
	    verdict_of(run, run->next_blob) == SEG_WHY_NONE);
}

static int
start(struct run *run, struct member *member)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys("worker: socketpair");
	pid_t pid = fork();
	if (pid < 0) {
		int r = err_sys("worker: fork");
		close(pair[0]);
		close(pair[1]);
		return r;
	}
	if (pid == 0)
		worker_main(pair[1], member->shared, run->texts, run->options->seal_layers);
	close(pair[1]);
	member->pid = pid;
	member->socket = pair[0];
	member->ready = false;
	member->job = -1;
	member->seen_at = now_ms();
	if (run->options->started)
		run->options->started(run->options->ctx, pid);
	return 0;
}

/* Waits for a worker that is dead or dying; its wait status. */
static int
reap(struct member *member)
{
	int status = 0;

	close(member->socket);
	while (waitpid(member->pid, &status, 0) < 0 && errno == EINTR)
		;
	member->pid = 0;
	member->job = -1;
	return status;
}

static void
stop(struct member *member)
{
	if (member->pid == 0)
		return;
	kill(member->pid, SIGKILL);
	reap(member);
}

static int
give(struct run *run, struct member *member, int64_t number)
{
	struct job *job = job_at(run, number);
	struct worker_order order = { job->first, job->count, (uint32_t)job->why };

	job->begun = true;
	member->job = number;
	member->seen_done = 0;
	member->seen_at = now_ms();
	atomic_store(&member->shared->done, 0);
	atomic_store(&member->shared->length, 0);
	ssize_t n = write(member->socket, &order, sizeof order);
	return n == sizeof order || errno == EPIPE || errno == ECONNRESET ? 0 : err_sys("worker: send");
}

static bool
too_much_held(struct run *run)
{
	size_t held = 0;

	for (size_t i = 0; i < AHEAD; i++)
		held += run->jobs[i].results.len;
	return held > HELD;
}

/* Gives every idle worker the oldest job that is not begun. */
static int
give_jobs(struct run *run)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < run->member_count; i++) {
		struct member *member = &run->members[i];
		int64_t number = run->taken;
		while (number < run->next_job && job_at(run, number)->begun)
			number++;
		bool left = number < run->next_job || run->next_blob < run->texts->count;
		if (member->pid == 0 && left)
			r = start(run, member);
		else if (!left && member->ready && member->job < 0)
			stop(member); /* its memory is wanted for the end */
		if (r < 0 || member->pid == 0 || !member->ready || member->job >= 0)
			continue;
		if (number > run->taken && too_much_held(run))
			continue;
		if (number == run->next_job) {
			if (run->next_blob == run->texts->count || run->next_job - run->taken == AHEAD)
				continue;
			make_job(run);
		}
		r = give(run, member, number);
	}
	return r;
}

/* Takes over what a worker has complete of its job. */
static int
collect(struct run *run, struct member *member)
{
	struct job *job = job_at(run, member->job);
	uint32_t done = atomic_load(&member->shared->done), length = atomic_load(&member->shared->length),
		 at = 0, len;

	if (done > job->count || length > WORKER_AREA)
		return err_set(ERR_FORMAT, "worker: more than was asked for");
	for (uint32_t i = 0; i < done; i++) {
		if (length - at < sizeof len)
			return err_set(ERR_FORMAT, "worker: cut short");
		memcpy(&len, member->shared->bytes + at, sizeof len);
		if (len > length - at - sizeof len)
			return err_set(ERR_FORMAT, "worker: cut short");
		at += (uint32_t)sizeof len + len;
	}
	int r = buf_add(&job->results, member->shared->bytes, at);
	if (length > SPARE)
		madvise(member->shared->bytes, length, MADV_REMOVE);
	job->first += done;
	job->count -= done;
	if (done)
		job->why = SEG_WHY_NONE;
	return r;
}

static int
finished(struct run *run, struct member *member)
{
	struct job *job = job_at(run, member->job);
	int r = collect(run, member);

	member->job = -1;
	job->done = job->count == 0;
	job->begun = job->done;
	return r;
}

/* Not even the lexer came to the end of this blob: its state is all there is of it. */
static int
give_up(struct job *job)
{
	struct parsed parsed;
	struct buf out = BUF(1024);

	parsed_init(&parsed);
	parsed.state = (struct seg_state){ .status = SEG_NOT_PARSED, .why = (uint8_t)job->why };
	int r = parsed_encode(&parsed, STR(""), &out);
	uint32_t len = (uint32_t)out.len;
	if (r == 0)
		r = buf_add(&job->results, &len, sizeof len);
	if (r == 0)
		r = buf_add(&job->results, out.data, out.len);
	job->first++;
	job->count--;
	job->why = SEG_WHY_NONE;
	parsed_release(&parsed);
	buf_release(&out);
	return r;
}

/* A worker died.  While it was not even ready, or not parsing, there is something wrong with us, not with a blob. */
static int
died(struct run *run, struct member *member)
{
	int64_t number = member->job;
	int r = number >= 0 ? collect(run, member) : 0;
	bool ready = member->ready;
	int status = reap(member);
	int sign = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (!ready)
		return err_set(ERR_REFUSED, "a parser could not be sealed and started");
	if (number < 0 || r < 0)
		return r;
	if (sign == 0 && WEXITSTATUS(status) == WORKER_DAMAGED)
		return err_set(ERR_FORMAT, "index: a text segment changed under a parser");
	struct job *job = job_at(run, number);
	if (job->count && job->why != SEG_WHY_NONE)
		r = give_up(job);
	else if (job->count)
		job->why = sign == SIGXCPU ? SEG_WHY_TIME : sign == 0 ? SEG_WHY_MEMORY : SEG_WHY_KILLED;
	job->begun = job->done = job->count == 0;
	return r;
}

/* Passes on what is complete, in order. */
static int
take_done(struct run *run)
{
	int r = 0;

	for (; r == 0 && run->taken < run->next_job && job_at(run, run->taken)->done; run->taken++) {
		struct job *job = job_at(run, run->taken);
		uint32_t len;
		for (size_t at = 0; r == 0 && at < job->results.len; at += sizeof len + len) {
			memcpy(&len, job->results.data + at, sizeof len);
			struct str parsed = { (const char *)job->results.data + at + sizeof len, len };
			r = run->options->take(run->options->ctx, run->taken_blobs++, parsed);
		}
		buf_release(&job->results);
	}
	return r;
}

/* Kills whoever has not moved for too long. */
static void
watch(struct run *run, int64_t now)
{
	int64_t patience = run->options->patience_ms ? run->options->patience_ms : PATIENCE_MS;

	for (unsigned i = 0; i < run->member_count; i++) {
		struct member *member = &run->members[i];
		if (member->pid == 0 || (member->ready && member->job < 0))
			continue;
		uint32_t done = atomic_load(&member->shared->done);
		if (done != member->seen_done) {
			member->seen_done = done;
			member->seen_at = now;
		} else if (now - member->seen_at > patience) {
			kill(member->pid, SIGKILL);
			member->seen_at = now;
		}
	}
}

static int
listen_to(struct run *run, struct member *member)
{
	char word;
	ssize_t n = read(member->socket, &word, 1);

	if (n < 0 && errno == EINTR)
		return 0;
	if (n != 1)
		return died(run, member);
	if (word == WORKER_READY && !member->ready) {
		member->ready = true;
		return 0;
	}
	if (word == WORKER_DONE && member->job >= 0)
		return finished(run, member);
	return err_set(ERR_FORMAT, "worker: says what it should not");
}

static int
wait_for_news(struct run *run)
{
	struct pollfd polled[WORKERS_MAX];
	unsigned which[WORKERS_MAX], count = 0;
	int r = 0;

	for (unsigned i = 0; i < run->member_count; i++) {
		if (run->members[i].pid == 0)
			continue;
		polled[count] = (struct pollfd){ .fd = run->members[i].socket, .events = POLLIN };
		which[count++] = i;
	}
	if (poll(polled, count, TICK_MS) < 0 && errno != EINTR)
		return err_sys("worker: poll");
	for (unsigned i = 0; r == 0 && i < count; i++)
		if (polled[i].revents)
			r = listen_to(run, &run->members[which[i]]);
	int64_t now = now_ms();
	watch(run, now);
	if (r == 0 && now - run->ticked >= TICK_MS) {
		run->ticked = now;
		r = run->options->tick(run->options->ctx, run->taken_blobs);
	}
	return r;
}

static int
make_members(struct run *run)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned count = run->options->workers ? run->options->workers
	    : processors > 0                   ? (unsigned)processors
					       : 1;

	for (; run->member_count < count && run->member_count < WORKERS_MAX; run->member_count++) {
		void *shared = mmap(NULL, sizeof(struct worker_shared), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (shared == MAP_FAILED)
			return err_sys("worker: mmap");
		run->members[run->member_count].shared = shared;
	}
	return 0;
}

int
workers_run(struct seg_texts *texts, const struct worker_options *options)
{
	struct run *run = mem_new(struct run);

	run->texts = texts;
	run->options = options;
	int r = make_members(run);
	while (r == 0 && run->taken_blobs < texts->count) {
		r = give_jobs(run);
		if (r == 0)
			r = wait_for_news(run);
		if (r == 0)
			r = take_done(run);
	}
	for (unsigned i = 0; i < run->member_count; i++) {
		stop(&run->members[i]);
		munmap(run->members[i].shared, sizeof(struct worker_shared));
	}
	for (size_t i = 0; i < AHEAD; i++)
		buf_release(&run->jobs[i].results);
	free(run);
	return r;
}
