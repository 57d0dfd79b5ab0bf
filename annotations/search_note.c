#include "annotations/search_note.h"

#include "base/mem.h"
#include "base/merkle.h"
#include "base/row.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define COMMITMENT "carrel-query v1\n"
#define KIND "search"
#define LEAVES_MAX ((uint64_t)1 << 20) /* of one record; HITS_UNIT bounds them far below */

void
search_note_commitment(const uint8_t salt[static 32], struct str order, uint8_t out[static SHA256_LEN])
{
	struct sha256 sum;

	sha256_init(&sum);
	sha256_add(&sum, COMMITMENT, sizeof COMMITMENT - 1);
	sha256_add(&sum, salt, 32);
	sha256_add(&sum, order.data, order.len);
	sha256_end(&sum, out);
}

/* ---- the list: blob (20 bytes), number of lines, lines; ... ---- */

struct packing {
	struct buf out, lines;
	uint8_t blob[OID_LEN];
	uint64_t count; /* lines of this blob so far */
	struct frontier leaves;
};

static int
flush(struct packing *packing)
{
	int r = 0;

	if (packing->count == 0)
		return 0;
	r = enc_fixed(&packing->out, packing->blob, OID_LEN);
	if (r == 0)
		r = enc_num(&packing->out, packing->count);
	if (r == 0)
		r = buf_str(&packing->out, buf_view(&packing->lines));
	buf_clear(&packing->lines);
	packing->count = 0;
	return r;
}

static void
leaf_hash(const char *text, uint8_t out[static SHA256_LEN])
{
	merkle_leaf(text, strlen(text), out);
}

static int
pack_row(struct packing *packing, const struct row *row)
{
	char text[SEARCH_LEAF_MAX];
	uint8_t blob[OID_LEN], hash[SHA256_LEN];
	struct str hex = row_get(row, F_BLOB);
	uint64_t line = row_get_num(row, F_LINE);
	int r = 0;

	if (!row_has(row, F_LINE) || !hex_to(hex, blob, sizeof blob))
		return 0; /* no line of source */
	if (packing->count > 0 && memcmp(blob, packing->blob, sizeof blob) != 0)
		r = flush(packing);
	memcpy(packing->blob, blob, sizeof blob);
	packing->count++;
	snprintf(text, sizeof text, "%.*s:%" PRIu64, STR_ARG(hex), line);
	leaf_hash(text, hash);
	frontier_add(&packing->leaves, hash);
	return r == 0 ? enc_num(&packing->lines, line) : r;
}

static int
pack_rows(struct packing *packing, struct str rows)
{
	struct dec dec = dec_of(rows);
	struct row row;
	int r = 0;

	while (r == 0 && dec_more(&dec) && row_decode(&dec, &row))
		r = pack_row(packing, &row);
	return r == 0 ? dec_end(&dec, "search") : r;
}

static int
pack(struct packing *packing, struct str held)
{
	int r = 0;

	for (size_t at = 0; at < held.len && r == 0;) {
		uint32_t len;
		memcpy(&len, held.data + at, sizeof len);
		at += sizeof len;
		r = pack_rows(packing, (struct str){ held.data + at, len });
		at += len;
	}
	return r == 0 ? flush(packing) : r;
}

/* ---- entries ---- */

static int
make_head(const struct search_note *note, json_t **out)
{
	char record[HEX_LEN(SHA256_LEN)], salt[HEX_LEN(32)], root[HEX_LEN(SHA256_LEN)];

	hex_from(note->record, SHA256_LEN, record);
	hex_from(note->salt, 32, salt);
	hex_from(note->root, SHA256_LEN, root);
	*out = json_pack("{s:s,s:s,s:s,s:s,s:I}", "kind", KIND, "record", record, "salt", salt, "root", root,
	    "order", (json_int_t)note->order.len);
	return *out ? 0 : err_set(ERR_MEMORY, "no memory");
}

int
search_note_add(struct notebook *notebook, const struct search_note *note, struct str held)
{
	struct packing packing = { .out = BUF(NOTE_ENTRY_MAX), .lines = BUF(NOTE_ENTRY_MAX) };
	struct buf body = BUF(NOTE_ENTRY_MAX);
	uint8_t root[SHA256_LEN];
	json_t *head = NULL;

	int r = pack(&packing, held);
	if (r == 0)
		r = make_head(note, &head);
	if (r == 0)
		r = buf_str(&body, note->order);
	frontier_root(&packing.leaves, root);
	if (r == 0 && memcmp(root, note->root, sizeof root) == 0)
		r = buf_str(&body, buf_view(&packing.out));
	if (r == 0)
		r = notebook_add(notebook, head, buf_view(&body));
	json_decref(head);
	buf_wipe(&body);
	buf_wipe(&packing.out);
	buf_wipe(&packing.lines);
	return r;
}

struct reading_notes {
	int (*each)(void *ctx, const struct search_note *note);
	void *ctx;
};

