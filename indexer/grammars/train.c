/* Parses files by their ending, to count what the parsers do: train.sh.  A file of no known ending is passed over. */
#include "indexer/intake/dense.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

#define GRAMMARS(X) \
	X(bash, ".sh") \
	X(c, ".c") X(c, ".h") X(c_sharp, ".cs") X(cpp, ".cpp") X(go, ".go") X(java, ".java") \
	    X(javascript, ".js") X(json, ".json") X(php, ".php") X(python, ".py") X(ruby, ".rb") \
		X(rust, ".rs") X(tsx, ".tsx") X(typescript, ".ts")

#define X(name, ending) const TSLanguage *tree_sitter_##name(void);
GRAMMARS(X)
#undef X

static const struct {
	const char *ending;
	const TSLanguage *(*language)(void);
} grammars[] = {
#define X(name, ending) { ending, tree_sitter_##name },
	GRAMMARS(X)
#undef X
};

static const TSLanguage *
language_of(const char *path)
{
	const char *ending = strrchr(path, '.');

	for (size_t i = 0; ending && i < sizeof grammars / sizeof *grammars; i++)
		if (strcmp(grammars[i].ending, ending) == 0)
			return grammars[i].language();
	return NULL;
}

static void
parse(TSParser *parser, const char *path)
{
	static char text[1 << 20];
	const TSLanguage *language = language_of(path);
	FILE *file = language ? fopen(path, "r") : NULL;

	if (!file)
		return;
	size_t len = fread(text, 1, sizeof text, file);
	fclose(file);
	const TSLanguage *dense = dense_new(language);
	if (!ts_parser_set_language(parser, dense))
		abort();
	ts_tree_delete(ts_parser_parse_string(parser, NULL, text, (uint32_t)len));
	ts_parser_set_language(parser, NULL);
	dense_free(dense);
}

int
main(int argc, char **argv)
{
	TSParser *parser = ts_parser_new();

	for (int i = 1; i < argc; i++)
		parse(parser, argv[i]);
	ts_parser_delete(parser);
	return 0;
}
