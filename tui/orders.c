#include "tui/orders.h"

#include "base/mem.h"
#include "tui/text.h"
#include "tui/why.h"

#include <stdio.h>
#include <stdlib.h>

#define TRIES 3 /* of an order whose reader dies */

struct entry {
	struct entry *next;
	uint64_t id;
	uint64_t number; /* the client's; 0: waits to be sent */
	enum message_kind kind;
	struct buf body; /* READ: the encoded order */
	json_t *json;
	orders_take *take; /* NULL: cancelled */
	void *ctx;
	int tries;
	bool ended;
	bool asks; /* its next step is the person's */
};

struct orders {
	struct client *client;
	void (*event)(void *ctx, const json_t *json);
	void *ctx;
	struct entry *first; /* in the order they were given */
	uint64_t last_id;
	int failure; /* of a send, told by the next pump */
};

struct orders *
orders_new(struct client *client, void (*event)(void *ctx, const json_t *json), void *ctx)
{
	struct orders *orders = mem_new(struct orders);

	*orders = (struct orders){ .client = client, .event = event, .ctx = ctx };
	return orders;
}

static void
entry_free(struct entry *entry)
{
	buf_release(&entry->body);
	json_decref(entry->json);
	free(entry);
}

int
orders_free(struct orders *orders)
{
	for (struct entry *entry = orders->first, *next; entry; entry = next) {
		next = entry->next;
		entry_free(entry);
	}
	int r = client_close(orders->client);
	free(orders);
	return r;
}

static struct entry *
find(const struct orders *orders, uint64_t id)
{
	struct entry *entry = orders->first;

	while (entry && (entry->id != id || entry->ended))
		entry = entry->next;
	return id ? entry : NULL;
}

static void
send_entry(struct orders *orders, struct entry *entry)
{
	struct order order;
	int r;

	if (entry->kind == MSG_READ) {
		r = order_decode(buf_view(&entry->body), &order);
		if (r == 0)
			r = client_read_order(orders->client, &order, &entry->number);
	} else
		r = client_send_json(orders->client, entry->kind, entry->json, &entry->number);
	if (r < 0)
		orders->failure = r;
}

/* Sends what waits while there is room, and forgets what has ended. */
static void
tidy(struct orders *orders)
{
	size_t under_way = 0;

	for (struct entry **at = &orders->first; *at;) {
		struct entry *entry = *at;
		if (entry->ended) {
			*at = entry->next;
			entry_free(entry);
			continue;
		}
		under_way += entry->number != 0;
		at = &entry->next;
	}
	for (struct entry *entry = orders->first; entry && under_way < MESSAGE_ORDERS; entry = entry->next)
		if (entry->number == 0 && orders->failure == 0) {
			send_entry(orders, entry);
			under_way++;
		}
}

static struct entry *
add(struct orders *orders, enum message_kind kind, orders_take *take, void *ctx)
{
	struct entry *entry = mem_new(struct entry), **end = &orders->first;

	*entry = (struct entry){
		.id = ++orders->last_id, .kind = kind, .body = BUF(MESSAGE_MAX), .take = take, .ctx = ctx
	};
	while (*end)
		end = &(*end)->next;
	*end = entry;
	return entry;
}

uint64_t
orders_read(struct orders *orders, const struct order *order, orders_take *take, void *ctx)
{
	struct entry *entry = add(orders, MSG_READ, take, ctx);
	uint64_t id = entry->id;

	int r = order_encode(&entry->body, order);
	if (r < 0)
		orders->failure = r;
	tidy(orders);
	return id;
}

uint64_t
orders_json(struct orders *orders, enum message_kind kind, const json_t *body, orders_take *take, void *ctx)
{
	struct entry *entry = add(orders, kind, take, ctx);
	uint64_t id = entry->id;

	entry->json = json_deep_copy(body);
	tidy(orders);
	return id;
}

static void
note(struct orders *orders, int r)
{
	if (r < 0)
		orders->failure = r;
}

void
orders_sign(struct orders *orders, uint64_t id, struct str draft)
{
	struct entry *entry = find(orders, id);

	if (entry && entry->number) {
		entry->asks = false;
		note(orders, client_sign(orders->client, entry->number, draft));
	}
}

void
orders_pass(struct orders *orders, uint64_t id, struct str passphrase)
{
	struct entry *entry = find(orders, id);

	if (entry && entry->number) {
		entry->asks = false;
		note(orders, client_pass(orders->client, entry->number, passphrase));
	}
}

static void
cancel(struct orders *orders, struct entry *entry)
{
	entry->take = NULL;
	if (entry->number == 0)
		entry->ended = true;
	else if (!entry->ended)
		note(orders, client_cancel(orders->client, entry->number));
}

void
orders_cancel(struct orders *orders, uint64_t id)
{
	struct entry *entry = find(orders, id);

	if (entry && entry->take)
		cancel(orders, entry);
}

