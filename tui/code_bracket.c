/* A bracket and its fellow. */

#include "tui/code.h"

static const char pairs[] = "()[]{}";

bool
bracket_at(struct str text, size_t byte)
{
	return byte < text.len && text.data[byte] && strchr(pairs, text.data[byte]);
}

/* Comments and strings are texts of their own: their brackets close nothing outside. */
static enum span_class
room_of(const struct codeline *line, size_t byte)
{
	const struct span *span = codeline_span(line, byte);

	return span && (span->class == SPAN_STRING || span->class == SPAN_COMMENT) ? span->class : SPAN_PLAIN;
}

struct seek {
	char own, fellow;
	int step, depth;
	enum span_class room;
};

/* Goes through one line from *byte on; true if the fellow was found there. */
static bool
seek_in(struct seek *seek, const struct codeline *line, long from, size_t *byte)
{
	for (long at = from; at >= 0 && at < (long)line->text.len; at += seek->step) {
		char c = line->text.data[at];
		if ((c != seek->own && c != seek->fellow) || room_of(line, (size_t)at) != seek->room)
			continue;
		seek->depth += c == seek->own ? 1 : -1;
		if (seek->depth == 0) {
			*byte = (size_t)at;
			return true;
		}
	}
	return false;
}

enum bracket
code_bracket(const struct code *code, struct text_at *at, uint64_t reach)
{
	uint64_t lines = source_lines(code->source);
	struct codeline line;

	if (!code_line_at(code, at->line, &line) || !bracket_at(line.text, at->byte))
		return BRACKET_NONE;
	size_t index = (size_t)(strchr(pairs, line.text.data[at->byte]) - pairs);
	struct seek seek = { .own = pairs[index],
		.fellow = pairs[index ^ 1],
		.step = index & 1 ? -1 : 1,
		.room = room_of(&line, at->byte) };
	long from = (long)at->byte;
	for (uint64_t now = at->line, n = 0; n <= reach; n++) {
		if (seek_in(&seek, &line, from, &at->byte)) {
			at->line = now;
			return BRACKET_FOUND;
		}
		if (now == (seek.step > 0 ? lines : 1))
			return BRACKET_NONE;
		now += (uint64_t)seek.step;
		if (!code_line_at(code, now, &line)) {
			at->line = now;
			return BRACKET_MISSING;
		}
		from = seek.step > 0 ? 0 : (long)line.text.len - 1;
	}
	return BRACKET_NONE;
}
