#include "indexer/intake/kinds.h"

bool
kind_scopes(unsigned kind)
{
	switch (kind) {
	case SYM_FUNCTION:
	case SYM_METHOD:
	case SYM_CLASS:
	case SYM_STRUCT:
	case SYM_UNION:
	case SYM_ENUM:
	case SYM_INTERFACE:
	case SYM_TRAIT:
	case SYM_NAMESPACE:
	case SYM_MODULE:
	case SYM_KEY:
		return true;
	default:
		return false;
	}
}

bool
kind_holds_methods(unsigned kind)
{
	return kind == SYM_CLASS || kind == SYM_STRUCT || kind == SYM_INTERFACE || kind == SYM_TRAIT ||
	    kind == SYM_UNION || kind == SYM_ENUM;
}

bool
name_is_attribute(struct str name)
{
	static const struct str words[] = { { "aligned", 7 }, { "packed", 6 }, { "randomize_layout", 16 },
		{ "designated_init", 15 }, { "ro_after_init", 13 }, { "read_mostly", 11 }, { "initdata", 8 },
		{ "initconst", 9 }, { "refdata", 7 } };

	if (!str_starts(name, STR("__")))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(name.data, name.len, words[i].data, words[i].len))
			return true;
	return false;
}
