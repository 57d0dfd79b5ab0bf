#include "room/attempt.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *
ground_path(char out[static GROUND_PATH], const char *directory, const char *name)
{
	snprintf(out, GROUND_PATH, "%s/%s", directory, name);
	return out;
}

static int
make_file(const char *directory)
{
	char path[GROUND_PATH];

	int fd = open(ground_path(path, directory, "file"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys("%s", path);
	int r = write(fd, "ground\n", 7) == 7 ? 0 : err_sys("%s", path);
	close(fd);
	return r;
}

static int
make_directory(char *out, size_t size, const char *top, const char *name)
{
	snprintf(out, size, "%s/%s", top, name);
	return mkdir(out, 0700) < 0 ? err_sys("%s", out) : make_file(out);
}

static int
make_directories(struct ground *ground)
{
	char path[GROUND_PATH];

	strcpy(ground->top, "/tmp/carrel-selftest-XXXXXX");
	if (!mkdtemp(ground->top)) {
		ground->top[0] = 0;
		return err_sys("selftest: a directory in /tmp");
	}
	int r = make_directory(ground->outside, sizeof ground->outside, ground->top, "outside");
	if (r == 0)
		r = make_directory(ground->inside, sizeof ground->inside, ground->top, "inside");
	if (r == 0)
		r = make_directory(ground->readable, sizeof ground->readable, ground->top, "readable");
	if (r == 0 && mkdir(ground_path(path, ground->outside, "empty"), 0700) < 0)
		r = err_sys("%s", path);
	return r;
}

/* A socket bound to `address`; its port is filled in. -1 where this machine has none of the family. */
static int
listen_on(int type, void *address, socklen_t len)
{
	struct sockaddr *a = address;

	int fd = socket(a->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (bind(fd, a, len) < 0 || (type == SOCK_STREAM && listen(fd, 1024) < 0)) {
		close(fd);
		return -1;
	}
	if (a->sa_family != AF_UNIX)
		getsockname(fd, a, &len);
	return fd;
}

static void
make_sockets(struct ground *ground)
{
	const struct sockaddr_in four = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	const struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	const struct sockaddr_un local = { .sun_family = AF_UNIX };

	ground->tcp4 = ground->udp4 = four;
	ground->tcp6 = ground->udp6 = six;
	ground->stream = ground->datagram = ground->abstract = local;
	snprintf(ground->stream.sun_path, sizeof local.sun_path, "%s/stream", ground->outside);
	snprintf(ground->datagram.sun_path, sizeof local.sun_path, "%s/datagram", ground->outside);
	int len = snprintf(
	    ground->abstract.sun_path + 1, sizeof local.sun_path - 1, "carrel-selftest-%d", getpid());
	ground->abstract_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
	ground->sockets[0] = listen_on(SOCK_STREAM, &ground->tcp4, sizeof four);
	ground->sockets[1] = listen_on(SOCK_DGRAM, &ground->udp4, sizeof four);
	ground->sockets[2] = listen_on(SOCK_STREAM, &ground->tcp6, sizeof six);
	ground->sockets[3] = listen_on(SOCK_DGRAM, &ground->udp6, sizeof six);
	ground->sockets[4] = listen_on(SOCK_STREAM, &ground->stream, sizeof local);
	ground->sockets[5] = listen_on(SOCK_DGRAM, &ground->datagram, sizeof local);
	ground->sockets[6] = listen_on(SOCK_STREAM, &ground->abstract, ground->abstract_len);
}

static void
make_ipc(struct ground *ground)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 8 };

	ground->shared_memory = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
	ground->queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	ground->semaphore = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
	snprintf(ground->posix_queue, sizeof ground->posix_queue, "/carrel-selftest-%d", getpid());
	mqd_t queue = mq_open(ground->posix_queue, O_CREAT | O_RDWR | O_CLOEXEC, 0600, &attr);
	if (queue >= 0)
		mq_close(queue);
}

static int
make_victim(struct ground *ground)
{
	ground->victim = fork();
	if (ground->victim < 0)
		return err_sys("selftest: fork");
	if (ground->victim == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
		while (getppid() == ground->self)
			pause();
		_exit(0);
	}
	return 0;
}

int
ground_make(struct ground *ground)
{
	*ground = (struct ground){ .self = getpid(), .victim = -1, .leaked = -1 };
	for (size_t i = 0; i < sizeof ground->sockets / sizeof *ground->sockets; i++)
		ground->sockets[i] = -1;
	ground->shared_memory = ground->queue = ground->semaphore = -1;
	int r = make_directories(ground);
	if (r < 0)
		return r;
	make_sockets(ground);
	make_ipc(ground);
	ground->leaked = open("/dev/null", O_RDWR);
	return make_victim(ground);
}

/* Empties one directory of ours and removes it; what attempts left in it lies flat. */
static void
remove_directory(const char *path)
{
	DIR *list = opendir(path);
	const struct dirent *entry;

	while (list && (entry = readdir(list)))
		if (unlinkat(dirfd(list), entry->d_name, 0) < 0)
			unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR);
	if (list)
		closedir(list);
	rmdir(path);
}

void
ground_clear(struct ground *ground)
{
	if (ground->victim > 0) {
		kill(ground->victim, SIGKILL);
		waitpid(ground->victim, NULL, 0);
	}
	for (size_t i = 0; i < sizeof ground->sockets / sizeof *ground->sockets; i++)
		if (ground->sockets[i] >= 0)
			close(ground->sockets[i]);
	if (ground->leaked >= 0)
		close(ground->leaked);
	if (ground->shared_memory >= 0)
		shmctl(ground->shared_memory, IPC_RMID, NULL);
	if (ground->queue >= 0)
		msgctl(ground->queue, IPC_RMID, NULL);
	if (ground->semaphore >= 0)
		semctl(ground->semaphore, 0, IPC_RMID);
	if (ground->posix_queue[0])
		mq_unlink(ground->posix_queue);
	if (ground->top[0]) {
		remove_directory(ground->outside);
		remove_directory(ground->inside);
		remove_directory(ground->readable);
		remove_directory(ground->top);
	}
}
