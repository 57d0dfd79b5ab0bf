#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/hunk.h"

#define CHANGE_KEYS "change old new old_blob new_blob old_mode new_mode added removed label similarity"
#define SYMBOL_KEYS "change name kind old_name old old_line new new_line"
#define LINE_KEYS "old new sign old_line new_line text cut"

#define PAIR_MAX ((size_t)4096)

enum diff_mode { DIFF_FILES, DIFF_STAT, DIFF_SYMBOLS, DIFF_LINES };

struct change {
	struct hunk_file file;
	struct change *next;
};

struct comparison {
	struct ask ask;
	enum diff_mode mode;
	struct buf releases; /* both names, a space between */
	struct str path;     /* empty for all */
	uint64_t context;
	size_t changes;
	uint64_t added, removed;
	struct table table;
	struct arena arena;
	struct change *first, **last; /* to be compared by lines */
	struct hunk_writer hunks;
};

/* Whether one of a change's paths is what was asked for, or lies beneath it. */
static bool
is_wanted(const struct comparison *c, struct str path)
{
	struct str want = c->path;

	while (want.len && want.data[want.len - 1] == '/')
		want.len--;
	if (want.len == 0)
		return true;
	return str_starts(path, want) && (path.len == want.len || path.data[want.len] == '/');
}

static void
keep_change(struct comparison *c, const struct row *row)
{
	struct change *change = arena_alloc(&c->arena, sizeof *change);
	struct hunk_file *file = &change->file;
	struct str *to[] = { &file->old, &file->new, &file->old_mode, &file->new_mode };
	const enum field from[] = { F_OLD_PATH, F_NEW_PATH, F_OLD_MODE, F_NEW_MODE };

	for (size_t i = 0; i < 4; i++) {
		struct str s = row_get(row, from[i]);
		*to[i] = (struct str){ arena_copy(&c->arena, s.len ? s.data : "", s.len), s.len };
	}
	file->score = row_get_num(row, F_SCORE);
	*c->last = change;
	c->last = &change->next;
}

static void
list_change(struct comparison *c, const struct row *row)
{
	static const enum style styles[] = { STYLE_NONE, STYLE_GOOD, STYLE_BAD };
	struct str old = row_get(row, F_OLD_PATH), new = row_get(row, F_NEW_PATH),
		   word = row_get(row, F_CHANGE);
	enum style style = styles[str_is(word, "added") ? 1 : str_is(word, "removed") ? 2 : 0];
	struct buf path = BUF(SIZE_MAX / 2);

	table_text(&c->table, style, word);
	if (c->mode == DIFF_STAT) {
		table_number(&c->table, row_get_num(row, F_ADDED));
		table_number(&c->table, row_get_num(row, F_REMOVED));
	}
	if (c->mode == DIFF_STAT)
		table_text(&c->table, STYLE_DIM,
		    str_is(row_get(row, F_LABEL), "none") ? STR("") : row_get(row, F_LABEL));
	int r = buf_str(&path, old.len ? old : new);
	if (r == 0 && old.len && new.len && !str_eq(old, new)) {
		r = buf_text(&path, " -> ");
		if (r == 0)
			r = buf_str(&path, new);
	}
	table_text(&c->table, r < 0 ? STYLE_BAD : STYLE_PATH, buf_view(&path));
	buf_release(&path);
}

/* change, kind, name (the new one, with the old one if that was another), where it is. */
static int
list_symbol(struct comparison *c, const struct row *row)
{
	bool new = row_has(row, F_NEW_LINE);
	struct buf text = BUF(SIZE_MAX / 2);

	table_text(&c->table, STYLE_NONE, row_get(row, F_CHANGE));
	table_text(&c->table, STYLE_DIM, row_get(row, F_KIND));
	int r = row_has(row, F_OLD_NAME) ? buf_str(&text, row_get(row, F_OLD_NAME)) : 0;
	if (r == 0 && row_has(row, F_OLD_NAME))
		r = buf_text(&text, " -> ");
	if (r == 0)
		r = buf_str(&text, row_get(row, F_NAME));
	table_text(&c->table, STYLE_BOLD, buf_view(&text));
	buf_clear(&text);
	struct str old = row_get(row, F_OLD_PATH), path = row_get(row, new ? F_NEW_PATH : F_OLD_PATH);
	if (r == 0 && new &&old.len && !str_eq(old, path))
		r = buf_printf(
		    &text, "%.*s:%llu -> ", STR_ARG(old), (unsigned long long)row_get_num(row, F_OLD_LINE));
	if (r == 0)
		r = buf_printf(&text, "%.*s:%llu", STR_ARG(path),
		    (unsigned long long)row_get_num(row, new ? F_NEW_LINE : F_OLD_LINE));
	table_text(&c->table, STYLE_PATH, buf_view(&text));
	buf_release(&text);
	return r;
}

static int
take_symbol(struct comparison *c, const struct row *row)
{
	if (!str_is(row_get(row, F_WHAT), "note")) {
		c->changes++;
		return c->ask.print.json ? print_row(row, SYMBOL_KEYS) : list_symbol(c, row);
	}
	if (c->ask.print.json)
		return print_row(row, "what why");
	fprintf(stderr, "carrel: %.*s\n", STR_ARG(row_get(row, F_WHY)));
	return 0;
}

