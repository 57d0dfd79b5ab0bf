#include "room/selftest.h"

#include "room/attempt.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child's exit status where it is neither 0 (worked) nor an errno. */
enum { ENDED_NOT_HERE = 254, ENDED_UNSEALED = 253 };

const char *
selftest_layers(unsigned layers, char out[static SELFTEST_LAYERS])
{
	const unsigned one = layers & (layers - 1) ? SEAL_ALL & ~layers : layers;

	snprintf(out, SELFTEST_LAYERS, "%s%s",
	    layers == one            ? ""
		: layers == SEAL_ALL ? "all"
				     : "all but ",
	    one ? seal_layer_name(one) : "");
	return out;
}
#define NO_SEAL (-1) /* in place of layers: the control */
#define ATTEMPT_SECONDS 10

static const struct attempt *const all_attempts[] = { attempts_network, attempts_files, attempts_system };

static int
hold_path(bool may, const char *directory)
{
	return may ? open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
}

/* The child that tries; never returns. */
static void
try_it(const struct attempt *attempt, struct ground ground, enum seal_profile profile, int layers)
{
	bool reads = profile == SEAL_READER || profile == SEAL_SUPERVISOR || profile == SEAL_INDEXER;
	bool writes = profile == SEAL_KEEPER || profile == SEAL_INDEXER;
	struct seal_paths paths = SEAL_PATHS_NONE;
	struct seal_verdict verdict = { 0 };
	int end;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(ATTEMPT_SECONDS);
	if (attempt->before && attempt->before(&ground) < 0)
		_exit(ENDED_NOT_HERE);
	if (layers != NO_SEAL) {
		environ = seal_environment();
		paths.read_only[0] = hold_path(reads, ground.readable);
		paths.read_write[0] = hold_path(writes, ground.inside);
		const int keep[] = { paths.read_only[0], paths.read_write[0] };
		if (seal_prepare(profile, keep, 2) < 0 ||
		    seal_close(profile, &paths, (unsigned)layers, &verdict) < 0)
			_exit(ENDED_UNSEALED);
	}
	end = attempt->go(&ground);
	_exit(end == NOT_HERE ? ENDED_NOT_HERE : end);
}

/* The wait status of one try. */
static int
try_in_child(const struct attempt *attempt, const struct ground *ground, enum seal_profile profile,
    int layers, int *status)
{
	pid_t pid = fork();

	if (pid < 0)
		return err_sys("selftest: fork");
	if (pid == 0)
		try_it(attempt, *ground, profile, layers);
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return err_sys("selftest: wait");
	if (WIFEXITED(*status) && WEXITSTATUS(*status) == ENDED_UNSEALED)
		return err_set(
		    ERR_REFUSED, "selftest: the seal of the %s cannot be closed", seal_profile_name(profile));
	return 0;
}

static bool
worked(int status)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#define WORDS 64

static const char *
words_of(int status, char out[static WORDS])
{
	const char *why;

	if (worked(status))
		return "worked";
	if (WIFSIGNALED(status)) {
		why = sigdescr_np(WTERMSIG(status));
		snprintf(out, WORDS, "killed: %s", why ? why : "unknown signal");
		return out;
	}
	if (WEXITSTATUS(status) == ENDED_NOT_HERE)
		return "not on this machine";
	why = strerrordesc_np(WEXITSTATUS(status));
	return why ? why : "unknown error";
}

/* The first of: process alone (descriptors, limits, environment), then each layer alone, that denies it too. */
static int
find_layer(
    const struct attempt *attempt, const struct ground *ground, enum seal_profile profile, const char **by)
{
	static const struct {
		int layers;
		const char *name;
	} each[] = { { 0, "process" }, { SEAL_NAMESPACE, "namespace" }, { SEAL_LANDLOCK, "landlock" },
		{ SEAL_SECCOMP, "seccomp" } };
	int status;

	for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
		int r = try_in_child(attempt, ground, profile, each[i].layers, &status);
		if (r < 0)
			return r;
		if (!worked(status)) {
			*by = each[i].name;
			return 0;
		}
	}
	*by = "all together";
	return 0;
}

static int
judge(const struct attempt *attempt, const struct ground *ground, struct selftest_row *row, int control,
    int sealed)
{
	row->by = "";
	row->end = worked(sealed) ? SELFTEST_WORKED
	    : worked(control)     ? SELFTEST_DENIED
				  : SELFTEST_NOT_POSSIBLE;
	if (row->end != SELFTEST_DENIED)
		return 0;
	if (WIFSIGNALED(sealed) && WTERMSIG(sealed) == SIGSYS)
		row->by = "seccomp";
	else if (!(row->layers & (row->layers - 1)))
		row->by = seal_layer_name(row->layers);
	else if (row->layers != SEAL_ALL)
		row->by = "the others";
	else
		return find_layer(attempt, ground, row->profile, &row->by);
	return 0;
}

