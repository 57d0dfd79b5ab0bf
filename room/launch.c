#include "room/launch.h"

#include "base/fs.h"
#include "base/inherit.h"
#include "base/mem.h"
#include "base/wire.h"
#include "room/chain.h"
#include "room/spawn.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- this program's own environment ---- */

static const char *const carried[] = { "SSH_AUTH_SOCK", "CARREL_ROOM", "CARREL_KEY" };
#define CARRIED (sizeof carried / sizeof *carried)

static size_t
count_list(char *const *list)
{
	size_t count = 0;

	while (list[count])
		count++;
	return count;
}

static bool
holds(char *const *list, const char *entry)
{
	while (*list && strcmp(*list, entry) != 0)
		list++;
	return *list;
}

int
launch_clean(char *const argv[])
{
	char **fixed = seal_environment();
	size_t count = count_list(fixed);
	char **list = mem_alloc((count + CARRIED + 1) * sizeof *list);
	bool same = true;

	memcpy(list, fixed, count * sizeof *list);
	for (size_t i = 0; i < CARRIED; i++) {
		const char *value = getenv(carried[i]);
		if (value && asprintf(&list[count], "%s=%s", carried[i], value) >= 0)
			count++;
	}
	for (char **entry = environ; *entry && same; entry++)
		same = holds(list, *entry);
	if (!same)
		execve("/proc/self/exe", argv, list);
	int r = same ? 0 : err_sys("cannot run this program again");
	for (size_t i = count_list(fixed); i < count; i++)
		free(list[i]);
	free(list);
	free(fixed);
	return r;
}

/* ---- the chain ---- */

/* What the chain's programs are given; -1 where there is none. */
struct gifts {
	int agent, key, index, source;
	int client[2]; /* the client's end, the keeper's */
	int next[2];   /* the keeper's end, the supervisor's or the indexer's */
};

static void
close_gifts(const struct gifts *gifts)
{
	const int all[] = { gifts->agent, gifts->key, gifts->index, gifts->source, gifts->client[0],
		gifts->client[1], gifts->next[0], gifts->next[1] };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i] >= 0)
			close(all[i]);
}

