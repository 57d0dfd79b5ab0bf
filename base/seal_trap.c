/*
 * The last words of a process that made a call it may not.  Its filter does not kill at
 * once: it raises SIGSYS, whose handler writes the call's number and makes another call,
 * which kills.  No way leads around that: the handler cannot be replaced (the filter
 * allows sigaction() for other signals alone), a blocked SIGSYS kills, and so does a
 * stack on which no handler can run.  The call itself is not made in any case.
 *
 * The state is the process's own by nature: there is one handler of a signal.
 */
#include "base/seal_parts.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WORDS_MAX 512

static struct {
	bool applied; /* in this process, or in the parent whose handler it inherited */
	int fd;
	size_t before, len; /* bytes of `words` in front of the digits, and all of them */
	char words[WORDS_MAX];
} last = { .fd = -1 };

static void
say_and_die(int number, siginfo_t *info, void *context)
{
	unsigned call = (unsigned)info->si_syscall;

	(void)number, (void)context;
	for (size_t i = SEAL_CALL_DIGITS; i-- > 0 && last.fd >= 0; call /= 10)
		last.words[last.before + i] = (char)('0' + call % 10);
	if (last.fd >= 0)
		(void)!write(last.fd, last.words, last.len);
	syscall(SYS_socket, SEAL_DEADLY_FAMILY, 0, 0);
	_exit(128 + SIGSYS);
}

void
seal_last_words(int fd, struct str before, struct str behind)
{
	last.fd = -1;
	if (before.len + SEAL_CALL_DIGITS + behind.len > WORDS_MAX)
		return;
	memcpy(last.words, before.data, before.len);
	memcpy(last.words + before.len + SEAL_CALL_DIGITS, behind.data, behind.len);
	last.before = before.len;
	last.len = before.len + SEAL_CALL_DIGITS + behind.len;
	last.fd = fd;
}

int
trap_apply(void)
{
	struct sigaction action = { .sa_sigaction = say_and_die, .sa_flags = SA_SIGINFO };

	sigfillset(&action.sa_mask);
	if (!last.applied && sigaction(SIGSYS, &action, NULL) < 0)
		return err_sys("sigaction");
	last.applied = true;
	return 0;
}
