#include "indexer/index/lines.h"

#include "base/mem.h"

#include <stdlib.h>

int
lines_init(struct lines *lines, struct str text)
{
	*lines = (struct lines){ .text = text };
	if (text.len > LINES_MAX)
		return err_set(ERR_MEMORY, "a text of %zu bytes is too long to cut into lines", text.len);
	size_t capacity = 0;
	for (size_t at = 0;; lines->count++) {
		if (lines->count == capacity) {
			capacity = capacity ? 2 * capacity : text.len / 32 + 16;
			uint32_t *grown = mem_try_grow(lines->start, capacity, sizeof *grown);
			if (!grown)
				return err_set(ERR_MEMORY, "no memory for %zu lines", capacity);
			lines->start = grown;
		}
		lines->start[lines->count] = (uint32_t)at;
		if (at == text.len)
			return 0;
		const char *end = memchr(text.data + at, '\n', text.len - at);
		at = end ? (size_t)(end - text.data) + 1 : text.len;
	}
}

void
lines_release(struct lines *lines)
{
	free(lines->start);
	*lines = (struct lines){ 0 };
}

struct str
lines_range(const struct lines *lines, size_t first, size_t count)
{
	uint32_t from = lines->start[first];
	return (struct str){ lines->text.data + from, lines->start[first + count] - from };
}

struct str
lines_get(const struct lines *lines, size_t index)
{
	return lines_range(lines, index, 1);
}

struct str
line_bare(struct str line)
{
	if (line.len > 0 && line.data[line.len - 1] == '\n')
		line.len--;
	return line;
}
