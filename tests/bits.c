/*
 * Every bit of an exported ledger, carrel-ledger(5), flipped, one after the other:
 *
 *	bits FILE [STEP]
 *
 * The file must hold as it is, signatures and all.  With any one bit flipped it must not; what refuses it is
 * counted.  The same once more of each record and signature alone, without the tree that holds them: there its
 * form or its signature must refuse it.  STEP: only each so manieth bit.
 */
#include "annotations/checkpoint.h"
#include "annotations/ledger_private.h"
#include "base/fs.h"
#include "base/merkle.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MAX ((size_t)64 * 1024 * 1024)
#define LEAVES 65536
#define DIGESTS 4096

enum part { FORM, TREE, NOTE, RECORD, ATTACHMENT, SIGNATURE, HOLDS };

static const char *const part_names[] = { "form", "tree", "checkpoint's signature", "record", "attachment",
	"signature", "nothing" };

struct export
{
	bool public;
	struct checkpoint checkpoint;
	struct str leaves[LEAVES]; /* empty where it is withheld */
	struct str rest;           /* what is left to be read */
};

static bool
take_number(struct str *rest, size_t bytes, uint64_t *out)
{
	struct str number;

	if (!str_take(rest, bytes, &number))
		return false;
	*out = 0;
	for (size_t i = 0; i < bytes; i++)
		*out = *out << 8 | (uint8_t)number.data[i];
	return true;
}

static bool
read_head(struct export *export)
{
	static const struct str sides[] = { STR("carrel-ledger v1\nside all\n"),
		STR("carrel-ledger v1\nside public\n") };
	struct str start, line;

	export->public = str_starts(export->rest, sides[1]);
	if (!str_starts(export->rest, sides[export->public]) ||
	    !str_take(&export->rest, sides[export->public].len, &line))
		return false;
	start = export->rest;
	for (unsigned i = 0; i < 5; i++)
		if (!str_next(&export->rest, '\n', &line) || !export->rest.data)
			return false;
	start.len -= export->rest.len;
	return checkpoint_read(start, &export->checkpoint) == 0 && str_take(&export->rest, 1, &line) &&
	    str_is(line, "\n");
}

static bool
read_leaf(struct export *export, uint64_t index, uint8_t hash[static SHA256_LEN])
{
	struct str start, part, *leaf = &export->leaves[index];
	uint64_t kind, len;

	*leaf = STR("");
	if (!take_number(&export->rest, 1, &kind) || kind > export->public)
		return false;
	if (kind == 1) {
		if (!str_take(&export->rest, SHA256_LEN, &part))
			return false;
		memcpy(hash, part.data, SHA256_LEN);
		return true;
	}
	start = export->rest;
	for (unsigned i = 0; i < 2; i++)
		if (!take_number(&export->rest, 4, &len) || !str_take(&export->rest, len, &part))
			return false;
	*leaf = (struct str){ start.data, start.len - export->rest.len };
	merkle_leaf(leaf->data, leaf->len, hash);
	return true;
}

static enum part
read_tree(struct export *export)
{
	uint64_t size = export->checkpoint.head.size;
	struct frontier frontier = { 0 };
	uint8_t hash[SHA256_LEN];

	if (size == 0 || size > LEAVES)
		return FORM;
	for (uint64_t i = 0; i < size; i++) {
		if (!read_leaf(export, i, hash))
			return FORM;
		frontier_add(&frontier, hash);
	}
	frontier_root(&frontier, hash);
	return memcmp(hash, export->checkpoint.head.root, sizeof hash) == 0 ? HOLDS : TREE;
}

/* The attachments that a record names, each digest once, in the order of first naming. */
static enum part
read_attachments(struct export *export, const json_t *payload, struct str *digests, size_t *count)
{
	struct attached attached;
	uint8_t digest[SHA256_LEN];
	struct str bytes;
	uint64_t size;

	for (size_t i = 0; i < record_attached_count(payload); i++) {
		struct str named = json_str(json_array_get(json_object_get(payload, "attach"), i), "sha256");
		bool known = false;
		record_attached(payload, i, &attached);
		for (size_t k = 0; k < *count && !known; k++)
			known = str_eq(digests[k], named);
		if (known)
			continue;
		if (*count == DIGESTS || !take_number(&export->rest, 8, &size) ||
		    !str_take(&export->rest, size, &bytes))
			return FORM;
		digests[(*count)++] = named;
		sha256(bytes.data, bytes.len, digest);
		if (size != attached.size || memcmp(digest, attached.sha256, sizeof digest) != 0)
			return ATTACHMENT;
	}
	return HOLDS;
}

