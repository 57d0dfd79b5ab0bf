/* The files of a release as a tree; directories are read when they are unfolded. */

#include "tui/app.h"
#include "tui/text.h"

#include <stdio.h>
#include <stdlib.h>

#define WHOLE_TREE 400 /* releases of so many files or fewer are listed at once */

struct node {
	struct node *parent, *child, *next;
	struct str path; /* whole; the name is its end */
	size_t name;     /* offset of it in path */
	int depth;
	bool folder, open, loaded;
	char mark; /* + - ~ of a file; ~ of a folder that holds one */
	const struct skipped *skipped;
	unsigned threads;
	unsigned suspicious; /* places in the file, or in those below */
	uint64_t order;      /* LS under way */
};

struct files {
	struct view view;
	struct scroll scroll;
	struct arena arena;
	struct node root;
	struct node **shown; /* what is unfolded, in order */
	size_t shown_count;
	char *failed;
	struct str reveal; /* to be selected once it is there */
};

static struct files *
files_of(struct view *view)
{
	return (struct files *)view;
}

/* ---- the tree ---- */

static struct str
name_of(const struct node *node)
{
	return (struct str){ node->path.data + node->name, node->path.len - node->name };
}

/* Folders first, then by name. */
static bool
before(const struct node *a, const struct node *b)
{
	if (a->folder != b->folder)
		return a->folder;
	return str_cmp(name_of(a), name_of(b)) < 0;
}

static struct node *
child_of(struct node *parent, struct str name)
{
	struct node *node = parent->child;

	while (node && !str_eq(name_of(node), name))
		node = node->next;
	return node;
}

static struct node *
add(struct files *files, struct node *parent, struct str path, size_t name, bool folder)
{
	struct node *node = arena_alloc(&files->arena, sizeof *node), **at = &parent->child;

	*node = (struct node){ .parent = parent,
		.path = arena_str(&files->arena, path),
		.name = name,
		.depth = parent == &files->root ? 0 : parent->depth + 1,
		.folder = folder };
	while (*at && before(*at, node))
		at = &(*at)->next;
	node->next = *at;
	*at = node;
	return node;
}

/* The node of a path, its folders made where they are missing; NULL where a folder on the way is not read and !make. */
static struct node *
walk(struct files *files, struct str path, bool folder, bool make)
{
	struct node *node = &files->root;
	size_t start = 0;

	while (node && start < path.len) {
		size_t end = start;
		while (end < path.len && path.data[end] != '/')
			end++;
		struct str name = { path.data + start, end - start };
		struct node *next = child_of(node, name);
		bool last = end + 1 >= path.len;
		if (!next && make)
			next = add(files, node, (struct str){ path.data, end }, start, !last || folder);
		node = next;
		start = end + 1;
	}
	return node;
}

static void
flatten(struct files *files, struct node *node)
{
	for (struct node *child = node->child; child; child = child->next) {
		if ((files->shown_count & (files->shown_count - 1)) == 0)
			files->shown = mem_grow(files->shown, files->shown_count ? 2 * files->shown_count : 1,
			    sizeof *files->shown);
		files->shown[files->shown_count++] = child;
		if (child->open)
			flatten(files, child);
	}
}

static struct node *
selected(struct files *files)
{
	return files->scroll.cursor < files->shown_count ? files->shown[files->scroll.cursor] : NULL;
}

static void
select_node(struct files *files, const struct node *node)
{
	for (size_t i = 0; i < files->shown_count; i++)
		if (files->shown[i] == node)
			scroll_show(&files->scroll, i);
}

static void
rebuild(struct files *files)
{
	struct node *at = selected(files);

	files->shown_count = 0;
	flatten(files, &files->root);
	scroll_fit(&files->scroll, files->shown_count, files->scroll.height);
	select_node(files, at);
	files->view.app->dirty = true;
}

/* ---- marks ---- */

static void
unmark(struct node *node)
{
	node->mark = 0;
	node->threads = 0;
	node->skipped = NULL;
	for (struct node *child = node->child; child; child = child->next)
		unmark(child);
}

