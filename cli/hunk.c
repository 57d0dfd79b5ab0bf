#include "cli/hunk.h"

void
hunk_begin(struct hunk_writer *writer, const struct print *print, struct str old, struct str new)
{
	struct buf lines = writer->lines;

	buf_clear(&lines);
	lines.max = HUNK_MAX;
	*writer = (struct hunk_writer){ .print = print, .old = old, .new = new, .lines = lines };
}

void
hunk_release(struct hunk_writer *writer)
{
	buf_release(&writer->lines);
}

static void
put_path(const struct hunk_writer *writer, const char *sign, const char *prefix, struct str path)
{
	print_style(writer->print, STYLE_BOLD, "%s ", sign);
	if (path.len == 0) {
		print_style(writer->print, STYLE_BOLD, "/dev/null");
	} else {
		print_style(writer->print, STYLE_BOLD, "%s", prefix);
		print_text(writer->print, STYLE_BOLD, path);
	}
	print_format("\n");
}

static void
put_line(const struct hunk_writer *writer, struct str line)
{
	enum style style = *line.data == '+' ? STYLE_GOOD : *line.data == '-' ? STYLE_BAD : STYLE_NONE;

	if (writer->print->terminal)
		print_text(writer->print, style, line);
	else
		print_bytes(line);
	print_format("\n");
}

/* The hunk that has been gathered, if there is one. */
static void
put_hunk(struct hunk_writer *writer)
{
	struct str rest = buf_view(&writer->lines), line;

	if (rest.len == 0)
		return;
	if (!writer->headed) {
		put_path(writer, "---", "a/", writer->old);
		put_path(writer, "+++", "b/", writer->new);
		writer->headed = true;
	}
	/* an empty side is numbered by the line before it */
	print_style(writer->print, STYLE_NUMBER, "@@ -%llu,%llu +%llu,%llu @@",
	    (unsigned long long)writer->old_first - (writer->old_lines == 0),
	    (unsigned long long)writer->old_lines,
	    (unsigned long long)writer->new_first - (writer->new_lines == 0),
	    (unsigned long long)writer->new_lines);
	print_format("\n");
	rest.len--; /* the last newline ends a line, and begins none */
	while (str_next(&rest, '\n', &line))
		put_line(writer, line);
	writer->shift += (int64_t)writer->new_lines - (int64_t)writer->old_lines;
	writer->old_lines = writer->new_lines = 0;
	buf_clear(&writer->lines);
}

static bool
follows(const struct hunk_writer *writer, char sign, uint64_t old, uint64_t new)
{
	bool old_fits = sign == '+' || old == writer->old_first + writer->old_lines;
	bool new_fits = sign == '-' || new == writer->new_first + writer->new_lines;

	return old_fits && new_fits;
}

/* What the reader says in place of lines, or beside them: not a line that patch(1) looks at. */
static int
note(struct hunk_writer *writer, struct str why)
{
	put_hunk(writer);
	print_text(writer->print, STYLE_PATH, writer->new.len ? writer->new : writer->old);
	print_format(": ");
	print_text(writer->print, STYLE_NONE, why);
	print_format("\n");
	return 0;
}

int
hunk_add(struct hunk_writer *writer, const struct row *row)
{
	struct str text = row_get(row, F_TEXT), signs = row_get(row, F_SIGN);
	uint64_t old = row_get_num(row, F_OLD_LINE), new = row_get_num(row, F_NEW_LINE);
	bool whole = text.len && text.data[text.len - 1] == '\n';

	if (signs.len != 1)
		return note(writer, row_get(row, F_WHY));
	if (writer->lines.len && !follows(writer, *signs.data, old, new))
		put_hunk(writer);
	if (writer->lines.len == 0) {
		/* between hunks both sides run alike, so that one number gives the other */
		writer->old_first = *signs.data == '+' ? (uint64_t)((int64_t) new - writer->shift) : old;
		writer->new_first = *signs.data == '-' ? (uint64_t)((int64_t)old + writer->shift) : new;
	}
	writer->old_lines += *signs.data != '+';
	writer->new_lines += *signs.data != '-';
	int r = buf_str(&writer->lines, signs);
	if (r == 0)
		r = buf_str(&writer->lines, text);
	if (r == 0 && row_has(row, F_CUT))
		r = buf_printf(
		    &writer->lines, "» (%llu bytes more)\n", (unsigned long long)row_get_num(row, F_CUT));
	else if (r == 0 && !whole)
		r = buf_text(&writer->lines, "\n\\ No newline at end of file\n");
	return r;
}

int
hunk_end(struct hunk_writer *writer)
{
	put_hunk(writer);
	return 0;
}
