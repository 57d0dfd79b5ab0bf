/* A text to be read, whole: a record with its signature, or a note of the notebook. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define PARTS_MAX 2

struct text_row {
	struct str text;
	bool head;
};

struct part {
	const char *head;
	struct buf bytes;
	uint64_t order;
};

struct text_view {
	struct list list;
	struct part parts[PARTS_MAX];
	size_t part_count, ended;
	struct text_row *rows;
	size_t count;
	int wrapped; /* the width that rows are for; 0: none */
};

static struct text_view *
text_of(struct view *view)
{
	return (struct text_view *)view;
}

static void
take(void *ctx, const struct answer *answer)
{
	struct text_view *tv = ctx;
	struct part *part = &tv->parts[0];
	int r = 0;

	while (part->order != answer->id)
		part++;
	if (answer->kind == ANSWER_NEED)
		list_need(&tv->list, answer->json);
	else if (answer->kind == ANSWER_DATA)
		r = buf_str(&part->bytes, answer->data);
	else if (answer->kind == ANSWER_DONE && answer->json)
		r = json_get_foreign(answer->json, "text", &part->bytes);
	if (r < 0)
		app_say(tv->list.view.app, INK_BAD, "%s", err_text());
	if (list_ended(&tv->list, answer))
		tv->list.done = ++tv->ended == tv->part_count;
	tv->wrapped = 0;
}

static void
add_row(struct text_view *tv, struct str text, bool head)
{
	tv->rows = list_grow(tv->rows, tv->count, sizeof *tv->rows);
	tv->rows[tv->count++] = (struct text_row){ text, head };
}

/* Bytes in rows that fit: a record is one long line, and no byte of it may be left out. */
static void
add_wrapped(struct text_view *tv, struct str text, int width, bool ascii)
{
	size_t at = 0;

	while (at < text.len) {
		size_t start = at, len;
		int col = 0;
		while (at < text.len && text.data[at] != '\n') {
			char out[SHOW_CELL_MAX];
			bool marker;
			int step = text_step(text, at, ascii, &len, out, &marker);
			if (col + step > width && col > 0)
				break;
			col += step;
			at += len;
		}
		add_row(tv, (struct str){ text.data + start, at - start }, false);
		at += at < text.len && text.data[at] == '\n';
	}
}

static void
wrap(struct text_view *tv, int width, bool ascii)
{
	if (tv->wrapped == width)
		return;
	tv->wrapped = width;
	tv->count = 0;
	for (size_t i = 0; i < tv->part_count; i++) {
		if (i)
			add_row(tv, STR(""), false);
		add_row(tv, str_from(tv->parts[i].head), true);
		add_wrapped(tv, buf_view(&tv->parts[i].bytes), width, ascii);
	}
}

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	const struct text_row *r = &text_of(&list->view)->rows[at];
	area_cut(
	    area, row, r->head ? 1 : 2, area.cols - 2, PEN(r->head ? INK_TITLE : INK_TEXT, ground), r->text);
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct text_view *tv = text_of(view);

	wrap(tv, area.cols > 6 ? area.cols - 4 : 2, area.grid->ascii);
	if (!tv->list.failed)
		snprintf(tv->list.note, sizeof tv->list.note, _("%zu bytes"), tv->parts[0].bytes.len);
	list_draw(
	    &tv->list, area, focus, tv->list.done && !tv->list.failed ? tv->count : 0, draw_row, "", "");
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	return buf_str(out, text_of(view)->rows[row].text);
}

static void
release(struct view *view)
{
	struct text_view *tv = text_of(view);

	for (size_t i = 0; i < tv->part_count; i++)
		buf_wipe(&tv->parts[i].bytes);
	free(tv->rows);
	list_free(view);
}

const struct view_ops text_ops = {
	.kind = VIEW_TEXT,
	.place = PLACE_FULL,
	.free = release,
	.draw = draw,
	.scroll = list_scroll,
	.row_text = row_text,
	.cancel = list_cancel,
};

/* Takes the order's JSON; NULL, of no memory, is answered by the keeper. */
static void
add_part(struct text_view *tv, const char *head, enum message_kind kind, json_t *json)
{
	struct part *part = &tv->parts[tv->part_count++];

	part->head = head;
	part->bytes = BUF((size_t)1 << 20);
	part->order = tv->list.order = orders_json(tv->list.view.app->orders, kind, json, take, tv);
	json_decref(json);
}

static struct text_view *
text_new(struct app *app)
{
	struct text_view *tv = mem_new(struct text_view);

	list_init(&tv->list, &text_ops, app);
	return tv;
}

void
record_open(struct app *app, uint64_t index)
{
	struct text_view *tv = text_new(app);
	json_int_t number = (json_int_t)index;

	snprintf(tv->list.title, sizeof tv->list.title, _("RECORD %llu"), (unsigned long long)index);
	add_part(tv, _("its exact bytes, as they are signed"), MSG_ASK,
	    json_pack("{s:s,s:I,s:s}", "ask", "record", "index", number, "part", "raw"));
	add_part(tv, _("its signature, as ssh-keygen takes it"), MSG_ASK,
	    json_pack("{s:s,s:I,s:s}", "ask", "record", "index", number, "part", "signature"));
	app_push(app, &tv->list.view);
}

void
note_open(struct app *app, struct str id, struct str name)
{
	struct text_view *tv = text_new(app);
	char shown[120];

	snprintf(tv->list.title, sizeof tv->list.title, _("NOTE %s"), show_in(shown, sizeof shown, name));
	add_part(tv, _("private, from your notebook"), MSG_NOTE,
	    json_pack("{s:s,s:s%}", "note", "load", "id", id.data, id.len));
	app_push(app, &tv->list.view);
}
