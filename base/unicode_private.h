/* The tables that base/unicode_make.c writes, for base/unicode.c alone. */
#ifndef CARREL_BASE_UNICODE_PRIVATE_H
#define CARREL_BASE_UNICODE_PRIVATE_H

#include "base/unicode.h"

#define UNICODE_BLOCK 128 /* code points of a block; equal ones are kept once */

struct unicode_prop {
	uint8_t class; /* enum show_class */
	uint8_t order; /* canonical combining class */
	uint16_t scripts; /* element of unicode_sets */
	bool spells;      /* a letter or a digit, of whatever script */
};

struct unicode_change {
	int32_t code;
	const char *text; /* UTF-8 */
};

extern const uint16_t unicode_blocks[][UNICODE_BLOCK], unicode_block_of[];
extern const struct unicode_prop unicode_props[];
extern const struct unicode_scripts unicode_sets[];
extern const struct unicode_change unicode_decompositions[], unicode_skeletons[]; /* rising */
extern const unsigned unicode_decompositions_count, unicode_skeletons_count;
extern const char *const unicode_script_names[];
extern const unsigned unicode_scripts_count;
extern const unsigned unicode_latin, unicode_mixing[3]; /* Latin; Han with Bopomofo, Japanese, Korean */

#endif
