#include "annotations/keeper.h"

#include "base/fs.h"
#include "base/inherit.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define NO_SEAL 3 /* exit status: nothing is served */

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int
given(int fd)
{
	return is_open(fd) ? fd : -1;
}

/* The client's first message, in `open`. */
static int
wait_for_open(struct wire *client, uint64_t *order, struct buf *open)
{
	struct message message;

	for (;;) {
		int r = wire_wait(client, -1);
		if (r == 0)
			r = wire_read(client, &message);
		if (r < 0)
			return r;
		if (r == 0 && client->closed)
			return err_set(ERR_CANCELLED, "the client is gone");
		if (r == 0)
			continue;
		if (message.kind != MSG_OPEN)
			return err_set(ERR_FORMAT, "the first message is no OPEN");
		*order = message.order;
		return buf_str(open, message.body);
	}
}

static int
close_seal(struct session *session)
{
	struct seal_paths paths = SEAL_PATHS_NONE;

	struct seal_verdict verdict = { 0 };

	if (session->mode != MODE_FILE)
		paths.read_write[0] = session->room;
	int r = seal_close(SEAL_KEEPER, &paths, SEAL_ALL, &verdict);
	return r == 0 ? seals_add(&session->seals, str_from(seal_profile_name(SEAL_KEEPER)), &verdict) : r;
}

/* Source is handed out behind whole seals, or such as the policy knows; the ledger alone is the person's own affair. */
static int
judge_seals(struct keeper *keeper)
{
	if (!keeper->has_next)
		return 0;
	int r = keeper_await_seals(keeper);
	return r == 0 ? seals_judge(&keeper->session->seals, policy_accepted(&keeper->session->policy)) : r;
}

/* Asks for a passphrase until there is one, or the client has had enough. */
static int
ask_passphrase(struct keeper *keeper, uint64_t order)
{
	struct message message;
	json_t *need;

	int r = session_need(keeper->session, &need);
	if (r == 0)
		r = keeper_send_json(keeper, MSG_NEED, order, need);
	json_decref(r == 0 ? need : NULL);
	while (r == 0) {
		r = wire_wait(&keeper->client, -1);
		if (r == 0)
			r = wire_read(&keeper->client, &message);
		if (r == 0 && keeper->client.closed)
			r = err_set(ERR_CANCELLED, "the client is gone");
		if (r <= 0)
			continue;
		if (message.kind == MSG_PASS) {
			r = session_pass(keeper->session, message.body);
			/* what was typed stays in no buffer */
			sodium_memzero(keeper->client.packet.data, keeper->client.packet.len);
			return r == ERR_REFUSED ? 0 : r;
		}
		r = message.kind == MSG_CANCEL || message.kind == MSG_CLOSE
		    ? err_set(ERR_CANCELLED, "cancelled")
		    : 0;
	}
	return r;
}

struct opening {
	struct keeper *keeper;
	uint64_t order;
};

/* Shows the bytes, and waits until they are agreed to. */
static int
agree(void *ctx, struct str bytes)
{
	const struct opening *opening = ctx;
	struct keeper *keeper = opening->keeper;
	struct message message;
	uint8_t hash[SHA256_LEN];

	sha256(bytes.data, bytes.len, hash);
	int r = keeper_send(keeper, MSG_DRAFT, opening->order, bytes);
	while (r == 0) {
		r = wire_wait(&keeper->client, -1);
		if (r == 0)
			r = wire_read(&keeper->client, &message);
		if (r < 0)
			return r;
		if (r == 0 && !keeper->client.closed)
			continue;
		if (r == 0 || message.kind == MSG_CANCEL || message.kind == MSG_CLOSE)
			return err_set(ERR_CANCELLED, "cancelled");
		if (message.kind != MSG_SIGN ||
		    !str_eq(message.body, (struct str){ (const char *)hash, sizeof hash }))
			return err_set(ERR_REFUSED, "what was agreed to is not what would be signed");
		return 0;
	}
	return r;
}

static int
open_session(struct keeper *keeper, uint64_t order)
{
	struct session *session = keeper->session;
	struct opening opening = { keeper, order };
	json_t *answer;
	int r;

	if (json_bool(session->open, "show")) {
		session->agree = agree;
		session->agree_ctx = &opening;
	}

	while ((r = session_open(session)) == 1) {
		r = ask_passphrase(keeper, order);
		if (r < 0)
			return r;
	}
	if (r == 0)
		r = session_describe(session, &answer);
	if (r < 0)
		return r;
	r = keeper_send_json(keeper, MSG_DONE, order, answer);
	json_decref(answer);
	return r;
}

static void
fail(struct keeper *keeper, uint64_t order, int code)
{
	char why[ERR_TEXT_MAX];

	snprintf(why, sizeof why, "%s", err_text());
	if (message_fail(&keeper->packet, order, (enum err)code, why) == 0 &&
	    wire_send(&keeper->client, &keeper->packet) == 0)
		(void)!wire_drain(&keeper->client);
	err_set((enum err)code, "%s", why);
}

static int
serve(struct keeper *keeper, uint64_t order, const struct buf *open)
{
	struct session *session = keeper->session;

	int r = session_prepare(session, buf_view(open), given(FD_KEY), given(FD_PASS));
	if (r == 0 && close_seal(session) < 0) {
		fail(keeper, order, ERR_REFUSED);
		return NO_SEAL;
	}
	if (r == 0)
		r = judge_seals(keeper);
	if (r == 0)
		r = open_session(keeper, order);
	if (r < 0) {
		fail(keeper, order, r);
		return err_exit(r);
	}
	return err_exit(keeper_run(keeper));
}

int
main(void)
{
	static const int inherited[] = { FD_PEER, FD_ROOM, FD_NEXT, FD_AGENT, FD_KEY, FD_PASS, FD_FILE };
	struct session session;
	struct keeper keeper;
	struct buf open = BUF(MESSAGE_MAX);
	uint64_t order = 0;

	session_init(&session);
	int r = seal_prepare(SEAL_KEEPER, inherited, sizeof inherited / sizeof *inherited);
	if (r < 0 || sodium_init() < 0 || keeper_init(&keeper, FD_PEER, given(FD_NEXT), &session) < 0) {
		fputs("carrel-keeper: not a program to be started by hand\n", stderr);
		return 2;
	}
	session.room = given(FD_ROOM);
	session.agent = given(FD_AGENT);
	session.given = given(FD_FILE);
	r = wait_for_open(&keeper.client, &order, &open);
	int status = err_exit(r);
	if (r < 0)
		fail(&keeper, order, r);
	else
		status = serve(&keeper, order, &open);
	buf_release(&open);
	keeper_release(&keeper);
	session_release(&session);
	return status;
}
