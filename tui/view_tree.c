/* Trees that unfold: what calls a function, what it calls, what includes a file. */

#include "tui/list.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define CHILDREN_MAX 1000 /* of one node; more are said, not shown */
#define LEVELS_MAX 100

enum node_state {
	NODE_SHUT, /* not asked for yet, or folded */
	NODE_ASKED,
	NODE_OPEN,
};

struct node {
	struct node *parent;
	struct node **children;
	size_t count;
	enum node_state state;
	bool known, cut;                      /* cut: there are more children */
	uint64_t order, orders;               /* the first one's id, and how many, one behind the other */
	size_t awaited;                       /* of them, not ended */
	struct str name, path, release, text; /* path: of the first site */
	uint64_t line, column, sites;
	uint64_t number; /* of the order that brought it, in the session */
	unsigned level;
};

struct tree {
	struct list list;
	enum tree_kind kind;
	struct node *root;
	struct node **rows; /* those that are to be seen, from above */
	size_t count;
};

static struct tree *
tree_of(struct view *view)
{
	return (struct tree *)view;
}

/* ---- nodes ---- */

static struct node *
node_new(struct tree *t, struct node *parent, struct str name)
{
	struct node *node = mem_new(struct node);

	*node = (struct node){ .parent = parent,
		.name = arena_str(&t->list.arena, name),
		.path = STR(""),
		.release = STR(""),
		.text = STR(""),
		.level = parent ? parent->level + 1 : 0 };
	return node;
}

static void
node_free(struct node *node)
{
	for (size_t i = 0; node && i < node->count; i++)
		node_free(node->children[i]);
	if (node)
		free(node->children);
	free(node);
}

/* The same function or file stands further up: unfolding would go round in a circle. */
static bool
is_circle(const struct tree *t, const struct node *node)
{
	for (const struct node *up = node->parent; up; up = up->parent)
		if (str_eq(up->name, node->name) &&
		    (t->kind != TREE_INCLUDERS || str_eq(up->path, node->path)))
			return true;
	return false;
}

static void
put(struct tree *t, struct node *node)
{
	t->rows = list_grow(t->rows, t->count, sizeof *t->rows);
	t->rows[t->count++] = node;
	for (size_t i = 0; node->state == NODE_OPEN && i < node->count; i++)
		put(t, node->children[i]);
}

static void
flatten(struct tree *t)
{
	t->count = 0;
	put(t, t->root);
	t->list.view.app->dirty = true;
}

/* ---- what comes ---- */

static struct str
last_part(struct str path)
{
	for (size_t i = path.len; i-- > 0;)
		if (path.data[i] == '/')
			return (struct str){ path.data + i + 1, path.len - i - 1 };
	return path;
}

static bool
is_wanted(const struct tree *t, const struct row *row)
{
	struct str role = row_get(row, F_ROLE);
	return t->kind == TREE_INCLUDERS ? str_is(role, "include") : str_is(role, "call");
}

/* A function that calls several times is one child, at the first place. */
static void
take_site(struct tree *t, struct node *parent, const struct row *row, uint64_t number)
{
	struct str path = row_get(row, F_PATH), scope = row_get(row, F_SCOPE);
	struct str name = t->kind == TREE_CALLEES ? row_get(row, F_NAME)
	    : t->kind == TREE_INCLUDERS           ? last_part(path)
	    : scope.len                           ? scope
						  : last_part(path);
	bool by_path = t->kind != TREE_CALLEES;

	if (!is_wanted(t, row))
		return;
	for (size_t i = parent->count; i-- > 0;) {
		struct node *child = parent->children[i];
		if (str_eq(child->name, name) && (!by_path || str_eq(child->path, path))) {
			child->sites++;
			return;
		}
	}
	if (parent->count == CHILDREN_MAX) {
		parent->cut = true;
		return;
	}
	struct node *node = node_new(t, parent, name);
	node->path = arena_str(&t->list.arena, path);
	node->release = arena_str(&t->list.arena, row_get(row, F_RELEASE));
	node->text = arena_str(&t->list.arena, row_get(row, F_TEXT));
	node->line = row_get_num(row, F_LINE);
	node->column = row_get_num(row, F_COLUMN);
	node->number = number;
	node->sites = 1;
	node->known =
	    t->kind == TREE_CALLERS && scope.len == 0; /* outside of any function: nothing calls it */
	parent->children = list_grow(parent->children, parent->count, sizeof *parent->children);
	parent->children[parent->count++] = node;
}

static struct node *
node_asked(struct node *node, uint64_t order)
{
	struct node *found = order - node->order < node->orders ? node : NULL;

	for (size_t i = 0; i < node->count && !found; i++)
		found = node_asked(node->children[i], order);
	return found;
}

