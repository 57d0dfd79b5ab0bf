#include "indexer/index/lines.h"

#include "base/mem.h"

#include <stdlib.h>

size_t
lines_count(struct str text)
{
	size_t count = 0;
	const char *at = text.data, *end = text.data + text.len;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		count++;
		at++;
	}
	return count + (text.len > 0 && text.data[text.len - 1] != '\n');
}

int
lines_init(struct lines *lines, struct str text)
{
	*lines = (struct lines){ .text = text };
	if (text.len > LINES_MAX)
		return err_set(ERR_MEMORY, "a text of %zu bytes is too long to cut into lines", text.len);
	size_t count = lines_count(text);
	lines->start = mem_try_alloc(count + 1, sizeof *lines->start);
	if (!lines->start)
		return err_set(ERR_MEMORY, "no memory for %zu lines", count);
	size_t at = 0;
	for (size_t i = 0; i < count; i++) {
		lines->start[i] = (uint32_t)at;
		const char *end = memchr(text.data + at, '\n', text.len - at);
		at = end ? (size_t)(end - text.data) + 1 : text.len;
	}
	lines->start[count] = (uint32_t)text.len;
	lines->count = count;
	return 0;
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
