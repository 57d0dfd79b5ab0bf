#include "tests/unit.h"

#include "base/fs.h"
#include "base/seal.h"
#include "indexer/intake/segment_map.h"
#include "indexer/intake/segment_write.h"
#include "tests/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct file {
	const char *path;
	struct str text;
};

static const struct file first_release[] = {
	{ "a.c", STR("#include <stdio.h>\nint main(void)\n{\n\treturn twice(2);\n}\n") },
	{ "b/empty", STR("") },
	{ "b/image.bin", STR("\x89PNG\0\0\0\n\0") },
	{ "b/no-newline.txt", STR("one\ntwo") },
	{ "b/wide.txt",
	    STR("\xff\xfe"
		"a\0b\0") },
	{ "c.py", STR("def twice(x):\n    return x * 2\n") },
	{ "same.c", STR("#include <stdio.h>\nint main(void)\n{\n\treturn twice(2);\n}\n") },
};

static const struct file second_release[] = {
	{ "a.c", STR("#include <stdio.h>\nint main(void)\n{\n\treturn twice(2);\n}\n") },
	{ "d.json", STR("{ \"key\": 1 }\n") },
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct fixture {
	struct scratch scratch;
	struct pool *pool;
	struct task *task; /* with several threads */
	struct index *index;
};

static int
go_on(void *ctx, const struct progress *progress)
{
	(void)ctx, (void)progress;
	return 0;
}

static int
stop_now(void *ctx, const struct progress *progress)
{
	(void)ctx, (void)progress;
	return err_set(ERR_CANCELLED, "enough");
}

static void
open_index(
    struct fixture *f, unsigned threads, unsigned workers, int (*progress)(void *, const struct progress *))
{
	assert_int_equal(pool_new(threads, &f->pool), 0);
	f->task = NULL;
	if (threads > 1)
		assert_int_equal(task_new(&f->task), 0);
	struct index_options options = { .dir = f->scratch.dir,
		.pool = f->pool,
		.task = f->task,
		.workers = workers,
		.seal_layers = SEAL_LANDLOCK | SEAL_SECCOMP,
		.progress = progress };
	assert_int_equal(index_open(&options, &f->index), 0);
}

static void
close_index(struct fixture *f)
{
	index_close(f->index);
	pool_free(f->pool);
	task_free(f->task);
}

static struct index_entry
entry_of(const struct file *file)
{
	struct index_entry e = { .path = str_from(file->path),
		.mode = 0100644,
		.size = file->text.len,
		.bytes = (const uint8_t *)file->text.data };

	git_oid("blob", file->text.data, file->text.len, e.id);
	return e;
}

static int
add_release(struct fixture *f, const struct file *files, size_t count, const char *verdicts,
    struct index_result *result)
{
	assert_int_equal(index_release_begin(f->index, str_from(verdicts)), 0);
	for (size_t i = 0; i < count; i++) {
		struct index_entry e = entry_of(&files[i]);
		assert_int_equal(index_add(f->index, &e), 0);
	}
	return index_release_end(f->index, STR("x\0odd\0why\0"), result);
}

static unsigned
files_in(const struct fixture *f)
{
	unsigned count = 0;
	DIR *dir = opendir(f->scratch.path);

	assert_non_null(dir);
	for (struct dirent *d; (d = readdir(dir));)
		count += d->d_name[0] != '.';
	closedir(dir);
	return count;
}

/* ---- */

static void
threads_and_workers_change_nothing(void **state)
{
	static const unsigned counts[][2] = { { 1, 1 }, { 2, 3 }, { 4, 2 } };
	struct index_result results[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct fixture f;
		scratch_make(&f.scratch);
		open_index(&f, counts[i][0], counts[i][1], go_on);
		assert_int_equal(add_release(&f, first_release, COUNT(first_release), "", &results[i]), 0);
		assert_int_equal(results[i].count, 3);
		assert_int_equal(files_in(&f), 3);
		assert_memory_equal(results[i].segment, results[0].segment, SHA256_LEN);
		for (size_t k = 0; k < 3; k++)
			assert_memory_equal(
			    results[i].files[k].digest, results[0].files[k].digest, SHA256_LEN);
		close_index(&f);
		scratch_remove(&f.scratch);
	}
	for (size_t i = 0; i < 3; i++)
		index_result_release(&results[i]);
}

static void
check_blobs(struct seg_map *map)
{
	static const uint8_t classes[] = { SEG_PLAIN_TEXT, SEG_PLAIN_TEXT, SEG_BINARY, SEG_PLAIN_TEXT,
		SEG_UTF16, SEG_PLAIN_TEXT };
	static const uint32_t lines[] = { 5, 0, 2, 2, 1, 2 };
	struct seg_texts texts;
	struct str text;

	assert_int_equal(seg_texts_open(&texts, map), 0);
	assert_int_equal(texts.count, 6); /* same.c is a.c */
	for (uint32_t i = 0; i < 6; i++) {
		assert_int_equal(texts.blobs[i].class, classes[i]);
		assert_int_equal(texts.blobs[i].lines, lines[i]);
		assert_int_equal(seg_texts_get(&texts, i, &text), 0);
		assert_true(str_eq(text, first_release[i].text));
	}
	assert_int_equal(texts.blobs[0].language, LANG_C);
	assert_int_equal(texts.blobs[5].language, LANG_PYTHON);
	seg_texts_close(&texts);
}

static void
what_is_written_can_be_read(void **state)
{
	struct fixture f;
	struct index_result r;
	struct seg_map map;
	struct str bytes;
	uint64_t count;

	(void)state;
	scratch_make(&f.scratch);
	open_index(&f, 2, 2, go_on);
	assert_int_equal(add_release(&f, first_release, COUNT(first_release), "", &r), 0);
	assert_int_equal(seg_map_open(&map, f.scratch.dir, r.files[0].digest, SEG_TEXT), 0);
	check_blobs(&map);
	assert_int_equal(seg_map_section(&map, SEG_NAMES, &bytes, &count), 0);
	assert_int_equal(count, 5); /* main one twice two x; <stdio.h> is a string */
	seg_map_close(&map);
	assert_int_equal(seg_map_open(&map, f.scratch.dir, r.files[1].digest, SEG_SYNTAX), 0);
	assert_int_equal(seg_map_section(&map, SEG_OUTLINES, &bytes, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(seg_map_section(&map, SEG_TEXT_NAME, &bytes, &count), 0);
	assert_memory_equal(bytes.data, r.files[0].digest, SHA256_LEN);
	seg_map_close(&map);
	assert_int_equal(seg_map_open(&map, f.scratch.dir, r.segment, SEG_RELEASE), 0);
	assert_int_equal(seg_map_section(&map, SEG_PATHS, &bytes, &count), 0);
	assert_int_equal(count, COUNT(first_release));
	assert_int_equal(seg_map_section(&map, SEG_ODD, &bytes, &count), 0);
	assert_int_equal(count, 1);
	seg_map_close(&map);
	index_result_release(&r);
	close_index(&f);
	scratch_remove(&f.scratch);
}

static void
a_second_release_brings_only_what_is_new(void **state)
{
	struct fixture f;
	struct index_result r1, r2, again;

	(void)state;
	scratch_make(&f.scratch);
	open_index(&f, 1, 1, go_on);
	assert_int_equal(add_release(&f, first_release, COUNT(first_release), "", &r1), 0);
	assert_int_equal(add_release(&f, second_release, COUNT(second_release), "", &r2), 0);
	assert_int_equal(r2.count, 3);
	assert_int_equal(files_in(&f), 6);
	close_index(&f);
	/* a new run, which learns of the first release from its segment */
	open_index(&f, 1, 1, go_on);
	assert_int_equal(index_known(f.index, r1.segment), 0);
	assert_int_equal(index_sweep(f.index, false), 0);
	assert_int_equal(files_in(&f), 3);
	assert_int_equal(add_release(&f, second_release, COUNT(second_release), "", &again), 0);
	assert_memory_equal(again.segment, r2.segment, SHA256_LEN);
	assert_int_equal(files_in(&f), 6);
	close_index(&f);
	index_result_release(&r1);
	index_result_release(&r2);
	index_result_release(&again);
	scratch_remove(&f.scratch);
}

static void
a_verdict_is_obeyed_and_kept(void **state)
{
	struct fixture f;
	struct index_result plain, judged;
	char line[100];
	uint8_t id[OID_LEN];
	char hex[HEX_LEN(OID_LEN)];

	(void)state;
	git_oid("blob", first_release[0].text.data, first_release[0].text.len, id);
	hex_from(id, OID_LEN, hex);
	snprintf(line, sizeof line, "%s time\n", hex);
	scratch_make(&f.scratch);
	open_index(&f, 1, 2, go_on);
	assert_int_equal(add_release(&f, first_release, COUNT(first_release), line, &judged), 0);
	assert_true(str_is(buf_view(&judged.verdicts), line));
	close_index(&f);
	open_index(&f, 1, 2, go_on);
	assert_int_equal(add_release(&f, first_release, COUNT(first_release), "", &plain), 0);
	assert_int_equal(plain.verdicts.len, 0);
	assert_memory_equal(plain.files[0].digest, judged.files[0].digest, SHA256_LEN);
	assert_memory_not_equal(plain.files[1].digest, judged.files[1].digest, SHA256_LEN);
	close_index(&f);
	index_result_release(&plain);
	index_result_release(&judged);
	scratch_remove(&f.scratch);
}

static void
nothing_is_left_of_a_release_that_stopped(void **state)
{
	struct fixture f;
	struct index_result r;
	struct index_entry late = entry_of(&first_release[5]), early = entry_of(&first_release[0]);

	(void)state;
	scratch_make(&f.scratch);
	open_index(&f, 1, 1, stop_now);
	assert_int_equal(add_release(&f, first_release, COUNT(first_release), "", &r), ERR_CANCELLED);
	index_release_abort(f.index);
	assert_int_equal(files_in(&f), 0);
	close_index(&f);
	open_index(&f, 1, 1, go_on);
	assert_int_equal(index_release_begin(f.index, STR("")), 0);
	assert_int_equal(index_add(f.index, &late), 0);
	assert_int_equal(index_add(f.index, &early), ERR_FORMAT); /* out of order */
	close_index(&f);
	assert_int_equal(files_in(&f), 0);
	scratch_remove(&f.scratch);
}

static void
what_is_too_large_or_elsewhere_has_an_entry(void **state)
{
	struct fixture f;
	struct index_result r;
	struct seg_map map;
	struct seg_texts texts;
	struct index_entry large = {
		.path = STR("large"), .mode = 0100644, .size = SEG_BLOB_MAX + 1, .id = { 1 }
	};
	struct index_entry module = { .path = STR("module"), .mode = 0160000, .id = { 2 } };

	(void)state;
	scratch_make(&f.scratch);
	open_index(&f, 1, 1, go_on);
	assert_int_equal(index_release_begin(f.index, STR("")), 0);
	assert_int_equal(index_add(f.index, &large), 0);
	assert_int_equal(index_add(f.index, &module), 0);
	assert_true(index_has(f.index, large.id));
	assert_false(index_has(f.index, module.id));
	assert_int_equal(index_release_end(f.index, STR(""), &r), 0);
	assert_int_equal(seg_map_open(&map, f.scratch.dir, r.files[0].digest, SEG_TEXT), 0);
	assert_int_equal(seg_texts_open(&texts, &map), 0);
	assert_int_equal(texts.count, 1);
	assert_int_equal(texts.blobs[0].class, SEG_LARGE);
	seg_texts_close(&texts);
	seg_map_close(&map);
	index_result_release(&r);
	close_index(&f);
	scratch_remove(&f.scratch);
}

/* Up to SEG_BLOB_MAX it is stored and can be searched; its words are not looked for. */
static void
a_large_text_has_no_words(void **state)
{
	struct fixture f;
	struct index_result r;
	struct seg_map map;
	struct seg_texts texts;
	struct str bytes, text;
	uint64_t count;
	size_t len = (size_t)64 * 1024 * 1024 + 1;
	char *large = malloc(len);

	(void)state;
	assert_non_null(large);
	for (size_t i = 0; i < len; i++)
		large[i] = "some words\n"[i % 11];
	const struct file files[] = { { "large.txt", { large, len } },
		{ "small.txt", STR("other words\n") } };
	scratch_make(&f.scratch);
	open_index(&f, 2, 1, go_on);
	assert_int_equal(add_release(&f, files, COUNT(files), "", &r), 0);
	assert_int_equal(seg_map_open(&map, f.scratch.dir, r.files[0].digest, SEG_TEXT), 0);
	assert_int_equal(seg_texts_open(&texts, &map), 0);
	assert_int_equal(texts.blobs[0].class, SEG_PLAIN_TEXT);
	assert_int_equal(texts.blobs[0].flags, SEG_WORDLESS);
	assert_int_equal(texts.blobs[1].flags, 0);
	assert_int_equal(seg_texts_get(&texts, 0, &text), 0);
	assert_true(str_eq(text, files[0].text));
	assert_int_equal(seg_map_section(&map, SEG_NAMES, &bytes, &count), 0);
	assert_int_equal(count, 2); /* other words */
	seg_texts_close(&texts);
	seg_map_close(&map);
	index_result_release(&r);
	close_index(&f);
	scratch_remove(&f.scratch);
	free(large);
}

static void
an_empty_release_is_one(void **state)
{
	struct fixture f;
	struct index_result r;

	(void)state;
	scratch_make(&f.scratch);
	open_index(&f, 1, 1, go_on);
	assert_int_equal(add_release(&f, NULL, 0, "", &r), 0);
	assert_int_equal(r.count, 1);
	index_result_release(&r);
	close_index(&f);
	scratch_remove(&f.scratch);
}

/* ---- merging ---- */

#define MERGED 8    /* segments that become one */
#define RELEASES 74 /* eight times eight, eight, and two */
#define FILES 4     /* of one release alone; one more is in all of them */

struct product {
	struct fixture f;
	uint8_t written[RELEASES][SHA256_LEN];  /* as the release was written first */
	uint8_t segments[RELEASES][SHA256_LEN]; /* as it is now */
};

/* File `i` of release `n`. */
static struct str
make_text(unsigned n, unsigned i, char out[static 256])
{
	int len = snprintf(out, 256,
	    "#include <a%u.h>\nint shared;\nstruct s%u *f%u(int x) { return g%u(shared, x) + f%u(%u); }\n%s",
	    i, n, n, i, n / 2, n, i == 3 ? "/* \xe2\x80\xae */ int shared2 = 1;\nvoid g3(void);\n" : "");
	return (struct str){ out, (size_t)len };
}

static void
add_small_release(struct product *p, unsigned n)
{
	char paths[FILES][32], texts[FILES][256];
	struct file files[FILES + 1];
	struct index_result r;

	for (unsigned i = 0; i < FILES; i++) {
		snprintf(paths[i], sizeof paths[i], "%u/%u.c", i, n);
		files[i] = (struct file){ paths[i], make_text(n, i, texts[i]) };
	}
	files[FILES] = (struct file){ "zz.py", STR("def stays():\n    return 1\n") };
	assert_int_equal(add_release(&p->f, files, FILES + 1, "", &r), 0);
	memcpy(p->written[n], r.segment, SHA256_LEN);
	memcpy(p->segments[n], r.segment, SHA256_LEN);
	index_result_release(&r);
}

/* Releases from..to, as the third phase of an import does. */
static void
renew_releases(struct product *p, unsigned from, unsigned to)
{
	struct index_result r;

	for (unsigned n = from; n < to; n++) {
		assert_int_equal(index_release_renew(p->f.index, p->segments[n], &r), 0);
		assert_true(r.finished);
		if (r.count > 0)
			memcpy(p->segments[n], r.segment, SHA256_LEN);
		index_result_release(&r);
	}
}

static void
product_open(struct product *p)
{
	memset(p, 0, sizeof *p);
	scratch_make(&p->f.scratch);
	open_index(&p->f, 1, 1, go_on);
}

static void
product_close(struct product *p)
{
	close_index(&p->f);
	scratch_remove(&p->f.scratch);
}

static void
load_pairs(const struct fixture *f, const uint8_t *segment, struct seg_pair *pairs, uint64_t *count)
{
	struct seg_map map;
	struct str bytes;

	assert_int_equal(seg_map_open(&map, f->scratch.dir, segment, SEG_RELEASE), 0);
	assert_int_equal(seg_map_section(&map, SEG_PAIRS, &bytes, count), 0);
	assert_true(*count <= RELEASES);
	memcpy(pairs, bytes.data, bytes.len);
	seg_map_close(&map);
}

/* Every section of two segments, but the one that is theirs alone. */
static void
check_same(const struct fixture *a, const uint8_t *in_a, const struct fixture *b, const uint8_t *in_b,
    enum seg_kind kind, enum seg_section_id but)
{
	struct seg_map x, y;
	struct str bytes, other;
	uint64_t count, other_count;

	assert_int_equal(seg_map_open(&x, a->scratch.dir, in_a, kind), 0);
	assert_int_equal(seg_map_open(&y, b->scratch.dir, in_b, kind), 0);
	for (size_t i = 0; i < SEG_SECTIONS_MAX && x.head.sections[i].id; i++) {
		enum seg_section_id id = x.head.sections[i].id;
		if (id == but)
			continue;
		assert_int_equal(seg_map_section(&x, id, &bytes, &count), 0);
		assert_int_equal(seg_map_section(&y, id, &other, &other_count), 0);
		assert_int_equal(count, other_count);
		assert_true(str_eq(bytes, other));
	}
	seg_map_close(&x);
	seg_map_close(&y);
}

static void
a_merged_segment_is_what_one_import_would_have_written(void **state)
{
	static struct product p, whole;
	static char paths[MERGED * FILES + 1][32], texts[MERGED * FILES + 1][256];
	struct file files[MERGED * FILES + 1];
	struct seg_pair merged[RELEASES], one[RELEASES];
	struct index_result r;
	uint64_t count;
	unsigned k = 0;

	(void)state;
	product_open(&p);
	for (unsigned n = 0; n < MERGED; n++) {
		assert_int_equal(index_merge(p.f.index), 0);
		assert_false(index_merged(p.f.index));
		add_small_release(&p, n);
	}
	assert_int_equal(index_merge(p.f.index), 0);
	assert_true(index_merged(p.f.index));
	renew_releases(&p, 0, MERGED);
	load_pairs(&p.f, p.segments[0], merged, &count);
	assert_int_equal(count, 1);
	product_open(&whole);
	for (unsigned n = 0; n < MERGED; n++) {
		for (unsigned i = 0; i < FILES; i++, k++) {
			snprintf(paths[k], sizeof paths[k], "%u/%u.c", n, i);
			files[k] = (struct file){ paths[k], make_text(n, i, texts[k]) };
		}
		if (n == 0)
			files[k++] = (struct file){ "0/zz.py", STR("def stays():\n    return 1\n") };
	}
	assert_int_equal(add_release(&whole.f, files, k, "", &r), 0);
	load_pairs(&whole.f, r.segment, one, &count);
	check_same(&p.f, merged[0].text, &whole.f, one[0].text, SEG_TEXT, SEG_PARTS);
	check_same(&p.f, merged[0].syntax, &whole.f, one[0].syntax, SEG_SYNTAX, SEG_TEXT_NAME);
	index_result_release(&r);
	product_close(&p);
	product_close(&whole);
}

static void
it_does_not_matter_when_segments_are_merged(void **state)
{
	static struct product early, late;
	struct seg_pair pairs[RELEASES];
	uint64_t count;
	bool was;

	(void)state;
	product_open(&early);
	product_open(&late);
	for (unsigned n = 0; n < RELEASES; n++) {
		add_small_release(&early, n);
		assert_int_equal(index_merge(early.f.index), 0);
		renew_releases(&early, 0, n + 1);
		assert_int_equal(index_sweep(early.f.index, true), 0);
		add_small_release(&late, n);
	}
	assert_int_equal(index_merge(late.f.index), 0);
	renew_releases(&late, 0, RELEASES);
	/* what a release was when it was written, and something else */
	for (unsigned n = 0; n < RELEASES; n += 7) {
		const uint8_t *other = early.written[(n + 1) % RELEASES];
		assert_int_equal(index_release_was(late.f.index, late.written[n], early.written[n], &was), 0);
		assert_true(was);
		assert_int_equal(index_release_was(late.f.index, late.written[n], other, &was), 0);
		assert_false(was);
	}
	assert_int_equal(index_sweep(late.f.index, true), 0);
	for (unsigned n = 0; n < RELEASES; n++)
		assert_memory_equal(early.segments[n], late.segments[n], SHA256_LEN);
	load_pairs(&late.f, late.segments[RELEASES - 1], pairs, &count);
	/* of the first 64 it has the file that stays */
	assert_int_equal(count, 2);
	/* 64, 8 and two: each with its syntax */
	assert_int_equal(files_in(&late.f), RELEASES + 2 * 4);
	assert_int_equal(files_in(&early.f), RELEASES + 2 * 4);
	product_close(&early);
	product_close(&late);
}

/* Killed when the first few releases name the merged segment and the others do not yet. */
static void
a_merge_that_was_stopped_goes_on(void **state)
{
	static struct product p;
	unsigned named = 3;

	(void)state;
	product_open(&p);
	for (unsigned n = 0; n < MERGED + 2; n++)
		add_small_release(&p, n);
	assert_int_equal(index_merge(p.f.index), 0);
	renew_releases(&p, 0, named);
	close_index(&p.f);
	open_index(&p.f, 1, 1, go_on);
	for (unsigned n = 0; n < MERGED + 2; n++)
		assert_int_equal(index_known(p.f.index, p.segments[n]), 0);
	assert_int_equal(index_sweep(p.f.index, false), 0);
	for (unsigned n = 0; n < MERGED + 2; n++)
		assert_int_equal(index_known(p.f.index, p.segments[n]), 0);
	assert_true(index_merged(p.f.index));
	add_small_release(&p, MERGED + 2); /* which names nothing that goes */
	assert_int_equal(index_merge(p.f.index), 0);
	renew_releases(&p, 0, MERGED + 3);
	assert_int_equal(index_sweep(p.f.index, true), 0);
	assert_int_equal(files_in(&p.f), MERGED + 3 + 2 * 4);
	close_index(&p.f);
	open_index(&p.f, 1, 1, go_on);
	for (unsigned n = 0; n < MERGED + 3; n++)
		assert_int_equal(index_known(p.f.index, p.segments[n]), 0);
	assert_false(index_merged(p.f.index));
	product_close(&p);
}

/* Every byte of a small segment flipped: the head, the tables or a chunk do not fit any more. */
static void
a_damaged_segment_is_not_known(void **state)
{
	struct fixture f;
	struct index_result r;
	struct buf whole = BUF(1 << 20);
	char name[HEX_LEN(SHA256_LEN)];

	(void)state;
	scratch_make(&f.scratch);
	open_index(&f, 1, 1, go_on);
	assert_int_equal(add_release(&f, second_release, COUNT(second_release), "", &r), 0);
	close_index(&f);
	hex_from(r.segment, SHA256_LEN, name);
	assert_int_equal(fs_read(f.scratch.dir, name, &whole), 0);
	open_index(&f, 1, 1, go_on);
	for (size_t i = 0; i < whole.len; i += 1 + i / 64) {
		whole.data[i] ^= 1;
		assert_int_equal(fs_write(f.scratch.dir, name, buf_view(&whole), 0600, FS_REPLACE), 0);
		assert_int_equal(index_known(f.index, r.segment), ERR_FORMAT);
		whole.data[i] ^= 1;
	}
	assert_int_equal(fs_write(f.scratch.dir, name, (struct str){ (char *)whole.data, whole.len / 2 },
			     0600, FS_REPLACE),
	    0);
	assert_int_equal(index_known(f.index, r.segment), ERR_FORMAT);
	assert_int_equal(unlinkat(f.scratch.dir, name, 0), 0);
	assert_int_equal(index_known(f.index, r.segment), ERR_FORMAT);
	close_index(&f);
	buf_release(&whole);
	index_result_release(&r);
	scratch_remove(&f.scratch);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(threads_and_workers_change_nothing),
	cmocka_unit_test(what_is_written_can_be_read),
	cmocka_unit_test(a_second_release_brings_only_what_is_new),
	cmocka_unit_test(a_verdict_is_obeyed_and_kept),
	cmocka_unit_test(nothing_is_left_of_a_release_that_stopped),
	cmocka_unit_test(what_is_too_large_or_elsewhere_has_an_entry),
	cmocka_unit_test(a_large_text_has_no_words),
	cmocka_unit_test(an_empty_release_is_one),
	cmocka_unit_test(a_merged_segment_is_what_one_import_would_have_written),
	cmocka_unit_test(it_does_not_matter_when_segments_are_merged),
	cmocka_unit_test(a_merge_that_was_stopped_goes_on),
	cmocka_unit_test(a_damaged_segment_is_not_known),
};

UNIT(tests)
