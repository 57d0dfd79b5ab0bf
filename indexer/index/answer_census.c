/* census: what a release is made of, by language, by directory, by status, and what of it is suspicious. */
#include "base/suspect.h"
#include "indexer/index/job.h"
#include "indexer/index/suspicious_words.h"

#include <stdlib.h>

struct count {
	struct str name; /* borrowed */
	uint64_t files, bytes, lines, places;
};

struct counts {
	struct count *items;
	size_t count, capacity;
};

struct census {
	struct job *job;
	struct str release;
	const struct tree *tree;
	struct counts languages, directories, statuses, suspicious;
	uint64_t files, bytes, lines, places;
	struct confusables confusables;
};

static struct count *
counted(struct counts *counts, struct str name)
{
	for (size_t i = counts->count; i-- > 0;)
		if (str_eq(counts->items[i].name, name))
			return &counts->items[i];
	if (counts->count == counts->capacity) {
		counts->capacity = counts->capacity ? 2 * counts->capacity : 32;
		counts->items = mem_grow(counts->items, counts->capacity, sizeof *counts->items);
	}
	struct count *fresh = &counts->items[counts->count++];
	*fresh = (struct count){ .name = name };
	return fresh;
}

static struct count *
add(struct counts *counts, struct str name, uint64_t bytes, uint64_t lines)
{
	struct count *count = counted(counts, name);

	count->files++;
	count->bytes += bytes;
	count->lines += lines;
	return count;
}

static struct str
top_directory(struct str path)
{
	const char *slash = memchr(path.data, '/', path.len);

	return slash ? (struct str){ path.data, (size_t)(slash - path.data) } : STR(".");
}

static void
add_suspicious(struct census *c, const struct entry *entry, enum suspect_class class, uint64_t places,
    const struct blob *blob)
{
	if (places == 0)
		return;
	add(&c->suspicious, str_from(suspect_word(class)), blob->is.size, blob->is.lines)->places += places;
	counted(&c->directories, top_directory(entry->path))->places += places;
	c->places += places;
}

static int
count_file(struct census *c, const struct entry *entry)
{
	uint32_t places[SUSPECT_END];
	struct row status = { 0 };
	struct blob blob;

	int r = tree_blob(c->tree, entry, &blob);
	if (r == 0)
		r = row_set_status(c->job, &status, &blob);
	if (r < 0)
		return r;
	const struct seg_blob *is = &blob.is;
	struct str language = str_from(seg_language_word(is->language));
	c->files++;
	c->bytes += is->size;
	c->lines += is->lines;
	add(&c->languages, language.len ? language : STR("none"), is->size, is->lines);
	add(&c->directories, top_directory(entry->path), is->size, is->lines);
	add(&c->statuses, row_get(&status, F_STATUS), is->size, is->lines);
	if (tree_suspects(c->tree, entry, places))
		for (unsigned class = 1; class < SUSPECT_END; class ++)
			add_suspicious(c, entry, class, places[class], &blob);
	return 0;
}

static int
count_files(struct census *c)
{
	int r = 0;

	for (size_t i = 0; i < c->tree->count && r == 0; i++) {
		if (entry_regular(&c->tree->entries[i]))
			r = count_file(c, &c->tree->entries[i]);
		if (r == 0)
			r = pulse_beat(c->job->pulse);
	}
	return r;
}

/* The lines of words that look like others, as `suspicious` lists them. */
static int
count_confusables(struct census *c)
{
	int r = confusables_find(c->tree, c->job->pulse, false, &c->confusables);

	for (size_t i = 0, next; i < c->confusables.count && r == 0; i = next) {
		const struct confusable *items = c->confusables.items;
		struct blob blob;
		for (next = i + 1; next < c->confusables.count && items[next].entry == items[i].entry;)
			next++;
		const struct entry *entry = &c->tree->entries[items[i].entry];
		r = tree_blob(c->tree, entry, &blob);
		if (r == 0)
			add_suspicious(c, entry, SUSPECT_CONFUSABLE, next - i, &blob);
	}
	return r;
}

static int
census_row(struct census *c, const char *by, const struct count *count)
{
	struct row row = { 0 };

	row_set(&row, F_WHAT, STR("census"));
	row_set(&row, F_RELEASE, c->release);
	row_set(&row, F_BY, str_from(by));
	row_set(&row, F_NAME, count->name);
	row_set_num(&row, F_FILES, count->files);
	row_set_num(&row, F_SIZE, count->bytes);
	row_set_num(&row, F_LINES, count->lines);
	if (count->places > 0)
		row_set_num(&row, F_SUSPICIOUS, count->places);
	return answer_row(c->job->answer, &row, NULL, 0);
}

static int
compare(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return str_cmp(x->name, y->name);
}

static int
census_rows(struct census *c, const char *by, struct counts *counts)
{
	int r = 0;

	if (counts->count > 0)
		qsort(counts->items, counts->count, sizeof *counts->items, compare);
	for (size_t i = 0; i < counts->count && r == 0; i++)
		r = census_row(c, by, &counts->items[i]);
	return r;
}

/* Links and submodules, which are no files. */
static void
count_others(struct census *c)
{
	for (size_t i = 0; i < c->tree->count; i++)
		if (!entry_regular(&c->tree->entries[i]))
			add(&c->statuses,
			    c->tree->entries[i].mode == MODE_LINK ? STR("link") : STR("submodule"), 0, 0);
}

int
answer_census(struct job *job)
{
	struct census c = { .job = job };
	size_t release;

	int r = job_release(job, &release, &c.tree);
	if (r < 0)
		return r;
	c.release = store_name(job->store, release);
	r = count_files(&c);
	if (r == 0)
		r = count_confusables(&c);
	count_others(&c);
	if (r == 0)
		r = census_row(&c, "release",
		    &(struct count){ .name = c.release,
			.files = c.files,
			.bytes = c.bytes,
			.lines = c.lines,
			.places = c.places });
	if (r == 0)
		r = census_rows(&c, "language", &c.languages);
	if (r == 0)
		r = census_rows(&c, "directory", &c.directories);
	if (r == 0)
		r = census_rows(&c, "status", &c.statuses);
	if (r == 0)
		r = census_rows(&c, "suspicious", &c.suspicious);
	free(c.languages.items);
	free(c.directories.items);
	free(c.statuses.items);
	free(c.suspicious.items);
	confusables_release(&c.confusables);
	return r;
}
