#include "indexer/index/listing.h"

#include "base/word.h"
#include "indexer/index/relay.h"

#include <stdlib.h>

#define STRETCH ((uint64_t)SEG_BLOCK) /* bytes between two lines of a file, before they are read apart */
#define PIECE ((size_t)255)           /* bytes of text whose newlines are counted at once */
#define SCOPES_KEPT 256               /* files whose scopes lie in the arena at once */
#define OUTLINE_KEPT 4096             /* symbols for which a sheet keeps memory for its next file */

/* A place in a file of the release, in the order in which they are shown. */
struct shown {
	uint32_t rank, entry, line, column, place;
};

/* A file of which rows are made: read by any thread, shown by the caller's. */
struct sheet {
	uint32_t entry;
	struct shown *shown;
	size_t count;
	bool joined; /* the next sheet's blob begins where this one's ends */
	struct blob blob;
	struct outline outline;
	struct buf text; /* of the lines, one behind another */
	struct sheet_line {
		struct str text;
		size_t column;
	} * lines; /* of each shown */
	size_t capacity;
};

struct run {
	struct listing *listing;
	const struct places *places;
	struct relay relay;
	struct sheet sheets[RELAY_SLOTS];
	struct text_reader *readers; /* one a thread */
	struct cursor cursor;        /* of names of scopes */
	/* of the file whose rows are being made */
	size_t around; /* symbol of `scope` */
	size_t passed; /* outline_around */
	struct str scope;
	struct arena arena; /* scopes of some files */
	size_t scoped;      /* how many */
};

/* ---- which rows ---- */

static int
compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	for (size_t i = 0; i < sizeof(struct shown) / sizeof *x; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

static int
find_shown(const struct listing *l, const struct places *places, struct shown **out, size_t *count)
{
	struct shown *shown = NULL;
	size_t capacity = 0;

	*count = 0;
	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->places[i];
		const uint32_t *owners;
		size_t more;
		int r = tree_owners(l->tree, place->pair, place->blob, &owners, &more);
		if (r < 0) {
			free(shown);
			return r;
		}
		if (*count + more > capacity) {
			capacity = capacity * 2 + more;
			shown = mem_grow(shown, capacity, sizeof *shown);
		}
		for (size_t o = 0; o < more; o++) {
			unsigned rank = l->rank
			    ? 2 * l->rank(l->rank_ctx, owners[o]) + (place->kind == PLACE_DECLARATION)
			    : 0;
			shown[(*count)++] =
			    (struct shown){ rank, owners[o], place->line, place->column, (uint32_t)i };
		}
	}
	if (*count > 0)
		qsort(shown, *count, sizeof *shown, compare);
	*out = shown;
	return 0;
}

/* ---- reading a file ---- */

/* The place in the blob where the stretch of 64 lines with `line` begins, or the next one. */
static int
mark_of(const struct blob *blob, uint64_t line, bool next, uint64_t *offset)
{
	uint64_t step = (line - 1) / SEG_LINE_STEP + next;

	*offset = 0;
	if (line == 0 || line > blob->is.lines)
		return segment_damaged(blob->syntax, "line of a name");
	if (step == 0)
		return 0;
	if (step > (blob->is.lines - 1) / SEG_LINE_STEP) {
		*offset = blob->is.size;
		return 0;
	}
	const uint32_t *mark = segment_element(blob->text, SEG_LINES, blob->is.first + step - 1);
	if (!mark)
		return ERR_FORMAT;
	*offset = *mark;
	return *mark < blob->is.size ? 0 : segment_damaged(blob->text, "offset of a line");
}

/* Lines of a stretch of text, asked for in rising order. */
struct lines_at {
	struct str text;
	uint64_t line; /* that begins at `at` */
	size_t at;
};

static bool
line_at(struct lines_at *l, uint64_t line, struct str *out)
{
	/* over pieces in which the line does not begin; behind one, `at` may stand within a line */
	while (l->at + PIECE <= l->text.len) {
		size_t newlines = str_count((struct str){ l->text.data + l->at, PIECE }, '\n');
		if (l->line + newlines >= line)
			break;
		l->line += newlines;
		l->at += PIECE;
	}
	while (l->at < l->text.len) {
		const char *end = memchr(l->text.data + l->at, '\n', l->text.len - l->at);
		size_t stop = end ? (size_t)(end - l->text.data) : l->text.len;
		if (l->line == line) {
			*out = (struct str){ l->text.data + l->at, stop - l->at };
			return true;
		}
		l->at = stop + 1;
		l->line++;
	}
	return false;
}

