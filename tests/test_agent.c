#include "tests/unit.h"

#include "annotations/agent.h"
#include "annotations/wire_ssh.h"
#include "base/fs.h"
#include "tests/scratch.h"

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- against a real ssh-agent ---- */

struct agent {
	struct scratch scratch;
	int pid, fd;
};

static int
dial(const struct scratch *scratch)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s/sock", scratch->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

static void
start_agent(struct agent *agent)
{
	size_t len;

	scratch_make(&agent->scratch);
	char *said = scratch_output(
	    &agent->scratch, &len, "ssh-agent -s -a sock | sed -n 's/.*PID=\\([0-9]*\\);.*/\\1/p'");
	agent->pid = atoi(said);
	free(said);
	assert_true(agent->pid > 0);
	agent->fd = dial(&agent->scratch);
}

static void
stop_agent(struct agent *agent)
{
	close(agent->fd);
	scratch_run(&agent->scratch, "kill %d", agent->pid);
	scratch_remove(&agent->scratch);
}

/* Commands that talk to that agent. */
#define WITH_AGENT "SSH_AUTH_SOCK=sock "

static void
read_key(const struct agent *agent, const char *name, struct public_key *out)
{
	struct buf line = BUF(PUBLIC_LINE_MAX);

	assert_int_equal(fs_read(agent->scratch.dir, name, &line), 0);
	assert_int_equal(public_key_from_line(buf_view(&line), out, NULL), 0);
	buf_release(&line);
}

