#include "indexer/index/lines.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

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

int
line_key(uint64_t key[static 2])
{
	if (getrandom(key, 2 * sizeof *key, 0) != 2 * sizeof *key)
		return err_sys("getrandom");
	key[1] |= 1;
	return 0;
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
line_hash(const uint64_t key[static 2], struct str line)
{
	uint64_t hash = key[0] ^ line.len;
	const char *at = line.data;
	size_t left = line.len;

	for (; left >= 8; left -= 8, at += 8) {
		uint64_t word;
		memcpy(&word, at, 8);
		hash = mix(hash ^ word, key[1]);
	}
	uint64_t tail = 0;
	memcpy(&tail, at, left);
	return mix(hash ^ tail, key[1] ^ 0x9e3779b97f4a7c15u);
}
