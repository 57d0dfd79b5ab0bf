#include "indexer/intake/colour.h"

enum span_class
colour_of_kind(unsigned kind)
{
	switch (kind) {
	case SYM_FUNCTION:
	case SYM_METHOD:
		return SPAN_FUNCTION;
	case SYM_CLASS:
	case SYM_STRUCT:
	case SYM_UNION:
	case SYM_ENUM:
	case SYM_TYPE:
	case SYM_INTERFACE:
	case SYM_TRAIT:
	case SYM_NAMESPACE:
	case SYM_MODULE:
	case SYM_PACKAGE:
		return SPAN_TYPE;
	case SYM_MACRO:
	case SYM_ENUMERATOR:
	case SYM_CONSTANT:
		return SPAN_CONSTANT;
	case SYM_FIELD:
	case SYM_PROPERTY:
	case SYM_KEY:
		return SPAN_PROPERTY;
	default:
		return SPAN_VARIABLE;
	}
}

enum span_class
colour_of_use(unsigned role, enum span_class otherwise)
{
	switch (role) {
	case ROLE_CALL:
		return SPAN_FUNCTION;
	case ROLE_TYPE:
	case ROLE_INHERIT:
		return SPAN_TYPE;
	case ROLE_ANNOTATION:
		return SPAN_PREPROC;
	case ROLE_MACRO:
		return SPAN_CONSTANT;
	default:
		return otherwise;
	}
}
