/* carrel-indexer: import and index.  One order, then it ends.  See base/message.h and base/inherit.h. */
#include "base/inherit.h"
#include "base/mem.h"
#include "base/seal.h"
#include "base/show.h"
#include "base/task.h"
#include "base/wire.h"
#include "indexer/intake/import.h"
#include "indexer/intake/odb.h"

#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define RELEASES_MAX 100000
#define GIVEN_MAX ((size_t)256 * 1024 * 1024)
/*
 * Of the heap so much is kept, for new pages cost time, and what is larger is no part of it.  Parsers inherit
 * both: below 64 MiB the C library would read /proc before it gives back a part of a thread's heap, which kills them.
 */
#define HEAP_FREE (64 * 1024 * 1024)
#define HEAP_LARGE (1024 * 1024)
#define NO_SEAL 3 /* exit status */

struct indexer {
	struct wire wire;
	struct import import;
	struct arena arena; /* of what the messages said */
	uint64_t order;
	bool committing; /* releases are being recorded: not the time to stop */
	bool stopped;    /* a CANCEL came then */
	int lock;
};

static int
send_packet(struct indexer *indexer, struct buf *packet, int r)
{
	if (r == 0)
		r = wire_send(&indexer->wire, packet);
	buf_release(packet);
	return r == 0 && wire_full(&indexer->wire) ? wire_drain(&indexer->wire) : r;
}

static int
send_bare(struct indexer *indexer, enum message_kind kind)
{
	struct buf packet = BUF(MESSAGE_MAX);
	return send_packet(indexer, &packet, message_begin(&packet, kind, indexer->order));
}

static int
cancelled(void)
{
	return err_set(ERR_CANCELLED, "cancelled");
}

/* Progress out; a CANCEL, or the keeper's end, in. */
static int
report(void *ctx, const struct progress *progress)
{
	struct indexer *indexer = ctx;
	struct buf packet = BUF(MESSAGE_MAX);
	struct message message;
	int r;

	if (indexer->committing)
		return 0;
	if (indexer->stopped)
		return cancelled();
	while ((r = wire_read(&indexer->wire, &message)) > 0)
		if (message.kind == MSG_CANCEL)
			return cancelled();
	if (r < 0)
		return r;
	if (indexer->wire.closed)
		return cancelled();
	/* a keeper that does not read gets less of it */
	r = wire_flush(&indexer->wire);
	if (r < 0 || wire_waiting(&indexer->wire))
		return r;
	r = message_begin(&packet, MSG_PROGRESS, indexer->order);
	if (r == 0)
		r = progress_encode(&packet, progress);
	return send_packet(indexer, &packet, r);
}

static int
attach(void *ctx, const char *name, struct str bytes)
{
	struct indexer *indexer = ctx;
	int r = 0;

	indexer->committing = true;
	while (r == 0 && bytes.len > 0 && !indexer->wire.closed) {
		struct buf packet = BUF(MESSAGE_MAX);
		size_t piece = bytes.len < MESSAGE_BODY ? bytes.len : MESSAGE_BODY;
		r = message_begin(&packet, MSG_DATA, indexer->order);
		if (r == 0)
			r = enc_str(&packet, str_from(name));
		if (r == 0)
			r = buf_add(&packet, bytes.data, piece);
		r = send_packet(indexer, &packet, r);
		bytes = (struct str){ bytes.data + piece, bytes.len - piece };
	}
	return r;
}

static int
record(void *ctx, const struct import_result *result)
{
	struct indexer *indexer = ctx;
	struct buf packet = BUF(MESSAGE_MAX);
	struct message message;

	indexer->committing = true;
	int r = message_begin(&packet, MSG_RESULT, indexer->order);
	if (r == 0)
		r = import_result_encode(&packet, result);
	r = send_packet(indexer, &packet, r);
	if (r == 0)
		r = wire_drain(&indexer->wire);
	if (r < 0 || result->known)
		return r;
	while (!indexer->wire.closed) {
		r = wire_wait(&indexer->wire, -1);
		if (r == 0)
			r = wire_read(&indexer->wire, &message);
		if (r < 0)
			return r;
		if (r > 0 && message.kind == MSG_RECORDED)
			return 0;
		if (r > 0 && message.kind == MSG_CANCEL)
			indexer->stopped = true;
		if (r > 0 && message.kind == MSG_FAIL)
			return message_failed(message.body);
	}
	return cancelled();
}