struct run {
	const struct ground *ground;
	selftest_take *take;
	void *ctx;
	struct selftest_summary *summary;
};

static int
run_one(const struct run *run, const struct attempt *attempt, enum seal_profile profile, unsigned layers,
    int control)
{
	char control_words[WORDS], sealed_words[WORDS];
	int sealed;

	int r = try_in_child(attempt, run->ground, profile, (int)layers, &sealed);
	if (r < 0)
		return r;
	struct selftest_row row = {
		.attempt = attempt->name,
		.profile = profile,
		.layers = layers,
		.control = words_of(control, control_words),
		.sealed = words_of(sealed, sealed_words),
	};
	r = judge(attempt, run->ground, &row, control, sealed);
	if (r < 0)
		return r;
	if (layers == SEAL_ALL) {
		run->summary->attempts++;
		run->summary->denied += row.end == SELFTEST_DENIED;
		run->summary->not_possible += row.end == SELFTEST_NOT_POSSIBLE;
		run->summary->worked += row.end == SELFTEST_WORKED;
	}
	return run->take(run->ctx, &row);
}

static int
run_attempt(const struct run *run, const struct attempt *attempt, bool layers)
{
	int control;

	int r = try_in_child(attempt, run->ground, SEAL_COMMAND, NO_SEAL, &control);
	for (int profile = 0; profile < SEAL_PROFILES && r == 0; profile++)
		r = run_one(run, attempt, (enum seal_profile)profile, SEAL_ALL, control);
	for (unsigned layer = SEAL_NAMESPACE; layers && layer <= SEAL_SECCOMP && r == 0; layer <<= 1) {
		r = run_one(run, attempt, SEAL_COMMAND, layer, control);
		for (int profile = 0; profile < SEAL_PROFILES && r == 0; profile++)
			r = run_one(run, attempt, (enum seal_profile)profile, SEAL_ALL & ~layer, control);
	}
	return r;
}

/* Which layers a child of ours cannot close. */
static int
find_missing(unsigned *missing)
{
	int status;

	pid_t pid = fork();
	if (pid < 0)
		return err_sys("selftest: fork");
	if (pid == 0) {
		struct seal_verdict verdict = { 0 };
		if (seal_prepare(SEAL_COMMAND, NULL, 0) < 0 ||
		    seal_close(SEAL_COMMAND, &SEAL_PATHS_NONE, SEAL_ALL, &verdict) < 0)
			_exit(ENDED_UNSEALED);
		_exit((int)verdict.missing);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys("selftest: wait");
	if (!WIFEXITED(status) || WEXITSTATUS(status) > SEAL_ALL)
		return err_set(ERR_REFUSED, "selftest: the seal cannot be closed");
	*missing = (unsigned)WEXITSTATUS(status);
	return 0;
}

int
selftest_run(bool layers, selftest_take *take, void *ctx, struct selftest_summary *summary)
{
	struct ground ground;
	struct run run = { .ground = &ground, .take = take, .ctx = ctx, .summary = summary };

	*summary = (struct selftest_summary){ 0 };
	int r = find_missing(&summary->missing);
	if (r < 0)
		return r;
	r = ground_make(&ground);
	for (size_t i = 0; i < sizeof all_attempts / sizeof *all_attempts; i++)
		for (const struct attempt *attempt = all_attempts[i]; attempt->name && r == 0; attempt++)
			r = run_attempt(&run, attempt, layers);
	ground_clear(&ground);
	return r;
}

static int
give(json_t *object, json_t **out)
{
	if (!object)
		return err_set(ERR_MEMORY, "no memory");
	*out = object;
	return 0;
}

int
selftest_row_json(const struct selftest_row *row, json_t **out)
{
	char layers[SELFTEST_LAYERS];

	return give(
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "attempt", row->attempt, "profile",
		seal_profile_name(row->profile), "layers", selftest_layers(row->layers, layers), "control",
		row->control, "sealed", row->sealed, "by", row->by, "ok", row->end != SELFTEST_WORKED),
	    out);
}

int
selftest_summary_json(const struct selftest_summary *summary, json_t **out)
{
	char layers[SELFTEST_LAYERS];

	return give(json_pack("{s:i, s:i, s:i, s:i, s:s*}", "attempts", (int)summary->attempts, "denied",
			(int)summary->denied, "not_possible", (int)summary->not_possible, "worked",
			(int)summary->worked, "layers",
			summary->missing ? selftest_layers(SEAL_ALL & ~summary->missing, layers) : NULL),
	    out);
}