/* To the last line before `line` whose place is known, if that is ahead; the text is the blob's from `begin` on. */
static int
jump(const struct blob *blob, uint64_t line, uint64_t begin, struct lines_at *at)
{
	uint64_t ahead = (line - 1) / SEG_LINE_STEP * SEG_LINE_STEP + 1, mark;

	if (ahead <= at->line)
		return 0;
	int r = mark_of(blob, line, false, &mark);
	if (r == 0 && (mark < begin + at->at || mark - begin > at->text.len))
		r = segment_damaged(blob->text, "offset of a line");
	if (r < 0)
		return r;
	at->line = ahead;
	at->at = mark - begin;
	return 0;
}

/* From the sheet's row `from` on, those that lie so near that they are read at once; *to: behind them. */
static int
read_stretch(
    struct text_reader *reader, const struct place *places, struct sheet *sheet, size_t from, size_t *to)
{
	uint64_t first = places[sheet->shown[from].place].line, begin, end, next;
	struct lines_at at = { .line = (first - 1) / SEG_LINE_STEP * SEG_LINE_STEP + 1 };

	int r = mark_of(&sheet->blob, first, false, &begin);
	if (r == 0)
		r = mark_of(&sheet->blob, first, true, &end);
	for (*to = from + 1; r == 0 && *to < sheet->count; ++*to) {
		r = mark_of(&sheet->blob, places[sheet->shown[*to].place].line, true, &next);
		if (r == 0 && (next < end || next - end > STRETCH))
			break;
		end = r == 0 ? next : end;
	}
	if (r == 0 && end < begin)
		r = segment_damaged(sheet->blob.text, "offset of a line");
	if (r == 0)
		r = text_read(reader, &sheet->blob, begin, end - begin, &at.text);
	for (size_t i = from; r == 0 && i < *to; i++) {
		struct str line;
		r = jump(&sheet->blob, places[sheet->shown[i].place].line, begin, &at);
		if (r < 0)
			break;
		if (!line_at(&at, places[sheet->shown[i].place].line, &line))
			return segment_damaged(sheet->blob.syntax, "line of a name");
		sheet->lines[i].text = (struct str){ NULL, line.len };
		r = buf_str(&sheet->text, line);
	}
	return r;
}

/* Columns, where they are to be found by the text; what stands in one line gets into their order. */
static void
find_columns(const struct place *places, struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->count; i++) {
		const struct place *place = &places[sheet->shown[i].place];
		struct sheet_line line = sheet->lines[i];
		struct shown shown = sheet->shown[i];
		size_t found = place->column ? place->column - 1
					     : word_find(line.text, place->name, place->before),
		       to = i;
		line.column = found == SIZE_MAX ? 1 : found + 1;
		for (; to > 0 && places[sheet->shown[to - 1].place].line == place->line &&
		     sheet->lines[to - 1].column > line.column;
		     to--) {
			sheet->lines[to] = sheet->lines[to - 1];
			sheet->shown[to] = sheet->shown[to - 1];
		}
		sheet->lines[to] = line;
		sheet->shown[to] = shown;
	}
}

static int
read_sheet(void *ctx, size_t slot, unsigned thread)
{
	struct run *run = ctx;
	struct sheet *sheet = &run->sheets[slot];
	const struct place *places = run->places->places;

	buf_clear(&sheet->text);
	sheet->text.max = SIZE_MAX / 2;
	if (sheet->count > sheet->capacity) {
		sheet->capacity = sheet->count * 2;
		sheet->lines = mem_grow(sheet->lines, sheet->capacity, sizeof *sheet->lines);
	}
	run->readers[thread].whole_blocks = sheet->joined;
	int r =
	    outline_load(&sheet->outline, &sheet->blob, places[sheet->shown[sheet->count - 1].place].line);
	for (size_t i = 0, next; i < sheet->count && r == 0; i = next)
		r = read_stretch(&run->readers[thread], places, sheet, i, &next);
	const char *at = (const char *)sheet->text.data;
	for (size_t i = 0; i < sheet->count && r == 0; i++) {
		sheet->lines[i].text.data = at ? at : "";
		at += sheet->lines[i].text.len;
	}
	if (r == 0)
		find_columns(places, sheet);
	return r;
}