void
orders_cancel_of(struct orders *orders, const void *ctx)
{
	for (struct entry *entry = orders->first; entry; entry = entry->next)
		if (entry->ctx == ctx && entry->take)
			cancel(orders, entry);
}

bool
orders_runs(const struct orders *orders, uint64_t id)
{
	const struct entry *entry = find(orders, id);
	return entry && entry->take;
}

size_t
orders_running(const struct orders *orders)
{
	size_t count = 0;

	for (const struct entry *entry = orders->first; entry; entry = entry->next)
		count += entry->take && !entry->ended;
	return count;
}

bool
orders_awaited(const struct orders *orders)
{
	for (const struct entry *entry = orders->first; entry; entry = entry->next)
		if (entry->take && !entry->ended && !entry->asks)
			return true;
	return false;
}

int
orders_fd(const struct orders *orders)
{
	return client_fd(orders->client);
}

short
orders_events(const struct orders *orders)
{
	return client_events(orders->client);
}

/* ---- answers ---- */

static void
give(struct entry *entry, struct answer answer)
{
	answer.id = entry->id;
	answer.number = entry->number;
	if (entry->take)
		entry->take(entry->ctx, &answer);
}

static int
give_rows(struct entry *entry, struct str body)
{
	struct dec dec = dec_of(body);
	struct buf why = BUF(WHY_MAX);
	struct row row;

	while (dec_more(&dec) && row_decode(&dec, &row)) {
		if (row_has(&row, F_WHY))
			row_set(&row, F_WHY, why_told(row_get(&row, F_WHY), &why));
		give(entry, (struct answer){ .kind = ANSWER_ROW, .row = &row });
	}
	buf_release(&why);
	return dec_end(&dec, "rows");
}

static int
give_json(struct entry *entry, enum answer_kind kind, struct str body)
{
	json_t *json = NULL;

	int r = body.len ? json_read(body, &json) : 0;
	if (r < 0)
		return r;
	give(entry, (struct answer){ .kind = kind, .json = json });
	json_decref(json);
	return 0;
}

static void
fail(struct entry *entry, struct str body)
{
	struct buf told = BUF(WHY_MAX);
	char why[ERR_TEXT_MAX], shown[WHY_MAX];
	int code = message_failed(body);

	snprintf(why, sizeof why, "%s", err_text());
	if (entry->take && entry->kind == MSG_READ && code == ERR_SYSTEM &&
	    strncmp(why, "the reader died", 15) == 0 && ++entry->tries < TRIES) {
		entry->number = 0;
		give(entry, (struct answer){ .kind = ANSWER_AGAIN });
		return;
	}
	entry->ended = true;
	snprintf(shown, sizeof shown, "%.*s", STR_ARG(why_told(str_from(why), &told)));
	buf_release(&told);
	give(entry, (struct answer){ .kind = ANSWER_FAIL, .code = code, .why = shown });
}

static int
take_message(struct entry *entry, const struct message *message)
{
	struct progress progress;
	int r;

	entry->asks = message->kind == MSG_NEED || message->kind == MSG_DRAFT;
	switch (message->kind) {
	case MSG_PART:
		return give_rows(entry, message->body);
	case MSG_JSON:
		return give_json(entry, ANSWER_JSON, message->body);
	case MSG_NEED:
		return give_json(entry, ANSWER_NEED, message->body);
	case MSG_DONE:
		entry->ended = true;
		return give_json(entry, ANSWER_DONE, message->body);
	case MSG_DATA:
	case MSG_DRAFT:
		give(entry,
		    (struct answer){ .kind = message->kind == MSG_DATA ? ANSWER_DATA : ANSWER_DRAFT,
			.data = message->body });
		return 0;
	case MSG_PROGRESS:
		r = progress_decode(message->body, &progress);
		if (r == 0)
			give(entry, (struct answer){ .kind = ANSWER_PROGRESS, .progress = progress });
		return r;
	case MSG_FAIL:
		fail(entry, message->body);
		return 0;
	default:
		return err_set(ERR_FORMAT, _("the keeper sent a message of kind %d"), (int)message->kind);
	}
}

static int
take_event(struct orders *orders, struct str body)
{
	json_t *json = NULL;

	int r = json_read(body, &json);
	if (r == 0)
		orders->event(orders->ctx, json);
	json_decref(json);
	return r;
}

int
orders_pump(struct orders *orders)
{
	struct message message;
	int r;

	while ((r = orders->failure) == 0 && (r = client_next(orders->client, &message, 0)) > 0) {
		struct entry *entry = orders->first;
		while (entry && (entry->number != message.order || entry->ended))
			entry = entry->next;
		if (message.kind == MSG_EVENT)
			r = take_event(orders, message.body);
		else if (entry)
			r = take_message(entry, &message);
		if (r < 0)
			return r;
		tidy(orders);
	}
	return r;
}
