#include "tui/why.h"

#include "tui/text.h"
#include "tui/why_formats.h"

#define ARGS_MAX 6
#define DEPTH_MAX 6 /* "one thing: its reason: that one's reason" */

static const char *const formats[] = {
#define X(format) format,
	WHY_FORMATS(X)
#undef X
};

#define FORMATS (sizeof formats / sizeof *formats)

/* Behind the conversion at `at`; whether it takes a number. */
static const char *
conversion_end(const char *at, bool *number)
{
	at++;
	at += strspn(at, "-+ #0123456789.*lhzj");
	*number = *at != 's';
	return *at ? at + 1 : at;
}

/* Where what was filled in from `at` on ends: at the words of the format that come next, or at the end. */
static size_t
filled_end(struct str text, size_t at, const char *words)
{
	size_t len = strcspn(words, "%");

	if (words[len] == 0)
		return text.len >= at + len ? text.len - len : SIZE_MAX;
	for (; at + len <= text.len; at++)
		if (memcmp(text.data + at, words, len) == 0)
			return at;
	return SIZE_MAX;
}

static bool
is_number(struct str s)
{
	size_t i = s.len > 1 && s.data[0] == '-';

	for (; i < s.len; i++)
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
	return s.len > 0;
}

/* Whether the text was made by the format, and of what. */
static bool
made_by(struct str text, const char *format, struct str args[static ARGS_MAX])
{
	size_t at = 0, count = 0;
	bool number;

	while (*format) {
		if (*format != '%') {
			if (at == text.len || text.data[at++] != *format++)
				return false;
			continue;
		}
		format = conversion_end(format, &number);
		size_t end = filled_end(text, at, format);
		if (end == SIZE_MAX || count == ARGS_MAX)
			return false;
		args[count] = (struct str){ text.data + at, end - at };
		if (number && !is_number(args[count++]))
			return false;
		count += !number;
		at = end;
	}
	return at == text.len;
}

static int
fill(const char *format, const struct str args[static ARGS_MAX], struct buf *out)
{
	size_t count = 0;
	bool number;
	int r = 0;

	while (*format && r == 0) {
		size_t words = strcspn(format, "%");
		r = buf_add(out, format, words);
		format += words;
		if (*format == 0)
			break;
		format = conversion_end(format, &number);
		if (r == 0 && count < ARGS_MAX)
			r = buf_str(out, args[count++]);
	}
	return r;
}

/* Where the first part of a reason ends, and the next begins. */
static bool
part(struct str text, size_t *end, size_t *next)
{
	const char *first = memmem(text.data, text.len, "; ", 2);

	for (size_t i = 0; !first && i + 1 < text.len; i++)
		if ((text.data[i] == ':' || text.data[i] == ',') && text.data[i + 1] == ' ')
			first = text.data + i;
	if (!first)
		return false;
	*end = (size_t)(first - text.data);
	*next = *end + 2;
	return true;
}

static int
tell(struct str text, struct buf *out, int depth)
{
	struct str args[ARGS_MAX] = { { 0 } };
	size_t end, next;

	for (size_t i = 0; i < FORMATS; i++)
		if (made_by(text, formats[i], args))
			return fill(gettext(formats[i]), args, out);
	if (depth == DEPTH_MAX || !part(text, &end, &next))
		return buf_str(out, text);
	int r = tell((struct str){ text.data, end }, out, depth + 1);
	if (r == 0)
		r = buf_add(out, text.data + end, next - end);
	return r == 0 ? tell((struct str){ text.data + next, text.len - next }, out, depth + 1) : r;
}

struct str
why_told(struct str why, struct buf *out)
{
	buf_clear(out);
	if (gettext(formats[0]) == formats[0] || tell(why, out, 0) < 0)
		return why;
	return buf_view(out);
}