/* ---- rows ---- */

static void
set_definition(struct run *run, const struct sheet *sheet, struct row *row, size_t symbol)
{
	const struct symbol *is = &sheet->outline.symbols[symbol];

	row_set(row, F_KIND, str_from(seg_symbol_word(is->kind)));
	row_set(row, F_ROLE, is->flags & SEG_DECLARED ? STR("declaration") : STR("definition"));
	row_set(row, F_SCOPE, outline_scope(&sheet->outline, symbol, &run->arena));
	row_set_num(row, F_END_LINE, is->end_line);
	row_set(row, F_TIER, STR("syntax"));
}

static void
set_reference(struct run *run, const struct sheet *sheet, struct row *row, const struct place *place)
{
	bool word = place->kind == PLACE_WORD;
	size_t around = outline_around(&sheet->outline, place->line, place->line, &run->passed);

	if (around != run->around)
		run->scope =
		    around == NO_SYMBOL ? STR("") : outline_full_name(&sheet->outline, around, &run->arena);
	run->around = around;
	row_set(row, F_ROLE, !word || place->role ? str_from(seg_role_word(place->role)) : STR("occurrence"));
	row_set(row, F_SCOPE, run->scope);
	row_set_num(row, F_END_LINE, place->line);
	row_set(row, F_TIER, word ? STR("lexical") : STR("syntax"));
}

static int
send_row(struct run *run, const struct sheet *sheet, struct row *row, const struct place *place,
    struct sheet_line line)
{
	struct listing *l = run->listing;
	char hex[HEX_LEN(OID_LEN)];

	blob_hex(&sheet->blob, hex);
	row_set(row, F_WHAT, STR("symbol"));
	row_set(row, F_RELEASE, l->release);
	row_set(row, F_PATH, l->tree->entries[sheet->entry].path);
	row_set(row, F_BLOB, str_from(hex));
	row_set_num(row, F_LINE, place->line);
	row_set_num(row, F_COLUMN, line.column);
	row_set(row, F_NAME, place->name);
	row_set_line(row, line.text, line.column - 1);
	if (sheet->blob.is.language)
		row_set(row, F_LANGUAGE, str_from(seg_language_word(sheet->blob.is.language)));
	struct handed handed = { hex, place->line, place->line, row_get(row, F_TEXT).len };
	int r = answer_row(l->job->answer, row, &handed, (uint64_t)sheet->entry + 1);
	/* the first unit is small, so that it comes soon */
	if (++l->sent > HITS_FIRST)
		l->job->answer->unit_rows = HITS_UNIT;
	return r;
}

static int
give_sheet(void *ctx, size_t slot)
{
	struct run *run = ctx;
	struct sheet *sheet = &run->sheets[slot];
	uint64_t *left = &run->listing->left;
	bool prose = seg_is_prose(sheet->blob.is.language) &&
	    sheet->blob.is.language != LANG_HTML; /* which holds scripts */
	int r = 0;

	run->around = NO_SYMBOL;
	run->passed = 0;
	run->scope = STR("");
	if (++run->scoped % SCOPES_KEPT == 0)
		arena_release(&run->arena);
	for (size_t i = 0; i<sheet->count && * left> 0 && r == 0; i++) {
		const struct place *place = &run->places->places[sheet->shown[i].place];
		struct row row = { 0 };
		if (run->listing->calls && place->kind == PLACE_WORD &&
		    (prose || !names_called(sheet->lines[i].text, place->name)))
			continue;
		--*left;
		if (place->kind > PLACE_DECLARATION)
			set_reference(run, sheet, &row, place);
		else if (place->symbol < sheet->outline.count)
			set_definition(run, sheet, &row, place->symbol);
		else
			return segment_damaged(sheet->blob.syntax, "place of a symbol");
		r = send_row(run, sheet, &row, place, sheet->lines[i]);
	}
	if (sheet->outline.capacity > OUTLINE_KEPT)
		outline_release(&sheet->outline);
	return r;
}

