/*
 * What the renderers share.  A render remembers its first failure, so that a page may
 * be written without looking and judged once.
 */
#ifndef CARREL_ANNOTATIONS_REPORT_RENDER_H
#define CARREL_ANNOTATIONS_REPORT_RENDER_H

#include "base/json.h"

struct render {
	struct buf *out;
	int result; /* 0, or the first failure */
};

void render_raw(struct render *render, const char *text);
void render_number(struct render *render, uint64_t number);
/* As carrel(1) shows foreign bytes, then escaped for an element or an attribute. */
void render_html(struct render *render, struct str foreign);
/* The same for a line of Markdown: no character of it is markup. */
void render_md(struct render *render, struct str foreign);

/* Shown, not escaped: for where a line's place makes it code. */
void render_line(struct render *render, struct str foreign);

/* A person's Markdown.  Raw HTML, images and links come out as text. */
void render_body_html(struct render *render, struct str markdown);
/* As Markdown again, every line quoted. */
void render_body_md(struct render *render, struct str markdown);

/* What Markdown looks like on a screen: its blocks in order, inline marks taken away. */
enum render_block_kind {
	RENDER_PARAGRAPH,
	RENDER_HEADING,
	RENDER_ITEM, /* the first block of a list's item */
	RENDER_QUOTE,
	RENDER_CODE,
	RENDER_RULE,
};

struct render_block {
	enum render_block_kind kind;
	int depth;       /* lists and quotes around it */
	struct str text; /* borrowed; lines with \n between */
};

int render_blocks(struct str markdown, int (*take)(void *ctx, const struct render_block *block), void *ctx) MUST_USE;

/* Members of the model, for both renderers, shown by `put`. */
typedef void render_put(struct render *render, struct str foreign);
void render_place(struct render *render, const json_t *anchor, render_put *put); /* "src/a.c, lines 3 to 7, in f" */
void render_list(struct render *render, const json_t *strings, render_put *put); /* commas between */

void html_report(struct render *render, const json_t *model);
void md_report(struct render *render, const json_t *model);

/* What the model says of the seal, a sentence a call of `put`. */
void render_seal(struct render *render, const json_t *model, render_put *put);

#endif
