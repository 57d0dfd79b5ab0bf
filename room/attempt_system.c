#include "room/attempt.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/io.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define HARMLESS "/bin/true" /* a program that ends with 0, which is how an attempt says that it worked */

static char *const no_words[] = { NULL };

/* ---- running other code ---- */

static int
run_program(const struct ground *g)
{
	char *const argv[] = { (char[]){ HARMLESS }, NULL };

	(void)g;
	return TRIED(execve(HARMLESS, argv, no_words));
}

/* A program in memory as 0. */
static int
hold_program(struct ground *g)
{
	char piece[4096];
	ssize_t n;

	(void)g;
	int from = open(HARMLESS, O_RDONLY | O_CLOEXEC);
	int fd = memfd_create("carrel-selftest", 0);
	if (from < 0 || fd < 0)
		return -1;
	while ((n = read(from, piece, sizeof piece)) > 0)
		if (write(fd, piece, (size_t)n) != n)
			return -1;
	return dup2(fd, 0);
}

static int
run_memory(const struct ground *g)
{
	char *const argv[] = { (char[]){ HARMLESS }, NULL };

	(void)g;
	return TRIED(execveat(0, "", argv, no_words, AT_EMPTY_PATH));
}

static int
memory_file(const struct ground *g)
{
	(void)g;
	return TRIED(memfd_create("carrel-selftest", 0));
}

static int
map_code(const struct ground *g)
{
	(void)g;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
	    ? errno
	    : 0;
}

static int
turn_into_code(const struct ground *g)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)g;
	return page == MAP_FAILED ? errno : TRIED(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int
read_implies_exec(const struct ground *g)
{
	(void)g;
	return TRIED(personality(READ_IMPLIES_EXEC));
}

#if defined(__x86_64__)
/* getpid by the interrupt of 32-bit programs, whose numbers differ */
static int
foreign_call(const struct ground *g)
{
	long r = 20;

	(void)g;
	__asm__ volatile("int $0x80" : "+a"(r) : : "memory", "r8", "r9", "r10", "r11");
	return r == getpid() ? 0 : ENOSYS;
}
#else
static int
foreign_call(const struct ground *g)
{
	(void)g;
	return NOT_HERE;
}
#endif

/* ---- other processes ---- */

static int
trace(const struct ground *g)
{
	if (ptrace(PTRACE_SEIZE, g->victim, NULL, NULL) < 0)
		return errno;
	return 0;
}

static int
read_memory(const struct ground *g)
{
	struct ground copy;
	struct iovec here = { .iov_base = &copy, .iov_len = sizeof copy };
	struct iovec there = { .iov_base = (void *)(uintptr_t)g, .iov_len = sizeof copy };

	return TRIED(process_vm_readv(g->victim, &here, 1, &there, 1, 0));
}

static int
take_descriptor(const struct ground *g)
{
	int fd = (int)syscall(SYS_pidfd_open, g->self, 0);

	return fd < 0 ? errno : TRIED(syscall(SYS_pidfd_getfd, fd, g->leaked, 0));
}

static int
signal_another(const struct ground *g)
{
	return TRIED(kill(g->victim, SIGCONT));
}

static int
signal_a_thread(const struct ground *g)
{
	return TRIED(tgkill(g->victim, g->victim, SIGCONT));
}

/* It lives until the other end of its pipe, this process's 1, is gone: a sealed parent's death cannot signal it. */
static int
make_prey(struct ground *g)
{
	int fds[2];
	char end;

	if (pipe(fds) < 0)
		return -1;
	g->prey = fork();
	if (g->prey == 0) {
		/* nothing of the selftest's may stay open for its sake */
		dup2(fds[0], 0);
		close_range(1, ~0U, 0);
		_exit(read(0, &end, 1) < 0);
	}
	return g->prey < 0 || dup2(fds[1], 1) < 0 ? -1 : 0;
}

static int
kill_another(const struct ground *g)
{
	return TRIED(kill(g->prey, SIGKILL));
}

static int
signal_by_descriptor(const struct ground *g)
{
	int fd = (int)syscall(SYS_pidfd_open, g->victim, 0);

	return fd < 0 ? errno : TRIED(syscall(SYS_pidfd_send_signal, fd, SIGCONT, NULL, 0));
}

static int
signal_by_terminal(const struct ground *g)
{
	if (fcntl(0, F_SETOWN, g->victim) < 0)
		return errno;
	return TRIED(fcntl(0, F_SETSIG, SIGCONT));
}

static int
limit_another(const struct ground *g)
{
	struct rlimit now;

	if (prlimit(g->victim, RLIMIT_CORE, NULL, &now) < 0)
		return errno;
	return TRIED(prlimit(g->victim, RLIMIT_CORE, &now, NULL));
}

static int
slow_another(const struct ground *g)
{
	return TRIED(setpriority(PRIO_PROCESS, (id_t)g->victim, 0));
}

static int
place_another(const struct ground *g)
{
	cpu_set_t set;

	if (sched_getaffinity(g->victim, sizeof set, &set) < 0)
		return errno;
	return TRIED(sched_setaffinity(g->victim, sizeof set, &set));
}

static int
shared_memory(const struct ground *g)
{
	if (g->shared_memory < 0)
		return NOT_HERE;
	return shmat(g->shared_memory, NULL, 0) == (void *)-1 ? errno : 0;
}

static int
message_queue(const struct ground *g)
{
	const struct {
		long type;
		char text[4];
	} message = { 1, "out" };

	if (g->queue < 0)
		return NOT_HERE;
	/* a full queue took an earlier one */
	return msgsnd(g->queue, &message, sizeof message.text, IPC_NOWAIT) == 0 || errno == EAGAIN ? 0
												   : errno;
}

static int
semaphore(const struct ground *g)
{
	struct sembuf up = { .sem_op = 1 };

	return g->semaphore < 0 ? NOT_HERE : TRIED(semop(g->semaphore, &up, 1));
}

static int
posix_queue(const struct ground *g)
{
	mqd_t queue = mq_open(g->posix_queue, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (queue < 0)
		return errno;
	return mq_send(queue, "out", 3, 0) == 0 || errno == EAGAIN ? 0 : errno;
}

#define KEY_SPEC_USER_KEYRING (-4)
#define KEYCTL_UNLINK 9

/* A key in the keyring that all processes of the person share. */
static int
keyring(const struct ground *g)
{
	(void)g;
	long key = syscall(SYS_add_key, "user", "carrel-selftest", "out", 3, KEY_SPEC_USER_KEYRING);
	if (key < 0)
		return errno;
	syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
	return 0;
}

/* ---- the kernel's other doors ---- */

static int
io_uring(const struct ground *g)
{
	uint32_t parameters[30] = { 0 };

	(void)g;
	return TRIED(syscall(SYS_io_uring_setup, 4, parameters));
}

static int
bpf(const struct ground *g)
{
	union bpf_attr attr;

	(void)g;
	memset(&attr, 0, sizeof attr);
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = attr.value_size = 4;
	attr.max_entries = 1;
	return TRIED(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr));
}

static int
user_faults(const struct ground *g)
{
	(void)g;
	return TRIED(syscall(
	    SYS_userfaultfd, O_CLOEXEC | 1)); /* 1: faults of user mode only, which anyone may ask for */
}

static int
performance_counters(const struct ground *g)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.exclude_kernel = 1 };

	return TRIED(syscall(SYS_perf_event_open, &attr, g->victim, -1, -1, 0));
}

