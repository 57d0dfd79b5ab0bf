/*
 * The exact bytes that would be signed.  Enter alone gives up: to sign, the word is
 * typed out, so that no habit of the fingers signs anything.
 */

#include "tui/list.h"

#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define THE_WORD "sign"

struct signing {
	struct list list;
	struct str draft;
	char digest[HEX_LEN(SHA256_LEN)];
	uint64_t order;
	struct editor word;
	struct str *rows; /* of the draft, wrapped */
	size_t row_count;
	int wrapped;
	bool agreed; /* the signature is being made */
};

static struct signing *
signing_of(struct view *view)
{
	return (struct signing *)view;
}

static bool
typed_out(const struct signing *s)
{
	return str_is(editor_text(&s->word), THE_WORD);
}

/* Every byte is shown: lines as they are, what is too long goes on in the next row. */
static void
wrap(struct signing *s, int width, bool ascii)
{
	struct str rest = s->draft, line;

	if (s->wrapped == width)
		return;
	s->wrapped = width;
	s->list.view.app->dirty = true; /* the box fits what is in it at the next draw */
	s->row_count = 0;
	while (str_next(&rest, '\n', &line)) {
		size_t start = 0;
		do {
			size_t at = start;
			int columns = 0;
			while (at < line.len) {
				char out[SHOW_CELL_MAX];
				bool marker;
				size_t len;
				columns += text_step(line, at, ascii, &len, out, &marker);
				if (columns > width)
					break;
				at += len;
			}
			if (at == start && line.len)
				at = line.len;
			s->rows = list_grow(s->rows, s->row_count, sizeof *s->rows);
			s->rows[s->row_count++] = (struct str){ line.data + start, at - start };
			start = at;
		} while (start < line.len);
	}
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	area_text(area, row, 1, PEN(INK_TEXT, ground), signing_of(&list->view)->rows[at]);
}

static void
draw_question(struct signing *s, struct area area, bool focus)
{
	bool ready = typed_out(s);
	int col;

	if (s->agreed) {
		area_words(area, 0, 1, PEN(INK_WARN, GROUND_NONE), _("Signing..."));
		return;
	}
	col = area_words(area, 0, 1, PEN(INK_TEXT, GROUND_NONE), _("To sign these bytes type "));
	col = area_words(area, 0, col, PEN(INK_KEY, GROUND_NONE), THE_WORD);
	col = area_words(area, 0, col, PEN(INK_TEXT, GROUND_NONE), ": ");
	int at = col;
	col = area_text(area, 0, col, PEN(INK_TITLE, GROUND_NONE), editor_text(&s->word));
	for (; col < at + 5; col++)
		area_words(area, 0, col, PEN(INK_DIM, GROUND_NONE), "_");
	if (focus)
		area_cursor(area, 0, at + (int)editor_text(&s->word).len);
	int row = area.rows > 1 ? 1 : 0, from = area.rows > 1 ? 1 : col + 3;
	from =
	    area_words(area, row, from, PEN(INK_TITLE, ready ? GROUND_NONE : GROUND_CURSOR), _("[ Cancel ]"));
	from = area_words(area, row, from + 2,
	    PEN(ready ? INK_TITLE : INK_DIM, ready ? GROUND_CURSOR : GROUND_NONE), _("[ Sign ]"));
	area_words(area, row, from + 2, PEN(INK_DIM, GROUND_NONE),
	    ready ? _("Enter signs, Esc cancels") : _("Enter or Esc cancels"));
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct signing *s = signing_of(view);
	int below = area.rows >= 8 ? 3 : 1;
	struct area bytes = area_part(area, 0, 0, area.rows - below, area.cols);

	wrap(s, area.cols - 2, area.grid->ascii);
	s->list.done = true;
	list_draw(&s->list, bytes, false, s->row_count, draw_row, "", "");
	area_ground(bytes, 1 + (int)(s->list.scroll.cursor - s->list.scroll.top), 0, -1, GROUND_NONE);
	view_title(bytes, focus, str_from(s->list.title), s->list.note);
	draw_question(s, area_part(area, area.rows - below + (below > 1), 0, below, area.cols), focus);
}

static void
give_up(struct view *view)
{
	struct signing *s = signing_of(view);
	struct app *app = view->app;

	orders_cancel(app->orders, s->order);
	app_close(app, view);
	compose_unsigned(app_top(app));
	app_say(app, INK_WARN, _("Not signed; your words are still here."));
}

static void
accept(struct view *view)
{
	struct signing *s = signing_of(view);

	if (s->agreed)
		return;
	if (typed_out(s)) {
		s->agreed = true;
		orders_sign(view->app->orders, s->order, s->draft);
	} else if (editor_text(&s->word).len)
		app_say(view->app, INK_WARN, _("The word is \"%s\"; Esc cancels."), THE_WORD);
	else
		give_up(view);
}

static bool
type(struct view *view, int code)
{
	return !signing_of(view)->agreed && editor_type(&signing_of(view)->word, code);
}

static void
backspace(struct view *view)
{
	editor_act(&signing_of(view)->word, ACT_EDIT_BACKSPACE, 100);
}

static void
kill_back(struct view *view)
{
	editor_act(&signing_of(view)->word, ACT_EDIT_KILL_BACK, 100);
}

static int
rows(struct view *view)
{
	return signing_of(view)->wrapped ? (int)signing_of(view)->row_count + 6 : 24;
}

static void
release(struct view *view)
{
	struct signing *s = signing_of(view);

	list_release(&s->list);
	editor_release(&s->word);
	free(s->rows);
	free(s);
}

static const struct handler handlers[] = {
	{ ACT_ACCEPT, accept },
	{ ACT_BACK, give_up },
	{ ACT_EDIT_BACKSPACE, backspace },
	{ ACT_EDIT_KILL_BACK, kill_back },
	{ ACT_NONE, NULL },
};

const struct view_ops sign_ops = {
	.kind = VIEW_SIGN,
	.place = PLACE_POPUP,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.type = type,
	.popup_rows = rows,
};

void
sign_open(struct app *app, uint64_t order, struct str draft)
{
	struct signing *s = mem_new(struct signing);
	uint8_t digest[SHA256_LEN];

	list_init(&s->list, &sign_ops, app);
	editor_init(&s->word, false, 20);
	s->draft = arena_str(&s->list.arena, draft);
	s->order = order;
	sha256(draft.data, draft.len, digest);
	hex_from(digest, sizeof digest, s->digest);
	snprintf(s->list.title, sizeof s->list.title, _("THE BYTES TO BE SIGNED"));
	snprintf(s->list.note, sizeof s->list.note, _("%zu bytes  SHA-256 %.16s..."), draft.len, s->digest);
	app_push(app, &s->list.view);
}