static void
a_key_with_a_passphrase_signs_through_the_agent(void **state)
{
	struct agent agent;
	struct agent_key keys[AGENT_KEYS];
	struct public_key key;
	struct buf blob = BUF(SSHSIG_MAX), armour = BUF(SSHSIG_ARMOUR_MAX);
	size_t count = 9;

	(void)state;
	start_agent(&agent);
	assert_int_equal(agent_list(agent.fd, AGENT_LIST_MS, keys, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(scratch_run(&agent.scratch,
			     "ssh-keygen -q -t ed25519 -N 'open sesame' -C anna -f key && printf "
			     "'#!/bin/sh\\necho open sesame\\n' "
			     ">ask && chmod +x ask && " WITH_AGENT
			     "SSH_ASKPASS=./ask SSH_ASKPASS_REQUIRE=force ssh-add -q key && "
			     "ssh-keygen -q -t ecdsa -N '' -f other && " WITH_AGENT "ssh-add -q other"),
	    0);
	assert_int_equal(agent_list(agent.fd, AGENT_LIST_MS, keys, &count), 0);
	assert_int_equal(count, 1); /* the other one is of a kind that is not taken */
	assert_string_equal(keys[0].comment, "anna");
	read_key(&agent, "key.pub", &key);
	assert_true(public_key_eq(&key, &keys[0].key));
	for (unsigned i = 0; i < 50; i++) {
		char message[64];
		snprintf(message, sizeof message, "carrel-record v1\nnumber %u\n", i);
		buf_clear(&blob);
		assert_int_equal(
		    agent_sign(agent.fd, AGENT_SIGN_MS, &key, NS_RECORD, str_from(message), &blob), 0);
		buf_clear(&armour);
		assert_int_equal(sshsig_armour(buf_view(&blob), &armour), 0);
		assert_int_equal(fs_write(agent.scratch.dir, "m", str_from(message), 0600, FS_REPLACE), 0);
		assert_int_equal(fs_write(agent.scratch.dir, "s", buf_view(&armour), 0600, FS_REPLACE), 0);
		assert_int_equal(scratch_run(&agent.scratch,
				     "(printf 'anna '; cat key.pub) >allowed && ssh-keygen -Y verify -f "
				     "allowed -I anna -n "
				     "record@carrel -s s <m >/dev/null"),
		    0);
	}
	buf_release(&blob);
	buf_release(&armour);
	stop_agent(&agent);
}

static void
why_an_agent_will_not_sign_is_said(void **state)
{
	struct agent agent;
	struct agent_key keys[AGENT_KEYS];
	struct public_key key;
	struct buf blob = BUF(SSHSIG_MAX);
	size_t count;

	(void)state;
	start_agent(&agent);
	assert_int_equal(scratch_run(&agent.scratch,
			     "ssh-keygen -q -t ed25519 -N '' -f key && ssh-keygen -q -t ed25519 -N '' -f "
			     "second && " WITH_AGENT "ssh-add -q second"),
	    0);
	read_key(&agent, "key.pub", &key);
	assert_int_equal(agent_sign(agent.fd, AGENT_SIGN_MS, &key, NS_RECORD, STR("m"), &blob), ERR_REFUSED);
	assert_non_null(strstr(err_text(), "does not have this key"));

	assert_int_equal(scratch_run(&agent.scratch,
			     "printf '#!/bin/sh\\necho shut\\n' >ask && chmod +x ask && " WITH_AGENT
			     "SSH_ASKPASS=./ask SSH_ASKPASS_REQUIRE=force setsid ssh-add -q -x"),
	    0);
	assert_int_equal(agent_list(agent.fd, AGENT_LIST_MS, keys, &count), 0);
	assert_int_equal(count, 0);
	read_key(&agent, "second.pub", &key);
	assert_int_equal(agent_sign(agent.fd, AGENT_SIGN_MS, &key, NS_RECORD, STR("m"), &blob), ERR_REFUSED);
	assert_non_null(strstr(err_text(), "locked"));

	scratch_run(&agent.scratch, "kill %d", agent.pid);
	assert_int_equal(agent_sign(agent.fd, AGENT_SIGN_MS, &key, NS_RECORD, STR("m"), &blob), ERR_SYSTEM);
	assert_non_null(strstr(err_text(), "gone"));
	assert_int_equal(blob.len, 0);
	buf_release(&blob);
	stop_agent(&agent);
}

/* ---- against one that lies ---- */

static int
list_of(const void *answer, size_t len, bool close_after)
{
	struct agent_key keys[AGENT_KEYS];
	size_t count;
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(write(fds[1], answer, len), len);
	if (close_after)
		shutdown(fds[1], SHUT_WR);
	int r = agent_list(fds[0], 50, keys, &count);
	close(fds[0]);
	close(fds[1]);
	return r;
}

static void
malformed_answers_are_refused(void **state)
{
	(void)state;
	assert_int_equal(list_of("\0\0\0\5\x0c\0\0\0\0", 9, false), 0);
	assert_int_equal(list_of("\0\0\0\1\5", 5, false), ERR_REFUSED);
	assert_int_equal(list_of("\0\0\0\0", 4, false), ERR_SYSTEM);
	assert_int_equal(list_of("\xff\xff\xff\xff", 4, false), ERR_SYSTEM);
	assert_int_equal(list_of("\0\0\0\5\x0c\0\0\0\1", 9, false), ERR_SYSTEM);
	assert_int_equal(list_of("\0\0\0\6\x0c\0\0\0\0x", 10, false), ERR_SYSTEM);
	assert_int_equal(list_of("\0\0\0\5\x0c\xff\0\0\0", 9, false), ERR_SYSTEM);
	assert_int_equal(list_of("\0\0\0\5\x0c", 5, true), ERR_SYSTEM);
	/* half an answer and then silence */
	assert_int_equal(list_of("\0\0\0\5\x0c", 5, false), ERR_SYSTEM);
	assert_non_null(strstr(err_text(), "does not answer"));
}

/* Plays an agent that answers a request for a signature with one of another message. */
static void
a_wrong_signature_is_noticed(void **state)
{
	struct secret *secret;
	struct buf blob = BUF(SSHSIG_MAX), wire = BUF(SSHSIG_MAX), frame = BUF(SSHSIG_MAX),
		   out = BUF(SSHSIG_MAX);
	int fds[2];

	(void)state;
	assert_int_equal(secret_new(&secret), 0);
	assert_int_equal(sshsig_make(secret, NS_RECORD, STR("another message"), &blob), 0);
	/* the last string of a blob is the signature */
	struct str signature = { (const char *)blob.data + blob.len - 83, 83 };
	assert_int_equal(buf_byte(&wire, 14), 0);
	assert_int_equal(ssh_put_string(&wire, signature), 0);
	assert_int_equal(ssh_put_string(&frame, buf_view(&wire)), 0);
	for (int turn = 0; turn < 2; turn++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		assert_int_equal(write(fds[1], frame.data, frame.len), frame.len);
		struct str message = turn ? STR("another message") : STR("the message");
		assert_int_equal(agent_sign(fds[0], 1000, secret_public(secret), NS_RECORD, message, &out),
		    turn ? 0 : ERR_ABSENT);
		close(fds[0]);
		close(fds[1]);
	}
	secret_free(secret);
	buf_release(&blob);
	buf_release(&wire);
	buf_release(&frame);
	buf_release(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_key_with_a_passphrase_signs_through_the_agent),
	cmocka_unit_test(why_an_agent_will_not_sign_is_said),
	cmocka_unit_test(malformed_answers_are_refused),
	cmocka_unit_test(a_wrong_signature_is_noticed),
};

int
main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as seal_prepare does in every program */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
