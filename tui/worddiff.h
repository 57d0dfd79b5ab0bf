/* What differs between two lines, word by word; and how alike two lines are.  Pure. */
#ifndef CARREL_TUI_WORDDIFF_H
#define CARREL_TUI_WORDDIFF_H

#include "tui/codeline.h"

#define WORDS_MAX 200 /* words of a line that are held against those of the other; behind them nothing is marked */
#define STRETCHES_MAX 64 /* what is more is one with the last */

struct stretches {
	struct stretch at[STRETCHES_MAX];
	size_t count;
};

/*
 * The stretches of each line that are not in the other, in rising order.  None on both sides where the lines have too
 * little in common for words to say anything.
 */
void worddiff(struct str old, struct str new, struct stretches *in_old, struct stretches *in_new);

/* What a line is made of: pairs of its bytes, white space aside. */
struct sketch {
	uint64_t bits[4];
	uint64_t hash;  /* of its bytes without white space */
	size_t len;     /* such bytes */
};

struct sketch sketch_of(struct str line);
/* 0 .. 100; 101: the same but for white space. */
int sketch_alike(const struct sketch *a, const struct sketch *b);

#endif
