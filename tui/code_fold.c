/* Folds: what a symbol encloses may be drawn as its first line alone. */

#include "tui/code.h"

#include <stdlib.h>

void
code_forget_folds(struct code *code)
{
	free(code->folds);
	free(code->hidden);
	code->folds = NULL;
	code->hidden = NULL;
	code->fold_count = code->hidden_count = 0;
}

void
code_make_folds(struct code *code)
{
	code_forget_folds(code);
	code->folds = mem_grow(NULL, code->outline_count + 1, sizeof *code->folds);
	code->hidden = mem_grow(NULL, code->outline_count + 1, sizeof *code->hidden);
	for (size_t i = 0; i < code->outline_count; i++) {
		const struct symbol *symbol = &code->outline[i];
		const struct fold *last = code->fold_count ? &code->folds[code->fold_count - 1] : NULL;
		if (symbol->end_line > symbol->line && (!last || last->first <= symbol->line) &&
		    (!last || last->first != symbol->line || last->last != symbol->end_line))
			code->folds[code->fold_count++] =
			    (struct fold){ .first = symbol->line, .last = symbol->end_line };
	}
}

/* What is hidden follows from what is closed; cursor and window stay at their lines. */
static void
settle(struct code *code, uint64_t cursor, uint64_t top)
{
	size_t n = 0;

	for (size_t i = 0; i < code->fold_count; i++) {
		const struct fold *fold = &code->folds[i];
		if (!fold->closed)
			continue;
		if (n && fold->first <= code->hidden[n - 1].last) { /* inside one, or across its end */
			if (fold->last > code->hidden[n - 1].last)
				code->hidden[n - 1].last = fold->last;
		} else
			code->hidden[n++] = (struct line_range){ fold->first + 1, fold->last };
	}
	code->hidden_count = n;
	code->scroll.count = (size_t)code_row_count(code);
	code->scroll.top = code_row_of(code, top);
	scroll_to(&code->scroll, code_row_of(code, cursor));
	code->view.app->dirty = true;
}

uint64_t
code_line_of(const struct code *code, size_t row)
{
	uint64_t line = row + 1;

	for (size_t i = 0; i < code->hidden_count && code->hidden[i].first <= line; i++)
		line += code->hidden[i].last - code->hidden[i].first + 1;
	return line;
}

size_t
code_row_of(const struct code *code, uint64_t line)
{
	uint64_t hidden = 0;

	for (size_t i = 0; i < code->hidden_count && code->hidden[i].first <= line; i++) {
		if (line <= code->hidden[i].last)
			line = code->hidden[i].first - 1;
		else
			hidden += code->hidden[i].last - code->hidden[i].first + 1;
	}
	return line > hidden ? (size_t)(line - hidden - 1) : 0;
}

uint64_t
code_row_count(const struct code *code)
{
	uint64_t lines = source_lines(code->source);

	return lines ? code_row_of(code, lines) + 1 : 0;
}

uint64_t
code_row_end(const struct code *code, size_t row)
{
	uint64_t line = code_line_of(code, row);

	for (size_t i = 0; i < code->hidden_count; i++)
		if (code->hidden[i].first == line + 1)
			return code->hidden[i].last;
	return line;
}

void
code_unfold_over(struct code *code, uint64_t line)
{
	uint64_t cursor = code_now(code), top = code_line_of(code, code->scroll.top);
	bool any = false;

	for (size_t i = 0; i < code->fold_count && code->folds[i].first < line; i++)
		if (code->folds[i].closed && line <= code->folds[i].last) {
			code->folds[i].closed = false;
			any = true;
		}
	if (any)
		settle(code, cursor, top);
}

bool
code_fold(struct code *code, uint64_t line, enum fold_act act)
{
	uint64_t top = code_line_of(code, code->scroll.top);
	struct fold *closed = NULL, *open = NULL;

	for (size_t i = 0; i < code->fold_count && code->folds[i].first <= line; i++) {
		struct fold *fold = &code->folds[i];
		if (line > fold->last)
			continue;
		if (!fold->closed)
			open = fold; /* the innermost */
		else if (!closed)
			closed = fold; /* the outermost */
	}
	struct fold *fold = act == FOLD_CLOSE ? open : act == FOLD_OPEN || closed ? closed : open;
	if (!fold)
		return false;
	fold->closed = !fold->closed;
	settle(code, fold->closed ? fold->first : line, top);
	return true;
}

void
code_fold_all(struct code *code, bool closed)
{
	uint64_t line = code_now(code), top = code_line_of(code, code->scroll.top);

	for (size_t i = 0; i < code->fold_count; i++)
		code->folds[i].closed = closed;
	settle(code, line, top);
}
