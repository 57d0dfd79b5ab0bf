/*
 * The way down a syntax tree, node by node, on tree-sitter's own structures: what TSTreeCursor
 * does at three times the price.  Nodes without a name of their own are passed through.
 * Belongs to the version of tree-sitter that package.json names.
 */
#ifndef CARREL_INDEXER_INTAKE_DESCENT_H
#define CARREL_INDEXER_INTAKE_DESCENT_H

#include <stdbool.h>
#include <tree_sitter/api.h>

struct descent_node {
	TSNode node;
	uint32_t start, end; /* bytes */
	TSSymbol symbol;     /* as ts_node_symbol */
	TSFieldId field;     /* of the parent's that it is; 0: none */
};

struct descent;

/* `root` is where it stands; the tree must outlive it. */
struct descent *descent_new(const TSTree *tree, struct descent_node *root);
void descent_free(struct descent *descent);
/* Goes to the first child; false, and stays, if there is none. */
bool descent_child(struct descent *descent, struct descent_node *out);
/* Goes to the next child of the same parent; false if there is none, and then it stands on that parent. */
bool descent_sibling(struct descent *descent, struct descent_node *out);

#endif