/* The deepest node read so far on the way to a path. */
static struct node *
deepest(struct files *files, struct str path)
{
	struct node *node = walk(files, path, false, false);

	for (size_t len = path.len; !node && len > 0; len--)
		if (path.data[len - 1] == '/')
			node = walk(files, (struct str){ path.data, len - 1 }, true, false);
	return node;
}

static void
mark_change(struct files *files, const struct change *change)
{
	struct str path = change->new_path.len ? change->new_path : change->old_path;
	struct node *node = deepest(files, path);
	char sign = change_sign(change);

	if (sign == '-' && (!node || (node->folder && node->loaded)))
		node = walk(files, path, false, true);
	if (!node || node == &files->root)
		return;
	node->mark = node->folder ? '~' : sign;
	for (node = node->parent; node && node != &files->root; node = node->parent)
		node->mark = '~';
}

void
files_mark(struct view *view)
{
	struct files *files = files_of(view);
	const struct model *model = &view->app->model;

	unmark(&files->root);
	for (size_t i = 0; i < model->change_count && files->root.loaded; i++)
		mark_change(files, &model->changes[i]);
	for (size_t i = 0; i < model->skipped_count; i++) {
		struct node *node = walk(files, model->skipped[i].path, false, false);
		if (node)
			node->skipped = &model->skipped[i];
	}
	for (size_t i = 0; i < model->thread_count; i++) {
		struct node *node = deepest(files, model->threads[i].path);
		for (; node && node != &files->root; node = node->parent)
			node->threads++;
	}
	rebuild(files);
}

/* ---- listings come ---- */

static void take(void *ctx, const struct answer *answer);

static void
list(struct files *files, struct node *node)
{
	const struct model *model = &files->view.app->model;
	struct order order = { .verb = VERB_LS };
	bool all = model->releases[model->reading].files <= WHOLE_TREE;

	if (node->order || node->loaded)
		return;
	row_set(&order.args, F_RELEASE, model_reading(model));
	row_set(&order.args, F_PATH, node->path);
	row_set_num(&order.args, F_FLAGS, (all ? ORDER_RECURSE : 0u) | ORDER_COUNTS);
	node->order = orders_read(files->view.app->orders, &order, take, files);
}

static struct node *
node_of_order(struct node *node, uint64_t order)
{
	if (node->order == order)
		return node;
	for (struct node *child = node->child; child; child = child->next) {
		struct node *found = node_of_order(child, order);
		if (found)
			return found;
	}
	return NULL;
}

/* A whole tree is there: every folder is read, and open where all of it fits the eye. */
static void
all_loaded(struct node *node, bool open)
{
	node->loaded = true;
	node->open = node->folder && open;
	for (struct node *child = node->child; child; child = child->next)
		if (child->folder)
			all_loaded(child, open);
}

static void
listed(struct files *files, struct node *node)
{
	const struct model *model = &files->view.app->model;

	node->order = 0;
	node->loaded = true;
	if (model->releases[model->reading].files <= WHOLE_TREE)
		all_loaded(node, model->releases[model->reading].files <= 60);
	files_mark(&files->view);
	if (files->reveal.len)
		files_reveal(&files->view, files->reveal);
}

/* A level's listing has the sums of its folders, a whole tree's only files. */
static void
count(const struct files *files, struct node *node, unsigned suspicious)
{
	const struct model *model = &files->view.app->model;

	if (model->releases[model->reading].files <= WHOLE_TREE)
		for (struct node *up = node->parent; up; up = up->parent)
			up->suspicious += suspicious - node->suspicious;
	node->suspicious = suspicious;
}

static void
take(void *ctx, const struct answer *answer)
{
	struct files *files = ctx;
	struct node *node = node_of_order(&files->root, answer->id);

	if (!node)
		return;
	if (answer->kind == ANSWER_ROW) {
		struct str path = row_get(answer->row, F_PATH);
		bool folder = str_starts(row_get(answer->row, F_MODE), STR("04"));
		if (path.len && path.data[path.len - 1] == '/')
			path.len--;
		count(
		    files, walk(files, path, folder, true), (unsigned)row_get_num(answer->row, F_SUSPICIOUS));
	} else if (answer->kind == ANSWER_DONE)
		listed(files, node);
	else if (answer->kind == ANSWER_FAIL) {
		node->order = 0;
		free(files->failed);
		files->failed = mem_dup(answer->why);
	}
}

