#include "annotations/agent.h"

#include "annotations/wire_ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum agent_message {
	AGENT_FAILURE = 5,
	AGENT_REQUEST_IDENTITIES = 11,
	AGENT_IDENTITIES = 12,
	AGENT_SIGN_REQUEST = 13,
	AGENT_SIGN_RESPONSE = 14,
};

#define FRAME_MAX ((size_t)256 * 1024) /* OpenSSH's own maximum */
#define KEYS_MAX 2048                  /* what an agent may say it has */

static int
vanished(void)
{
	return err_set(ERR_SYSTEM, "ssh-agent is gone");
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until the socket is ready for `events`. */
static int
wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = deadline - now_ms();
		int ready = left > 0 ? poll(&pfd, 1, (int)left) : 0;
		if (ready > 0)
			return 0;
		if (ready == 0)
			return err_set(ERR_SYSTEM,
			    "ssh-agent does not answer (locked screen, waiting for a touch or a "
			    "passphrase?)");
		if (errno != EINTR)
			return err_sys("ssh-agent");
	}
}

static int
send_all(int fd, struct str bytes, int64_t deadline)
{
	while (bytes.len) {
		int r = wait_for(fd, POLLOUT, deadline);
		if (r < 0)
			return r;
		ssize_t sent = write(fd, bytes.data, bytes.len);
		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (sent < 0)
			return vanished();
		bytes.data += sent;
		bytes.len -= (size_t)sent;
	}
	return 0;
}

static int
receive(int fd, struct buf *out, size_t want, int64_t deadline)
{
	int r = buf_room(out, want);

	while (r == 0 && want > 0) {
		r = wait_for(fd, POLLIN, deadline);
		ssize_t got = r < 0 ? 0 : read(fd, out->data + out->len, want);
		if (r < 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)))
			continue;
		if (got <= 0)
			return vanished();
		out->len += (size_t)got;
		want -= (size_t)got;
	}
	return r;
}

/* One request, one answer: its type byte and what follows. */
static int
converse(int fd, int timeout_ms, struct str request, struct buf *answer)
{
	struct buf frame = BUF(FRAME_MAX + 4);
	int64_t deadline = now_ms() + timeout_ms;

	/* read and write, not recv and send: the seal lets no socket call through */
	if (fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
		return err_sys("ssh-agent");
	int r = ssh_put_string(&frame, request);
	if (r == 0)
		r = send_all(fd, buf_view(&frame), deadline);
	buf_clear(&frame);
	if (r == 0)
		r = receive(fd, &frame, 4, deadline);
	if (r == 0) {
		struct ssh_reader in = { .rest = buf_view(&frame) };
		uint32_t len = ssh_u32(&in);
		r = len == 0 || len > FRAME_MAX ? err_set(ERR_SYSTEM, "ssh-agent: an answer of %u bytes", len)
						: receive(fd, answer, len, deadline);
	}
	buf_release(&frame);
	return r;
}

static int
read_identities(struct str answer, struct agent_key *keys, size_t *count)
{
	struct ssh_reader in = { .rest = answer };
	size_t taken = 0;

	if (ssh_byte(&in) != AGENT_IDENTITIES)
		return err_set(ERR_REFUSED, "ssh-agent does not list its keys");
	uint32_t said = ssh_u32(&in);
	if (said > KEYS_MAX)
		return err_set(ERR_SYSTEM, "ssh-agent: %u keys", said);
	for (uint32_t i = 0; i < said && !in.bad; i++) {
		struct str blob = ssh_string(&in), comment = ssh_string(&in);
		if (in.bad || taken == AGENT_KEYS || public_key_from_blob(blob, &keys[taken].key) < 0)
			continue; /* of a kind we do not take */
		snprintf(keys[taken].comment, sizeof keys[taken].comment, "%.*s", STR_ARG(comment));
		taken++;
	}
	if (!ssh_end(&in))
		return err_set(ERR_SYSTEM, "ssh-agent: a malformed list of keys");
	*count = taken;
	return 0;
}

int
agent_list(int fd, int timeout_ms, struct agent_key keys[static AGENT_KEYS], size_t *count)
{
	struct buf answer = BUF(FRAME_MAX);

	int r =
	    converse(fd, timeout_ms, (struct str){ (const char[]){ AGENT_REQUEST_IDENTITIES }, 1 }, &answer);
	if (r == 0)
		r = read_identities(buf_view(&answer), keys, count);
	buf_release(&answer);
	return r;
}

static int
build_request(const struct public_key *key, struct str bytes, struct buf *out)
{
	struct buf blob = BUF(SSHSIG_MAX);

	int r = public_key_blob(key, &blob);
	if (r == 0)
		r = buf_byte(out, AGENT_SIGN_REQUEST);
	if (r == 0)
		r = ssh_put_string(out, buf_view(&blob));
	if (r == 0)
		r = ssh_put_string(out, bytes);
	if (r == 0)
		r = ssh_put_u32(out, 0);
	buf_release(&blob);
	return r;
}

/* Why an agent would not sign: what it lists tells. */
static int
explain_refusal(int fd, const struct public_key *key)
{
	struct agent_key keys[AGENT_KEYS];
	size_t count;

	int r = agent_list(fd, AGENT_LIST_MS, keys, &count);
	if (r < 0)
		return r;
	if (count == 0)
		return err_set(ERR_REFUSED,
		    "ssh-agent has no key it shows: it is locked (ssh-add -X), or the key has expired");
	for (size_t i = 0; i < count; i++) {
		if (public_key_eq(&keys[i].key, key))
			return err_set(ERR_REFUSED,
			    "ssh-agent refused to sign: declined, or the token was not touched or is not "
			    "there");
	}
	return err_set(
	    ERR_REFUSED, "ssh-agent does not have this key any more: it has expired or was removed");
}

int
agent_sign(
    int fd, int timeout_ms, const struct public_key *key, const char *ns, struct str message, struct buf *out)
{
	struct buf bytes = BUF(SSHSIG_MAX), request = BUF(2 * SSHSIG_MAX), answer = BUF(FRAME_MAX),
		   blob = BUF(SSHSIG_MAX);
	struct public_key signer;

	int r = sshsig_signed(ns, message, &bytes);
	if (r == 0)
		r = build_request(key, buf_view(&bytes), &request);
	if (r == 0)
		r = converse(fd, timeout_ms, buf_view(&request), &answer);
	if (r == 0) {
		struct ssh_reader in = { .rest = buf_view(&answer) };
		uint8_t type = ssh_byte(&in);
		struct str signature = ssh_string(&in);
		if (type == AGENT_FAILURE)
			r = explain_refusal(fd, key);
		else if (type != AGENT_SIGN_RESPONSE || !ssh_end(&in))
			r = err_set(ERR_SYSTEM, "ssh-agent: a malformed answer");
		else
			r = sshsig_wrap(key, ns, signature, &blob);
	}
	/* nothing that does not verify goes on, whoever made it */
	if (r == 0)
		r = sshsig_check(buf_view(&blob), ns, message, &signer);
	if (r == 0)
		r = buf_str(out, buf_view(&blob));
	buf_release(&bytes);
	buf_release(&request);
	buf_release(&answer);
	buf_release(&blob);
	return r;
}
