/*
 * The system calls each program may make once sealed; every other one kills it.  The
 * tables are the policy: a row names a call, the profiles that may make it, and for
 * some calls the one argument that is looked at.  carrel-seal(7) shows them.
 */
#include "base/seal_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define ONE(profile) (1U << SEAL_##profile)
#define FORKING (ONE(KEEPER) | ONE(SUPERVISOR) | ONE(INDEXER))
#define CONFINING (ONE(SUPERVISOR) | ONE(INDEXER)) /* whose children close a tighter seal */
#define READING \
	(ONE(READER) | ONE(SUPERVISOR)) /* a filter binds children too: the reader's calls are its parent's */
#define WRITING (ONE(KEEPER) | ONE(INDEXER))
#define FILES (READING | WRITING)
#define SCREEN (ONE(UI) | ONE(COMMAND))
#define BUT_GUARD (FILES | SCREEN | ONE(WORKER))
#define ALL (BUT_GUARD | ONE(GUARD))

struct call {
	int number;
	unsigned profiles;
};

/* Allowed whatever their arguments are. */
static const struct call calls[] = {
	{ SCMP_SYS(read), ALL },
	{ SCMP_SYS(write), ALL },
	{ SCMP_SYS(close), ALL },
	{ SCMP_SYS(poll), ALL },
	{ SCMP_SYS(ppoll), ALL },
	{ SCMP_SYS(exit), ALL },
	{ SCMP_SYS(exit_group), ALL },
	{ SCMP_SYS(rt_sigreturn), ALL },
	{ SCMP_SYS(restart_syscall), ALL },
	{ SCMP_SYS(rt_sigprocmask), ALL },

	/* memory, threads, time, signals of one's own */
	{ SCMP_SYS(brk), BUT_GUARD },
	{ SCMP_SYS(munmap), BUT_GUARD },
	{ SCMP_SYS(mremap), BUT_GUARD },
	{ SCMP_SYS(madvise), BUT_GUARD },
	{ SCMP_SYS(futex), BUT_GUARD },
	{ SCMP_SYS(sched_yield), BUT_GUARD },
	{ SCMP_SYS(getpid), BUT_GUARD },
	{ SCMP_SYS(gettid), BUT_GUARD },
	{ SCMP_SYS(getrandom), BUT_GUARD },
	{ SCMP_SYS(gettimeofday), BUT_GUARD },
	{ SCMP_SYS(clock_gettime), BUT_GUARD },
	{ SCMP_SYS(clock_nanosleep), BUT_GUARD },
	{ SCMP_SYS(nanosleep), BUT_GUARD },
	{ SCMP_SYS(sysinfo), BUT_GUARD }, /* qsort asks how much memory there is */
	{ SCMP_SYS(writev), BUT_GUARD },  /* a failed assertion's last words */

	/* descriptors that are open already */
	{ SCMP_SYS(fstat), FILES | SCREEN },
	{ SCMP_SYS(lseek), FILES | SCREEN },
	{ SCMP_SYS(pselect6), FILES | SCREEN },
	{ SCMP_SYS(getuid), FILES | SCREEN },
	{ SCMP_SYS(geteuid), FILES | SCREEN },
	{ SCMP_SYS(getgid), FILES | SCREEN },
	{ SCMP_SYS(getegid), FILES | SCREEN },
	{ SCMP_SYS(pread64), FILES },
	{ SCMP_SYS(getdents64), FILES },
	{ SCMP_SYS(fadvise64), FILES },
	{ SCMP_SYS(getrusage), FILES },

	/* files by name: Landlock says which */
	{ SCMP_SYS(newfstatat), FILES | SCREEN }, /* fstat, too, in the C library's clothes */
	{ SCMP_SYS(stat), WRITING },
	{ SCMP_SYS(lstat), WRITING },
	{ SCMP_SYS(access), WRITING },
	{ SCMP_SYS(faccessat), WRITING },
	{ SCMP_SYS(faccessat2), WRITING },
	{ SCMP_SYS(readlink), WRITING },
	{ SCMP_SYS(readlinkat), WRITING },
	{ SCMP_SYS(getcwd), WRITING },
	{ SCMP_SYS(fstatfs), WRITING },
	{ SCMP_SYS(statfs), ONE(INDEXER) },
	{ SCMP_SYS(open), WRITING },
	{ SCMP_SYS(openat), WRITING },
	{ SCMP_SYS(pwrite64), WRITING },
	{ SCMP_SYS(pwritev), WRITING },
	{ SCMP_SYS(fsync), WRITING },
	{ SCMP_SYS(fdatasync), WRITING },
	{ SCMP_SYS(sync_file_range), ONE(INDEXER) },
	{ SCMP_SYS(fallocate), WRITING },
	{ SCMP_SYS(ftruncate), WRITING },
	{ SCMP_SYS(unlink), WRITING },
	{ SCMP_SYS(unlinkat), WRITING },
	{ SCMP_SYS(rmdir), WRITING },
	{ SCMP_SYS(mkdir), WRITING },
	{ SCMP_SYS(mkdirat), WRITING },
	{ SCMP_SYS(rename), WRITING },
	{ SCMP_SYS(renameat), WRITING },
	{ SCMP_SYS(renameat2), WRITING },
	{ SCMP_SYS(umask), WRITING | CONFINING },
	{ SCMP_SYS(flock), WRITING },
	{ SCMP_SYS(mlock), ONE(KEEPER) }, /* where secrets lie */
	{ SCMP_SYS(munlock), ONE(KEEPER) },

	/* children */
	{ SCMP_SYS(wait4), FORKING | ONE(COMMAND) },
	{ SCMP_SYS(rt_sigtimedwait), ONE(COMMAND) }, /* for a child's end */
	{ SCMP_SYS(waitid), FORKING | ONE(COMMAND) },
	{ SCMP_SYS(set_robust_list), FORKING | ONE(READER) },
	{ SCMP_SYS(rseq), FORKING | ONE(READER) },
	{ SCMP_SYS(pipe2), FORKING },
	{ SCMP_SYS(dup), FORKING },
	{ SCMP_SYS(dup2), FORKING },
	{ SCMP_SYS(dup3), FORKING },
	{ SCMP_SYS(close_range), FORKING },
	{ SCMP_SYS(setitimer), CONFINING | ONE(KEEPER) | ONE(READER) | ONE(WORKER) },
	{ SCMP_SYS(sched_getaffinity), CONFINING },
	{ SCMP_SYS(getppid), CONFINING },
	{ SCMP_SYS(seccomp), CONFINING },
	{ SCMP_SYS(landlock_create_ruleset), CONFINING },
	{ SCMP_SYS(landlock_add_rule), CONFINING },
	{ SCMP_SYS(landlock_restrict_self), CONFINING },
};

