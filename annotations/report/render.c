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

/* Shows first: what escapes is then all there is. */
static void
escaped(
    struct render *render, struct str foreign, unsigned flags, const char *(*escape)(char c, char room[3]))
{
	struct buf shown = BUF(foreign.len * SHOW_CELL_MAX + 1);
	char room[3];

	if (render->result == 0)
		render->result = show(&shown, foreign, flags);
	for (size_t i = 0; i < shown.len && render->result == 0; i++) {
		const char *instead = escape((char)shown.data[i], room);
		render->result =
		    instead ? buf_text(render->out, instead) : buf_byte(render->out, shown.data[i]);
	}
	buf_release(&shown);
}

static const char *
escape_html(char c, char room[3])
{
	(void)room;
	switch (c) {
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
escape_md(char c, char room[3])
{
	if (c == 0 || !strchr("\\`*_{}[]()<>#+-.!|~&:=\"'", c))
		return NULL;
	room[0] = '\\';
	room[1] = c;
	room[2] = 0;
	return room;
}

static const char *
escape_nothing(char c, char room[3])
{
	(void)c;
	(void)room;
	return NULL;
}

void
render_line(struct render *render, struct str foreign)
{
	escaped(render, foreign, 0, escape_nothing);
}

void
render_html(struct render *render, struct str foreign)
{
	escaped(render, foreign, 0, escape_html);
}

void
render_md(struct render *render, struct str foreign)
{
	escaped(render, foreign, 0, escape_md);
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
