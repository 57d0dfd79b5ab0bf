#include "base/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* wire_full() asks its user to stop well before this; what has gone already may be as much again: see compact() */
#define QUEUE_MAX (2 * WIRE_QUEUE + 8 * MESSAGE_MAX)

int
wire_init(struct wire *wire, int fd)
{
	*wire = (struct wire){ .fd = fd, .out = BUF(QUEUE_MAX), .packet = BUF(MESSAGE_MAX) };
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return err_sys("socket %d", fd);
	return 0;
}

void
wire_release(struct wire *wire)
{
	if (wire->fd >= 0)
		close(wire->fd);
	buf_release(&wire->out);
	buf_release(&wire->packet);
	wire->fd = -1;
	wire->closed = true;
}

/* write() of a SEQPACKET socket is one packet; 1 sent, 0 not now, negative failed. */
static int
send_packet(struct wire *wire, const void *data, size_t len)
{
	for (;;) {
		ssize_t n = write(wire->fd, data, len);
		if (n >= 0)
			return 1;
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
			return 0;
		if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN) {
			wire->closed = true;
			buf_clear(&wire->out);
			wire->sent = 0;
			return 1;
		}
		return err_sys("socket: cannot send %zu bytes", len);
	}
}

bool
wire_waiting(const struct wire *wire)
{
	return wire->sent < wire->out.len;
}

bool
wire_full(const struct wire *wire)
{
	return wire->out.len - wire->sent > WIRE_QUEUE;
}

int
wire_flush(struct wire *wire)
{
	while (wire_waiting(wire) && !wire->closed) {
		uint32_t len;
		memcpy(&len, wire->out.data + wire->sent, sizeof len);
		int r = send_packet(wire, wire->out.data + wire->sent + sizeof len, len);
		if (r <= 0)
			return r;
		if (!wire->closed)
			wire->sent += sizeof len + len;
	}
	buf_clear(&wire->out);
	wire->sent = 0;
	return 0;
}

/* Moves what still waits to the front once that is less than what has gone. */
static void
compact(struct wire *wire)
{
	if (wire->sent == 0 || wire->sent < wire->out.len / 2)
		return;
	memmove(wire->out.data, wire->out.data + wire->sent, wire->out.len - wire->sent);
	wire->out.len -= wire->sent;
	wire->sent = 0;
}

int
wire_send(struct wire *wire, const struct buf *packet)
{
	if (wire->closed)
		return 0;
	if (packet->len == 0 || packet->len > MESSAGE_MAX)
		return err_set(ERR_FORMAT, "message of %zu bytes", packet->len);
	int r = wire_flush(wire);
	if (r < 0)
		return r;
	if (!wire_waiting(wire)) {
		r = send_packet(wire, packet->data, packet->len);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	compact(wire);
	uint32_t len = (uint32_t)packet->len;
	r = buf_room(&wire->out, sizeof len + packet->len);
	if (r == 0)
		r = buf_add(&wire->out, &len, sizeof len);
	return r == 0 ? buf_add(&wire->out, packet->data, packet->len) : r;
}

short
wire_events(const struct wire *wire)
{
	return (short)(POLLIN | (wire_waiting(wire) ? POLLOUT : 0));
}

int
wire_read(struct wire *wire, struct message *message)
{
	buf_clear(&wire->packet);
	int r = buf_room(&wire->packet, MESSAGE_MAX);
	if (r < 0)
		return r;
	for (;;) {
		/* one byte more than a packet may have (buf keeps it for its NUL) tells one that was cut */
		ssize_t n = read(wire->fd, wire->packet.data, MESSAGE_MAX + 1);
		/* a peer that left with packets unread is told once, before the packets that it sent */
		if (n < 0 && (errno == EINTR || errno == ECONNRESET))
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		if (n == 0) {
			wire->closed = true;
			return 0;
		}
		if (n < 0)
			return err_sys("socket: cannot read");
		if ((size_t)n > MESSAGE_MAX)
			return err_set(ERR_FORMAT, "message larger than %zu bytes", MESSAGE_MAX);
		wire->packet.len = (size_t)n;
		r = message_decode(buf_view(&wire->packet), message);
		return r < 0 ? r : 1;
	}
}

/* One poll; flushes when it can.  Returns revents, 0 when the time ran out, or an error. */
static int
turn(struct wire *wire, short events, int timeout_ms)
{
	struct pollfd pfd = { .fd = wire->fd, .events = events };

	int n = poll(&pfd, 1, timeout_ms);
	if (n < 0 && errno != EINTR)
		return err_sys("poll");
	if (n <= 0)
		return n < 0 ? POLLPRI : 0; /* interrupted: go round again */
	if (pfd.revents & (POLLOUT | POLLERR | POLLHUP)) {
		int r = wire_flush(wire);
		if (r < 0)
			return r;
	}
	return pfd.revents;
}

int
wire_wait(struct wire *wire, int timeout_ms)
{
	for (;;) {
		if (wire->closed)
			return 0;
		int r = turn(wire, wire_events(wire), timeout_ms);
		if (r < 0)
			return r;
		if (r == 0)
			return err_set(ERR_ABSENT, "no answer within %d ms", timeout_ms);
		if (r & (POLLIN | POLLHUP | POLLERR))
			return 0;
	}
}

int
wire_drain(struct wire *wire)
{
	while (wire_waiting(wire) && !wire->closed) {
		int r = turn(wire, POLLOUT, -1);
		if (r < 0)
			return r;
	}
	return 0;
}

int
wire_pair(int fds[2])
{
	int size = (int)(MESSAGE_ORDERS * MESSAGE_MAX);

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return err_sys("socketpair");
	for (int i = 0; i < 2; i++) {
		/* a hint: what the kernel grants is enough for at least one packet */
		(void)!setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
		(void)!setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	}
	return 0;
}