/* Allowed where argument `arg`, masked, has the value. Several rows of one call: any of them will do. */
static const struct argument {
	int number;
	unsigned profiles;
	unsigned arg;
	uint64_t mask, value;
} arguments[] = {
#define WORD 0xffffffffULL /* the kernel looks at 32 bits only, and so do we */
#define NO_BITS(bits) (bits), 0
#define EQUALS(value) WORD, (value)
	{ SCMP_SYS(mmap), SEAL_FOR_SANITIZER ? ALL : BUT_GUARD, 2, NO_BITS(PROT_EXEC) },
	{ SCMP_SYS(mprotect), SEAL_FOR_SANITIZER ? ALL : BUT_GUARD, 2, NO_BITS(PROT_EXEC) },
	{ SCMP_SYS(openat), READING, 2, NO_BITS(O_ACCMODE | O_CREAT | O_TRUNC | O_PATH) },

	{ SCMP_SYS(ioctl), SCREEN | ONE(GUARD) | WRITING, 1,
	    EQUALS(TCGETS) }, /* the C library asks it of a new stream */
	{ SCMP_SYS(ioctl), SCREEN | ONE(GUARD), 1, EQUALS(TCSETSW) },
	{ SCMP_SYS(ioctl), SCREEN | ONE(GUARD), 1, EQUALS(TIOCGWINSZ) },
	{ SCMP_SYS(ioctl), ONE(GUARD), 1, EQUALS(TIOCSWINSZ) },
	{ SCMP_SYS(ioctl), SCREEN, 1, EQUALS(TCSETS) },
	{ SCMP_SYS(ioctl), SCREEN, 1, EQUALS(TCSETSF) },
	{ SCMP_SYS(ioctl), SCREEN, 1, EQUALS(TCFLSH) },

	{ SCMP_SYS(fcntl), BUT_GUARD, 1, EQUALS(F_GETFD) },
	{ SCMP_SYS(fcntl), BUT_GUARD, 1, EQUALS(F_SETFD) },
	{ SCMP_SYS(fcntl), BUT_GUARD, 1, EQUALS(F_GETFL) },
	{ SCMP_SYS(fcntl), BUT_GUARD, 1, EQUALS(F_SETFL) },
	{ SCMP_SYS(fcntl), WRITING, 1, EQUALS(F_GETLK) },
	{ SCMP_SYS(fcntl), WRITING, 1, EQUALS(F_SETLK) },
	{ SCMP_SYS(fcntl), WRITING, 1, EQUALS(F_SETLKW) },

	{ SCMP_SYS(clone), FORKING, 0,
	    NO_BITS(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
		CLONE_NEWPID | CLONE_NEWNET | CLONE_PTRACE) },
	{ SCMP_SYS(socketpair), CONFINING, 0, EQUALS(AF_UNIX) },
	{ SCMP_SYS(prlimit64), CONFINING | ONE(READER) | ONE(WORKER), 0, EQUALS(0) }, /* one's own */
	{ SCMP_SYS(prctl), CONFINING, 0, EQUALS(PR_SET_NO_NEW_PRIVS) },
	{ SCMP_SYS(prctl), CONFINING, 0, EQUALS(PR_SET_PDEATHSIG) },
	{ SCMP_SYS(prctl), CONFINING, 0, EQUALS(PR_GET_SECCOMP) },
	{ SCMP_SYS(prctl), CONFINING, 0, EQUALS(PR_SET_SECCOMP) },
	{ SCMP_SYS(prctl), CONFINING | ONE(KEEPER), 0, EQUALS(PR_SET_DUMPABLE) },
};

