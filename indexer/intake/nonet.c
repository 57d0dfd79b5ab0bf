/*
 * libgit2 is linked with network libraries.  Whatever they would call to reach a network
 * is defined here, fails, and is what the dynamic linker gives them: this program imports
 * none of it from the C library.  The seal forbids the system calls all the same.
 */
#include "indexer/intake/nonet.h"

#include <errno.h>
#include <netdb.h>
#include <stddef.h>

static int
refuse(void)
{
	errno = EPERM;
	return -1;
}

int
socket(int domain, int type, int protocol)
{
	(void)domain, (void)type, (void)protocol;
	return refuse();
}

int
connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t len)
{
	(void)fd, (void)address, (void)len;
	return refuse();
}

int
bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t len)
{
	(void)fd, (void)address, (void)len;
	return refuse();
}

int
listen(int fd, int backlog)
{
	(void)fd, (void)backlog;
	return refuse();
}

int
accept(int fd, __SOCKADDR_ARG address, socklen_t *len)
{
	(void)fd, (void)address, (void)len;
	return refuse();
}

int
accept4(int fd, __SOCKADDR_ARG address, socklen_t *len, int flags)
{
	(void)fd, (void)address, (void)len, (void)flags;
	return refuse();
}

int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	(void)name, (void)service, (void)hints, (void)out;
	return EAI_FAIL;
}

void
freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

int
getnameinfo(const struct sockaddr *address, socklen_t len, char *host, socklen_t host_len, char *service,
    socklen_t service_len, int flags)
{
	(void)address, (void)len, (void)host, (void)host_len, (void)service, (void)service_len, (void)flags;
	return EAI_FAIL;
}

struct hostent *
gethostbyname(const char *name)
{
	(void)name;
	return NULL;
}

struct hostent *
gethostbyname2(const char *name, int family)
{
	(void)name, (void)family;
	return NULL;
}

int
gethostbyname_r(
    const char *name, struct hostent *entry, char *buffer, size_t len, struct hostent **out, int *error)
{
	(void)name, (void)entry, (void)buffer, (void)len;
	*out = NULL;
	*error = NO_RECOVERY;
	return EPERM;
}

int
gethostbyname2_r(const char *name, int family, struct hostent *entry, char *buffer, size_t len,
    struct hostent **out, int *error)
{
	(void)family;
	return gethostbyname_r(name, entry, buffer, len, out, error);
}

struct hostent *
gethostbyaddr(const void *address, socklen_t len, int type)
{
	(void)address, (void)len, (void)type;
	return NULL;
}

struct servent *
getservbyname(const char *name, const char *protocol)
{
	(void)name, (void)protocol;
	return NULL;
}
