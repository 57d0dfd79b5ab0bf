/*
 * Times reading orders as a desk gives them: through keeper and reader, each unit's record durable first.
 *
 *	read ROOM KEY
 *
 * A line of standard input is an order: TIMES, verb and FIELD=VALUE, tabs between.  For each a line of
 * JSON: the times in milliseconds from the order to its end with every row made text ("ms"), to the 200th
 * row or the end ("first"), to the first row ("row"), and the rows and bytes of text of the last time.
 */
#include "base/mem.h"
#include "base/row.h"
#include "room/launch.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FIRST 200

#define CHECK(call) \
	do { \
		if ((call) < 0) { \
			fprintf(stderr, "%s: %s\n", #call, err_text()); \
			exit(5); \
		} \
	} while (0)

struct timing {
	double began, row, first, end;
	uint64_t rows;
	struct buf text;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Every field of a row as a command would print it; spans are not text. */
static int
render(struct buf *text, const struct row *row)
{
	int r = 0;

	for (enum field f = 1; f < F_COUNT && r == 0; f++) {
		if (!row_has(row, f) || f == F_SPANS)
			continue;
		char number[STR_U64_MAX];
		size_t len = field_kind(f) == FIELD_NUM ? str_from_u64(row_get_num(row, f), number) : 0;
		r = buf_str(text, len ? (struct str){ number, len } : row_get(row, f));
		if (r == 0)
			r = buf_byte(text, ':');
	}
	return r == 0 ? buf_byte(text, '\n') : r;
}

static int
take(void *ctx, struct client *client, const struct message *message)
{
	struct timing *timing = ctx;
	struct dec dec = dec_of(message->body);
	struct row row;

	(void)client;
	if (message->kind != MSG_PART)
		return 0;
	while (dec_more(&dec) && row_decode(&dec, &row)) {
		int r = render(&timing->text, &row);
		if (r < 0)
			return r;
		if (++timing->rows == 1)
			timing->row = now();
		if (timing->rows == FIRST)
			timing->first = now();
	}
	return dec_end(&dec, "answer");
}

static void
run(struct client *client, const struct order *order, struct timing *timing)
{
	uint64_t number;

	buf_clear(&timing->text);
	timing->rows = 0;
	timing->first = timing->row = 0;
	timing->began = now();
	CHECK(client_read_order(client, order, &number));
	CHECK(client_wait(client, number, take, timing, NULL));
	timing->end = now();
	if (timing->rows < FIRST)
		timing->first = timing->end;
	if (timing->rows == 0)
		timing->row = timing->end;
}

static enum field
field_named(struct str key)
{
	for (enum field f = 1; f < F_COUNT; f++)
		if (str_is(key, field_key(f)))
			return f;
	fprintf(stderr, "no field %.*s\n", STR_ARG(key));
	exit(2);
}

static void
read_order(struct str line, uint64_t *times, struct order *order)
{
	struct str word, key;
	uint64_t number;

	*order = (struct order){ 0 };
	if (!str_next(&line, '\t', &word) || !str_u64(word, times) || !str_next(&line, '\t', &word))
		exit(2);
	while (order->verb < VERB_COUNT && !str_is(word, verb_name(order->verb)))
		order->verb++;
	while (str_next(&line, '\t', &word)) {
		CHECK(str_next(&word, '=', &key) ? 0 : -1);
		enum field f = field_named(key);
		if (field_kind(f) == FIELD_BYTES)
			row_set(&order->args, f, word);
		else if (str_u64(word, &number))
			row_set_num(&order->args, f, number);
	}
}

static void
print_times(const char *head, const struct timing *all, uint64_t times, size_t which)
{
	printf("%s", head);
	for (uint64_t i = 0; i < times; i++) {
		double at;
		memcpy(&at, (const char *)&all[i] + which, sizeof at);
		printf("%s%.3f", i ? "," : "", at - all[i].began);
	}
}

static void
answer(struct client *client, struct str line)
{
	struct timing timing = { .text = BUF(SIZE_MAX / 2) };
	struct order order;
	uint64_t times;

	read_order(line, &times, &order);
	struct timing *all = mem_alloc((times + 1) * sizeof *all);
	for (uint64_t i = 0; i < times; i++) {
		run(client, &order, &timing);
		all[i] = timing;
	}
	print_times("{\"ms\":[", all, times, offsetof(struct timing, end));
	print_times("],\"first\":[", all, times, offsetof(struct timing, first));
	print_times("],\"row\":[", all, times, offsetof(struct timing, row));
	printf("],\"rows\":%llu,\"bytes\":%zu}\n", (unsigned long long)timing.rows, timing.text.len);
	fflush(stdout);
	free(all);
	buf_release(&timing.text);
}

int
main(int argc, char **argv)
{
	struct room room;
	struct client *client;
	struct launch launch = {
		.room = &room, .chain = CHAIN_READER, .mode = "session", .command = "desk", .pass = -1
	};
	struct timing opening = { .text = BUF(SIZE_MAX / 2) };
	json_t *how;
	char *line = NULL;
	size_t capacity = 0;
	ssize_t len;

	if (argc != 3)
		return 2;
	CHECK(launch_clean(argv));
	launch.key = argv[2];
	CHECK(room_open(argv[1], &room));
	CHECK(launch_start(&launch, &client));
	CHECK(launch_describe(&launch, NULL, &how));
	CHECK(client_open(client, how, take, &opening, NULL));
	json_decref(how);
	while ((len = getline(&line, &capacity, stdin)) > 0)
		answer(client, (struct str){ line, (size_t)len - (line[len - 1] == '\n') });
	free(line);
	buf_release(&opening.text);
	CHECK(client_close(client));
	room_release(&room);
	return 0;
}
