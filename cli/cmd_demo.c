#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/dialogue.h"

#include "base/fs.h"
#include "base/show.h"
#include "demo/demo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS 32      /* of a step's command line */
#define SAID_MAX 4096 /* bytes that a step prints */
#define READER "anna" /* whose desk is opened at the end */

/* A practice room in the making. */
struct demo {
	struct call *call;
	const char *path; /* as it was typed */
	struct arena arena;
	struct buf said; /* by the last step */
	char **threads;  /* of each step, NULL where it opened none */
};

static const char *
joined(struct demo *demo, const char *a, const char *b, const char *c)
{
	size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
	char *text = arena_alloc(&demo->arena, size);

	snprintf(text, size, "%s%s%s", a, b, c);
	return text;
}

/* ---- one step: a command of ours, in a process of its own, because each closes its seal ---- */

static int
run_words(const char **words)
{
	struct call call;
	int count = 0;

	while (words[count])
		count++;
	/* call_read takes argv as main has it, and does not write to it */
	int r = call_read(count, (char **)(uintptr_t)words, &call);
	if (r == 0) {
		static const volatile int never;
		call.stop = &never;
		r = call.command->run(&call);
	}
	if (r < 0) {
		char why[512];
		fprintf(stderr, "carrel: %s: %s\n", words[1], show_in(why, sizeof why, str_from(err_text())));
	}
	fflush(stdout);
	return err_exit(r < 0 ? r : 0);
}

static void
become_step(int out, const char *folder, const char **words)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* no terminal to ask at: nothing is asked */
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    (folder && chdir(folder) < 0))
		_exit(5);
	_exit(run_words(words));
}

static int
wait_for_step(pid_t child, const char *name)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys("%s", name);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(ERR_SYSTEM, "demo: '%s' did not succeed", name);
}

/* Runs "carrel WORDS", from `folder` if that is not NULL; what it prints is in demo->said. */
static int
run_step(struct demo *demo, const char *folder, const char **words)
{
	int out[2];

	if (pipe2(out, O_CLOEXEC) < 0)
		return err_sys("pipe");
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		become_step(out[1], folder, words);
	close(out[1]);
	buf_clear(&demo->said);
	int r = child < 0 ? err_sys("fork") : fs_read_fd(out[0], &demo->said);
	close(out[0]);
	if (child > 0) {
		int ended = wait_for_step(child, words[1]);
		r = r < 0 ? r : ended;
	}
	return r;
}

#define STEP(demo, folder, ...) run_step(demo, folder, (const char *[WORDS]){ "carrel", __VA_ARGS__, NULL })

/* ---- the room ---- */

static const char *
key_of(struct demo *demo, const char *person)
{
	return joined(demo, demo->path, "/" ROOM_PRIVATE "/", joined(demo, person, ".key", ""));
}

static int
make_room(struct demo *demo)
{
	const char *host = key_of(demo, DEMO_HOST), *beside = joined(demo, demo->path, "", ".key");

	/* the host's key comes first, and so lies beside the room until there is one */
	int r = STEP(demo, NULL, "key", "new", beside, "--no-passphrase", "--comment", DEMO_HOST);
	if (r < 0)
		return r;
	r = STEP(demo, NULL, "init", demo->path, "--product", DEMO_PRODUCT, "--host", DEMO_HOST, "--key",
	    beside, "--practice");
	if (r < 0) {
		unlink(beside);
		unlink(joined(demo, beside, "", ".pub"));
		return r;
	}
	if (rename(beside, host) < 0 ||
	    rename(joined(demo, beside, "", ".pub"), joined(demo, host, "", ".pub")) < 0)
		r = err_sys("%s", host);
	return r;
}

static int
enrol_people(struct demo *demo)
{
	const char *host = key_of(demo, DEMO_HOST);

	for (size_t i = 0; i < demo_people_count; i++) {
		const struct demo_person *person = &demo_people[i];
		const char *key = key_of(demo, person->name);
		int r = STEP(
		    demo, NULL, "key", "new", key, "--box", "--no-passphrase", "--comment", person->name);
		if (r == 0)
			r = STEP(demo, NULL, "-C", demo->path, "--key", host, "roster", "add", person->name,
			    "--role", person->role, "--pub", joined(demo, key, "", ".pub"), "--box",
			    joined(demo, key, "", ".box"));
		if (r < 0)
			return r;
		print_format("  %s is enrolled as %s\n", person->name, person->role);
	}
	return 0;
}

static int
import_releases(struct demo *demo)
{
	const char *folder = joined(demo, demo->path, "/", ROOM_RUN);
	const char *host = joined(demo, "../" ROOM_PRIVATE "/", DEMO_HOST, ".key");
	int dir;

	int r = fs_open_dir(AT_FDCWD, folder, &dir);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < DEMO_RELEASES; i++) {
		const struct demo_release *release = &demo_releases[i];
		r = fs_write(dir, release->file, (struct str){ (const char *)release->data, release->len },
		    0600, FS_REPLACE);
		if (r == 0)
			r = STEP(demo, folder, "-C", "..", "--key", host, "import", release->file,
			    "--release", release->name);
		unlinkat(dir, release->file, 0);
		if (r == 0)
			print_format("  %s %s is imported\n", DEMO_PRODUCT, release->name);
	}
	close(dir);
	return r;
}

