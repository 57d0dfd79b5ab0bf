/* suspicious: what is not what it seems, in path order, then a summary. */
#include "base/word.h"
#include "base/show.h"
#include "indexer/index/names.h"
#include "indexer/index/suspicious.h"
#include "indexer/index/suspicious_words.h"

#include <stdio.h>
#include <stdlib.h>

struct listing {
	struct job *job;
	struct str release;
	const struct tree *tree;
	struct confusables confusables;
	size_t next;                                /* of these */
	uint64_t left, hits, files, looked, unread; /* files */
};

/* ---- rows ---- */

static void
begin_row(const struct listing *l, struct row *row, const struct entry *entry, enum suspect_class class)
{
	*row = (struct row){ 0 };
	row_set(row, F_WHAT, STR("suspicious"));
	row_set(row, F_RELEASE, l->release);
	row_set(row, F_PATH, entry->path);
	row_set(row, F_CLASS, str_from(suspect_word(class)));
}

static int
send(struct listing *l, const struct row *row, const struct suspicious_file *file, uint64_t line)
{
	char hex[HEX_LEN(OID_LEN)];

	l->hits++;
	if (l->left == 0)
		return 0;
	l->left--;
	blob_hex(&file->blob, hex);
	struct handed handed = { line ? hex : NULL, line, line, row_get(row, F_SHOWN).len };
	return answer_row(l->job->answer, row, &handed, (uint64_t)(file->entry - l->tree->entries) + 1);
}

static void
set_code(struct row *row, const struct suspect *is, char text[static 16])
{
	bool byte = is->class == SUSPECT_ENCODING && is->code < 0x100;

	snprintf(text, 16, byte ? "0x%02X" : "U+%04X", (unsigned)is->code);
	row_set(row, F_CODEPOINT, str_from(text));
}

static int
found_row(struct listing *l, const struct suspicious_file *file, const struct found *found, bool first_bytes)
{
	struct row row;
	char code[16];

	begin_row(l, &row, file->entry, found->is.class);
	row_set_num(&row, F_LINE, found->is.line);
	row_set_num(&row, F_COLUMN, found->is.column);
	row_set_num(&row, F_LENGTH, found->is.len);
	row_set(&row, F_IN, text_in_word(found->in));
	row_set(&row, F_SHOWN, found->shown);
	set_code(&row, &found->is, code);
	if (found->why.len > 0)
		row_set(&row, F_WHY, found->why);
	else if (first_bytes)
		row_set(&row, F_WHY, str_from(file->encoding));
	return send(l, &row, file, found->is.line);
}

/* The first code point in which a word differs from the other, for the reader's eye to look for. */
static int32_t
differing(struct str word, struct str other)
{
	int32_t first = -1;
	size_t len;

	for (size_t at = 0; at < word.len; at += len) {
		int32_t code = utf8_next(word, at, &len);
		if (code >= 0x80)
			return code;
		if (first < 0 && (at >= other.len || word.data[at] != other.data[at]))
			first = code;
	}
	return first;
}

static int
confusable_row(struct listing *l, const struct suspicious_file *file, const struct confusable *is)
{
	struct buf shown = BUF(16 * 1024), why = BUF(16 * 1024);
	struct row row;
	char code[16];
	struct str line;
	uint64_t len;

	int r = suspect_spell(&shown, is->word);
	if (r == 0)
		r = buf_text(&why, "looks like ");
	if (r == 0)
		r = suspect_spell(&why, is->other);
	if (r == 0 && is->places > 1)
		r = buf_printf(&why, "; on %llu lines", (unsigned long long)is->places);
	if (r == 0)
		r = text_line(l->job->reader, &file->blob, is->line, SIZE_MAX / 2, &line, &len);
	if (r == 0) {
		begin_row(l, &row, file->entry, is->alike ? SUSPECT_ALIKE : SUSPECT_CONFUSABLE);
		row_set_num(&row, F_LINE, is->line);
		size_t column = word_find(line, is->word, 0);
		if (column != SIZE_MAX)
			row_set_num(&row, F_COLUMN, column + 1);
		row_set_num(&row, F_LENGTH, is->word.len);
		row_set(&row, F_IN, text_in_word(IN_CODE));
		row_set(&row, F_SHOWN, buf_view(&shown));
		row_set(&row, F_WHY, buf_view(&why));
		set_code(&row,
		    &(struct suspect){ .class = SUSPECT_CONFUSABLE, .code = differing(is->word, is->other) },
		    code);
		r = send(l, &row, file, is->line);
	}
	buf_release(&shown);
	buf_release(&why);
	return r;
}

/* A file that is not UTF-8 as a whole. */
static int
encoding_row(struct listing *l, const struct suspicious_file *file)
{
	struct row row;

	begin_row(l, &row, file->entry, SUSPECT_ENCODING);
	row_set(&row, F_WHY, str_from(file->encoding));
	return send(l, &row, file, 0);
}

