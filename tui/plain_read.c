/* What can be read in the dialogue. */

#include "tui/plain.h"

#include "base/show.h"
#include "tui/pattern.h"

#include <stdio.h>

static struct str
reading(struct plain *p)
{
	return model_reading(&p->model);
}

/* A line of source in a list: without what it is indented by. */
static const char *
trimmed(struct plain *p, struct str text)
{
	while (text.len && (text.data[0] == ' ' || text.data[0] == '\t'))
		text = (struct str){ text.data + 1, text.len - 1 };
	if (text.len && text.data[text.len - 1] == '\n')
		text.len--;
	return plain_show(p, text);
}

/* What was counted, and the first choices. */
static void
tell_list(struct plain *p, const char *what, size_t count)
{
	plain_tell(p, "%s: %zu.", what, count);
	plain_choices_tell(p);
}

static struct choice *
add(struct plain *p, enum choice_kind kind, struct str release, struct str path, uint64_t line,
    const char *text)
{
	struct choice *choice = plain_choice_add(p, kind, str_from(text));

	choice->release = arena_str(&p->choice_arena, release);
	choice->path = arena_str(&p->choice_arena, path);
	choice->line = line;
	return choice;
}

/* ---- a file ---- */

static void
take_page(struct plain *p, const struct row *row)
{
	struct str text = row_get(row, F_TEXT), line;
	uint64_t number = row_get_num(row, F_LINE);
	const char *status = plain_show(p, row_get(row, F_STATUS));

	if (row_has(row, F_LINES))
		p->lines = row_get_num(row, F_LINES);
	if (row_has(row, F_WHY) && p->count == 0)
		plain_tell(p, _("Note: %s %s."), status, plain_show(p, row_get(row, F_WHY)));
	for (size_t left = text.len; left && str_next(&text, '\n', &line); number++) {
		left = text.len;
		struct buf shown = BUF(SHOW_CELL_MAX * (line.len + 1));
		if (show(&shown, line, SHOW_TAB) == 0)
			plain_tell(p, "%llu  %.*s", (unsigned long long)number, STR_ARG(buf_view(&shown)));
		buf_release(&shown);
		p->told = number;
	}
	if (row_get_num(row, F_CUT))
		plain_tell(p, _("The line goes on: %llu bytes are not told."),
		    (unsigned long long)row_get_num(row, F_CUT));
	p->count++;
}

static void
tell_threads_here(struct plain *p, uint64_t first, uint64_t last)
{
	for (size_t i = 0; i < p->model.thread_count; i++) {
		const struct thread *t = &p->model.threads[i];
		if (str_eq(t->path, p->spot.path) && str_eq(t->release, p->spot.release) &&
		    t->first >= first && t->first <= last)
			plain_tell(p, _("On line %llu: %s, %s, thread %s."), (unsigned long long)t->first,
			    plain_show(p, t->kind), plain_show(p, t->state), plain_show(p, t->id));
	}
}

static bool
read_lines(struct plain *p, uint64_t first, uint64_t last)
{
	struct order order = { .verb = VERB_PAGE };

	row_set(&order.args, F_RELEASE, p->spot.release);
	row_set(&order.args, F_PATH, p->spot.path);
	row_set_num(&order.args, F_LINE, first);
	row_set_num(&order.args, F_END_LINE, last);
	p->row = take_page;
	if (!plain_order(p, &order))
		return false;
	tell_threads_here(p, first, last);
	if (p->told < p->lines)
		plain_tell(
		    p, _("%llu lines follow: Enter goes on."), (unsigned long long)(p->lines - p->told));
	else
		plain_tell(p, _("End of the file."));
	return true;
}

