/* The three layers that base/seal.c closes, and what it asks of each. Nobody else includes this. */
#ifndef CARREL_BASE_SEAL_PARTS_H
#define CARREL_BASE_SEAL_PARTS_H

#include "base/seal.h"

/* The address sanitizer's run time reads /proc, maps and traces: such builds have a wider seal. */
#if defined(__SANITIZE_ADDRESS__)
#define SEAL_FOR_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEAL_FOR_SANITIZER 1
#endif
#endif
#ifndef SEAL_FOR_SANITIZER
#define SEAL_FOR_SANITIZER 0
#endif

/* In all of them ERR_ABSENT means that the machine does not have, or not give us, the layer. */

/* New user, network and IPC namespaces, the person mapped onto themselves, no capability left. */
int namespace_apply(void) MUST_USE;
/* 0 if the loopback address cannot be reached. */
int namespace_probe(void) MUST_USE;

/* *abi: what the kernel has, 0 for none. */
int landlock_apply(const struct seal_paths *paths, int *abi) MUST_USE;
/* 0 if the root directory cannot be opened. */
int landlock_probe(void) MUST_USE;

/* Takes SIGSYS for good, see seal_trap.c: a filter answers what it does not know with it, and this ends the process. */
#define SEAL_DEADLY_FAMILY 0x5ea2U
int trap_apply(void) MUST_USE;

/*
 * Builds the profile's filter, sees it kill a child that opens a socket, loads it for all threads, and probes it.
 * landlock_abi: what already binds this process; 0: nothing does.
 */
int filter_apply(enum seal_profile profile, int landlock_abi) MUST_USE;

#endif