static bool
signs_note(const struct export *export, const json_t *payload)
{
	struct public_key key;

	return public_key_from_line(json_str(payload, "room_key"), &key, NULL) == 0 &&
	    checkpoint_check(&export->checkpoint, &key) == 0;
}

/* The records behind a tree that holds: their room keys, attachments and, last, signatures. */
static enum part
read_records(struct export *export)
{
	static struct entry entries[LEAVES];
	static struct str digests[DIGESTS];
	size_t digest_count = 0, count = (size_t) export->checkpoint.head.size;
	enum part part = HOLDS;
	bool is_signed = false;

	for (size_t i = 0; i < count; i++)
		entries[i] = (struct entry){ 0 };
	for (size_t i = 0; i < count && part == HOLDS; i++) {
		if (!export->leaves[i].len)
			continue;
		if (ledger_open_leaf(export->leaves[i], i, &entries[i]) < 0)
			part = RECORD;
		else
			part = read_attachments(export, entries[i].record.payload, digests, &digest_count);
		is_signed = is_signed || (part == HOLDS && signs_note(export, entries[i].record.payload));
	}
	if (part == HOLDS && export->rest.len)
		part = FORM;
	if (part == HOLDS && !is_signed)
		part = NOTE;
	for (size_t i = 0; i < count && part == HOLDS; i++)
		if (export->leaves[i].len && entry_check(&entries[i]) < 0)
			part = SIGNATURE;
	for (size_t i = 0; i < count; i++)
		record_release(&entries[i].record);
	return part;
}

/* What refuses the file; HOLDS if nothing does. */
static enum part
judge(struct str file, struct export *export)
{
	export->rest = file;
	if (!read_head(export))
		return FORM;
	enum part part = read_tree(export);
	return part == HOLDS ? read_records(export) : part;
}

/* What refuses the leaf by itself. */
static enum part
judge_leaf(struct str leaf, uint64_t index)
{
	struct entry entry = { 0 };
	enum part part = HOLDS;

	if (ledger_scan_leaf(leaf, index, &entry) < 0)
		part = RECORD;
	else if (entry_check(&entry) < 0)
		part = SIGNATURE;
	return part;
}

static void
flip(uint8_t *bytes, size_t bit)
{
	bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

static int
tell(const char *what, const size_t counts[static HOLDS + 1])
{
	size_t bits = 0;

	for (unsigned i = 0; i <= HOLDS; i++)
		bits += counts[i];
	printf("%s: %zu bits flipped, %zu refused", what, bits, bits - counts[HOLDS]);
	for (unsigned i = 0; i < HOLDS; i++)
		if (counts[i])
			printf(", %zu by the %s", counts[i], part_names[i]);
	printf("\n");
	return counts[HOLDS] ? 1 : 0;
}

static int
flip_file(struct buf *file, size_t step)
{
	static struct export export;
	size_t counts[HOLDS + 1] = { 0 };

	for (size_t bit = 0; bit < file->len * 8; bit += step) {
		flip(file->data, bit);
		enum part part = judge(buf_view(file), &export);
		counts[part]++;
		if (part == HOLDS)
			printf("bit %zu of the file is nobody's\n", bit);
		flip(file->data, bit);
	}
	return tell("the file", counts);
}

static int
flip_leaves(const struct export *export, size_t step)
{
	size_t counts[HOLDS + 1] = { 0 }, next = 0;

	for (uint64_t i = 0; i < export->checkpoint.head.size; i++) {
		struct str leaf = export->leaves[i];
		for (; next < leaf.len * 8; next += step) {
			/* the file's bytes are ours, and in memory */
			flip((uint8_t *)(uintptr_t)leaf.data, next);
			enum part part = judge_leaf(leaf, i);
			counts[part]++;
			if (part == HOLDS)
				printf("bit %zu of record %" PRIu64 " is nobody's\n", next, i);
			flip((uint8_t *)(uintptr_t)leaf.data, next);
		}
		next -= leaf.len * 8;
	}
	return tell("records and signatures alone", counts);
}

int
main(int argc, char **argv)
{
	static struct export export;
	struct buf file = BUF(FILE_MAX);
	size_t step = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;

	if (argc < 2 || argc > 3 || step == 0) {
		fprintf(stderr, "usage: bits FILE [STEP]\n");
		return 2;
	}
	if (fs_read(AT_FDCWD, argv[1], &file) < 0) {
		fprintf(stderr, "%s\n", err_text());
		return 2;
	}
	enum part part = judge(buf_view(&file), &export);
	if (part != HOLDS) {
		fprintf(
		    stderr, "%s: does not hold as it is: %s: %s\n", argv[1], part_names[part], err_text());
		return 1;
	}
	int of_file = flip_file(&file, step), of_leaves = flip_leaves(&export, step);
	buf_release(&file);
	return of_file | of_leaves;
}
