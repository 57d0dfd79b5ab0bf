/* carrel-reader: the supervisor and, forked from it, the reader. */
#include "indexer/index/supervisor.h"

#include "base/inherit.h"
#include "base/seal.h"
#include "base/show.h"

#include <stdio.h>
#include <unistd.h>

#define THREADS_MAX 4

int
main(void)
{
	const int keep[] = { FD_PEER, FD_ROOM };
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (unsigned)processors;

	if (seal_prepare(SEAL_SUPERVISOR, keep, sizeof keep / sizeof *keep) < 0) {
		char why[512];
		fprintf(stderr, "carrel-reader: %s\n", show_in(why, sizeof why, str_from(err_text())));
		return err_exit(ERR_REFUSED);
	}
	/* past all that runs at exit: there is nothing to flush, and a leak checker cannot work under the seal */
	_exit(supervisor_run(&(struct supervisor_setup){ FD_PEER, FD_ROOM, threads }));
}
