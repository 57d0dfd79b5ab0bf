#include "tests/unit.h"

#include "base/wire.h"
#include "room/client.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* The other end of a client: a child that plays the keeper by `play`, and then exits with what that returns. */
static pid_t
start(struct client **client, int (*play)(struct wire *wire))
{
	int fds[2];

	assert_int_equal(wire_pair(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct wire wire;
		close(fds[0]);
		signal(SIGPIPE, SIG_IGN);
		if (wire_init(&wire, fds[1]) < 0)
			_exit(100);
		int status = play(&wire);
		if (wire_drain(&wire) < 0)
			status = 101;
		_exit(status);
	}
	close(fds[1]);
	assert_int_equal(client_new(fds[0], client), 0);
	client_serves(*client, pid, "keeper");
	return pid;
}

/* In the keeper's place: the next message, or the process ends. */
static struct message
next(struct wire *wire)
{
	struct message message;

	for (;;) {
		int r = wire_read(wire, &message);
		if (r > 0)
			return message;
		if (r < 0 || wire->closed || wire_wait(wire, 10000) < 0)
			_exit(102);
	}
}

static void
say(struct wire *wire, enum message_kind kind, uint64_t order, const char *body)
{
	struct buf packet = BUF(MESSAGE_MAX);

	if (message_begin(&packet, kind, order) < 0 || buf_text(&packet, body) < 0 ||
	    wire_send(wire, &packet) < 0)
		_exit(103);
	buf_release(&packet);
}

static void
say_fail(struct wire *wire, uint64_t order, enum err code, const char *why)
{
	struct buf packet = BUF(MESSAGE_MAX);

	if (message_fail(&packet, order, code, why) < 0 || wire_send(wire, &packet) < 0)
		_exit(104);
	buf_release(&packet);
}

static int
close_well(struct wire *wire)
{
	struct message m = next(wire);

	if (m.kind != MSG_CLOSE)
		return 105;
	say(wire, MSG_DONE, m.order, "");
	return 0;
}

static int
answer_one(struct wire *wire)
{
	struct message m = next(wire);

	if (m.kind != MSG_ASK || m.order != 1 || !str_starts(m.body, STR("{\"ask\":\"status\"}")))
		return 106;
	say(wire, MSG_EVENT, 0, "{}");
	say(wire, MSG_JSON, 7, "{}"); /* of another order: not this wait's */
	say(wire, MSG_JSON, 1, "{\"a\":1}");
	say(wire, MSG_JSON, 1, "{\"a\":2}");
	say(wire, MSG_DONE, 1, "{\"n\":2}");
	return close_well(wire);
}

static int
count(void *ctx, struct client *client, const struct message *message)
{
	(void)client;
	assert_true(message->kind == MSG_JSON || message->kind == MSG_EVENT);
	++*(int *)ctx;
	return 0;
}

static uint64_t
ask(struct client *client)
{
	json_t *question = json_pack("{s:s}", "ask", "status");
	uint64_t order = 0;

	assert_int_equal(client_send_json(client, MSG_ASK, question, &order), 0);
	json_decref(question);
	return order;
}

static void
an_order_is_answered(void **state)
{
	struct client *client;
	json_t *answer;
	int seen = 0;

	(void)state;
	start(&client, answer_one);
	assert_int_equal(client_wait(client, ask(client), count, &seen, &answer), 0);
	assert_int_equal(seen, 3);
	assert_true(json_num(answer, "n") == 2);
	json_decref(answer);
	assert_int_equal(client_close(client), 0);
}

static int
refuse_all(struct wire *wire)
{
	struct message m = next(wire);

	say_fail(wire, m.order, ERR_REFUSED, "not yours");
	return close_well(wire);
}

static void
a_failure_has_its_code_and_reason(void **state)
{
	struct client *client;

	(void)state;
	start(&client, refuse_all);
	assert_int_equal(client_wait(client, ask(client), NULL, NULL, NULL), ERR_REFUSED);
	assert_string_equal(err_text(), "not yours");
	assert_int_equal(client_close(client), 0);
}

static int
die(struct wire *wire)
{
	next(wire);
	raise(SIGKILL);
	return 0;
}

static void
a_dead_keeper_is_told(void **state)
{
	struct client *client;

	(void)state;
	start(&client, die);
	assert_int_equal(client_wait(client, ask(client), NULL, NULL, NULL), ERR_SYSTEM);
	assert_string_equal(err_text(), "the keeper is gone: keeper died: Killed (signal 9)");
	assert_int_equal(client_cancel(client, 1), ERR_SYSTEM); /* and again */
	assert_string_equal(err_text(), "the keeper is gone: keeper died: Killed (signal 9)");
	assert_int_equal(client_close(client), ERR_SYSTEM);
}

static int
be_sealed_off(struct wire *wire)
{
	say_fail(wire, 0, ERR_REFUSED, "seal: landlock does not hold");
	return 3;
}

static void
a_failure_of_no_order_ends_all(void **state)
{
	struct client *client;

	(void)state;
	start(&client, be_sealed_off);
	assert_int_equal(client_wait(client, ask(client), NULL, NULL, NULL), ERR_REFUSED);
	assert_string_equal(err_text(), "seal: landlock does not hold");
	assert_int_equal(client_close(client), ERR_REFUSED);
}

static int
want_cancel(struct wire *wire)
{
	struct message m = next(wire);
	uint64_t order = m.order;

	say(wire, MSG_JSON, order, "{}");
	m = next(wire);
	if (m.kind != MSG_CANCEL || m.order != order)
		return 107;
	say_fail(wire, order, ERR_CANCELLED, "cancelled");
	return close_well(wire);
}

static int
dislike(void *ctx, struct client *client, const struct message *message)
{
	(void)ctx, (void)client, (void)message;
	return err_set(ERR_SYSTEM, "standard output is closed");
}

static void
a_taker_that_fails_cancels(void **state)
{
	struct client *client;

	(void)state;
	start(&client, want_cancel);
	assert_int_equal(client_wait(client, ask(client), dislike, NULL, NULL), ERR_SYSTEM);
	assert_string_equal(err_text(), "standard output is closed");
	assert_int_equal(client_close(client), 0);
}

static int
set_stop(void *ctx, struct client *client, const struct message *message)
{
	(void)client, (void)message;
	*(int *)ctx = 1;
	return 0;
}

static void
a_stop_cancels(void **state)
{
	struct client *client;
	int stop = 0;

	(void)state;
	start(&client, want_cancel);
	client_stop_on(client, &stop);
	assert_int_equal(client_wait(client, ask(client), set_stop, &stop, NULL), ERR_CANCELLED);
	assert_int_equal(client_close(client), 0);
}

/* Reads MSG_DATA up to the empty piece, and answers with the bytes' number. */
static int
count_data(struct wire *wire)
{
	struct message m = next(wire);
	uint64_t order = m.order, bytes = 0;
	char text[64];

	for (m = next(wire); m.kind == MSG_DATA && m.body.len > 0; m = next(wire))
		bytes += m.body.len;
	if (m.kind != MSG_DATA)
		return 108;
	snprintf(text, sizeof text, "{\"n\":%llu}", (unsigned long long)bytes);
	say(wire, MSG_DONE, order, text);
	m = next(wire);
	uint8_t digest[SHA256_LEN];
	sha256("draft", 5, digest);
	if (m.kind != MSG_SIGN || m.body.len != sizeof digest ||
	    memcmp(m.body.data, digest, sizeof digest) != 0)
		return 109;
	return close_well(wire);
}

static void
data_goes_in_pieces(void **state)
{
	struct client *client;
	size_t len = 9 * 1000 * 1000 + 1;
	char *bytes = calloc(1, len);
	json_t *answer;

	(void)state;
	start(&client, count_data);
	uint64_t order = ask(client);
	assert_int_equal(client_data(client, order, (struct str){ bytes, len }), 0);
	assert_int_equal(client_wait(client, order, NULL, NULL, &answer), 0);
	assert_true(json_num(answer, "n") == len);
	assert_int_equal(client_sign(client, order, STR("draft")), 0);
	json_decref(answer);
	assert_int_equal(client_close(client), 0);
	free(bytes);
}

static void
a_poll_loop_sees_the_same(void **state)
{
	struct client *client;
	struct message message = { 0 };
	int seen = 0, r = 0;

	(void)state;
	start(&client, answer_one);
	assert_int_equal(client_next(client, &message, 0), 0);
	ask(client);
	while (r >= 0 && message.kind != MSG_DONE) {
		struct pollfd pfd = { .fd = client_fd(client), .events = client_events(client) };
		assert_true(poll(&pfd, 1, 10000) > 0);
		while (message.kind != MSG_DONE && (r = client_next(client, &message, 0)) > 0)
			seen++;
	}
	assert_int_equal(seen, 5);
	assert_int_equal(client_close(client), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(an_order_is_answered),
	cmocka_unit_test(a_failure_has_its_code_and_reason),
	cmocka_unit_test(a_dead_keeper_is_told),
	cmocka_unit_test(a_failure_of_no_order_ends_all),
	cmocka_unit_test(a_taker_that_fails_cancels),
	cmocka_unit_test(a_stop_cancels),
	cmocka_unit_test(data_goes_in_pieces),
	cmocka_unit_test(a_poll_loop_sees_the_same),
};

UNIT(tests)
