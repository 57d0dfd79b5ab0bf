#include "tui/source_act.h"

#include "tui/app.h"
#include "tui/text.h"

/* The name at the cursor; empty, and said so, where there is none. */
static struct str
name_here(struct view *view)
{
	struct str name = view->ops->name(view);

	if (!name.len)
		app_say(view->app, INK_TEXT, _("No name on this line from the cursor on."));
	return name;
}

static void
ask(struct view *view, enum verb verb)
{
	struct str name = name_here(view);

	if (name.len)
		symbols_open(view->app, verb, name);
}

void
source_definition(struct view *view)
{
	ask(view, VERB_DEF);
}

void
source_references(struct view *view)
{
	ask(view, VERB_REFS);
}

void
source_callers(struct view *view)
{
	ask(view, VERB_CALLERS);
}

void
source_call_tree(struct view *view)
{
	struct str name = name_here(view);

	if (name.len)
		tree_open(view->app, TREE_CALLERS, name);
}

void
source_peek(struct view *view)
{
	struct str name = name_here(view);

	if (name.len)
		peek_open(view->app, name);
}

static void
speak(struct view *view, speak_about *how, bool whole)
{
	struct target target = { 0 };

	if (view->ops->target(view, whole, &target))
		how(view->app, target);
}

void
source_comment(struct view *view)
{
	speak(view, compose_comment, false);
}

void
source_comment_file(struct view *view)
{
	speak(view, compose_comment, true);
}

void
source_finding(struct view *view)
{
	speak(view, compose_finding, false);
}

void
source_private(struct view *view)
{
	speak(view, compose_private, false);
}

void
source_quote(struct view *view)
{
	speak(view, compose_quote, false);
}
