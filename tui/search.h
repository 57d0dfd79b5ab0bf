/* Searches of the whole release: those made before, and the results of the last one, which outlive their view. */
#ifndef CARREL_TUI_SEARCH_H
#define CARREL_TUI_SEARCH_H

#include "base/str.h"

#define SEARCHES_MAX 200

struct app;
struct view;

struct searches {
	struct str made[SEARCHES_MAX]; /* as typed, the latest last; interned */
	size_t count;
	size_t here; /* of them, in this visit */
};

void searches_add(struct app *app, struct str typed);
/* The popup in which one is typed. */
void search_open(struct app *app);
/* Runs it and shows the results. */
void hits_open(struct app *app, struct str typed);
/* The results again, where the reader left them. */
void hits_again(struct app *app);
/* Shows the hit behind (before) the last one shown, in whatever file; false if there are no results to walk. */
bool hits_step(struct app *app, int step);
void hits_forget(struct app *app); /* frees them, once no view shows them */

#endif
