/* Inside room/: the chain without its client, for launch_start and for the desk. */
#ifndef CARREL_ROOM_CHAIN_H
#define CARREL_ROOM_CHAIN_H

#include "room/launch.h"
#include "room/servant.h"

/* Starts the programs; *client is the client's end of the keeper's socket, the caller's. */
int chain_start(struct launch *launch, struct servants *servants, int *client) MUST_USE;

#endif