/*
 * A parent may kill its children, and the filter cannot tell them from others: only Landlock's scope can, since
 * version 6.  Without it kill() is refused, and a child that hangs meets its own timer.
 */
#define ABI_WITH_SCOPE 6

/* Refused with an error that their callers live with. */
static const struct refused {
	int number;
	unsigned profiles;
	int error;
} refusals[] = {
	{ SCMP_SYS(fchown), WRITING, EPERM }, { SCMP_SYS(fchmod), WRITING, EPERM },
	{ SCMP_SYS(chmod), WRITING, EPERM }, { SCMP_SYS(utimensat), WRITING, EPERM },
	{ SCMP_SYS(prlimit64), ONE(KEEPER), EPERM }, { SCMP_SYS(statx), BUT_GUARD, ENOSYS },
	{ SCMP_SYS(clone3), BUT_GUARD, ENOSYS }, /* clone's flags can be looked at, clone3's not */
};

/* Allowed to all in builds with a sanitizer, and in none other. */
static const int for_sanitizer[] = {
#if SEAL_FOR_SANITIZER
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(open),
	SCMP_SYS(openat), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(stat), SCMP_SYS(newfstatat),
	SCMP_SYS(fstat), SCMP_SYS(lseek), SCMP_SYS(getdents), SCMP_SYS(getdents64), SCMP_SYS(prlimit64),
	SCMP_SYS(getrlimit), SCMP_SYS(getrusage), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_yield),
	SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction), SCMP_SYS(prctl), SCMP_SYS(ptrace), SCMP_SYS(clone),
	SCMP_SYS(wait4), SCMP_SYS(kill), SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid),
	SCMP_SYS(futex), SCMP_SYS(ioctl), SCMP_SYS(fcntl), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(pipe),
	SCMP_SYS(pipe2), SCMP_SYS(uname), SCMP_SYS(arch_prctl), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(getcwd), SCMP_SYS(access), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(writev), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(sysinfo), SCMP_SYS(getrandom), SCMP_SYS(pread64), SCMP_SYS(rt_sigprocmask), SCMP_SYS(mlock),
	SCMP_SYS(munlock),
#endif
	__NR_SCMP_ERROR, /* the end */
};

/* What socket() says for no address family at all under the profile's filter: a probe that does not kill. */
#define PROBE_FAMILY 0x5ea1U
#define PROBE_ERROR(profile) (3000 + (int)(profile))

static bool
widened(int number)
{
	for (size_t i = 0; for_sanitizer[i] != __NR_SCMP_ERROR; i++)
		if (for_sanitizer[i] == number)
			return true;
	return false;
}

static int
add_calls(scmp_filter_ctx filter, unsigned profile)
{
	int r = 0;

	for (size_t i = 0; i < sizeof calls / sizeof *calls && r == 0; i++)
		if (calls[i].profiles & profile && !widened(calls[i].number))
			r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i].number, 0);
	for (size_t i = 0; for_sanitizer[i] != __NR_SCMP_ERROR && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, for_sanitizer[i], 0);
	return r;
}

static int
add_arguments(scmp_filter_ctx filter, unsigned profile)
{
	int r = 0;

	for (size_t i = 0; i < sizeof arguments / sizeof *arguments && r == 0; i++) {
		const struct argument *a = &arguments[i];
		struct scmp_arg_cmp cmp = {
			.arg = a->arg, .op = SCMP_CMP_MASKED_EQ, .datum_a = a->mask, .datum_b = a->value
		};
		if (a->profiles & profile && !widened(a->number))
			r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, a->number, 1, &cmp);
	}
	return r;
}

