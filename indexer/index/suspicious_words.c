#include "indexer/index/suspicious_words.h"

#include "base/unicode.h"
#include "indexer/index/segment_list.h"

#include <stdlib.h>

#define SKELETON_MAX \
	((size_t)64 * 1024) /* a word has 255 bytes, a character's skeleton at most a few dozen */

/* A word of one text segment. */
struct word {
	struct str text, skeleton, data; /* data: blobs and lines, as SEG_NAME_LINES has them */
	uint32_t pair;
	bool ascii, letters; /* letters: some beyond ASCII, or characters that are not seen; not only signs */
};

struct finder {
	const struct tree *tree;
	struct pulse *pulse;
	struct confusables *out;
	struct word *words;
	size_t count, capacity;
	struct buf skeleton;
	uint32_t *slots; /* hashes of skeletons to words' numbers + 1 */
	size_t slot_count;
	bool alike;
	struct twin
	    *twins; /* of words of ASCII, sorted; then only those whose skeleton several of them have */
	size_t twin_count, twin_capacity;
};

/* A word of ASCII by hashes: what they mix up is told apart when words are grouped. */
struct twin {
	uint32_t skeleton, text;
};

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.data[i] >= 0x80)
			return false;
	return true;
}

/* Signs that look alike, such as dashes, are nobody's names. */
static bool
has_letters(struct str s)
{
	size_t len;

	for (size_t at = 0; at < s.len; at += len) {
		int32_t code = utf8_next(s, at, &len);
		if (code >= 0x80 && (unicode_spells(code) || unicode_class(code) != SHOW_PLAIN))
			return true;
	}
	return false;
}

/* ---- where a word stands ---- */

struct places {
	struct dec dec;
	uint64_t blob, line, left; /* left: lines of the blob that are still to come */
};

static int
place_damaged(const struct finder *f, const struct word *word)
{
	return segment_damaged(f->tree->pairs[word->pair].text, "lines of a word");
}

/* 1: the next line of the word; 0: there is none. */
static int
next_line(const struct finder *f, const struct word *word, struct places *places)
{
	struct dec *dec = &places->dec;

	if (places->left == 0) {
		if (!data_next(dec, f->tree->pairs[word->pair].blobs, &places->blob, &places->left))
			return dec->bad ? place_damaged(f, word) : 0;
		places->line = 0;
	}
	places->line += dec_num_max(dec, UINT32_MAX);
	places->left--;
	return dec->bad || places->line == 0 ? place_damaged(f, word) : 1;
}

static struct places
places_of(const struct word *word)
{
	return (struct places){ .dec = dec_of(word->data) };
}

/* Entries of the release that are code and this blob. */
static int
owners_of(
    const struct finder *f, const struct word *word, uint64_t blob, const uint32_t **owners, size_t *count)
{
	const struct seg_blob *is = segment_element(f->tree->pairs[word->pair].text, SEG_BLOBS, blob);

	if (!is)
		return ERR_FORMAT;
	*count = 0;
	return seg_is_prose(is->language) ? 0 : tree_owners(f->tree, word->pair, (uint32_t)blob, owners, count);
}

/* 1: some file of the release has the word in its code. */
static int
stands_somewhere(const struct finder *f, const struct word *word)
{
	struct places places = places_of(word);
	const uint32_t *owners;
	size_t count;
	uint64_t before = UINT64_MAX;
	int r;

	while ((r = next_line(f, word, &places)) == 1) {
		if (places.blob == before)
			continue;
		before = places.blob;
		r = owners_of(f, word, places.blob, &owners, &count);
		if (r < 0 || count > 0)
			return r < 0 ? r : 1;
	}
	return r;
}

/* ---- words and their skeletons ---- */

static uint32_t
hash(struct str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t)s.data[i]) * 16777619u;
	return h;
}

/* The skeleton of an ASCII word, without a table: most words of a release pass here. */
static int
ascii_skeleton(struct buf *out, struct str word)
{
	int r = buf_room(out, 2 * word.len);

	for (size_t i = 0; i < word.len && r == 0; i++) {
		char c = word.data[i];
		if (c == 'm')
			out->data[out->len++] = 'r';
		out->data[out->len++] = (uint8_t)(c == 'm' ? 'n'
			: c == '0'                         ? 'O'
			: c == '1' || c == 'I'             ? 'l'
							   : c);
	}
	return r;
}

static int
make_skeleton(struct finder *f, struct str word, bool ascii)
{
	buf_clear(&f->skeleton);
	return ascii ? ascii_skeleton(&f->skeleton, word) : unicode_skeleton(&f->skeleton, word);
}