/* A connection to the person's agent, or -1: whether one is needed is the keeper's to say. */
static int
connect_agent(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("SSH_AUTH_SOCK");

	if (!path || *path == 0 || strlen(path) >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
open_source(const char *path, int *out)
{
	struct stat st;

	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		int r = err_sys("%s", path);
		return err_set(ERR_USAGE, "%s", r < 0 ? err_text() : path);
	}
	if (fstat(fd, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
		close(fd);
		return err_set(ERR_USAGE, "%s: neither a file nor a directory", path);
	}
	*out = fd;
	return 0;
}

static int
open_index(const struct launch *launch, struct gifts *gifts)
{
	int r = fs_open_dir(launch->room->dir, ROOM_INDEX, &gifts->index);

	if (r == ERR_ABSENT)
		return err_set(ERR_FORMAT, "the room has no index/: 'carrel index --rebuild' makes it anew");
	return r;
}

static int
open_gifts(const struct launch *launch, struct gifts *gifts)
{
	int r = 0;

	gifts->agent = connect_agent();
	if (launch->key) {
		r = fs_open(AT_FDCWD, launch->key, O_RDONLY, &gifts->key);
		if (r == ERR_ABSENT)
			r = err_set(ERR_USAGE, "key file %s: no such file", launch->key);
	}
	if (r == 0 && launch->source)
		r = open_source(launch->source, &gifts->source);
	if (r == 0)
		r = wire_pair(gifts->client);
	if (r < 0 || launch->room->enter)
		return r; /* what is the room's is not the person's to open */
	if (launch->chain == CHAIN_READER)
		r = open_index(launch, gifts);
	if (r == 0 && launch->chain == CHAIN_INDEXER) {
		r = fs_make_dir(launch->room->dir, ROOM_INDEX, 0700);
		if (r == 0)
			r = fs_make_dir(launch->room->dir, ROOM_SOURCE, 0700);
	}
	if (r == 0 && launch->chain != CHAIN_LEDGER)
		r = wire_pair(gifts->next);
	return r;
}

static int
start_program(struct spawn *what, struct servants *servants)
{
	char *path = NULL;
	pid_t pid;

	int r = what->path ? 0 : spawn_find(what->argv[0], &path);
	if (r < 0)
		return r;
	if (path)
		what->path = path;
	what->in_out = -1;
	what->err = STDERR_FILENO;
	what->new_session = true;
	r = spawn(what, &pid);
	if (r == 0)
		servants_add(servants, pid, what->argv[0]);
	free(path);
	return r;
}

/* A real room: one program that becomes the room's user, and starts the others there. */
static int
enter_room(const struct launch *launch, const struct gifts *gifts, struct servants *servants)
{
	static const char *const chains[] = {
		[CHAIN_LEDGER] = "ledger", [CHAIN_READER] = "reader", [CHAIN_INDEXER] = "indexer"
	};
	struct spawn enter = {
		.path = launch->room->enter,
		.argv = { "carrel-enter", launch->room->path, chains[launch->chain] },
		.fds = { { gifts->client[1], FD_PEER }, { gifts->agent, FD_AGENT }, { gifts->key, FD_KEY },
		    { launch->pass, FD_PASS }, { gifts->source, FD_ENTER_SOURCE } },
	};

	return start_program(&enter, servants);
}

static int
start_programs(const struct launch *launch, const struct gifts *gifts, struct servants *servants)
{
	struct spawn keeper = {
		.argv = { "carrel-keeper" },
		.fds = { { gifts->client[1], FD_PEER }, { launch->room->dir, FD_ROOM },
		    { gifts->next[0], FD_NEXT }, { gifts->agent, FD_AGENT }, { gifts->key, FD_KEY },
		    { launch->pass, FD_PASS },
		    { launch->chain == CHAIN_LEDGER ? gifts->source : -1, FD_FILE } },
	};
	struct spawn reader = {
		.argv = { "carrel-reader" },
		.fds = { { gifts->next[1], FD_PEER }, { gifts->index, FD_ROOM } },
	};
	struct spawn indexer = {
		.argv = { "carrel-indexer" },
		.fds = { { gifts->next[1], FD_PEER }, { launch->room->dir, FD_ROOM },
		    { gifts->source, FD_SOURCE } },
	};

	if (launch->room->enter)
		return enter_room(launch, gifts, servants);
	int r = start_program(&keeper, servants);
	if (r == 0 && launch->chain == CHAIN_READER)
		r = start_program(&reader, servants);
	if (r == 0 && launch->chain == CHAIN_INDEXER)
		r = start_program(&indexer, servants);
	return r;
}

static int
digest_self(char out[static HEX_LEN(SHA256_LEN)])
{
	uint8_t piece[64 * 1024], digest[SHA256_LEN];
	struct sha256 ctx;
	ssize_t n;

	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys("this program");
	sha256_init(&ctx);
	while ((n = read(fd, piece, sizeof piece)) > 0)
		sha256_add(&ctx, piece, (size_t)n);
	close(fd);
	if (n < 0)
		return err_sys("this program");
	sha256_end(&ctx, digest);
	hex_from(digest, sizeof digest, out);
	return 0;
}

int
chain_start(struct launch *launch, struct servants *servants, int *client)
{
	struct gifts gifts = { -1, -1, -1, -1, { -1, -1 }, { -1, -1 } };

	int r = digest_self(launch->program);
	if (r == 0)
		r = open_gifts(launch, &gifts);
	if (r == 0)
		r = start_programs(launch, &gifts, servants);
	if (r == 0) {
		*client = gifts.client[0];
		gifts.client[0] = -1;
	}
	close_gifts(&gifts);
	return r;
}

int
launch_start(struct launch *launch, struct client **out)
{
	struct servants servants = { 0 };
	struct client *client;
	int fd;

	int r = chain_start(launch, &servants, &fd);
	if (r < 0)
		return r;
	r = client_new(fd, &client);
	if (r < 0) {
		close(fd);
		return r;
	}
	for (size_t i = 0; i < servants.count; i++)
		client_serves(client, servants.list[i].pid, servants.list[i].program);
	json_object_seed(0); /* opens /dev/urandom, which the caller's seal will not allow */
	*out = client;
	return 0;
}

/* ---- what OPEN says ---- */

static json_t *
layer_names(unsigned layers)
{
	json_t *list = json_array();

	for (unsigned layer = SEAL_NAMESPACE; layer <= SEAL_SECCOMP; layer <<= 1)
		if (layers & layer)
			json_array_append_new(list, json_string(seal_layer_name(layer)));
	return list;
}

int
launch_verdict(const struct seal_verdict *verdict, json_t **out)
{
	json_t *object = json_pack("{s:o, s:o, s:i}", "applied", layer_names(verdict->applied), "refused",
	    layer_names(verdict->refused), "landlock", verdict->landlock_abi);

	if (!object)
		return err_set(ERR_MEMORY, "no memory");
	*out = object;
	return 0;
}

int
launch_describe(const struct launch *launch, const struct seal_verdict *verdict, json_t **out)
{
	json_t *object = json_object(), *seal = NULL;

	int r = json_set_str(object, "mode", str_from(launch->mode));
	if (r == 0 && launch->as)
		r = json_set_str(object, "as", str_from(launch->as));
	if (r == 0)
		r = json_set_str(object, "command", str_from(launch->command));
	if (r == 0)
		r = json_set_str(object, "program", str_from(launch->program));
	if (r == 0 && verdict)
		r = launch_verdict(verdict, &seal);
	if (r == 0 && seal && json_object_set_new(object, "seal", seal) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	if (r < 0) {
		json_decref(object);
		return r;
	}
	*out = object;
	return 0;
}
