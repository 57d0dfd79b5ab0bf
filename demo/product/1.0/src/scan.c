#include "acme.h"

#include <string.h>

#define HEADER_LEN 16
#define SECTION_LEN 40
#define SECTIONS_MAX 96

struct acme_engine {
	struct acme_rule rules[ACME_RULES_MAX];
	size_t count;
};

static uint32_t
read_u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/*
 * Reads the number of sections of an executable.  The number comes from the file,
 * so it is checked against what the file can hold.
 */
int
scan_read_header(const uint8_t *data, size_t len, uint32_t *sections)
{
	if (len < HEADER_LEN)
		return -1;
	uint32_t count = read_u32(data + 12);
	if (count > SECTIONS_MAX)
		return -1;
	if (len < HEADER_LEN + (size_t)count * SECTION_LEN)
		return -1;
	*sections = count;
	return 0;
}

static int
matches(const struct acme_rule *rule, const uint8_t *data, size_t len)
{
	return memmem(data, len, rule->pattern, rule->len) != NULL;
}

static enum acme_verdict
scan_sections(const acme_engine *engine, const uint8_t *data, size_t len, uint32_t sections)
{
	uint8_t kinds[SECTIONS_MAX];

	for (uint32_t i = 0; i < sections; i++)
		kinds[i] = data[HEADER_LEN + i * SECTION_LEN];
	for (uint32_t i = 0; i < sections; i++)
		if (kinds[i] == 0xCC)
			return ACME_SUSPICIOUS;
	for (size_t i = 0; i < engine->count; i++)
		if (matches(&engine->rules[i], data, len))
			return ACME_INFECTED;
	return ACME_CLEAN;
}

enum acme_verdict
scan_buffer(const acme_engine *engine, const uint8_t *data, size_t len)
{
	uint32_t sections;

	if (scan_read_header(data, len, &sections) < 0)
		return ACME_ERROR;
	return scan_sections(engine, data, len, sections);
}