/* ---- the whole ---- */

static struct run *
run_new(struct listing *l, const struct places *places)
{
	struct run *run = mem_new(struct run);

	run->listing = l;
	run->places = places;
	run->readers = mem_alloc(pool_threads(l->job->pool) * sizeof *run->readers);
	run->relay = (struct relay){ .pool = l->job->pool,
		.pulse = l->job->pulse,
		.work = read_sheet,
		.give = give_sheet,
		.ctx = run };
	return run;
}

static void
run_free(struct run *run)
{
	for (unsigned i = 0; i < pool_threads(run->listing->job->pool); i++)
		text_reader_release(&run->readers[i]);
	for (size_t i = 0; i < RELAY_SLOTS; i++) {
		outline_release(&run->sheets[i].outline);
		buf_release(&run->sheets[i].text);
		free(run->sheets[i].lines);
	}
	arena_release(&run->arena);
	free(run->readers);
	free(run);
}

static int
add_sheet(struct run *run, struct shown *shown, size_t count, struct sheet **last)
{
	struct sheet *sheet = &run->sheets[relay_slot(&run->relay)];
	const struct tree *tree = run->listing->tree;

	sheet->entry = shown->entry;
	sheet->outline.cursor = &run->cursor;
	sheet->shown = shown;
	sheet->count = count;
	int r = tree_blob(tree, &tree->entries[shown->entry], &sheet->blob);
	bool joined = r == 0 && *last && blob_follows(&(*last)->blob, &sheet->blob);
	if (joined)
		(*last)->joined = true;
	sheet->joined = false;
	*last = sheet;
	return r == 0 ? relay_add(&run->relay, sheet->blob.is.size, joined) : r;
}

int
listing_places(struct listing *l, const struct places *places)
{
	struct run *run = run_new(l, places);
	struct shown *shown = NULL;
	struct sheet *last = NULL;
	size_t count = 0;

	int r = find_shown(l, places, &shown, &count);
	if (count <= RELAY_AT_ONCE)
		run->relay.full = RELAY_AT_ONCE;
	for (size_t i = 0, next; i < count && l->left > 0 && r == 0; i = next) {
		for (next = i + 1; next < count && shown[next].entry == shown[i].entry &&
		     shown[next].rank == shown[i].rank;)
			next++;
		r = add_sheet(run, shown + i, next - i, &last);
	}
	if (r == 0)
		r = relay_end(&run->relay);
	run_free(run);
	free(shown);
	return r;
}

int
listing_outline(struct listing *l, const struct entry *entry)
{
	struct places none = { 0 };
	struct run *run = run_new(l, &none);
	struct sheet *sheet = &run->sheets[0];
	struct lines_at at = { .line = 1 };

	sheet->entry = (uint32_t)(entry - l->tree->entries);
	sheet->outline.cursor = &run->cursor;
	int r = tree_blob(l->tree, entry, &sheet->blob);
	if (r == 0 && blob_stored(&sheet->blob))
		r = outline_load(&sheet->outline, &sheet->blob, OUTLINE_ALL);
	if (r == 0 && sheet->outline.count > 0)
		r = text_whole(run->readers, &sheet->blob, &at.text);
	for (size_t i = 0; r == 0 && i < sheet->outline.count; i++) {
		const struct symbol *symbol = &sheet->outline.symbols[i];
		struct place place = { .line = (uint32_t)symbol->line };
		struct sheet_line line = { .column = symbol->column };
		struct row row = { 0 };
		place.name = outline_name(&sheet->outline, i, &run->arena);
		set_definition(run, sheet, &row, i);
		row_set_num(&row, F_LEVEL, symbol->level);
		r = line_at(&at, symbol->line, &line.text)
		    ? send_row(run, sheet, &row, &place, line)
		    : segment_damaged(sheet->blob.syntax, "line of a name");
		if (r == 0)
			r = pulse_beat(l->job->pulse);
	}
	run_free(run);
	return r;
}
