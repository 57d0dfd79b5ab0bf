#include "tests/unit.h"

#include "base/wire.h"

#include <sys/socket.h>
#include <unistd.h>

struct pair {
	struct wire a, b;
	struct buf packet;
};

static int
setup(void **state)
{
	struct pair *pair = calloc(1, sizeof *pair);
	int fds[2];

	assert_int_equal(wire_pair(fds), 0);
	assert_int_equal(wire_init(&pair->a, fds[0]), 0);
	assert_int_equal(wire_init(&pair->b, fds[1]), 0);
	pair->packet = BUF(MESSAGE_MAX);
	*state = pair;
	return 0;
}

static int
teardown(void **state)
{
	struct pair *pair = *state;

	wire_release(&pair->a);
	wire_release(&pair->b);
	buf_release(&pair->packet);
	free(pair);
	return 0;
}

static void
put(struct pair *pair, uint64_t order, size_t bytes)
{
	assert_int_equal(message_begin(&pair->packet, MSG_DATA, order), 0);
	assert_int_equal(buf_room(&pair->packet, bytes), 0);
	memset(pair->packet.data + pair->packet.len, (int)order, bytes);
	pair->packet.len += bytes;
	assert_int_equal(wire_send(&pair->a, &pair->packet), 0);
}

/* A peer that reads slower than we write: as long as wire_full() is heeded, nothing fails. */
static void
a_slow_peer_never_overfills_the_queue(void **state)
{
	struct pair *pair = *state;
	struct message m;

	for (uint64_t i = 1; i <= 500; i++) {
		for (int reads = 0; wire_full(&pair->a); reads++) {
			assert_true(reads < 1000);
			assert_true(wire_read(&pair->b, &m) >= 0);
			assert_int_equal(wire_flush(&pair->a), 0);
		}
		put(pair, i, 100000);
	}
}

static void
packets_queue_and_arrive_in_order(void **state)
{
	struct pair *pair = *state;
	struct message m;
	int r;

	for (uint64_t i = 1; i <= 40; i++)
		put(pair, i, 100000);
	assert_true(wire_waiting(&pair->a));
	for (uint64_t i = 1; i <= 40; i++) {
		while ((r = wire_read(&pair->b, &m)) == 0)
			assert_int_equal(wire_flush(&pair->a), 0);
		assert_int_equal(r, 1);
		assert_true(m.order == i && m.body.len == 100000 && (uint8_t)m.body.data[99999] == i);
	}
	assert_int_equal(wire_read(&pair->b, &m), 0);
	assert_false(pair->b.closed);
}

static void
a_full_queue_says_so_and_refuses_in_the_end(void **state)
{
	struct pair *pair = *state;
	int sent = 0;

	while (!wire_full(&pair->a)) {
		put(pair, 1, 100000);
		assert_true(++sent < 1000);
	}
	assert_int_equal(message_begin(&pair->packet, MSG_DATA, 1), 0);
	assert_int_equal(buf_room(&pair->packet, 100000), 0);
	pair->packet.len += 100000;
	int r = 0;
	for (int i = 0; i < 1000 && r == 0; i++)
		r = wire_send(&pair->a, &pair->packet);
	assert_int_equal(r, ERR_MEMORY);
}

static void
a_gone_peer_is_seen(void **state)
{
	struct pair *pair = *state;
	struct message m;

	put(pair, 1, 10);
	close(pair->b.fd);
	pair->b.fd = -1;
	put(pair, 2, 10);
	assert_true(pair->a.closed);
	assert_int_equal(wire_wait(&pair->a, -1), 0);
	assert_int_equal(wire_read(&pair->a, &m), 0);
}

static void
an_oversized_or_malformed_packet_is_refused(void **state)
{
	struct pair *pair = *state;
	struct message m;
	char *big = calloc(1, MESSAGE_MAX + 1);

	assert_int_equal(send(pair->a.fd, big, MESSAGE_MAX + 1, 0), MESSAGE_MAX + 1);
	assert_int_equal(wire_read(&pair->b, &m), ERR_FORMAT);
	assert_int_equal(send(pair->a.fd, "\x80", 1, 0), 1);
	assert_int_equal(wire_read(&pair->b, &m), ERR_FORMAT);
	free(big);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(packets_queue_and_arrive_in_order),
	TEST(a_slow_peer_never_overfills_the_queue),
	TEST(a_full_queue_says_so_and_refuses_in_the_end),
	TEST(a_gone_peer_is_seen),
	TEST(an_oversized_or_malformed_packet_is_refused),
};

UNIT(tests)
