/* What carrel-indexer defines in the C library's place, so that no library of its can reach a network. */
#ifndef CARREL_INDEXER_INTAKE_NONET_H
#define CARREL_INDEXER_INTAKE_NONET_H

#include <netdb.h>
#include <sys/socket.h>

#endif