static int
path_row(struct listing *l, const struct suspicious_file *file, const struct suspect *is, struct buf *shown)
{
	struct str what = { file->entry->path.data + is->at, is->len };
	struct row row;
	char code[16];

	buf_clear(shown);
	int r = is->class == SUSPECT_MIXED ? suspect_spell(shown, what) : show(shown, what, 0);
	if (r < 0)
		return r;
	begin_row(l, &row, file->entry, is->class);
	row_set_num(&row, F_LENGTH, is->len);
	row_set(&row, F_SHOWN, buf_view(shown));
	row_set(&row, F_WHY, STR("in its path"));
	set_code(&row, is, code);
	return send(l, &row, file, 0);
}

static int
path_rows(struct listing *l, const struct suspicious_file *file)
{
	struct buf shown = BUF(4 * SEG_PATH_MAX);
	struct suspect_walk walk;
	struct suspect is;
	int r = 0;

	if (!suspect_possible(file->entry->path))
		return 0;
	suspect_begin(&walk, file->entry->path);
	while (r == 0 && suspect_next(&walk, &is))
		r = path_row(l, file, &is, &shown);
	buf_release(&shown);
	return r;
}

/* Places of the file that were counted and not kept. */
static int
rest_row(struct listing *l, const struct suspicious_file *file)
{
	char why[96];
	struct row row = { 0 };

	l->hits += file->total - file->count;
	if (l->left == 0)
		return 0;
	snprintf(why, sizeof why, "and %llu more places in this file",
	    (unsigned long long)(file->total - file->count));
	row_set(&row, F_WHAT, STR("more"));
	row_set(&row, F_RELEASE, l->release);
	row_set(&row, F_PATH, file->entry->path);
	row_set_num(&row, F_HITS, file->total - file->count);
	row_set(&row, F_WHY, str_from(why));
	return answer_row(l->job->answer, &row, NULL, (uint64_t)(file->entry - l->tree->entries) + 1);
}

/* The entry's next word that looks like another, on a line up to `line`. */
static const struct confusable *
next_confusable(struct listing *l, uint32_t entry, uint64_t line)
{
	while (l->next < l->confusables.count && l->confusables.items[l->next].entry < entry)
		l->next++;
	const struct confusable *is = &l->confusables.items[l->next];
	if (l->next == l->confusables.count || is->entry != entry || is->line > line)
		return NULL;
	l->next++;
	return is;
}

static int
confusables_up_to(struct listing *l, const struct suspicious_file *file, uint64_t line)
{
	const struct confusable *is;
	int r = 0;

	while (r == 0 && (is = next_confusable(l, (uint32_t)(file->entry - l->tree->entries), line)))
		r = confusable_row(l, file, is);
	return r;
}

static int
list_file(void *ctx, const struct suspicious_file *file)
{
	struct listing *l = ctx;
	uint64_t before = l->hits;
	bool bytes = false;

	int r = path_rows(l, file);
	l->looked += file->blob.is.class == SEG_PLAIN_TEXT;
	l->unread += file->blob.is.class != SEG_PLAIN_TEXT;
	if (r == 0 && file->blob.is.class != SEG_PLAIN_TEXT && file->encoding)
		r = encoding_row(l, file);
	for (size_t i = 0; i < file->count && r == 0; i++) {
		const struct found *found = &file->found[i];
		bool first = found->is.class == SUSPECT_ENCODING && !bytes && file->encoding;
		bytes |= first;
		r = confusables_up_to(l, file, found->is.line - 1);
		if (r == 0)
			r = found_row(l, file, found, first);
	}
	if (r == 0)
		r = confusables_up_to(l, file, UINT64_MAX);
	if (r == 0 && file->total > file->count && file->count > 0)
		r = rest_row(l, file);
	l->files += l->hits > before;
	return r;
}

static int
summary(struct listing *l)
{
	struct row row = { 0 };

	row_set(&row, F_WHAT, STR("summary"));
	row_set_num(&row, F_HITS, l->hits);
	row_set_num(&row, F_FILES, l->files);
	row_set_num(&row, F_SEARCHED, l->looked);
	row_set_num(&row, F_NOT_SEARCHED, l->unread);
	if (l->left == 0 || l->unread > 0)
		row_set(&row, F_WHY,
		    l->left == 0 ? STR("stopped at the limit of rows") : STR("binary, UTF-16 or too large"));
	return answer_row(l->job->answer, &row, NULL, 0);
}

int
answer_suspicious(struct job *job)
{
	struct listing l = { .job = job, .left = job_limit(job) };
	size_t release;

	int r = job_release(job, &release, &l.tree);
	if (r < 0)
		return r;
	l.release = store_name(job->store, release);
	r = confusables_find(l.tree, job->pulse, job->flags & ORDER_ALIKE, &l.confusables);
	if (r == 0)
		r = suspicious_survey(job, l.tree, row_get(job->args, F_GLOB), list_file, &l);
	if (r == 0)
		r = summary(&l);
	confusables_release(&l.confusables);
	return r;
}
