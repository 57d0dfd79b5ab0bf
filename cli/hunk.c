#include "cli/hunk.h"

void
hunk_begin(struct hunk_writer *writer, const struct print *print, const struct hunk_file *file)
{
	struct buf lines = writer->lines;

	buf_clear(&lines);
	lines.max = HUNK_MAX;
	*writer = (struct hunk_writer){ .print = print, .file = *file, .lines = lines };
}

void
hunk_release(struct hunk_writer *writer)
{
	buf_release(&writer->lines);
}

/* In a patch names are quoted as in C where they hold more than plain characters. */
static bool
needs_quotes(struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.data[i];
		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			return true;
	}
	return false;
}

static void
put_quoted(const char *prefix, struct str path)
{
	print_format("\"%s", prefix);
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.data[i];
		if (c < ' ' || c > '~')
			print_format("\\%03o", c);
		else
			print_format(c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	print_format("\"");
}

static void
put_path(const struct hunk_writer *writer, const char *prefix, struct str path)
{
	if (!writer->print->terminal && needs_quotes(path)) {
		put_quoted(prefix, path);
		return;
	}
	print_style(writer->print, STYLE_BOLD, "%s", prefix);
	print_text(writer->print, STYLE_BOLD, path);
}

static void
put_side(const struct hunk_writer *writer, const char *sign, const char *prefix, struct str path)
{
	print_style(writer->print, STYLE_BOLD, "%s ", sign);
	if (path.len == 0)
		print_style(writer->print, STYLE_BOLD, "/dev/null");
	else
		put_path(writer, prefix, path);
	/* or what follows a blank would be taken for a date */
	bool blank = path.len > 0 && memchr(path.data, ' ', path.len) && !needs_quotes(path);
	print_format(blank ? "\t\n" : "\n");
}

static void
put_mode(const struct hunk_writer *writer, const char *what, struct str mode)
{
	if (mode.len > 0)
		print_style(writer->print, STYLE_BOLD, "%s %.*s\n", what, STR_ARG(mode));
}

static bool
is_renamed(const struct hunk_file *file)
{
	return file->old.len > 0 && file->new.len > 0 && !str_eq(file->old, file->new);
}

static void
put_head(struct hunk_writer *writer)
{
	const struct hunk_file *file = &writer->file;

	writer->headed = true;
	print_style(writer->print, STYLE_BOLD, "diff --git ");
	put_path(writer, "a/", file->old.len ? file->old : file->new);
	print_format(" ");
	put_path(writer, "b/", file->new.len ? file->new : file->old);
	print_format("\n");
	if (file->old.len == 0) {
		put_mode(writer, "new file mode", file->new_mode);
	} else if (file->new.len == 0) {
		put_mode(writer, "deleted file mode", file->old_mode);
	} else if (!str_eq(file->old_mode, file->new_mode)) {
		put_mode(writer, "old mode", file->old_mode);
		put_mode(writer, "new mode", file->new_mode);
	}
	if (!is_renamed(file))
		return;
	print_style(writer->print, STYLE_BOLD, "similarity index %llu%%\nrename from ",
	    (unsigned long long)file->score);
	put_path(writer, "", file->old);
	print_style(writer->print, STYLE_BOLD, "\nrename to ");
	put_path(writer, "", file->new);
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
		put_head(writer);
		put_side(writer, "---", "a/", writer->file.old);
		put_side(writer, "+++", "b/", writer->file.new);
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
	writer->noted = true;
	print_text(writer->print, STYLE_PATH, writer->file.new.len ? writer->file.new : writer->file.old);
	print_format(": ");
	print_text(writer->print, STYLE_NONE, why);
	print_format("\n");
	return 0;
}

/* A line's text, or some more of it. */
static int
add_text(struct hunk_writer *writer, const struct row *row)
{
	struct str text = row_get(row, F_TEXT);
	bool whole = text.len && text.data[text.len - 1] == '\n';

	int r = buf_str(&writer->lines, text);
	if (r == 0 && !row_has(row, F_CUT) && !whole)
		r = buf_text(&writer->lines, "\n\\ No newline at end of file\n");
	return r;
}

int
hunk_add(struct hunk_writer *writer, const struct row *row)
{
	struct str signs = row_get(row, F_SIGN);
	uint64_t old = row_get_num(row, F_OLD_LINE), new = row_get_num(row, F_NEW_LINE);

	if (writer->lines.len && str_is(row_get(row, F_WHAT), "more"))
		return add_text(writer, row);
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
	return r == 0 ? add_text(writer, row) : r;
}

int
hunk_end(struct hunk_writer *writer)
{
	const struct hunk_file *file = &writer->file;

	put_hunk(writer);
	bool is_changed = is_renamed(file) || file->old.len == 0 || file->new.len == 0 ||
	    !str_eq(file->old_mode, file->new_mode);
	if (!writer->headed && !writer->noted && is_changed)
		put_head(writer);
	return 0;
}