static bool
known_skeleton(const struct finder *f, struct str skeleton)
{
	for (size_t slot = hash(skeleton) & (f->slot_count - 1); f->slot_count > 0 && f->slots[slot];
	     slot = (slot + 1) & (f->slot_count - 1))
		if (str_eq(f->words[f->slots[slot] - 1].skeleton, skeleton))
			return true;
	return false;
}

/* ---- words of ASCII that look alike ---- */

/* A name, and one that another could be taken for. */
static bool
may_be_alike(struct str word)
{
	bool name = word.len > 0 && !(word.data[0] >= '0' && word.data[0] <= '9');
	bool any = false;

	for (size_t i = 0; name && i < word.len && !any; i++)
		any = strchr("01OIlmr", word.data[i]) != NULL;
	return name && any;
}

static int
compare_twins(const void *a, const void *b)
{
	const struct twin *x = a, *y = b;

	if (x->skeleton != y->skeleton)
		return x->skeleton < y->skeleton ? -1 : 1;
	return (x->text > y->text) - (x->text < y->text);
}

static int
note_twins(struct finder *f, uint32_t pair)
{
	struct cursor cursor;

	int r = cursor_at(&cursor, list_of_words(f->tree->pairs[pair].text), 0);
	while (r == 0 && (r = cursor_next(&cursor)) == 1) {
		r = 0;
		if (is_ascii(cursor.name) && may_be_alike(cursor.name)) {
			r = make_skeleton(f, cursor.name, true);
			if (f->twin_count == f->twin_capacity) {
				f->twin_capacity = f->twin_capacity ? 2 * f->twin_capacity : 4096;
				f->twins = mem_grow(f->twins, f->twin_capacity, sizeof *f->twins);
			}
			f->twins[f->twin_count++] =
			    (struct twin){ hash(buf_view(&f->skeleton)), hash(cursor.name) };
		}
		if (r == 0 && cursor.number % 1024 == 0)
			r = pulse_beat(f->pulse);
	}
	return r;
}

/* Leaves one of each skeleton that different words have. */
static void
keep_twins(struct finder *f)
{
	size_t kept = 0;

	if (f->twin_count > 0)
		qsort(f->twins, f->twin_count, sizeof *f->twins, compare_twins);
	for (size_t i = 0, next; i < f->twin_count; i = next) {
		bool several = false;
		for (next = i + 1; next < f->twin_count && f->twins[next].skeleton == f->twins[i].skeleton;
		     next++)
			several |= f->twins[next].text != f->twins[i].text;
		if (several)
			f->twins[kept++] = (struct twin){ .skeleton = f->twins[i].skeleton };
	}
	f->twin_count = kept;
}

static bool
has_twin(const struct finder *f, struct str word)
{
	struct twin key = { .skeleton = hash(buf_view(&f->skeleton)) };

	return f->twin_count > 0 && may_be_alike(word) &&
	    bsearch(&key, f->twins, f->twin_count, sizeof *f->twins, compare_twins) != NULL;
}

static int
add_word(struct finder *f, uint32_t pair, struct cursor *cursor, bool ascii)
{
	int r = cursor_data(cursor);
	struct word word = { .pair = pair,
		.ascii = ascii,
		.letters = has_letters(cursor->name),
		.data = cursor->value[0],
		.text = cursor->name };

	if (r == 0)
		r = stands_somewhere(f, &word);
	if (r <= 0)
		return r;
	struct arena *arena = &f->out->arena;
	word.text.data = arena_copy(arena, cursor->name.data, cursor->name.len);
	word.skeleton = (struct str){ arena_copy(arena, f->skeleton.data, f->skeleton.len), f->skeleton.len };
	if (f->count == f->capacity) {
		f->capacity = f->capacity ? 2 * f->capacity : 256;
		f->words = mem_grow(f->words, f->capacity, sizeof *f->words);
	}
	f->words[f->count++] = word;
	return 0;
}

/* Words beyond ASCII, or those of ASCII that look like one of them. */
static int
add_words(struct finder *f, uint32_t pair, bool ascii)
{
	struct cursor cursor;

	int r = cursor_at(&cursor, list_of_words(f->tree->pairs[pair].text), 0);
	while (r == 0 && (r = cursor_next(&cursor)) == 1) {
		r = 0;
		if (is_ascii(cursor.name) != ascii)
			continue;
		r = make_skeleton(f, cursor.name, ascii);
		if (r == 0 &&
		    (!ascii || known_skeleton(f, buf_view(&f->skeleton)) || has_twin(f, cursor.name)))
			r = add_word(f, pair, &cursor, ascii);
		if (r == 0 && cursor.number % 1024 == 0)
			r = pulse_beat(f->pulse);
	}
	return r;
}

