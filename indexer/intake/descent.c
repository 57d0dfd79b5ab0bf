#include "indexer/intake/descent.h"

#include "base/mem.h"

#include <lib/src/language.h>
#include <lib/src/tree.h>
#include <stdlib.h>

/* A node on the way down, and which of its children comes next. */
struct step {
	const Subtree *next, *end;
	Length at;           /* where the next child begins, its padding not counted */
	uint32_t structural; /* number of that child, extras not counted */
	bool first, shown;
	TSFieldId field; /* that a hidden node hands down to its children */
	const TSSymbol *aliases;
	const TSFieldMapEntry *fields, *fields_end;
};

struct descent {
	const TSTree *tree;
	struct step *steps;
	size_t depth, room;
};

static void
enter(struct descent *d, const Subtree *node, Length at, TSFieldId field, bool shown)
{
	if (++d->depth == d->room) {
		d->room *= 2;
		d->steps = mem_grow(d->steps, d->room, sizeof *d->steps);
	}
	struct step *step = &d->steps[d->depth];
	uint32_t count = ts_subtree_child_count(*node);
	if (count == 0) {
		step->next = step->end = NULL;
		step->shown = shown;
		return;
	}
	const TSLanguage *language = d->tree->language;
	uint16_t production = node->ptr->production_id;
	/* children lie right before what their parent points at; tree-sitter's own macro casts const away */
	*step = (struct step){ .next = (const Subtree *)(const void *)node->ptr - count,
		.at = at,
		.first = true,
		.shown = shown,
		.field = shown ? 0 : field,
		.aliases = ts_language_alias_sequence(language, production) };
	step->end = step->next + count;
	ts_language_field_map(language, production, &step->fields, &step->fields_end);
}

static TSSymbol
public_symbol(const TSLanguage *language, TSSymbol symbol)
{
	return symbol == ts_builtin_sym_error ? symbol : language->public_symbol_map[symbol];
}

static TSFieldId
field_of(const struct step *step)
{
	for (const TSFieldMapEntry *map = step->fields; map < step->fields_end; map++)
		if (!map->inherited && map->child_index == step->structural)
			return map->field_id;
	return step->field;
}

/* From the step at hand to the next node that has a name. */
static bool
forth(struct descent *d, struct descent_node *out)
{
	const TSLanguage *language = d->tree->language;

	for (;;) {
		struct step *step = &d->steps[d->depth];
		if (step->next == step->end) {
			if (step->shown)
				return false;
			d->depth--;
			continue;
		}
		const Subtree *child = step->next++;
		if (!step->first)
			step->at = length_add(step->at, ts_subtree_padding(*child));
		step->first = false;
		Length at = step->at, size = ts_subtree_size(*child);
		step->at = length_add(at, size);
		bool extra = ts_subtree_extra(*child);
		TSFieldId field = extra ? 0 : field_of(step);
		TSSymbol alias = !extra && step->aliases ? step->aliases[step->structural] : 0;
		step->structural += !extra;
		if (!alias && !ts_subtree_visible(*child)) {
			if (ts_subtree_visible_child_count(*child))
				enter(d, child, at, field, false);
			continue;
		}
		*out = (struct descent_node){
			.node = { { at.bytes, at.extent.row, at.extent.column, alias }, child, d->tree },
			.start = at.bytes,
			.end = at.bytes + size.bytes,
			.symbol = public_symbol(language, alias ? alias : ts_subtree_symbol(*child)),
			.field = field,
		};
		enter(d, child, at, 0, true);
		return true;
	}
}

bool
descent_child(struct descent *d, struct descent_node *out)
{
	return d->steps[d->depth].next != d->steps[d->depth].end && forth(d, out);
}

bool
descent_sibling(struct descent *d, struct descent_node *out)
{
	d->depth--;
	return forth(d, out);
}

struct descent *
descent_new(const TSTree *tree, struct descent_node *root)
{
	struct descent *d = mem_new(struct descent);
	Length at = ts_subtree_padding(tree->root);

	d->tree = tree;
	d->room = 256;
	d->steps = mem_alloc(d->room * sizeof *d->steps);
	d->steps[0] = (struct step){ .shown = true };
	*root = (struct descent_node){ .node = ts_tree_root_node(tree), .start = at.bytes };
	root->end = at.bytes + ts_subtree_size(tree->root).bytes;
	root->symbol = ts_node_symbol(root->node);
	enter(d, &tree->root, at, 0, true);
	return d;
}

void
descent_free(struct descent *d)
{
	free(d->steps);
	free(d);
}
