#include "room/attempt.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef AF_XDP
#define AF_XDP 44
#endif

static int
connect_to(int type, int protocol, const void *address, socklen_t len)
{
	const struct sockaddr *a = address;

	int fd = socket(a->sa_family, type, protocol);
	return fd < 0 ? errno : TRIED(connect(fd, a, len));
}

static int
send_to(int type, int flags, const void *address, socklen_t len)
{
	const struct sockaddr *a = address;

	int fd = socket(a->sa_family, type, 0);
	if (fd < 0)
		return errno;
	ssize_t n = sendto(fd, "out", 3, flags | MSG_NOSIGNAL | MSG_DONTWAIT, a, len);
	/* a full queue took an earlier one */
	return n >= 0 || errno == EINPROGRESS || errno == EAGAIN ? 0 : errno;
}

static int
tcp4(const struct ground *g)
{
	return connect_to(SOCK_STREAM, 0, &g->tcp4, sizeof g->tcp4);
}

static int
tcp6(const struct ground *g)
{
	return connect_to(SOCK_STREAM, 0, &g->tcp6, sizeof g->tcp6);
}

static int
mptcp(const struct ground *g)
{
	return connect_to(SOCK_STREAM, IPPROTO_MPTCP, &g->tcp4, sizeof g->tcp4);
}

static int
fast_open(const struct ground *g)
{
	return send_to(SOCK_STREAM, MSG_FASTOPEN, &g->tcp4, sizeof g->tcp4);
}

static int
udp4(const struct ground *g)
{
	return send_to(SOCK_DGRAM, 0, &g->udp4, sizeof g->udp4);
}

static int
udp6(const struct ground *g)
{
	return send_to(SOCK_DGRAM, 0, &g->udp6, sizeof g->udp6);
}

/* What a resolver sends, to a port of our own. */
static int
dns(const struct ground *g)
{
	static const char query[] =
	    "\x13\x37\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06leaked\x07invalid\x00\x00\x01\x00\x01";

	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return errno;
	if (connect(fd, (const struct sockaddr *)&g->udp4, sizeof g->udp4) < 0)
		return errno;
	return TRIED(send(fd, query, sizeof query - 1, MSG_NOSIGNAL));
}

static int
listening(const struct ground *g)
{
	struct sockaddr_in any = g->tcp4;

	any.sin_port = 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&any, sizeof any) < 0)
		return errno;
	return TRIED(listen(fd, 1));
}

static int
unix_stream(const struct ground *g)
{
	return connect_to(SOCK_STREAM, 0, &g->stream, sizeof g->stream);
}

static int
unix_datagram(const struct ground *g)
{
	return send_to(SOCK_DGRAM, 0, &g->datagram, sizeof g->datagram);
}

static int
unix_abstract(const struct ground *g)
{
	return connect_to(SOCK_STREAM, 0, &g->abstract, g->abstract_len);
}

static int
raw_icmp(const struct ground *g)
{
	(void)g;
	return TRIED(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

static int
ping(const struct ground *g)
{
	struct sockaddr_in address = g->udp4;
	static const char echo[] = "\x08\x00\xf7\xff\x00\x00\x00\x00"; /* type, code, checksum, id, number */

	address.sin_port = 0;
	int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	if (fd < 0)
		return errno;
	return TRIED(sendto(fd, echo, sizeof echo - 1, 0, (const struct sockaddr *)&address, sizeof address));
}

static int
packet(const struct ground *g)
{
	(void)g;
	return TRIED(socket(AF_PACKET, SOCK_RAW, 0));
}

static int
netlink(const struct ground *g)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };

	(void)g;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	return fd < 0 ? errno : TRIED(bind(fd, (const struct sockaddr *)&address, sizeof address));
}

static int
family(int number)
{
	return TRIED(socket(number, SOCK_STREAM, 0));
}

static int
vsock(const struct ground *g)
{
	(void)g;
	return family(AF_VSOCK);
}

static int
bluetooth(const struct ground *g)
{
	(void)g;
	return TRIED(socket(AF_BLUETOOTH, SOCK_RAW, 1));
}

static int
tipc(const struct ground *g)
{
	(void)g;
	return family(AF_TIPC);
}

static int
xdp(const struct ground *g)
{
	(void)g;
	return TRIED(socket(AF_XDP, SOCK_RAW, 0));
}

static int
kernel_crypto(const struct ground *g)
{
	(void)g;
	return TRIED(socket(AF_ALG, SOCK_SEQPACKET, 0));
}

/* One end of a pair as 0, the other as 1: the sort of socket that our programs do hold. */
static int
hold_pair(struct ground *g)
{
	int fds[2];

	(void)g;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) < 0)
		return -1;
	return dup2(fds[0], 0) < 0 || dup2(fds[1], 1) < 0 ? -1 : 0;
}

static int
pass_descriptor(const struct ground *g)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec iov = { .iov_base = (char[]){ 'x' }, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int fd = 0;

	(void)g;
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	return TRIED(sendmsg(0, &message, 0));
}

const struct attempt attempts_network[] = {
	{ "connect by TCP over IPv4", tcp4, NULL },
	{ "connect by TCP over IPv6", tcp6, NULL },
	{ "connect by multipath TCP", mptcp, NULL },
	{ "send with TCP Fast Open", fast_open, NULL },
	{ "send a UDP datagram over IPv4", udp4, NULL },
	{ "send a UDP datagram over IPv6", udp6, NULL },
	{ "ask a name server", dns, NULL },
	{ "listen on a TCP port", listening, NULL },
	{ "connect to a UNIX socket by path", unix_stream, NULL },
	{ "send a datagram to a UNIX socket by path", unix_datagram, NULL },
	{ "connect to an abstract UNIX socket", unix_abstract, NULL },
	{ "open a raw ICMP socket", raw_icmp, NULL },
	{ "send an ICMP echo", ping, NULL },
	{ "open a packet socket", packet, NULL },
	{ "open a netlink socket", netlink, NULL },
	{ "open a vsock to the hypervisor", vsock, NULL },
	{ "open a Bluetooth socket", bluetooth, NULL },
	{ "open a TIPC socket", tipc, NULL },
	{ "open an XDP socket", xdp, NULL },
	{ "open a kernel crypto socket", kernel_crypto, NULL },
	{ "pass a descriptor through a socket", pass_descriptor, hold_pair },
	{ NULL, NULL, NULL },
};