static int
add_refusals(scmp_filter_ctx filter, unsigned profile)
{
	int r = 0;

	for (size_t i = 0; i < sizeof refusals / sizeof *refusals && r == 0; i++)
		if (refusals[i].profiles & profile && !widened(refusals[i].number))
			r = seccomp_rule_add(
			    filter, SCMP_ACT_ERRNO((uint16_t)refusals[i].error), refusals[i].number, 0);
	return r;
}

/* Of every signal below SIGSYS, and the C library's own for setxid: whoever could take SIGSYS could outlive a call. */
static int
add_handlers(scmp_filter_ctx filter, unsigned profile)
{
	const struct scmp_arg_cmp below = SCMP_CMP(0, SCMP_CMP_LT, SIGSYS),
				  setxid = SCMP_CMP(0, SCMP_CMP_EQ, 33);

	if (!(profile & BUT_GUARD) || widened(SCMP_SYS(rt_sigaction)))
		return 0;
	int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(rt_sigaction), 1, &below);
	return r == 0 ? seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(rt_sigaction), 1, &setxid)
		      : r;
}

static int
add_signals(scmp_filter_ctx filter, unsigned profile, int landlock_abi)
{
	struct scmp_arg_cmp only = SCMP_CMP(1, SCMP_CMP_MASKED_EQ, WORD, SIGKILL);
	struct scmp_arg_cmp own = SCMP_CMP(0, SCMP_CMP_MASKED_EQ, WORD, (scmp_datum_t)getpid());

	int r = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &own); /* abort() */
	if (r < 0)
		return r;
	if (!(profile & CONFINING) || widened(SCMP_SYS(kill)))
		return 0;
	if (landlock_abi < ABI_WITH_SCOPE)
		return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(kill), 0);
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1, &only);
}

static int
build(scmp_filter_ctx filter, enum seal_profile profile, int landlock_abi)
{
	struct scmp_arg_cmp probe = SCMP_CMP(0, SCMP_CMP_MASKED_EQ, WORD, PROBE_FAMILY);
	struct scmp_arg_cmp deadly = SCMP_CMP(0, SCMP_CMP_MASKED_EQ, WORD, SEAL_DEADLY_FAMILY);

	int r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (r == 0)
		r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r == 0)
		r = seccomp_rule_add_array(
		    filter, SCMP_ACT_ERRNO((uint16_t)PROBE_ERROR(profile)), SCMP_SYS(socket), 1, &probe);
	if (r == 0)
		r = seccomp_rule_add_array(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(socket), 1, &deadly);
	if (r == 0)
		r = add_calls(filter, 1U << profile);
	if (r == 0)
		r = add_handlers(filter, 1U << profile);
	if (r == 0)
		r = add_arguments(filter, 1U << profile);
	if (r == 0)
		r = add_signals(filter, 1U << profile, landlock_abi);
	return r == 0 ? add_refusals(filter, 1U << profile) : r;
}

#define NOT_LOADED 1 /* exit status */

/* A child that loads the filter and opens a socket must be killed for it. */
static int
see_it_kill(scmp_filter_ctx filter)
{
	int status;

	pid_t pid = fork();
	if (pid < 0)
		return err_sys("probe: fork");
	if (pid == 0) {
		seal_last_words(-1, STR(""), STR(""));
		if (seccomp_load(filter) < 0)
			_exit(NOT_LOADED);
		/* the bare call: the indexer has a socket() of its own that only fails */
		_exit(syscall(SYS_socket, AF_INET, SOCK_STREAM, 0) < 0 ? 2 : 3);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys("probe: wait");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_LOADED)
		return err_set(ERR_ABSENT, "this kernel loads no filter");
	return err_set(
	    ERR_REFUSED, "the probe that opens a socket was not killed (status 0x%x)", (unsigned)status);
}

int
filter_apply(enum seal_profile profile, int landlock_abi)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP); /* and then death: seal_trap.c */

	if (!filter)
		return err_set(ERR_ABSENT, "this kernel has no filters");
	int error = build(filter, profile, landlock_abi);
	int r = error < 0 ? err_set(ERR_ABSENT, "this kernel has no such filter: %s", strerrordesc_np(-error))
			  : trap_apply();
	if (r == 0)
		r = see_it_kill(filter);
	if (r == 0) {
		error = seccomp_load(filter);
		if (error < 0)
			r = err_set(ERR_SYSTEM, "cannot load the filter: %s", strerrordesc_np(-error));
	}
	seccomp_release(filter);
	if (r < 0)
		return r;
	if (syscall(SYS_socket, PROBE_FAMILY, 0, 0) == -1 && errno == PROBE_ERROR(profile))
		return 0;
	return err_set(ERR_REFUSED, "the probe did not meet the filter");
}