static int
watch_all_files(const struct ground *g)
{
	(void)g;
	return TRIED(fanotify_init(FAN_CLASS_NOTIF, O_RDONLY));
}

static int
mount_one(const struct ground *g)
{
	char path[GROUND_PATH];

	ground_path(path, g->outside, "empty");
	if (mount("none", path, "tmpfs", 0, NULL) < 0)
		return errno;
	umount2(path, MNT_DETACH);
	return 0;
}

static int
new_namespaces(const struct ground *g)
{
	(void)g;
	return TRIED(unshare(CLONE_NEWUSER | CLONE_NEWNS));
}

static int
clone_into_namespaces(const struct ground *g)
{
	(void)g;
	long pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		_exit(0);
	return TRIED(pid);
}

static int
enter_namespace(const struct ground *g)
{
	char path[GROUND_PATH];

	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)g->self);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : TRIED(setns(fd, CLONE_NEWNET));
}

/* The machine's network namespace as 0: as if it had been left open. */
static int
hold_namespace(struct ground *g)
{
	char path[GROUND_PATH];

	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)g->self);
	int fd = open(path, O_RDONLY);
	return fd < 0 ? -1 : dup2(fd, 0);
}

static int
enter_held_namespace(const struct ground *g)
{
	(void)g;
	return TRIED(setns(0, CLONE_NEWNET));
}

static int
name_machine(const struct ground *g)
{
	char name[256];

	(void)g;
	if (gethostname(name, sizeof name) < 0)
		return errno;
	return TRIED(sethostname(name, strlen(name)));
}

static int
read_kernel_log(const struct ground *g)
{
	char text[64];

	(void)g;
	return TRIED(klogctl(3, text, sizeof text)); /* SYSLOG_ACTION_READ_ALL */
}

static int
ports(const struct ground *g)
{
	(void)g;
	return TRIED(ioperm(0x80, 1, 1));
}