static int
read_note(void *ctx, const json_t *head, struct str body)
{
	struct reading_notes *notes = ctx;
	uint8_t record[SHA256_LEN], salt[32], root[SHA256_LEN];
	uint64_t order = json_num(head, "order");

	if (!str_is(json_str(head, "kind"), KIND))
		return 0;
	if (!hex_to(json_str(head, "record"), record, sizeof record) ||
	    !hex_to(json_str(head, "salt"), salt, sizeof salt) ||
	    !hex_to(json_str(head, "root"), root, sizeof root) || order > body.len)
		return 0; /* by nobody of ours */
	struct search_note note = {
		.record = record,
		.salt = salt,
		.root = root,
		.order = { body.data, order },
		.lines = { body.data + order, body.len - order },
	};
	return notes->each(notes->ctx, &note);
}

int
search_note_each(struct notebook *notebook, int (*each)(void *ctx, const struct search_note *note), void *ctx,
    size_t *spoilt)
{
	struct reading_notes notes = { each, ctx };

	return notebook_each(notebook, read_note, &notes, spoilt);
}

struct finding {
	const uint8_t *record;
	struct buf *room; /* record, salt, root, order, lines */
	size_t order;
};

static int
find(void *ctx, const struct search_note *note)
{
	struct finding *finding = ctx;

	if (memcmp(note->record, finding->record, SHA256_LEN) != 0)
		return 0;
	buf_clear(finding->room); /* of two the later one, which holds as well or not at all */
	finding->order = note->order.len;
	int r = buf_add(finding->room, note->record, SHA256_LEN);
	if (r == 0)
		r = buf_add(finding->room, note->salt, 32);
	if (r == 0)
		r = buf_add(finding->room, note->root, SHA256_LEN);
	if (r == 0)
		r = buf_str(finding->room, note->order);
	return r == 0 ? buf_str(finding->room, note->lines) : r;
}

int
search_note_find(struct notebook *notebook, const uint8_t record[static SHA256_LEN], struct buf *room,
    struct search_note *out)
{
	struct finding finding = { .record = record, .room = room };
	const size_t fixed = SHA256_LEN + 32 + SHA256_LEN;
	size_t spoilt;

	int r = search_note_each(notebook, find, &finding, &spoilt);
	if (r < 0)
		return r;
	if (room->len < fixed)
		return err_set(ERR_ABSENT, "your notebook has nothing on that record");
	const char *text = (const char *)room->data + fixed;
	*out = (struct search_note){
		.record = room->data,
		.salt = room->data + SHA256_LEN,
		.root = room->data + SHA256_LEN + 32,
		.order = { text, finding.order },
		.lines = { text + finding.order, room->len - fixed - finding.order },
	};
	return 0;
}

/* ---- proving one entry ---- */

struct leaves {
	uint8_t (*hash)[SHA256_LEN];
	uint64_t count;
};

/* The root over leaves index << level ..., by their definition: the lists are short. */
static int
subtree(void *ctx, unsigned level, uint64_t index, uint8_t out[static SHA256_LEN])
{
	const struct leaves *leaves = ctx;
	struct frontier frontier = { 0 };

	for (uint64_t i = index << level; i < (index + 1) << level && i < leaves->count; i++)
		frontier_add(&frontier, leaves->hash[i]);
	frontier_root(&frontier, out);
	return 0;
}

/* Hashes of all leaves, and the text of one. */
static int
unpack(const struct search_note *note, uint64_t index, struct leaves *leaves, struct search_leaf *out)
{
	struct dec dec = dec_of(note->lines);
	char hex[HEX_LEN(OID_LEN)], text[SEARCH_LEAF_MAX];

	while (dec_more(&dec)) {
		const uint8_t *blob = dec_fixed(&dec, OID_LEN);
		uint64_t count = dec_num_max(&dec, note->lines.len);
		if (dec.bad || leaves->count + count > LEAVES_MAX)
			break;
		hex_from(blob, OID_LEN, hex);
		void *grown = mem_try_grow(leaves->hash, leaves->count + count, SHA256_LEN);
		if (!grown)
			return err_set(ERR_MEMORY, "no memory");
		leaves->hash = grown;
		for (; count > 0 && !dec.bad; count--, leaves->count++) {
			snprintf(text, sizeof text, "%s:%" PRIu64, hex, dec_num(&dec));
			leaf_hash(text, leaves->hash[leaves->count]);
			if (leaves->count == index)
				memcpy(out->text, text, sizeof text);
		}
	}
	return dec_end(&dec, "notebook");
}

int
search_note_prove(const struct search_note *note, uint64_t index, struct search_leaf *out)
{
	struct leaves leaves = { 0 };

	*out = (struct search_leaf){ .index = index };
	int r = unpack(note, index, &leaves, out);
	out->size = leaves.count;
	if (r == 0 && index >= leaves.count)
		r = err_set(ERR_ABSENT, "the list has %" PRIu64 " entries, counted from 0", leaves.count);
	if (r == 0)
		r = proof_inclusion(subtree, &leaves, index, leaves.count, &out->proof);
	if (r == 0)
		r = proof_check_inclusion(&out->proof, index, leaves.count, leaves.hash[index], note->root);
	free(leaves.hash);
	return r;
}
