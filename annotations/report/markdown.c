#include "annotations/report/render.h"

#include "base/mem.h"
#include "base/show.h"

#include <cmark.h>
#include <stdlib.h>

#define BODY_OPTIONS (CMARK_OPT_SAFE | CMARK_OPT_VALIDATE_UTF8)

static int
no_memory(void)
{
	return err_set(ERR_MEMORY, "markdown: no memory");
}

/* Puts a text node with `literal` where `node` stands, and frees node. */
static int
replace(cmark_node *node, cmark_node_type type, const char *literal)
{
	cmark_node *text = cmark_node_new(type);

	if (!text || !cmark_node_set_literal(text, literal ? literal : "") ||
	    !cmark_node_replace(node, text)) {
		if (text)
			cmark_node_free(text);
		return no_memory();
	}
	cmark_node_free(node);
	return 0;
}

/* Its children take the place of a link or an image; where it led to is said behind them. */
static int
unlink_node(cmark_node *node)
{
	struct buf where = BUF((size_t)64 * 1024);
	const char *url = cmark_node_get_url(node);
	cmark_node *child, *text = cmark_node_new(CMARK_NODE_TEXT);

	int r = text ? buf_text(&where, " (") : no_memory();
	if (r == 0)
		r = show(&where, str_from(url), 0);
	if (r == 0)
		r = buf_text(&where, ")");
	while (r == 0 && (child = cmark_node_first_child(node)))
		r = cmark_node_insert_before(node, child) ? 0 : no_memory();
	if (r == 0)
		r = cmark_node_set_literal(text, (const char *)where.data) && cmark_node_replace(node, text)
		    ? 0
		    : no_memory();
	if (r == 0)
		cmark_node_free(node);
	else if (text)
		cmark_node_free(text);
	buf_release(&where);
	return r;
}

/* Entities of a text ("&#x202e;") have become what they stand for: shown as that would be. */
static int
show_again(cmark_node *node, const char *text, int (*set)(cmark_node *node, const char *text))
{
	struct buf shown = BUF((size_t)64 * 1024 * 1024);
	int r = text && !show_plain(str_from(text), SHOW_TAB | SHOW_NEWLINE) ? 0 : 1;

	if (r == 0)
		r = show(&shown, str_from(text), SHOW_TAB | SHOW_NEWLINE);
	if (r == 0 && !set(node, (const char *)shown.data))
		r = no_memory();
	buf_release(&shown);
	return r < 0 ? r : 0;
}

#define HEADING_UNDER 3 /* a body's headings lie below those of the report */

static int
sanitise_node(cmark_node *node)
{
	int level;

	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HTML_BLOCK:
		return replace(node, CMARK_NODE_CODE_BLOCK, cmark_node_get_literal(node));
	case CMARK_NODE_HTML_INLINE:
		return replace(node, CMARK_NODE_TEXT, cmark_node_get_literal(node));
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE:
		return unlink_node(node);
	case CMARK_NODE_HEADING:
		level = cmark_node_get_heading_level(node) + HEADING_UNDER;
		return cmark_node_set_heading_level(node, level > 6 ? 6 : level) ? 0 : no_memory();
	case CMARK_NODE_TEXT:
		return show_again(node, cmark_node_get_literal(node), cmark_node_set_literal);
	case CMARK_NODE_CODE_BLOCK:
		return show_again(node, cmark_node_get_fence_info(node), cmark_node_set_fence_info);
	default:
		return 0;
	}
}

/* Nodes that would act become text.  Listed first: an iterator does not live through a change. */
static int
sanitise(cmark_node *document)
{
	cmark_node **nodes = NULL, **grown;
	size_t count = 0, room = 0;
	int r = 0;

	cmark_iter *iter = cmark_iter_new(document);
	if (!iter)
		return no_memory();
	while (r == 0 && cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		if (cmark_iter_get_event_type(iter) != CMARK_EVENT_ENTER)
			continue;
		if (count == room) {
			room = room ? 2 * room : 64;
			grown = mem_try_grow(nodes, room, sizeof *nodes);
			if (!grown) {
				r = no_memory();
				break;
			}
			nodes = grown;
		}
		nodes[count++] = cmark_iter_get_node(iter);
	}
	cmark_iter_free(iter);
	for (size_t i = 0; i < count && r == 0; i++)
		r = sanitise_node(nodes[i]);
	free(nodes);
	return r;
}

static int
parse(struct str markdown, cmark_node **out)
{
	struct buf shown = BUF(markdown.len * SHOW_CELL_MAX + 1);

	int r = show(&shown, markdown, SHOW_TAB | SHOW_NEWLINE);
	cmark_node *document = NULL;
	if (r == 0) {
		document = cmark_parse_document((const char *)shown.data, shown.len, BODY_OPTIONS);
		r = document ? sanitise(document) : no_memory();
	}
	buf_release(&shown);
	if (r < 0) {
		if (document)
			cmark_node_free(document);
		return r;
	}
	*out = document;
	return 0;
}