static void
settled(void *ctx)
{
	struct indexer *indexer = ctx;

	indexer->committing = false;
}

static struct str
keep(struct indexer *indexer, struct str s)
{
	return (struct str){ arena_copy(&indexer->arena, s.data, s.len), s.len };
}

static int
take_releases(struct indexer *indexer, struct str body)
{
	struct import *import = &indexer->import;
	struct dec dec = dec_of(body);
	struct release release;

	while (dec_more(&dec) && release_decode(&dec, &release)) {
		if (import->release_count == RELEASES_MAX)
			return err_set(ERR_FORMAT, "more than %d releases", RELEASES_MAX);
		release.name = keep(indexer, release.name);
		release.kind = keep(indexer, release.kind);
		release.commit = keep(indexer, release.commit);
		release.tree = keep(indexer, release.tree);
		release.manifest = keep(indexer, release.manifest);
		release.segment = keep(indexer, release.segment);
		release.sha256 = keep(indexer, release.sha256);
		import->releases = mem_grow(import->releases, import->release_count + 1, sizeof release);
		import->releases[import->release_count++] = release;
	}
	return dec_end(&dec, "releases");
}

static struct given *
given_of(struct indexer *indexer, struct str release)
{
	struct import *import = &indexer->import;

	for (size_t i = 0; i < import->given_count; i++)
		if (str_eq(import->given[i].release, release))
			return &import->given[i];
	import->given = mem_grow(import->given, import->given_count + 1, sizeof *import->given);
	struct given *given = &import->given[import->given_count++];
	*given = (struct given){ keep(indexer, release), BUF(GIVEN_MAX), BUF(GIVEN_MAX) };
	return given;
}

static int
take_given(struct indexer *indexer, struct str body)
{
	struct dec dec = dec_of(body);
	struct str name = dec_str(&dec), what;

	if (dec.bad || !str_next(&name, '/', &what) || !release_name_ok(name))
		return err_set(ERR_FORMAT, "message: malformed data");
	struct given *given = given_of(indexer, name);
	struct str rest = { (const char *)dec.at, (size_t)(dec.end - dec.at) };
	return buf_str(str_is(what, "odd") ? &given->odds : &given->verdicts, rest);
}

