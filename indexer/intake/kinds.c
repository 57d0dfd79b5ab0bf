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