void
files_reload(struct view *view)
{
	struct files *files = files_of(view);

	orders_cancel_of(view->app->orders, files);
	arena_release(&files->arena);
	files->root = (struct node){ .folder = true, .open = true };
	files->shown_count = 0;
	free(files->failed);
	files->failed = NULL;
	files->reveal = STR("");
	list(files, &files->root);
	rebuild(files);
}

void
files_reveal(struct view *view, struct str path)
{
	struct files *files = files_of(view);
	struct node *node = deepest(files, path);

	files->reveal = str_eq(node ? node->path : STR(""), path) ? STR("") : path;
	if (node && node->folder && !node->loaded)
		list(files, node);
	for (struct node *up = node ? node->parent : NULL; up; up = up->parent)
		up->open = true;
	if (node && node->folder && node != &files->root)
		node->open = true;
	rebuild(files);
	if (node && !node->folder)
		select_node(files, node);
}

/* ---- drawing ---- */

static enum ink
mark_ink(char mark)
{
	return mark == '+' ? INK_ADDED : mark == '-' ? INK_REMOVED : mark == '~' ? INK_CHANGED : INK_SIGN;
}

/* An open folder shows them at what lies in it. */
static unsigned
places(const struct node *node)
{
	return node->folder && node->open ? 0 : node->suspicious;
}

/* What stands at the right of a file: its threads, and what is odd about it. */
static int
draw_remarks(struct area area, int row, const struct node *node, enum ground ground, int from)
{
	char text[80] = "", shown[64];
	int col = area.cols;

	if (node->threads && !(node->folder && node->open)) {
		snprintf(text, sizeof text, "%u", node->threads);
		col -= (int)strlen(text) + 3;
		if (col > from) {
			area_words(area, row, col, PEN(INK_THREAD, ground), text);
			area_sign(
			    area, row, col + (int)strlen(text) + 1, PEN(INK_THREAD, ground), SIGN_THREAD);
		}
	}
	if (places(node)) {
		snprintf(text, sizeof text, _("%u suspicious"), node->suspicious);
		col -= (int)strlen(text) + 1;
		if (col > from)
			area_words(area, row, col, PEN(INK_SIGN, ground), text);
	}
	if (node->skipped) {
		snprintf(text, sizeof text, "%s", show_in(shown, sizeof shown, node->skipped->what));
		col -= text_width(str_from(text), area.grid->ascii) + 1;
		if (col > from)
			area_words(area, row, col, PEN(INK_DIM, ground), text);
	}
	return col;
}

static void
draw_node(struct area area, int row, const struct node *node, enum ground ground)
{
	struct str name = name_of(node);
	int col = 4 + 2 * (node->depth < 8 ? node->depth : 8);

	area_blank(area, row, 0, -1, PEN(INK_TEXT, ground));
	if (node->mark)
		area_words(area, row, 1, PEN(mark_ink(node->mark), ground), (char[]){ node->mark, 0 });
	if (node->skipped || places(node))
		area_words(area, row, 2, PEN(INK_SIGN, ground), "!");
	if (node->folder)
		area_sign(area, row, col, PEN(INK_DIM, ground), node->open ? SIGN_OPEN : SIGN_SHUT);
	col += 2;
	int width = text_width(name, area.grid->ascii) + node->folder;
	draw_remarks(area, row, node, ground, col + width);
	int end = area_cut(
	    area, row, col, area.cols - col, PEN(node->mark == '-' ? INK_REMOVED : INK_TEXT, ground), name);
	if (node->folder)
		area_words(area, row, end, PEN(INK_DIM, ground), "/");
}

