#include "indexer/intake/dense.h"

#include "base/mem.h"

#include <lib/src/language.h>
#include <stdlib.h>

#define DENSE_MAX ((size_t)12 * 1024 * 1024) /* bytes of a table; SQL's would have 25 MiB */

const TSLanguage *
dense_new(const TSLanguage *language)
{
	uint32_t states = language->state_count, symbols = language->symbol_count;
	size_t head = (sizeof *language + 63) / 64 * 64;
	size_t size = (size_t)states * symbols * sizeof(uint16_t);
	bool large = size > DENSE_MAX;
	TSLanguage *dense = mem_alloc(head + (large ? 0 : size));
	uint16_t *table = (uint16_t *)(void *)((uint8_t *)dense + head);

	*dense = *language;
	if (large)
		return dense;
	dense->parse_table = table;
	dense->large_state_count = states;
	for (uint32_t state = 0; state < states; state++)
		for (uint32_t symbol = 0; symbol < symbols; symbol++)
			*table++ = ts_language_lookup(language, (TSStateId)state, (TSSymbol)symbol);
	return dense;
}

void
dense_free(const TSLanguage *dense)
{
	free((void *)(uintptr_t)dense);
}