void
plain_go(struct plain *p, struct spot spot)
{
	bool other = !str_eq(spot.path, p->spot.path) || !str_eq(spot.release, p->spot.release);
	size_t max = sizeof p->before / sizeof *p->before;
	struct spot was = p->spot;
	uint64_t lines = p->lines, told = p->told;

	if (p->spot.path.len && (other || spot.line != p->told + 1)) {
		if (p->before_count == max)
			memmove(p->before, p->before + 1, --p->before_count * sizeof *p->before);
		p->before[p->before_count++] = p->spot;
	}
	spot.path = other ? plain_keep(p, spot.path) : p->spot.path;
	spot.release = other ? plain_keep(p, spot.release) : p->spot.release;
	spot.line = spot.line ? spot.line : 1;
	p->spot = spot;
	p->told = spot.line - 1;
	if (other) {
		p->lines = 0;
		plain_tell(p, _("File %s of %s, from line %llu:"), plain_show(p, spot.path),
		    plain_show(p, spot.release), (unsigned long long)spot.line);
	}
	if (read_lines(p, spot.line, spot.line + PLAIN_LINES - 1) || !other)
		return;
	/* nothing of it is to be had: one is where one was */
	p->before_count -= was.path.len > 0;
	p->spot = was;
	p->lines = lines;
	p->told = told;
}

static void
open_file(struct plain *p, struct str rest)
{
	uint64_t first = 1, last;
	size_t colon = rest.len;

	while (colon && rest.data[colon - 1] != ':')
		colon--;
	if (colon && plain_range((struct str){ rest.data + colon, rest.len - colon }, &first, &last))
		rest.len = colon - 1;
	if (rest.len == 0)
		plain_tell(p, _("open PATH or open PATH:LINE; find finds one by parts of its name."));
	else
		plain_go(p, (struct spot){ reading(p), plain_keep(p, rest), first ? first : 1 });
}

static void
lines(struct plain *p, struct str rest)
{
	uint64_t first, last;

	if (p->spot.path.len == 0)
		plain_tell(p, _("No file is open."));
	else if (!plain_range(rest, &first, &last))
		plain_tell(p, _("lines 12 or lines 12-40."));
	else {
		p->spot.line = first;
		read_lines(p, first, last > first ? last : first + PLAIN_LINES - 1);
	}
}

static void
back(struct plain *p, struct str rest)
{
	(void)rest;
	if (p->before_count == 0) {
		plain_tell(p, _("There is no place before this one."));
		return;
	}
	struct spot spot = p->before[--p->before_count];
	size_t count = p->before_count;
	p->told = 0;
	plain_go(p, spot);
	p->before_count = count;
}

static void
where(struct plain *p, struct str rest)
{
	(void)rest;
	plain_tell(p, _("Release %s, compared with %s."), plain_show(p, reading(p)),
	    p->model.base == SIZE_MAX ? _("none") : plain_show(p, model_base(&p->model)));
	if (p->spot.path.len)
		plain_tell(p, _("File %s of %s, line %llu of %llu."), plain_show(p, p->spot.path),
		    plain_show(p, p->spot.release), (unsigned long long)p->spot.line,
		    (unsigned long long)p->lines);
}

/* ---- lists ---- */

static void
take_entry(struct plain *p, const struct row *row)
{
	struct str path = row_get(row, F_PATH);
	bool folder = str_starts(row_get(row, F_MODE), STR("04"));
	uint64_t odd = row_get_num(row, F_SUSPICIOUS);
	char text[700], note[60] = "";

	if (odd)
		snprintf(note, sizeof note, _(", %llu suspicious"), (unsigned long long)odd);
	snprintf(text, sizeof text, "%s%s%s", plain_show(p, path), folder ? "/" : "", note);
	add(p, folder ? CHOICE_FOLDER : CHOICE_PLACE, reading(p), path, 1, text);
}

static void
files(struct plain *p, struct str rest)
{
	struct order order = { .verb = VERB_LS };

	while (rest.len && rest.data[rest.len - 1] == '/')
		rest.len--;
	rest = plain_keep(p, rest);
	plain_choices_clear(p);
	row_set(&order.args, F_RELEASE, reading(p));
	row_set(&order.args, F_PATH, rest);
	row_set_num(&order.args, F_FLAGS, ORDER_COUNTS);
	p->row = take_entry;
	if (plain_order(p, &order))
		tell_list(p, rest.len ? plain_show(p, rest) : _("Files"), p->choice_count);
}