/* Everything up to the order, which is in *work. */
static int
take_orders(struct indexer *indexer, struct work *work)
{
	struct message message;

	for (;;) {
		int r = wire_wait(&indexer->wire, -1);
		if (r == 0)
			r = wire_read(&indexer->wire, &message);
		if (r < 0)
			return r;
		if (indexer->wire.closed)
			return cancelled();
		if (r > 0 && message.kind == MSG_RELEASES)
			r = take_releases(indexer, message.body);
		else if (r > 0 && message.kind == MSG_DATA)
			r = take_given(indexer, message.body);
		else if (r > 0 && message.kind == MSG_CANCEL)
			r = cancelled();
		else if (r > 0 && message.kind == MSG_WORK)
			break;
		if (r < 0)
			return r;
	}
	indexer->order = message.order;
	int r = work_decode(message.body, work);
	if (r == 0) {
		work->source = keep(indexer, work->source);
		work->release = keep(indexer, work->release);
		work->revs = keep(indexer, work->revs);
	}
	return r;
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Threads are started between the two halves of the seal. */
static int
seal(struct indexer *indexer)
{
	struct seal_paths paths = SEAL_PATHS_NONE;
	struct seal_verdict verdict = { 0 };
	struct buf packet = BUF(MESSAGE_MAX);

	paths.read_write[0] = FD_ROOM;
	if (indexer->import.source >= 0)
		paths.read_only[0] = FD_SOURCE;
	int r = death_prepare(FD_PEER, seal_profile_name(SEAL_INDEXER));
	if (r == 0)
		r = seal_close(SEAL_INDEXER, &paths, SEAL_NAMESPACE | SEAL_LANDLOCK, &verdict);
	if (r == 0)
		r = pool_new(0, &indexer->import.pool);
	if (r == 0)
		r = task_new(&indexer->import.task);
	if (r == 0)
		r = seal_close(SEAL_INDEXER, &paths, SEAL_SECCOMP, &verdict);
	if (r < 0)
		return r;
	/* workers are born into the namespaces of this process, and can close what it can */
	indexer->import.worker_layers = (SEAL_LANDLOCK | SEAL_SECCOMP) & ~verdict.missing;
	r = message_begin(&packet, MSG_SEALED, 0);
	if (r == 0)
		r = sealed_encode(&packet, seal_profile_name(SEAL_INDEXER), &verdict);
	return send_packet(indexer, &packet, r);
}

static int
prepare(struct indexer *indexer)
{
	static const int inherited[] = { FD_PEER, FD_ROOM, FD_SOURCE };
	struct stat st;

	int r = seal_prepare(SEAL_INDEXER, inherited, sizeof inherited / sizeof *inherited);
	if (r < 0)
		return r;
	/* names in archives are bytes to us; libarchive converts between nothing then */
	setlocale(LC_CTYPE, "C.UTF-8");
	r = odb_library_init();
	if (r < 0)
		return r;
	indexer->import.room = FD_ROOM;
	indexer->import.source = is_open(FD_SOURCE) ? FD_SOURCE : -1;
	if (indexer->import.source >= 0 && fstat(FD_SOURCE, &st) == 0 && S_ISDIR(st.st_mode) &&
	    fchdir(FD_SOURCE) < 0)
		return err_sys("cannot enter the source");
	return 0;
}

static int
work(struct indexer *indexer)
{
	struct work work;

	int r = gitdir_lock(FD_ROOM, &indexer->lock);
	if (r == 0)
		r = send_bare(indexer, MSG_READY);
	if (r == 0)
		r = take_orders(indexer, &work);
	if (r == 0 && work.kind == WORK_IMPORT && indexer->import.source < 0)
		r = err_set(ERR_USAGE, "nothing to import was handed over");
	return r == 0 ? import_run(&indexer->import, &work) : r;
}

static void
answer(struct indexer *indexer, int r)
{
	struct buf packet = BUF(MESSAGE_MAX);
	char why[ERR_TEXT_MAX];

	snprintf(why, sizeof why, "%s", err_text());
	if (r == 0)
		r = send_bare(indexer, MSG_DONE);
	else
		r = send_packet(indexer, &packet, message_fail(&packet, indexer->order, (enum err)r, why));
	if (r == 0)
		r = wire_drain(&indexer->wire);
	if (r < 0) {
		char shown[512];
		fprintf(stderr, "carrel-indexer: cannot answer: %s\n",
		    show_in(shown, sizeof shown, str_from(err_text())));
	}
}

static void
release(struct indexer *indexer)
{
	for (size_t i = 0; i < indexer->import.given_count; i++) {
		buf_release(&indexer->import.given[i].verdicts);
		buf_release(&indexer->import.given[i].odds);
	}
	free(indexer->import.given);
	free(indexer->import.releases);
	arena_release(&indexer->arena);
	task_free(indexer->import.task);
	pool_free(indexer->import.pool);
	wire_release(&indexer->wire);
}

int
main(void)
{
	struct indexer indexer = { .lock = -1 };

	mallopt(M_MMAP_THRESHOLD, HEAP_LARGE);
	mallopt(M_TRIM_THRESHOLD, HEAP_FREE);
	int r = prepare(&indexer);
	if (wire_init(&indexer.wire, FD_PEER) < 0) {
		fputs("carrel-indexer: not a program to be started by hand\n", stderr);
		return 2;
	}
	if (r == 0)
		r = seal(&indexer);
	if (r < 0) {
		answer(&indexer, ERR_REFUSED);
		return NO_SEAL;
	}
	indexer.import.watch = (struct watch){ .report = report, .ctx = &indexer };
	indexer.import.keeper = (struct keeper){ attach, record, settled, &indexer };
	r = work(&indexer);
	answer(&indexer, r);
	release(&indexer);
	return err_exit(r);
}