/* The id that `annotate` printed. */
static char *
said_thread(struct demo *demo)
{
	static const char mark[] = "thread ";
	struct str said = buf_view(&demo->said);
	const char *at = said.len ? memmem(said.data, said.len, mark, sizeof mark - 1) : NULL;

	if (!at)
		return NULL;
	at += sizeof mark - 1;
	return arena_copy(&demo->arena, at, strcspn(at, "\n"));
}

static int
say_step(struct demo *demo, size_t i)
{
	const struct demo_step *step = &demo_steps[i];
	const char *words[WORDS] = { "carrel", "-C", demo->path, "--key", key_of(demo, step->person) };
	size_t n = 5;

	if (step->anchor) {
		const char *const options[][2] = { { "--kind", step->kind }, { "--title", step->title },
			{ "--severity", step->severity }, { "--cwe", step->cwe } };
		words[n++] = "annotate";
		words[n++] = step->anchor;
		for (size_t o = 0; o < sizeof options / sizeof *options; o++)
			if (options[o][1]) {
				words[n++] = options[o][0];
				words[n++] = options[o][1];
			}
	} else {
		words[n++] = step->state ? "state" : "reply";
		words[n++] = demo->threads[step->thread];
		if (step->state)
			words[n++] = step->state;
	}
	words[n++] = "-m";
	words[n] = step->text;
	int r = run_step(demo, NULL, words);
	if (r == 0 && step->anchor)
		demo->threads[i] = said_thread(demo);
	return r;
}

static int
make(struct demo *demo)
{
	print_format("making a practice room in ");
	print_format("%s\n", demo->path);
	int r = make_room(demo);
	if (r == 0)
		r = enrol_people(demo);
	if (r == 0)
		r = import_releases(demo);
	demo->threads = arena_alloc(&demo->arena, (demo_steps_count + 1) * sizeof *demo->threads);
	for (size_t i = 0; r == 0 && i < demo_steps_count; i++)
		r = say_step(demo, i);
	if (r == 0)
		print_format("  %zu things are said about it\n", demo_steps_count);
	return r;
}

/* ---- --again: the demo's own room is taken away, and nothing else is ---- */

static int
remove_all(int parent, const char *name, int depth)
{
	if (unlinkat(parent, name, 0) == 0)
		return 0;
	if ((errno != EISDIR && errno != EPERM) || depth == 0)
		return err_sys("%s", name);
	int dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = dir < 0 ? NULL : fdopendir(dir);
	const struct dirent *entry;
	int r = list ? 0 : err_sys("%s", name);

	while (r == 0 && (entry = readdir(list)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = remove_all(dir, entry->d_name, depth - 1);
	if (list)
		closedir(list);
	if (r == 0 && unlinkat(parent, name, AT_REMOVEDIR) < 0)
		r = err_sys("%s", name);
	return r;
}

static bool
is_demo(struct demo *demo)
{
	return access(joined(demo, demo->path, "/", ROOM_DB), F_OK) == 0 &&
	    access(key_of(demo, DEMO_HOST), F_OK) == 0;
}

static int
prepare(struct demo *demo, bool *there)
{
	*there = access(demo->path, F_OK) == 0;
	if (!*there)
		return 0;
	if (!is_demo(demo) && rmdir(demo->path) < 0)
		return err_set(ERR_REFUSED, "%s: is there already, and no room of the demo", demo->path);
	*there = is_demo(demo);
	if (!*there || !call_has(demo->call, "again"))
		return 0;
	*there = false;
	return remove_all(AT_FDCWD, demo->path, 16);
}

static int
open_desk(struct demo *demo)
{
	struct launch launch = { .chain = CHAIN_READER, .mode = "session", .command = "desk", .pass = -1 };
	struct room room;

	launch.key = key_of(demo, READER);
	if (dialogue_terminal() < 0 || isatty(STDOUT_FILENO) != 1) {
		print_format("to open its desk: carrel -C %s --key %s\n", demo->path, launch.key);
		return print_end();
	}
	int r = room_open(demo->path, &room);
	if (r < 0)
		return r;
	launch.room = &room;
	r = launch_desk(&launch);
	room_release(&room);
	return r;
}

int
run_demo(struct call *call)
{
	struct demo demo = {
		.call = call, .path = call->count ? call->arguments[0] : "carrel-demo", .said = BUF(SAID_MAX)
	};
	bool there;

	int r = prepare(&demo, &there);
	if (r == 0 && !there)
		r = make(&demo);
	if (r == 0)
		r = open_desk(&demo);
	buf_release(&demo.said);
	arena_release(&demo.arena);
	return r;
}
