#include "base/show.h"

#include <utf8proc.h>

/* Apart from the rest of show, which programs without utf8proc use too. */
int
show_width(int32_t code)
{
	return code >= 0x20 && code <= 0x7E ? 1 : utf8proc_charwidth(code);
}