static int
take_change(void *ctx, const struct row *row)
{
	struct comparison *c = ctx;

	if (str_is(row_get(row, F_WHAT), "note"))
		return take_symbol(c, row);
	if (!is_wanted(c, row_get(row, F_OLD_PATH)) && !is_wanted(c, row_get(row, F_NEW_PATH)))
		return 0;
	if (c->mode == DIFF_SYMBOLS)
		return take_symbol(c, row);
	c->changes++;
	c->added += row_get_num(row, F_ADDED);
	c->removed += row_get_num(row, F_REMOVED);
	if (c->mode == DIFF_LINES)
		keep_change(c, row);
	else if (c->ask.print.json)
		return print_row(row, CHANGE_KEYS);
	else
		list_change(c, row);
	return 0;
}

/* The row names no file: it is that of the change under way. */
static int
print_json_line(const struct comparison *c, const struct row *row)
{
	struct row line = *row;

	if (c->hunks.file.old.len)
		row_set(&line, F_OLD_PATH, c->hunks.file.old);
	if (c->hunks.file.new.len)
		row_set(&line, F_NEW_PATH, c->hunks.file.new);
	return print_row(&line, LINE_KEYS);
}

static int
take_line(void *ctx, const struct row *row)
{
	struct comparison *c = ctx;

	if (c->ask.print.json)
		return row_has(row, F_SIGN) ? print_json_line(c, row) : print_row(row, "what why");
	return hunk_add(&c->hunks, row);
}

static int
compare_lines(struct comparison *c, const struct hunk_file *file)
{
	struct order order = { .verb = VERB_DIFF_LINES };
	struct answers answers = { .row = take_line, .ctx = c };

	if (file->old.len)
		row_set(&order.args, F_OLD_PATH, file->old);
	if (file->new.len)
		row_set(&order.args, F_NEW_PATH, file->new);
	row_set(&order.args, F_RELEASE, buf_view(&c->releases));
	row_set_num(&order.args, F_CONTEXT, c->context);
	row_set_num(&order.args, F_FLAGS, c->ask.print.json ? 0 : ORDER_WHOLE);
	hunk_begin(&c->hunks, &c->ask.print, file);
	int r = ask_read(&c->ask, &order, &answers, NULL);
	return r < 0 || c->ask.print.json ? r : hunk_end(&c->hunks);
}

static int
compare(struct comparison *c)
{
	struct order order = { .verb = c->mode == DIFF_SYMBOLS ? VERB_DIFF_SYMBOLS : VERB_DIFF_FILES };
	struct answers answers = { .row = take_change, .ctx = c };

	row_set(&order.args, F_RELEASE, buf_view(&c->releases));
	row_set_num(&order.args, F_FLAGS,
	    c->mode == DIFF_STAT || (c->mode == DIFF_FILES && c->ask.print.json) ? ORDER_COUNTS : 0);
	int r = ask_read(&c->ask, &order, &answers, NULL);
	if (r == 0 && c->changes == 0 && c->path.len && c->mode != DIFF_SYMBOLS) {
		/* the same on both sides, or on neither: the reader says which */
		c->mode = DIFF_LINES;
		return compare_lines(c, &(struct hunk_file){ .old = c->path, .new = c->path });
	}
	for (const struct change *change = c->first; r == 0 && change; change = change->next)
		r = compare_lines(c, &change->file);
	return r;
}

static int
read_mode(const struct call *call, enum diff_mode *mode)
{
	bool files = call_has(call, "files"), stat = call_has(call, "stat"), lines = call_has(call, "lines"),
	     symbols = call_has(call, "symbols");

	if (files + stat + lines + symbols > 1)
		return err_set(ERR_USAGE, "diff: one of --files, --stat, --symbols and --lines, please");
	*mode = symbols                            ? DIFF_SYMBOLS
	    : stat                                 ? DIFF_STAT
	    : files || (!lines && call->count < 3) ? DIFF_FILES
						   : DIFF_LINES;
	return 0;
}

static void
print_totals(const struct comparison *c)
{
	if (c->mode == DIFF_STAT && c->ask.print.terminal && !c->ask.print.json)
		print_format("%zu files, %llu lines added, %llu removed\n", c->changes,
		    (unsigned long long)c->added, (unsigned long long)c->removed);
}

int
run_diff(struct call *call)
{
	static const char *const heads[] = { "change", "path", NULL };
	static const char *const stat_heads[] = { "change", ">+", ">-", "label", "path", NULL };
	static const char *const symbol_heads[] = { "change", "kind", "name", "where", NULL };
	struct comparison c = {
		.releases = BUF(PAIR_MAX),
		.path = call_argument(call, 2),
		.context = 3,
	};

	int r = read_mode(call, &c.mode);
	if (r == 0)
		r = call_number(call, "context", &c.context);
	if (r == 0)
		r = buf_printf(&c.releases, "%s %s", call->arguments[0], call->arguments[1]);
	if (r == 0)
		r = ask_open(&c.ask, call,
		    &(struct ask_how){ .chain = CHAIN_READER, .mode = "session", .shows_source = true });
	if (r < 0) {
		buf_release(&c.releases);
		return r;
	}
	c.last = &c.first;
	table_init(&c.table,
	    c.mode == DIFF_STAT          ? stat_heads
		: c.mode == DIFF_SYMBOLS ? symbol_heads
					 : heads);
	r = compare(&c);
	table_print(&c.ask.print, &c.table);
	print_totals(&c);
	hunk_release(&c.hunks);
	buf_release(&c.releases);
	arena_release(&c.arena);
	r = ask_close(&c.ask, r);
	return r == 0 && c.changes ? 1 : r;
}
