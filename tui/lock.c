#include "tui/lock.h"

#include "tui/text.h"

#include <stdio.h>

void
lock_init(struct lock *lock)
{
	*lock = (struct lock){ 0 };
	editor_init(&lock->line, false, 1024);
}

void
lock_release(struct lock *lock)
{
	editor_release(&lock->line);
}

int
lock_wait(const struct lock *lock, uint64_t now)
{
	uint64_t until = lock->last + (uint64_t)lock->seconds * 1000;

	if (lock->seconds == 0 || lock->closed)
		return -1;
	return now >= until ? 0 : (int)(until - now);
}

bool
lock_tick(struct lock *lock, uint64_t now)
{
	if (lock_wait(lock, now) != 0)
		return false;
	lock->closed = true;
	lock->why[0] = 0;
	editor_set(&lock->line, STR(""));
	return true;
}

static void
take(void *ctx, const struct answer *answer)
{
	struct lock *lock = ctx;

	if (answer->kind == ANSWER_NEED) {
		lock->asks = str_is(json_str(answer->json, "need"), "passphrase");
		snprintf(lock->why, sizeof lock->why, "%s",
		    !lock->asks                             ? _("Touch the token.")
			: json_str(answer->json, "why").len ? _("That was not the passphrase.")
							    : "");
	} else if (answer->kind == ANSWER_DONE) {
		lock->closed = lock->asks = false;
		lock->order = 0;
	} else if (answer->kind == ANSWER_FAIL) {
		lock->asks = false;
		lock->order = 0;
		snprintf(lock->why, sizeof lock->why, "%.70s", answer->why);
	}
}

static void
ask(struct lock *lock, struct orders *orders)
{
	json_t *nothing = json_object();

	lock->order = orders_json(orders, MSG_UNLOCK, nothing, take, lock);
	json_decref(nothing);
}

void
lock_key(struct lock *lock, struct orders *orders, int code)
{
	if (!lock->order)
		ask(lock, orders);
	else if (lock->asks && (code == '\n' || code == K_ENTER)) {
		struct str text = editor_text(&lock->line);
		lock->asks = false;
		if (text.len > 0)
			orders_pass(orders, lock->order, text);
		else
			lock->asks = true;
		editor_release(&lock->line);
		editor_init(&lock->line, false, 1024);
	} else if (lock->asks && (code == K_BACKSPACE || code == KEY_CTRL('H')))
		editor_act(&lock->line, ACT_EDIT_BACKSPACE, 0);
	else if (lock->asks && code == KEY_CTRL('U'))
		editor_set(&lock->line, STR(""));
	else if (lock->asks)
		editor_type(&lock->line, code);
}

void
lock_draw(const struct lock *lock, struct grid *grid, struct str person)
{
	struct area area = grid_area(grid);
	int row = area.rows / 2 - 1, col = area.cols > 44 ? area.cols / 2 - 20 : 1;

	grid_clear(grid);
	area_printf(
	    area, row, col, PEN(INK_TITLE, GROUND_NONE), _("LOCKED: the desk of %.*s"), STR_ARG(person));
	if (lock->asks) {
		col = area_words(area, row + 2, col, PEN(INK_KEY, GROUND_NONE), _("passphrase: "));
		for (size_t i = 0; i < editor_text(&lock->line).len && i < 20; i++)
			col = area_words(area, row + 2, col, PEN(INK_TEXT, GROUND_NONE), "*");
		area_cursor(area, row + 2, col);
	} else
		area_words(area, row + 2, col, PEN(INK_TEXT, GROUND_NONE),
		    lock->order ? _("Asking the key...") : _("Any key asks for yours."));
	area_words(
	    area, row + 4, area.cols > 44 ? area.cols / 2 - 20 : 1, PEN(INK_WARN, GROUND_NONE), lock->why);
}
