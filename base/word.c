#include "base/word.h"

size_t
word_find(struct str line, struct str name, unsigned before)
{
	for (size_t at = 0; name.len > 0 && at + name.len <= line.len; at++) {
		const char *found = memchr(line.data + at, name.data[0], line.len - name.len + 1 - at);
		if (!found)
			break;
		at = (size_t)(found - line.data);
		size_t end = at + name.len;
		if ((at == 0 || !word_byte(line.data[at - 1])) &&
		    (end == line.len || !word_byte(line.data[end])) &&
		    memcmp(found, name.data, name.len) == 0 && before-- == 0)
			return at;
	}
	return SIZE_MAX;
}
