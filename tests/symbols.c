/*
 * Prints what the extractor finds in files, for tests/compare/symbols.py and by hand.
 *
 * usage: symbols [-q] < PATHS     one path a line; -q: nothing but the sum at the end
 *
 * Fields are divided by tabs: "F path language status why errors error-lines", then for
 * each symbol "S line end column kind declared scope name" and for each use "U line column
 * role name".  At the end "T files bytes parsed symbols uses".
 */
#include "base/fs.h"
#include "indexer/intake/extract.h"
#include "indexer/intake/language.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct sums {
	uint64_t files, bytes, parsed, symbols, uses;
};

static void
print_scope(const struct parsed *parsed, const struct parsed_symbol *symbol)
{
	if (symbol->parent >= 0) {
		const struct parsed_symbol *parent = &parsed->symbols[symbol->parent];
		print_scope(parsed, parent);
		printf("%.*s.", STR_ARG(parent->name));
	}
	if (symbol->qualifier.len)
		printf("%.*s.", STR_ARG(symbol->qualifier));
}

static void
print_found(const char *path, enum seg_language language, const struct parsed *parsed)
{
	printf("F\t%s\t%s\t%s\t%s\t%u\t%u\n", path, seg_language_word(language),
	    seg_status_word(parsed->state.status), seg_why_word(parsed->state.why), parsed->state.errors,
	    parsed->state.error_lines);
	for (size_t i = 0; i < parsed->symbol_count; i++) {
		const struct parsed_symbol *s = &parsed->symbols[i];
		if (s->kind == 0)
			continue;
		printf("S\t%u\t%u\t%u\t%s\t%d\t", s->line, s->end_line, s->column, seg_symbol_word(s->kind),
		    s->declared);
		print_scope(parsed, s);
		printf("\t%.*s\n", STR_ARG(s->name));
	}
	for (size_t i = 0; i < parsed->use_count; i++) {
		const struct parsed_use *u = &parsed->uses[i];
		printf("U\t%u\t%u\t%s\t%.*s\n", u->line, u->column, seg_role_word(u->role), STR_ARG(u->name));
	}
}

static void
take(struct extractor *extractor, struct parsed *parsed, const char *path, bool quiet, struct sums *sums)
{
	struct buf text = BUF(SEG_BLOB_MAX), out = BUF(SEG_BLOB_MAX);

	if (fs_read(AT_FDCWD, path, &text) == 0) {
		enum seg_language language = language_of(str_from(path), buf_view(&text));
		if (extract_text(extractor, language, buf_view(&text), parsed) < 0 ||
		    (quiet && parsed_encode(parsed, buf_view(&text), &out) < 0))
			exit(5);
		if (!quiet)
			print_found(path, language, parsed);
		sums->files++;
		sums->bytes += text.len;
		sums->parsed += parsed->state.status == SEG_PARSED;
		sums->symbols += parsed->symbol_count;
		sums->uses += parsed->use_count;
	}
	buf_release(&text);
	buf_release(&out);
}

int
main(int argc, char **argv)
{
	bool quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
	struct extractor *extractor = extractor_new();
	struct parsed parsed;
	struct sums sums = { 0 };
	char *path = NULL;
	size_t room = 0;
	ssize_t len;

	parsed_init(&parsed);
	while ((len = getline(&path, &room, stdin)) > 0) {
		path[len - (path[len - 1] == '\n')] = '\0';
		take(extractor, &parsed, path, quiet, &sums);
	}
	struct timespec used;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	printf("T\t%lu\t%lu\t%lu\t%lu\t%lu\n", sums.files, sums.bytes, sums.parsed, sums.symbols, sums.uses);
	fprintf(stderr, "%.2f s of processor time\n", (double)used.tv_sec + (double)used.tv_nsec / 1e9);
	free(path);
	parsed_release(&parsed);
	extractor_free(extractor);
	return 0;
}