static void
say_none(struct tree *t, const struct node *node)
{
	char shown[120];
	struct app *app = t->list.view.app;

	show_in(shown, sizeof shown, node->name);
	if (t->kind == TREE_CALLERS)
		app_say(app, INK_TEXT, _("Nothing is known to call %s."), shown);
	else if (t->kind == TREE_CALLEES)
		app_say(app, INK_TEXT, _("%s is not known to call anything."), shown);
	else
		app_say(app, INK_TEXT, _("Nothing is known to include %s."), shown);
}

static void
take(void *ctx, const struct answer *answer)
{
	struct tree *t = ctx;
	struct node *node = node_asked(t->root, answer->id);

	if (!node)
		return;
	if (answer->kind == ANSWER_AGAIN) {
		for (size_t i = 0; i < node->count; i++)
			node_free(node->children[i]);
		node->count = 0;
	} else if (answer->kind == ANSWER_ROW)
		take_site(t, node, answer->row, answer->number);
	else if (list_ended(&t->list, answer) && --node->awaited == 0) {
		node->orders = 0;
		node->known = !t->list.failed;
		node->state = node->count ? NODE_OPEN : NODE_SHUT;
		if (node->count == 0 && !t->list.failed)
			say_none(t, node);
		flatten(t);
	}
}

static void
ask_name(struct tree *t, struct node *node, struct str name)
{
	static const enum verb verbs[] = {
		[TREE_CALLERS] = VERB_CALLERS, [TREE_CALLEES] = VERB_CALLEES, [TREE_INCLUDERS] = VERB_REFS
	};
	struct order order = { .verb = verbs[t->kind] };
	struct app *app = t->list.view.app;

	row_set(&order.args, F_RELEASE, model_reading(&app->model));
	row_set(&order.args, F_NAME, name);
	t->list.order = orders_read(app->orders, &order, take, t);
	if (node->orders++ == 0)
		node->order = t->list.order;
	node->awaited++;
}

/* A file is included under the end of its path, from any of its directories on. */
static void
ask(struct tree *t, struct node *node)
{
	struct str end = t->kind == TREE_INCLUDERS ? node->path : node->name;

	node->state = NODE_ASKED;
	t->list.done = t->list.failed = false;
	ask_name(t, node, end);
	for (size_t i = 0; t->kind == TREE_INCLUDERS && i < end.len; i++)
		if (end.data[i] == '/')
			ask_name(t, node, (struct str){ end.data + i + 1, end.len - i - 1 });
}

/* ---- drawing ---- */

static void
draw_row(struct list *list, struct area area, int row, size_t at, enum ground ground)
{
	struct tree *t = tree_of(&list->view);
	const struct node *node = t->rows[at];
	int col = 1 + 2 * (int)(node->level < 20 ? node->level : 20), wide = area.cols >= 90;
	char place[400], shown[300];

	if (node->state == NODE_OPEN || (!node->known && !is_circle(t, node)) || node->count)
		area_sign(
		    area, row, col, PEN(INK_DIM, ground), node->state == NODE_OPEN ? SIGN_OPEN : SIGN_SHUT);
	col = area_cut(area, row, col + 2, area.cols - col - 2, PEN(INK_TITLE, ground), node->name);
	if (node->sites > 1)
		col = area_printf(
		    area, row, col + 1, PEN(INK_DIM, ground), "x%llu", (unsigned long long)node->sites);
	if (is_circle(t, node))
		col = area_words(area, row, col + 1, PEN(INK_SIGN, ground), _("stands above"));
	if (node->state == NODE_ASKED)
		col = area_words(area, row, col + 1, PEN(INK_DIM, ground), "...");
	if (node->cut)
		col = area_printf(
		    area, row, col + 1, PEN(INK_WARN, ground), _("the first %d are shown"), CHILDREN_MAX);
	if (node->path.len == 0)
		return;
	snprintf(place, sizeof place, "%s:%llu", show_in(shown, sizeof shown, node->path),
	    (unsigned long long)node->line);
	int from = wide ? area.cols * 4 / 10 : col + 2,
	    room = wide ? area.cols * 3 / 10 : area.cols - from - 1;
	if (from < col + 2)
		from = col + 2;
	if (room > 4)
		area_tail(area, row, from, room, PEN(INK_DIM, ground), str_from(place));
	if (wide && node->text.len && from + room + 12 < area.cols) {
		struct codeline line = { .text = node->text,
			.origin = { node->release, node->path, node->line, node->number },
			.ground = ground };
		while (line.text.len && (line.text.data[0] == ' ' || line.text.data[0] == '\t'))
			line.text.data++, line.text.len--;
		if (line.text.len && line.text.data[line.text.len - 1] == '\n')
			line.text.len--;
		codeline_draw(area_part(area, 0, from + room + 1, area.rows, area.cols), row, &line);
	}
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct tree *t = tree_of(view);
	char shown[120], *title = t->list.title;
	size_t size = sizeof t->list.title;

	show_in(shown, sizeof shown, t->root->name);
	if (t->kind == TREE_CALLERS)
		snprintf(title, size, _("WHAT CALLS %s"), shown);
	else if (t->kind == TREE_CALLEES)
		snprintf(title, size, _("WHAT %s CALLS"), shown);
	else
		snprintf(title, size, _("WHAT INCLUDES %s"), shown);
	if (!t->list.failed)
		snprintf(t->list.note, sizeof t->list.note, "%zu", t->count - 1);
	list_draw(&t->list, area, focus, t->list.failed ? 0 : t->count, draw_row, "", "");
}