static void
take_symbol(struct plain *p, const struct row *row)
{
	struct str release = row_get(row, F_RELEASE), path = row_get(row, F_PATH);
	uint64_t line = row_get_num(row, F_LINE);
	char text[900];

	if (!line)
		return;
	snprintf(text, sizeof text, _("%.80s %.60s %.20s in %.400s line %llu: %.200s"),
	    plain_show(p, row_get(row, F_NAME)), plain_show(p, row_get(row, F_KIND)),
	    plain_show(p, row_get(row, F_ROLE)), plain_show(p, path), (unsigned long long)line,
	    trimmed(p, row_get(row, F_TEXT)));
	add(p, CHOICE_PLACE, release.len ? release : reading(p), path, line, text);
}

/* Of names: where they stand. */
static void
ask_name(struct plain *p, enum verb verb, const char *what, struct str name)
{
	struct order order = { .verb = verb };

	if (name.len == 0) {
		plain_tell(p, _("A name, please."));
		return;
	}
	plain_choices_clear(p);
	row_set(&order.args, F_RELEASE, reading(p));
	row_set(&order.args, verb == VERB_SYMBOLS ? F_PATTERN : F_NAME, name);
	if (verb == VERB_SYMBOLS)
		row_set_num(&order.args, F_LIMIT, 200);
	p->row = take_symbol;
	if (plain_order(p, &order))
		tell_list(p, what, p->choice_count);
}

static void
symbol(struct plain *p, struct str rest)
{
	ask_name(p, VERB_SYMBOLS, _("Symbols"), rest);
}

static void
definition(struct plain *p, struct str rest)
{
	ask_name(p, VERB_DEF, _("Definitions"), rest);
}

static void
references(struct plain *p, struct str rest)
{
	ask_name(p, VERB_REFS, _("References"), rest);
}

static void
callers(struct plain *p, struct str rest)
{
	ask_name(p, VERB_CALLERS, _("Calls"), rest);
}

static void
outline(struct plain *p, struct str rest)
{
	struct order order = { .verb = VERB_OUTLINE };

	(void)rest;
	if (p->spot.path.len == 0) {
		plain_tell(p, _("No file is open."));
		return;
	}
	plain_choices_clear(p);
	row_set(&order.args, F_RELEASE, p->spot.release);
	row_set(&order.args, F_PATH, p->spot.path);
	p->row = take_symbol;
	if (plain_order(p, &order))
		tell_list(p, _("Outline"), p->choice_count);
}

static void
find(struct plain *p, struct str rest)
{
	struct order order = { .verb = VERB_FIND };

	if (rest.len == 0) {
		plain_tell(p, _("Parts of a file's name, please."));
		return;
	}
	plain_choices_clear(p);
	row_set(&order.args, F_RELEASE, reading(p));
	row_set(&order.args, F_PATTERN, rest);
	row_set_num(&order.args, F_LIMIT, 200);
	p->row = take_entry;
	if (plain_order(p, &order))
		tell_list(p, _("Files"), p->choice_count);
}

static void
take_hit(struct plain *p, const struct row *row)
{
	struct str path = row_get(row, F_PATH), release = row_get(row, F_RELEASE),
		   text = row_get(row, F_TEXT);
	char line[900];

	if (!str_is(row_get(row, F_WHAT), "hit")) {
		if (row_get_num(row, F_NOT_SEARCHED))
			plain_tell(p, _("%llu files were not searched: %s"),
			    (unsigned long long)row_get_num(row, F_NOT_SEARCHED),
			    plain_show(p, row_get(row, F_WHY)));
		return;
	}
	snprintf(line, sizeof line, _("%.400s line %llu: %.400s"), plain_show(p, path),
	    (unsigned long long)row_get_num(row, F_LINE), trimmed(p, text));
	add(p, CHOICE_PLACE, release.len ? release : reading(p), path, row_get_num(row, F_LINE), line);
}

static void
search(struct plain *p, struct str rest)
{
	struct order order = { .verb = VERB_SEARCH };

	plain_choices_clear(p);
	row_set(&order.args, F_RELEASE, reading(p));
	if (pattern_read(rest, &order.args) < 0) {
		plain_tell(p, "%s", err_text());
		return;
	}
	p->row = take_hit;
	if (plain_order(p, &order))
		tell_list(p, _("Lines found"), p->choice_count + p->choice_lost);
}

