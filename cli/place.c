#include "cli/place.h"

int
place_read(struct str text, struct anchor *place)
{
	int r = anchor_parse(text, place);
	if (r < 0 || place->first)
		return r;
	const char *colon = memrchr(place->path.data, ':', place->path.len);
	size_t digits = 0, tail = colon ? (size_t)(place->path.data + place->path.len - colon) - 1 : 0;
	for (size_t i = 1; i <= tail; i++)
		digits += (colon[i] >= '0' && colon[i] <= '9') || colon[i] == '-';
	if (tail && digits == tail)
		return err_set(ERR_USAGE,
		    "%.*s: no such range; lines count from 1, and the first comes first", (int)tail + 1,
		    colon);
	return 0;
}
