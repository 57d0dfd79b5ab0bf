/*
 * Changes to the segments of a small index, which is then made whole again, so that every
 * checksum fits, and asked everything.  Steps of 6 bytes: file, u24 offset, how, value.
 */
#include "tests/fuzz/fuzz.h"

#include "tests/segment_room.h"

#include <stdlib.h>

static struct buf releases = BUF(MESSAGE_MAX);

static void
at_exit(void)
{
	segment_room_close();
	buf_release(&releases);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;

	if (!ready) {
		segment_room_open();
		atexit(at_exit);
	}
	ready = true;
	segment_room_restore();
	for (; size >= 6; data += 6, size -= 6) {
		struct kept *kept = segment_room_file(data[0]);
		size_t at = (size_t)data[1] | (size_t)data[2] << 8 | (size_t)data[3] << 16;
		uint8_t *byte = &kept->bytes.data[at % kept->bytes.len];
		*byte = data[4] & 1 ? *byte ^ (uint8_t)(1u << (data[5] & 7)) : data[5];
	}
	segment_room_reseal();
	segment_room_write(&releases);
	segment_room_ask(buf_view(&releases));
	segment_room_remove();
	return 0;
}