static void
index_skeletons(struct finder *f)
{
	for (f->slot_count = 64; f->slot_count < 2 * f->count;)
		f->slot_count *= 2;
	f->slots = mem_alloc(f->slot_count * sizeof *f->slots);
	for (size_t i = 0; i < f->count; i++) {
		size_t slot = hash(f->words[i].skeleton) & (f->slot_count - 1);
		while (f->slots[slot])
			slot = (slot + 1) & (f->slot_count - 1);
		f->slots[slot] = (uint32_t)i + 1;
	}
}

/* ---- groups ---- */

static int
compare_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int order = str_cmp(x->skeleton, y->skeleton);

	if (order == 0)
		order = str_cmp(x->text, y->text);
	return order ? order : (x->pair > y->pair) - (x->pair < y->pair);
}

static void
add(struct confusables *out, struct confusable item)
{
	if (out->count == out->capacity) {
		out->capacity = out->capacity ? 2 * out->capacity : 64;
		out->items = mem_grow(out->items, out->capacity, sizeof *out->items);
	}
	out->items[out->count++] = item;
}

/* The lines of one word; *listed counts them over its segments. */
static int
add_places(struct finder *f, const struct word *word, struct str other, uint64_t *listed)
{
	struct places places = places_of(word);
	size_t most = word->ascii ? 1 : CONFUSABLE_PLACES;
	int r;

	while ((r = next_line(f, word, &places)) == 1) {
		const uint32_t *owners;
		size_t count;
		r = owners_of(f, word, places.blob, &owners, &count);
		if (r < 0)
			return r;
		for (size_t i = 0; i < count; i++)
			if (++*listed <= most)
				add(f->out,
				    (struct confusable){
					owners[i], places.line, word->text, other, 0, false });
	}
	return r;
}

/* Words from..to have one skeleton: if they are not all the same word, each is listed. */
static int
add_group(struct finder *f, size_t from, size_t to)
{
	struct str first = f->words[from].text;
	size_t behind = from;
	bool letters = false, ascii = true;
	int r = 0;

	for (size_t i = from; i < to; i++) {
		letters |= f->words[i].letters;
		ascii &= f->words[i].ascii;
	}
	if (!letters && !ascii)
		return 0;

	while (behind < to && str_eq(f->words[behind].text, first))
		behind++;
	for (size_t i = from; i < to && behind < to && r == 0;) {
		struct str text = f->words[i].text;
		struct str other = str_eq(text, first) ? f->words[behind].text : first;
		size_t start = f->out->count;
		uint64_t listed = 0;
		for (; i < to && r == 0 && str_eq(f->words[i].text, text); i++)
			r = add_places(f, &f->words[i], other, &listed);
		for (size_t k = start; k < f->out->count; k++) {
			f->out->items[k].places = listed;
			f->out->items[k].alike = ascii;
		}
		if (r == 0)
			r = pulse_beat(f->pulse);
	}
	return r;
}

static int
compare_items(const void *a, const void *b)
{
	const struct confusable *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return str_cmp(x->word, y->word);
}

static int
add_groups(struct finder *f)
{
	int r = 0;

	if (f->count > 0)
		qsort(f->words, f->count, sizeof *f->words, compare_words);
	for (size_t i = 0, next; i < f->count && r == 0; i = next) {
		for (next = i + 1; next < f->count; next++)
			if (!str_eq(f->words[next].skeleton, f->words[i].skeleton))
				break;
		r = add_group(f, i, next);
	}
	if (r == 0 && f->out->count > 0)
		qsort(f->out->items, f->out->count, sizeof *f->out->items, compare_items);
	return r;
}

int
confusables_find(const struct tree *tree, struct pulse *pulse, bool alike, struct confusables *out)
{
	struct finder f = {
		.tree = tree, .pulse = pulse, .out = out, .skeleton = BUF(SKELETON_MAX), .alike = alike
	};
	int r = 0;

	for (size_t i = 0; i < tree->pair_count && r == 0; i++)
		r = add_words(&f, (uint32_t)i, false);
	for (size_t i = 0; i < tree->pair_count && r == 0 && f.alike; i++)
		r = note_twins(&f, (uint32_t)i);
	keep_twins(&f);
	if (r == 0 && (f.count > 0 || f.twin_count > 0)) {
		index_skeletons(&f);
		for (size_t i = 0; i < tree->pair_count && r == 0; i++)
			r = add_words(&f, (uint32_t)i, true);
	}
	if (r == 0)
		r = add_groups(&f);
	free(f.slots);
	free(f.words);
	free(f.twins);
	buf_release(&f.skeleton);
	return r;
}

void
confusables_release(struct confusables *confusables)
{
	free(confusables->items);
	arena_release(&confusables->arena);
	*confusables = (struct confusables){ 0 };
}