static void
take_suspicious(struct plain *p, const struct row *row)
{
	char text[900];

	if (str_is(row_get(row, F_WHAT), "summary"))
		return;
	snprintf(text, sizeof text, _("%.40s %.60s in %.400s line %llu%s%.300s"),
	    plain_show(p, row_get(row, F_CLASS)), plain_show(p, row_get(row, F_SHOWN)),
	    plain_show(p, row_get(row, F_PATH)), (unsigned long long)row_get_num(row, F_LINE),
	    row_has(row, F_WHY) ? ": " : "", plain_show(p, row_get(row, F_WHY)));
	add(p, CHOICE_PLACE, reading(p), row_get(row, F_PATH), row_get_num(row, F_LINE), text);
}

static void
suspicious(struct plain *p, struct str rest)
{
	struct order order = { .verb = VERB_SUSPICIOUS };

	(void)rest;
	plain_choices_clear(p);
	row_set(&order.args, F_RELEASE, reading(p));
	p->row = take_suspicious;
	if (plain_order(p, &order))
		tell_list(p, _("Places that are not what they seem"), p->choice_count + p->choice_lost);
}

/* ---- releases and what changed ---- */

static void
releases(struct plain *p, struct str rest)
{
	char text[300];

	(void)rest;
	plain_choices_clear(p);
	for (size_t i = 0; i < p->model.release_count; i++) {
		const struct rel *rel = &p->model.releases[i];
		snprintf(text, sizeof text, _("%s, %s, %llu files%s"), plain_show(p, rel->name),
		    plain_show(p, rel->kind), (unsigned long long)rel->files,
		    i == p->model.reading    ? _(", read")
			: i == p->model.base ? _(", compared with")
					     : "");
		add(p, CHOICE_RELEASE, rel->name, STR(""), 0, text);
	}
	tell_list(p, _("Releases"), p->choice_count);
}

static void
read_release(struct plain *p, struct str rest)
{
	struct str name = STR(""), word = STR("");

	str_next(&rest, ' ', &name);
	size_t at = model_find_release(&p->model, name), base = at && at != SIZE_MAX ? at - 1 : SIZE_MAX;
	if (str_next(&rest, ' ', &word) && rest.len)
		base = model_find_release(&p->model, rest);
	if (at == SIZE_MAX || (rest.len && base == SIZE_MAX)) {
		plain_tell(p, _("read RELEASE or read RELEASE against RELEASE; releases lists them."));
		return;
	}
	p->model.reading = at;
	p->model.base = base;
	p->spot = (struct spot){ STR(""), STR(""), 0 };
	where(p, STR(""));
}

static void
take_change(struct plain *p, const struct row *row)
{
	model_add_change(&p->model, row);
}

static bool
ask_changes(struct plain *p)
{
	struct order order = { .verb = VERB_DIFF_FILES };

	if (model_base(&p->model).len == 0) {
		plain_tell(p, _("There is no release to compare with."));
		return false;
	}
	model_clear_changes(&p->model);
	row_set(&order.args, F_RELEASE, model_pair(&p->model));
	row_set_num(&order.args, F_FLAGS, ORDER_COUNTS);
	p->row = take_change;
	return plain_order(p, &order);
}

static void
changes(struct plain *p, struct str rest)
{
	char text[1200];

	(void)rest;
	plain_choices_clear(p);
	if (!ask_changes(p))
		return;
	for (size_t i = 0; i < p->model.change_count; i++) {
		const struct change *c = &p->model.changes[i];
		bool renamed = c->old_path.len && c->new_path.len && !str_eq(c->old_path, c->new_path);
		snprintf(text, sizeof text, _("%s %.400s%s%.400s, %llu lines added, %llu removed"),
		    plain_show(p, c->change),
		    plain_show(p,
			c->old_path.len && renamed ? c->old_path
			    : c->new_path.len      ? c->new_path
						   : c->old_path),
		    renamed ? _(", now ") : "", renamed ? plain_show(p, c->new_path) : "",
		    (unsigned long long)c->added, (unsigned long long)c->removed);
		struct choice *choice = add(p, CHOICE_CHANGE, reading(p), c->new_path, 1, text);
		choice->old_path = arena_str(&p->choice_arena, c->old_path);
	}
	tell_list(p, _("Changed files"), p->choice_count);
}

