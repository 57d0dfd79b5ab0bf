#include "annotations/report/render.h"

#include "base/show.h"

void
render_raw(struct render *render, const char *text)
{
	if (render->result == 0)
		render->result = buf_text(render->out, text);
}

void
render_number(struct render *render, uint64_t number)
{
	if (render->result == 0)
		render->result = buf_printf(render->out, "%llu", (unsigned long long)number);
}

typedef const char *escape_fn(struct str shown, size_t at);

/* Shows first: what escapes is then all there is. */
static void
escaped(struct render *render, struct str foreign, escape_fn *escape)
{
	struct buf shown = BUF(foreign.len * SHOW_CELL_MAX + 1);

	if (render->result == 0)
		render->result = show(&shown, foreign, 0);
	for (size_t i = 0; i < shown.len && render->result == 0; i++) {
		const char *instead = escape(buf_view(&shown), i);
		render->result =
		    instead ? buf_text(render->out, instead) : buf_byte(render->out, shown.data[i]);
	}
	buf_release(&shown);
}

static const char *
escape_html(struct str shown, size_t at)
{
	switch (shown.data[at]) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static const char *
behind_backslash(char c)
{
	static const char *const escapes[] = { "\\\\", "\\`", "\\*", "\\_", "\\[", "\\]", "\\<", "\\>", "\\|",
		"\\~", "\\&", "\\#", "\\+", "\\-", "\\=", "\\.", "\\)", "\\:" };

	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
		if (escapes[i][1] == c)
			return escapes[i];
	return NULL;
}

/* What is markup only where a line or a list begins, and what some readers of Markdown make a link of. */
static bool
acts_here(struct str shown, size_t at)
{
	struct str rest = { shown.data + at, shown.len - at };
	size_t digits = 0;

	switch (shown.data[at]) {
	case '+':
	case '-':
	case '=':
		return at == 0;
	case ')':
	case '.':
		while (digits < at && shown.data[digits] >= '0' && shown.data[digits] <= '9')
			digits++;
		return digits == at || (at >= 3 && strncasecmp(shown.data + at - 3, "www", 3) == 0);
	case ':':
		return str_starts(rest, STR("://"));
	default:
		return true;
	}
}

static const char *
escape_md(struct str shown, size_t at)
{
	return acts_here(shown, at) ? behind_backslash(shown.data[at]) : NULL;
}

static const char *
escape_nothing(struct str shown, size_t at)
{
	(void)shown;
	(void)at;
	return NULL;
}

void
render_line(struct render *render, struct str foreign)
{
	escaped(render, foreign, escape_nothing);
}

void
render_html(struct render *render, struct str foreign)
{
	escaped(render, foreign, escape_html);
}

void
render_md(struct render *render, struct str foreign)
{
	escaped(render, foreign, escape_md);
}

void
render_place(struct render *render, const json_t *anchor, render_put *put)
{
	uint64_t first = json_num(anchor, "first"), last = json_num(anchor, "last");

	put(render, json_str(anchor, "path"));
	if (first > 0 && last > first) {
		render_raw(render, ", lines ");
		render_number(render, first);
		render_raw(render, " to ");
		render_number(render, last);
	} else if (first > 0) {
		render_raw(render, ", line ");
		render_number(render, first);
	}
	if (json_str(anchor, "symbol").len > 0) {
		render_raw(render, ", in ");
		put(render, json_str(anchor, "symbol"));
	}
}

void
render_list(struct render *render, const json_t *strings, render_put *put)
{
	for (size_t i = 0; i < json_array_size(strings); i++) {
		const json_t *string = json_array_get(strings, i);
		if (i > 0)
			render_raw(render, ", ");
		put(render, (struct str){ json_string_value(string), json_string_length(string) });
	}
}