/* ---- acting ---- */

static struct node *
here(struct view *view)
{
	struct tree *t = tree_of(view);
	return t->list.scroll.cursor < t->count ? t->rows[t->list.scroll.cursor] : NULL;
}

static void
unfold(struct view *view)
{
	struct tree *t = tree_of(view);
	struct node *node = here(view);

	if (!node || node->state != NODE_SHUT)
		return;
	if (is_circle(t, node) || node->level >= LEVELS_MAX)
		app_say(view->app, INK_TEXT, _("That one stands further up already."));
	else if (!node->known)
		ask(t, node);
	else if (node->count == 0)
		say_none(t, node);
	else
		node->state = NODE_OPEN;
	flatten(t);
}

/* Folds; on what is folded already, goes to the row it hangs on. */
static void
fold(struct view *view)
{
	struct tree *t = tree_of(view);
	struct node *node = here(view);

	if (!node)
		return;
	if (node->state == NODE_OPEN) {
		node->state = NODE_SHUT;
		flatten(t);
		return;
	}
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i] == node->parent)
			scroll_show(&t->list.scroll, i);
}

static void
open_site(struct view *view)
{
	const struct node *node = here(view);

	if (!node)
		return;
	if (node->path.len == 0) {
		symbols_open(view->app, VERB_DEF, node->name);
		return;
	}
	app_tag(view->app);
	app_show(view->app,
	    (struct place){
		node->release, node->path, node->line, node->column ? (size_t)node->column - 1 : 0, 0 });
}

static void
begin(struct tree *t, struct str name, struct str path)
{
	struct node *old = t->root;

	orders_cancel_of(t->list.view.app->orders, t);
	t->root = node_new(t, NULL, name);
	t->root->path = arena_str(&t->list.arena, path);
	t->root->release = model_reading(&t->list.view.app->model);
	t->root->line = 1;
	node_free(old);
	t->list.scroll.cursor = 0;
	ask(t, t->root);
	flatten(t);
}

/* Callers or callees of what the cursor is on. */
static void
turn(struct view *view)
{
	struct tree *t = tree_of(view);
	const struct node *node = here(view);

	if (t->kind == TREE_INCLUDERS || !node) {
		app_say(view->app, INK_TEXT, _("Trees of calls have two directions; this one has one."));
		return;
	}
	t->kind = t->kind == TREE_CALLERS ? TREE_CALLEES : TREE_CALLERS;
	begin(t, node->name, STR(""));
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	const struct node *node = tree_of(view)->rows[row];
	return buf_printf(out, "%.*s %.*s", STR_ARG(node->name), STR_ARG(node->path));
}

static void
release(struct view *view)
{
	struct tree *t = tree_of(view);

	node_free(t->root);
	free(t->rows);
	list_free(view);
}

static void
peek(struct view *view)
{
	const struct node *node = here(view);

	if (node && tree_of(view)->kind != TREE_INCLUDERS)
		peek_open(view->app, node->name);
	else
		app_say(view->app, INK_TEXT, _("These are files; Enter opens one."));
}

static const struct handler handlers[] = {
	{ ACT_OPEN, open_site },
	{ ACT_UNFOLD, unfold },
	{ ACT_FOLD, fold },
	{ ACT_TURN, turn },
	{ ACT_PEEK, peek },
	{ ACT_NONE, NULL },
};

const struct view_ops tree_ops = {
	LIST_VIEW,
	.kind = VIEW_TREE,
	.free = release,
	.cancel = list_cancel,
};

void
tree_open(struct app *app, enum tree_kind kind, struct str name)
{
	struct tree *t = mem_new(struct tree);

	list_init(&t->list, &tree_ops, app);
	t->kind = kind;
	if (kind == TREE_INCLUDERS)
		begin(t, last_part(name), name);
	else
		begin(t, name, STR(""));
	app_push(app, &t->list.view);
}
