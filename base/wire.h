/*
 * One end of a SOCK_SEQPACKET socket, never blocking on a write: packets that the
 * socket does not take yet wait in a queue, up to a number of bytes.  The loop is
 * the caller's: poll() on wire_events(), then wire_flush() and wire_read().
 */
#ifndef CARREL_BASE_WIRE_H
#define CARREL_BASE_WIRE_H

#include "base/message.h"

#define WIRE_QUEUE ((size_t)4 * 1024 * 1024) /* bytes waiting; past this wire_full() is true */

struct wire {
	int fd;            /* non-blocking */
	bool closed;       /* the other side is gone */
	struct buf out;    /* queue: u32 length, packet, ... */
	size_t sent;       /* bytes of `out` that are gone */
	struct buf packet; /* the packet read last */
};

int wire_init(struct wire *wire, int fd) MUST_USE; /* takes the descriptor, makes it non-blocking */
void wire_release(struct wire *wire);             /* closes it */
/* Sends or queues.  A gone peer is no error here: wire->closed is set. */
int wire_send(struct wire *wire, const struct buf *packet) MUST_USE;
int wire_flush(struct wire *wire) MUST_USE;
bool wire_full(const struct wire *wire);
bool wire_waiting(const struct wire *wire); /* something is queued */
/* POLLIN, and POLLOUT where something is queued. */
short wire_events(const struct wire *wire);
/* 1 and a message (borrowed until the next wire_read); 0: none now, or the peer is gone; or an error. */
int wire_read(struct wire *wire, struct message *message) MUST_USE;
/* Waits until something can be read or the peer is gone, flushing meanwhile; -1: for ever.  ERR_ABSENT: time is up. */
int wire_wait(struct wire *wire, int timeout_ms) MUST_USE;
/* Blocks (flushing) until the queue is empty: for the indexer and for tests, whose peers always read. */
int wire_drain(struct wire *wire) MUST_USE;
int wire_pair(int fds[2]) MUST_USE; /* a new socketpair, close-on-exec */

#endif