static int
segment_table(const struct ground *g)
{
	char space[64];

	(void)g;
	return TRIED(syscall(SYS_modify_ldt, 0, space, sizeof space));
}

/* ---- what a process leaves behind, and what it was given ---- */

static int
allow_core(const struct ground *g)
{
	struct rlimit most;

	(void)g;
	if (getrlimit(RLIMIT_CORE, &most) < 0)
		return errno;
	most.rlim_cur = most.rlim_max;
	if (setrlimit(RLIMIT_CORE, &most) < 0)
		return errno;
	return most.rlim_cur > 0 ? 0 : EPERM;
}

static int
own_memory(const struct ground *g)
{
	(void)g;
	return TRIED(open("/proc/self/mem", O_RDWR | O_CLOEXEC));
}

/* What decides over code or output without a word in our programs. */
static int
set_variables(struct ground *g)
{
	static const char *const names[] = { "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GCONV_PATH",
		"LOCPATH", "NLSPATH", "TERMINFO", "TERMINFO_DIRS", "SSH_AUTH_SOCK", "DISPLAY",
		"WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS" };
	int r = 0;

	(void)g;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		r |= setenv(names[i], "/tmp/carrel-selftest", 1);
	return r;
}

static int
loader_variables(const struct ground *g)
{
	(void)g;
	return getenv("LD_PRELOAD") || getenv("LD_LIBRARY_PATH") || getenv("LD_AUDIT") ? 0 : ENOENT;
}

static int
conversion_variables(const struct ground *g)
{
	(void)g;
	return getenv("GCONV_PATH") || getenv("LOCPATH") || getenv("NLSPATH") ? 0 : ENOENT;
}

static int
terminal_variables(const struct ground *g)
{
	(void)g;
	return getenv("TERMINFO") || getenv("TERMINFO_DIRS") ? 0 : ENOENT;
}

static int
address_variables(const struct ground *g)
{
	(void)g;
	return getenv("SSH_AUTH_SOCK") || getenv("DISPLAY") || getenv("WAYLAND_DISPLAY") ||
		getenv("DBUS_SESSION_BUS_ADDRESS")
	    ? 0
	    : ENOENT;
}

const struct attempt attempts_system[] = {
	{ "run a program", run_program, NULL },
	{ "run a program from memory", run_memory, hold_program },
	{ "make a file in memory", memory_file, NULL },
	{ "map memory as code", map_code, NULL },
	{ "turn memory into code", turn_into_code, NULL },
	{ "make what is readable executable", read_implies_exec, NULL },
	{ "call the kernel as a 32-bit program", foreign_call, NULL },
	{ "trace another process", trace, NULL },
	{ "read another process's memory", read_memory, NULL },
	{ "take another process's descriptor", take_descriptor, NULL },
	{ "signal another process", signal_another, NULL },
	{ "signal a thread of another process", signal_a_thread, NULL },
	{ "kill another process", kill_another, make_prey },
	{ "signal another process by descriptor", signal_by_descriptor, NULL },
	{ "have a terminal signal another process", signal_by_terminal, NULL },
	{ "limit another process", limit_another, NULL },
	{ "slow another process", slow_another, NULL },
	{ "place another process", place_another, NULL },
	{ "share System V memory", shared_memory, NULL },
	{ "send a System V message", message_queue, NULL },
	{ "raise a System V semaphore", semaphore, NULL },
	{ "send a POSIX message", posix_queue, NULL },
	{ "put a key into the person's keyring", keyring, NULL },
	{ "use io_uring", io_uring, NULL },
	{ "use BPF", bpf, NULL },
	{ "handle page faults", user_faults, NULL },
	{ "count another process's events", performance_counters, NULL },
	{ "watch all files", watch_all_files, NULL },
	{ "mount a file system", mount_one, NULL },
	{ "make new namespaces", new_namespaces, NULL },
	{ "start a child in new namespaces", clone_into_namespaces, NULL },
	{ "enter the machine's network by path", enter_namespace, NULL },
	{ "enter the machine's network by descriptor", enter_held_namespace, hold_namespace },
	{ "name the machine", name_machine, NULL },
	{ "read the kernel's log", read_kernel_log, NULL },
	{ "reach the machine's ports", ports, NULL },
	{ "read the segment table", segment_table, NULL },
	{ "leave a core dump", allow_core, NULL },
	{ "open its own memory", own_memory, NULL },
	{ "inherit variables of the loader", loader_variables, set_variables },
	{ "inherit variables of conversion", conversion_variables, set_variables },
	{ "inherit variables of terminals", terminal_variables, set_variables },
	{ "inherit addresses of agent, screen and bus", address_variables, set_variables },
	{ NULL, NULL, NULL },
};