static void
take_diff(struct plain *p, const struct row *row)
{
	struct str sign = row_get(row, F_SIGN), text = row_get(row, F_TEXT);
	uint64_t old = row_get_num(row, F_OLD_LINE), new = row_get_num(row, F_NEW_LINE);

	if (sign.len == 0) {
		if (row_has(row, F_WHY))
			plain_tell(p, "%s", plain_show(p, row_get(row, F_WHY)));
		return;
	}
	if (text.len && text.data[text.len - 1] == '\n')
		text.len--;
	const char *shown = plain_show(p, text);
	if (sign.data[0] == '+')
		plain_tell(p, _("added, line %llu: %s"), (unsigned long long)new, shown);
	else if (sign.data[0] == '-')
		plain_tell(p, _("removed, old line %llu: %s"), (unsigned long long)old, shown);
	else
		plain_tell(p, _("same, line %llu: %s"), (unsigned long long)new, shown);
}

static void
diff(struct plain *p, struct str rest)
{
	struct order order = { .verb = VERB_DIFF_LINES };
	const struct change *change;

	if (rest.len == 0)
		rest = p->spot.path;
	rest = plain_keep(p, rest);
	if (rest.len == 0) {
		plain_tell(p, _("diff PATH; changes lists the changed files."));
		return;
	}
	if (!p->model.change_count && !ask_changes(p))
		return;
	if (!(change = model_change_of(&p->model, rest))) {
		plain_tell(p, _("%s did not change since %s."), plain_show(p, rest),
		    plain_show(p, model_base(&p->model)));
		return;
	}
	plain_tell(p, _("%s, from %s to %s:"), plain_show(p, rest), plain_show(p, model_base(&p->model)),
	    plain_show(p, reading(p)));
	row_set(&order.args, F_RELEASE, model_pair(&p->model));
	if (change->old_path.len)
		row_set(&order.args, F_OLD_PATH, change->old_path);
	if (change->new_path.len)
		row_set(&order.args, F_NEW_PATH, change->new_path);
	row_set_num(&order.args, F_CONTEXT, 2);
	p->row = take_diff;
	if (plain_order(p, &order))
		plain_tell(p, _("End of the difference.  comment old 12 speaks of a removed line."));
	if (change->new_path.len) {
		p->spot = (struct spot){ reading(p), plain_keep(p, change->new_path), 1 };
		p->told = p->lines = 0;
	}
}

const struct plain_word plain_reading[] = {
	{ "files", "[FOLDER]", N_("the files of the release, or of a folder of it"), files },
	{ "find", "NAME", N_("files by parts of their names"), find },
	{ "open", "PATH[:LINE]", N_("read a file"), open_file },
	{ "lines", "FIRST[-LAST]", N_("read these lines of it"), lines },
	{ "outline", "", N_("the symbols of the file"), outline },
	{ "where", "", N_("where one is"), where },
	{ "back", "", N_("to the place before"), back },
	{ "search", "[-i -w -F --code --path GLOB] PATTERN",
	    N_("search the release for a regular expression"), search },
	{ "symbol", "NAME", N_("symbols by parts of their names"), symbol },
	{ "definition", "NAME", N_("where a name is defined"), definition },
	{ "references", "NAME", N_("where a name is used"), references },
	{ "callers", "NAME", N_("where a function is called"), callers },
	{ "changes", "", N_("files that changed between the two releases"), changes },
	{ "diff", "[PATH]", N_("what changed in a file"), diff },
	{ "suspicious", "", N_("places that are not what they seem"), suspicious },
	{ "releases", "", N_("the releases of the room"), releases },
	{ "read", "RELEASE [against RELEASE]", N_("read another release"), read_release },
	{ NULL, NULL, NULL, NULL },
};
