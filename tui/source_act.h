/* Keys that views of source share: they ask about the word that name() tells, and speak of the lines of target(). */
#ifndef CARREL_TUI_SOURCE_ACT_H
#define CARREL_TUI_SOURCE_ACT_H

#include "tui/view.h"

/* For the tables of handlers. */
void source_definition(struct view *view);
void source_references(struct view *view);
void source_callers(struct view *view);
void source_call_tree(struct view *view);
void source_peek(struct view *view);
void source_comment(struct view *view);
void source_comment_file(struct view *view);
void source_finding(struct view *view);
void source_private(struct view *view);
void source_quote(struct view *view);
#endif