static void
draw(struct view *view, struct area area, bool focus)
{
	struct files *files = files_of(view);
	const struct model *model = &view->app->model;
	char right[64] = "";

	if (model->reading != SIZE_MAX)
		snprintf(
		    right, sizeof right, "%llu", (unsigned long long)model->releases[model->reading].files);
	view_title(area, focus, str_from(_("FILES")), right);
	struct area body = area_part(area, 1, 0, area.rows - 1, area.cols);
	scroll_fit(&files->scroll, files->shown_count, (size_t)body.rows);
	if (files->failed)
		area_cut(body, 0, 1, body.cols - 1, PEN(INK_BAD, GROUND_NONE), str_from(files->failed));
	else if (model->reading == SIZE_MAX)
		view_empty(body, _("No release yet."), _("5 shows the room."));
	else if (files->shown_count == 0)
		view_empty(
		    body, files->root.loaded ? _("This release is empty.") : _("Reading the list..."), "");
	for (int row = 0; row < body.rows && files->scroll.top + (size_t)row < files->shown_count; row++) {
		size_t at = files->scroll.top + (size_t)row;
		bool cursor = at == files->scroll.cursor;
		draw_node(body, row, files->shown[at],
		    !cursor     ? GROUND_NONE
			: focus ? GROUND_CURSOR
				: GROUND_RESTING);
		if (cursor && focus)
			area_cursor(body, row, 0);
	}
}

/* ---- acting ---- */

static void
open_selected(struct view *view)
{
	struct files *files = files_of(view);
	struct node *node = selected(files);

	if (!node)
		return;
	if (node->folder) {
		node->open = !node->open || !node->loaded;
		list(files, node);
		rebuild(files);
	} else if (node->mark == '-')
		diff_open(view->app, node->path, STR(""));
	else
		app_show(view->app, (struct place){ model_reading(&view->app->model), node->path, 1, 0, 0 });
}

static void
fold(struct view *view)
{
	struct files *files = files_of(view);
	struct node *node = selected(files);

	if (!node)
		return;
	if (!(node->folder && node->open) && node->parent && node->parent != &files->root)
		node = node->parent;
	node->open = false;
	rebuild(files);
	select_node(files, node);
}

static void
set_all(struct node *node, bool open)
{
	for (struct node *child = node->child; child; child = child->next) {
		child->open = open && child->loaded && child->folder;
		set_all(child, open);
	}
}

static void
fold_all(struct view *view)
{
	set_all(&files_of(view)->root, false);
	rebuild(files_of(view));
}

static void
unfold_all(struct view *view)
{
	set_all(&files_of(view)->root, true);
	rebuild(files_of(view));
}

static void
show_diff(struct view *view)
{
	struct node *node = selected(files_of(view));
	const struct change *change =
	    node && !node->folder ? model_change_of(&view->app->model, node->path) : NULL;

	if (change)
		diff_open(view->app, change->old_path, change->new_path);
	else
		app_say(view->app, INK_TEXT, _("Nothing changed in it."));
}

static struct scroll *
scroll(struct view *view)
{
	return &files_of(view)->scroll;
}

static bool
click(struct view *view, int row, int col)
{
	struct files *files = files_of(view);
	long at = view_row_at(&files->scroll, row, 1);

	(void)col;
	if (at < 0)
		return false;
	bool again = (size_t)at == files->scroll.cursor;
	scroll_to(&files->scroll, (size_t)at);
	return again;
}

static int
row_text(struct view *view, size_t row, struct buf *out)
{
	return show(out, files_of(view)->shown[row]->path, 0);
}

static void
release(struct view *view)
{
	struct files *files = files_of(view);

	orders_cancel_of(view->app->orders, files);
	arena_release(&files->arena);
	free(files->shown);
	free(files->failed);
	free(files);
}

static const struct handler handlers[] = {
	{ ACT_OPEN, open_selected },
	{ ACT_FOLD, fold },
	{ ACT_FOLD_ALL, fold_all },
	{ ACT_UNFOLD_ALL, unfold_all },
	{ ACT_DIFF, show_diff },
	{ ACT_NONE, NULL },
};

const struct view_ops files_ops = {
	.kind = VIEW_FILES,
	.place = PLACE_PANE,
	.handlers = handlers,
	.free = release,
	.draw = draw,
	.scroll = scroll,
	.click = click,
	.row_text = row_text,
};

struct view *
files_new(struct app *app)
{
	struct files *files = mem_new(struct files);

	files->view = (struct view){ .ops = &files_ops, .app = app };
	files->root = (struct node){ .folder = true, .open = true };
	return &files->view;
}