void
render_body_html(struct render *render, struct str markdown)
{
	cmark_node *document;

	if (render->result < 0 || markdown.len == 0)
		return;
	render->result = parse(markdown, &document);
	if (render->result < 0)
		return;
	char *html = cmark_render_html(document, BODY_OPTIONS);
	if (html)
		render_raw(render, html);
	else
		render->result = no_memory();
	free(html);
	cmark_node_free(document);
}

void
render_body_md(struct render *render, struct str markdown)
{
	cmark_node *document;
	struct str line;

	if (render->result < 0 || markdown.len == 0)
		return;
	render->result = parse(markdown, &document);
	if (render->result < 0)
		return;
	char *text = cmark_render_commonmark(document, BODY_OPTIONS, 0);
	if (!text)
		render->result = no_memory();
	struct str rest = str_from(text);
	if (str_ends(rest, STR("\n")))
		rest.len--;
	while (text && str_next(&rest, '\n', &line)) {
		render_raw(render, line.len > 0 ? "> " : ">");
		if (render->result == 0)
			render->result = buf_str(render->out, line);
		render_raw(render, "\n");
	}
	free(text);
	cmark_node_free(document);
}

/* ---- on a screen ---- */

static int
add_inline(struct buf *text, cmark_node *node)
{
	const char *literal;

	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_SOFTBREAK:
		return buf_byte(text, ' ');
	case CMARK_NODE_LINEBREAK:
		return buf_byte(text, '\n');
	case CMARK_NODE_TEXT:
	case CMARK_NODE_CODE:
		literal = cmark_node_get_literal(node);
		return literal ? buf_text(text, literal) : 0;
	default:
		return 0;
	}
}

static int
inline_text(cmark_node *block, struct buf *text)
{
	cmark_iter *iter = cmark_iter_new(block);
	int r = iter ? 0 : no_memory();

	while (r == 0 && cmark_iter_next(iter) != CMARK_EVENT_DONE)
		if (cmark_iter_get_event_type(iter) == CMARK_EVENT_ENTER)
			r = add_inline(text, cmark_iter_get_node(iter));
	if (iter)
		cmark_iter_free(iter);
	return r;
}

static struct render_block
block_of(cmark_node *node)
{
	cmark_node *parent = cmark_node_parent(node);
	cmark_node_type type = cmark_node_get_type(node);
	struct render_block block = { .kind = type == CMARK_NODE_HEADING    ? RENDER_HEADING
		    : type == CMARK_NODE_CODE_BLOCK                         ? RENDER_CODE
		    : type == CMARK_NODE_THEMATIC_BREAK                     ? RENDER_RULE
		    : cmark_node_get_type(parent) == CMARK_NODE_BLOCK_QUOTE ? RENDER_QUOTE
		    : cmark_node_get_type(parent) == CMARK_NODE_ITEM && !cmark_node_previous(node)
		    ? RENDER_ITEM
		    : RENDER_PARAGRAPH };

	for (; parent; parent = cmark_node_parent(parent))
		block.depth += cmark_node_get_type(parent) == CMARK_NODE_ITEM ||
		    cmark_node_get_type(parent) == CMARK_NODE_BLOCK_QUOTE;
	return block;
}

static int
take_block(cmark_node *node, int (*take)(void *ctx, const struct render_block *block), void *ctx)
{
	struct render_block block = block_of(node);
	struct buf text = BUF((size_t)64 * 1024 * 1024);
	int r;

	if (block.kind == RENDER_RULE)
		r = buf_text(&text, "--------");
	else if (block.kind == RENDER_CODE)
		r = buf_text(&text, cmark_node_get_literal(node));
	else
		r = inline_text(node, &text);
	block.text = buf_view(&text);
	if (block.text.len && block.text.data[block.text.len - 1] == '\n')
		block.text.len--;
	if (r == 0)
		r = take(ctx, &block);
	buf_release(&text);
	return r;
}

int
render_blocks(struct str markdown, int (*take)(void *ctx, const struct render_block *block), void *ctx)
{
	cmark_node *document;

	int r = parse(markdown, &document);
	if (r < 0)
		return r;
	cmark_iter *iter = cmark_iter_new(document);
	r = iter ? 0 : no_memory();
	while (r == 0 && cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		cmark_node_type type = cmark_node_get_type(cmark_iter_get_node(iter));
		if (cmark_iter_get_event_type(iter) == CMARK_EVENT_ENTER &&
		    (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING ||
			type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_THEMATIC_BREAK))
			r = take_block(cmark_iter_get_node(iter), take, ctx);
	}
	if (iter)
		cmark_iter_free(iter);
	cmark_node_free(document);
	return r;
}
