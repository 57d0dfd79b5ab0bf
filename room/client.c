#include "room/client.h"

#include "base/mem.h"
#include "base/wire.h"
#include "room/servant.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LAST_WORDS_MS 2000 /* a program whose socket has ended is ending itself */
#define CLOSING_MS 60000   /* the close record waits for the disk, which may be busy */
#define STOP_MS 200        /* how late a signal between a look at *stop and poll() may be noticed */

struct client {
	struct wire wire;
	uint64_t orders; /* numbers given so far */
	struct servants servants;
	const volatile int *stop;
	struct buf packet;
	int broken; /* why every call fails; 0 while all is well */
	char why[ERR_TEXT_MAX];
};

int
client_new(int fd, struct client **out)
{
	struct client *client = mem_new(struct client);

	int r = wire_init(&client->wire, fd);
	if (r < 0) {
		free(client);
		return r;
	}
	client->packet = BUF(MESSAGE_MAX);
	*out = client;
	return 0;
}

void
client_serves(struct client *client, pid_t pid, const char *program)
{
	servants_add(&client->servants, pid, program);
}

void
client_free(struct client *client)
{
	if (!client)
		return;
	wire_release(&client->wire);
	buf_wipe(&client->packet);
	free(client);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Keeps the reason that stands for all calls to come. */
static int
break_with(struct client *client, int code)
{
	client->broken = code;
	snprintf(client->why, sizeof client->why, "%s", err_text());
	return code;
}

static int
gone(struct client *client)
{
	if (servants_collect(&client->servants, LAST_WORDS_MS) == 0)
		return break_with(client, err_set(ERR_SYSTEM, "the keeper is gone"));
	return break_with(client, err_in(ERR_SYSTEM, "the keeper is gone"));
}

static int
check(const struct client *client)
{
	return client->broken ? err_set(client->broken, "%s", client->why) : 0;
}

/* ---- sending ---- */

static int
send_body(struct client *client, enum message_kind kind, uint64_t order, struct str body)
{
	int r = check(client);

	if (r == 0)
		r = message_begin(&client->packet, kind, order);
	if (r == 0)
		r = buf_str(&client->packet, body);
	return r == 0 ? wire_send(&client->wire, &client->packet) : r;
}

int
client_send_json(struct client *client, enum message_kind kind, const json_t *body, uint64_t *order)
{
	struct buf text = BUF(MESSAGE_BODY);

	int r = json_write_line(&text, body);
	if (r == 0)
		r = send_body(client, kind, client->orders + 1, buf_view(&text));
	if (r == 0)
		*order = ++client->orders;
	buf_release(&text);
	return r;
}

int
client_read_order(struct client *client, const struct order *what, uint64_t *order)
{
	struct buf body = BUF(MESSAGE_BODY);

	int r = order_encode(&body, what);
	if (r == 0)
		r = send_body(client, MSG_READ, client->orders + 1, buf_view(&body));
	if (r == 0)
		*order = ++client->orders;
	buf_release(&body);
	return r;
}

int
client_work(struct client *client, const struct work *work, uint64_t *order)
{
	struct buf body = BUF(MESSAGE_BODY);

	int r = work_encode(&body, work);
	if (r == 0)
		r = send_body(client, MSG_WORK, client->orders + 1, buf_view(&body));
	if (r == 0)
		*order = ++client->orders;
	buf_release(&body);
	return r;
}

int
client_data(struct client *client, uint64_t order, struct str bytes)
{
	size_t at = 0;
	int r;

	do {
		size_t len = bytes.len - at < MESSAGE_BODY ? bytes.len - at : MESSAGE_BODY;
		r = send_body(client, MSG_DATA, order, (struct str){ bytes.data + at, len });
		at += len;
		if (r == 0 && wire_full(&client->wire))
			r = wire_drain(&client->wire);
	} while (r == 0 && at < bytes.len);
	if (r == 0 && bytes.len > 0)
		r = send_body(client, MSG_DATA, order, STR(""));
	return r;
}

int
client_sign(struct client *client, uint64_t order, struct str draft)
{
	uint8_t digest[SHA256_LEN];

	sha256(draft.data, draft.len, digest);
	return send_body(client, MSG_SIGN, order, (struct str){ (const char *)digest, sizeof digest });
}

int
client_pass(struct client *client, uint64_t order, struct str passphrase)
{
	int r = send_body(client, MSG_PASS, order, passphrase);

	buf_wipe(&client->packet);
	return r;
}

int
client_cancel(struct client *client, uint64_t order)
{
	return send_body(client, MSG_CANCEL, order, STR(""));
}

/* ---- answers ---- */

int
client_fd(const struct client *client)
{
	return client->wire.fd;
}

short
client_events(const struct client *client)
{
	return wire_events(&client->wire);
}

/* One poll, flushing: 1 ready, 0 the time ran out or a signal came. */
static int
wait_once(struct client *client, int timeout_ms)
{
	struct pollfd pfd = { .fd = client->wire.fd, .events = wire_events(&client->wire) };

	int n = poll(&pfd, 1, timeout_ms);
	if (n < 0 && errno != EINTR)
		return err_sys("poll");
	if (n <= 0)
		return 0;
	if (pfd.revents & POLLOUT) {
		int r = wire_flush(&client->wire);
		if (r < 0)
			return r;
	}
	return 1;
}

static int
take_next(struct client *client, struct message *message)
{
	int r = check(client);

	if (r == 0)
		r = wire_flush(&client->wire);
	if (r == 0)
		r = wire_read(&client->wire, message);
	if (r == 0 && client->wire.closed)
		return gone(client);
	if (r > 0 && message->kind == MSG_FAIL && message->order == 0)
		return break_with(client, message_failed(message->body));
	return r < 0 && !client->broken ? break_with(client, r) : r;
}

int
client_next(struct client *client, struct message *message, int timeout_ms)
{
	for (;;) {
		int r = take_next(client, message);
		if (r != 0 || timeout_ms == 0)
			return r;
		r = wait_once(client, timeout_ms);
		if (r <= 0)
			return r;
	}
}

void
client_stop_on(struct client *client, const volatile int *stop)
{
	client->stop = stop;
}

/* What client_wait knows of its order. */
struct waiting {
	uint64_t order;
	client_take *take;
	void *ctx;
	json_t **answer;
	int refused; /* what `take` returned below 0 */
	char why[ERR_TEXT_MAX];
	bool stopped;
};

static int
finish(const struct waiting *w, const struct message *message)
{
	json_t *answer = NULL;

	if (w->refused)
		return err_set(w->refused, "%s", w->why);
	if (message->kind == MSG_FAIL)
		return message_failed(message->body);
	if (w->answer && message->body.len > 0) {
		int r = json_read(message->body, &answer);
		if (r < 0)
			return err_in(r, "the keeper's answer");
	}
	if (w->answer)
		*w->answer = answer;
	return 0;
}

static int
hand_on(struct client *client, struct waiting *w, const struct message *message)
{
	if (w->refused || !w->take)
		return 0;
	int r = w->take(w->ctx, client, message);
	if (r >= 0)
		return 0;
	w->refused = r;
	snprintf(w->why, sizeof w->why, "%s", err_text());
	return client_cancel(client, w->order);
}

static int
heed_stop(struct client *client, struct waiting *w)
{
	if (!client->stop || *client->stop == 0)
		return 0;
	if (*client->stop > 1)
		return err_set(ERR_CANCELLED, "stopped without waiting for the keeper");
	if (w->stopped)
		return 0;
	w->stopped = true;
	return client_cancel(client, w->order);
}

int
client_wait(struct client *client, uint64_t order, client_take *take, void *ctx, json_t **answer)
{
	struct waiting w = { .order = order, .take = take, .ctx = ctx, .answer = answer };

	for (;;) {
		struct message message;
		int r = heed_stop(client, &w);
		if (r == 0)
			r = client_next(client, &message, client->stop ? STOP_MS : -1);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		bool mine = message.order == order;
		if (mine && (message.kind == MSG_DONE || message.kind == MSG_FAIL))
			return finish(&w, &message);
		r = mine || message.kind == MSG_EVENT ? hand_on(client, &w, &message) : 0;
		if (r < 0)
			return r;
	}
}

int
client_open(struct client *client, const json_t *how, client_take *take, void *ctx, json_t **answer)
{
	uint64_t order;

	int r = client_send_json(client, MSG_OPEN, how, &order);
	return r < 0 ? r : client_wait(client, order, take, ctx, answer);
}

/* CLOSE and its answer; a keeper that ends without one is judged by how it ended. */
static int
say_close(struct client *client)
{
	uint64_t order = ++client->orders;
	int64_t until = now_ms() + CLOSING_MS;

	int r = send_body(client, MSG_CLOSE, order, STR(""));
	while (r == 0) {
		struct message message;
		int64_t now = now_ms();
		int left = now < until ? (int)(until - now) : 0;
		r = client_next(client, &message, left);
		if (r == 0 && left == 0)
			return err_set(ERR_SYSTEM, "the keeper does not answer");
		if (r > 0 && message.order == order && message.kind == MSG_FAIL)
			return message_failed(message.body);
		if (r > 0 && message.order == order && message.kind == MSG_DONE)
			return 0;
		r = r > 0 ? 0 : r;
	}
	return r;
}

int
client_close(struct client *client)
{
	char why[ERR_TEXT_MAX];

	client->stop = NULL;
	int r = say_close(client);
	snprintf(why, sizeof why, "%s", err_text());
	wire_release(&client->wire);
	int ended = servants_collect(&client->servants, CLOSING_MS);
	if (r < 0)
		ended = err_set(r, "%s", why);
	client_free(client);
	return ended;
}
