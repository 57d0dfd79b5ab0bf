#include "annotations/bundle.h"

#include "annotations/issue.h"
#include "annotations/ledger_private.h"
#include "annotations/projection.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

#define ARMOUR_END "-----END SSH SIGNATURE-----\n"

struct piece { /* an entry, once */
	uint64_t index;
	struct str leaf;
	uint8_t hash[SHA256_LEN]; /* of the leaf */
};

struct checking {
	const struct bundle_options *options;
	struct bundle_summary *summary;
	struct db *scratch;    /* roster and sessions, as far as they are here */
	struct str text, rest; /* what is signed; what of the body is left */
	struct public_key signer;
	struct piece *pieces;
	size_t count, next;    /* next: of the tree's */
	struct ledger *ledger; /* of the same room, here; or NULL */
	struct head ours;      /* its head */
	bool forked;           /* a node of the tree is another one here */
};

static int
malformed(const char *what)
{
	return err_set(ERR_FORMAT, "bundle: malformed %s", what);
}

/* Whatever is wrong with it: such a file is not to be believed. */
static int
off(int r)
{
	bool verdict = r == ERR_ABSENT || r == ERR_REFUSED || r == ERR_USAGE;

	return verdict ? err_set(ERR_FORMAT, "bundle: %s", err_text()) : r;
}

static bool
take_u64(struct str *rest, uint64_t *out)
{
	struct str bytes;

	if (!str_take(rest, 8, &bytes))
		return false;
	*out = 0;
	for (size_t i = 0; i < 8; i++)
		*out = *out << 8 | (uint8_t)bytes.data[i];
	return true;
}

/* ---- statement and signature ---- */

static bool
take_line(struct str *rest, const char *key, struct str *value)
{
	struct str line, want = str_from(key);

	if (!str_next(rest, '\n', &line) || !rest->data || !str_starts(line, want))
		return false;
	*value = (struct str){ line.data + want.len, line.len - want.len };
	return true;
}

/* Five lines of ours and five of the note; what is off shows when the text is written anew. */
static bool
read_statement(struct str rest, struct bundle_statement *out)
{
	struct str value, first, note = { 0 };
	bool ok = take_line(&rest, "carrel-bundle v1", &value) && take_line(&rest, "range ", &value) &&
	    str_next(&value, ' ', &first) && str_u64(first, &out->first) && str_u64(value, &out->last) &&
	    take_line(&rest, "entries ", &value) && str_u64(value, &out->entries) &&
	    take_line(&rest, "size ", &value) && str_u64(value, &out->size) &&
	    take_line(&rest, "sha256 ", &value) && hex_to(value, out->sha256, SHA256_LEN);

	note = rest;
	return ok && checkpoint_read(note, &out->checkpoint) == 0 && out->first <= out->last &&
	    out->last < out->checkpoint.head.size;
}

static int
check_statement(struct checking *c, struct str file)
{
	struct buf blob = BUF(SSHSIG_MAX), again = BUF(BUNDLE_STATEMENT_MAX);
	struct bundle_statement *statement = &c->summary->statement;
	const char *begin = memmem(file.data, file.len, "-----BEGIN", 10);
	const char *end = memmem(file.data, file.len, ARMOUR_END, sizeof ARMOUR_END - 1);
	uint8_t digest[SHA256_LEN];

	if (!begin || !end || end < begin)
		return malformed("beginning");
	end += sizeof ARMOUR_END - 1;
	c->text = (struct str){ file.data, (size_t)(begin - file.data) };
	c->rest = (struct str){ end, file.len - (size_t)(end - file.data) };
	if (!read_statement(c->text, statement))
		return malformed("statement");
	const char *note = memmem(c->text.data, c->text.len, "\ncarrel/", 8);
	int r = note ? bundle_text(statement,
			   (struct str){ note + 1, c->text.len - (size_t)(note + 1 - c->text.data) }, &again)
		     : malformed("statement");
	if (r == 0 && !str_eq(buf_view(&again), c->text))
		r = malformed("statement");
	if (r == 0)
		r = sshsig_unarmour((struct str){ begin, (size_t)(end - begin) }, &blob);
	if (r == 0)
		r = sshsig_check(buf_view(&blob), NS_BUNDLE, c->text, &c->signer);
	sha256(c->rest.data, c->rest.len, digest);
	if (r == 0 &&
	    (c->rest.len != statement->size || memcmp(digest, statement->sha256, sizeof digest) != 0))
		r = err_set(ERR_FORMAT, "bundle: its body is not the one that was signed for");
	buf_release(&blob);
	buf_release(&again);
	return r;
}

/* ---- entries and tree ---- */

static int
take_piece(struct checking *c, struct piece *piece)
{
	struct str start, record, signature, length;
	size_t at = c->count;

	if (!take_u64(&c->rest, &piece->index))
		return malformed("entry");
	start = c->rest;
	for (unsigned i = 0; i < 2; i++) {
		if (!str_take(&c->rest, 4, &length))
			return malformed("entry");
		const uint8_t *n = (const uint8_t *)length.data;
		if (!str_take(&c->rest, (size_t)n[0] << 24 | (size_t)n[1] << 16 | (size_t)n[2] << 8 | n[3],
			&record))
			return malformed("entry");
	}
	piece->leaf = (struct str){ start.data, start.len - c->rest.len };
	int r = leaf_parse(piece->leaf, &record, &signature);
	if (r == 0 &&
	    (piece->index >= c->summary->statement.checkpoint.head.size ||
		(at > 0 && piece->index <= c->pieces[at - 1].index)))
		r = err_set(ERR_FORMAT, "bundle: its records are not in order");
	merkle_leaf(piece->leaf.data, piece->leaf.len, piece->hash);
	return r;
}

static int
take_pieces(struct checking *c)
{
	const struct bundle_statement *s = &c->summary->statement;
	uint64_t asked = 0;

	if (s->entries == 0 || s->entries > c->rest.len / 16)
		return malformed("number of entries");
	c->pieces = mem_try_alloc(s->entries, sizeof *c->pieces);
	if (!c->pieces)
		return err_set(ERR_MEMORY, "bundle: no memory");
	while (c->count < s->entries) {
		int r = take_piece(c, &c->pieces[c->count]);
		if (r < 0)
			return r;
		asked += c->pieces[c->count].index >= s->first && c->pieces[c->count].index <= s->last;
		c->count++;
	}
	return asked == s->last - s->first + 1
	    ? 0
	    : err_set(
		  ERR_FORMAT, "bundle: it lacks some of records %" PRIu64 " to %" PRIu64, s->first, s->last);
}

/* The node over leaves from..to-1, which is whole: that of the ledger here, as far as it goes, must be the same. */
static int
compare_node(struct checking *c, uint64_t from, uint64_t to, const uint8_t theirs[static SHA256_LEN])
{
	unsigned level = (unsigned)__builtin_ctzll(to - from);
	uint8_t ours[SHA256_LEN];

	if (!c->ledger || to > c->ours.size || c->ours.size >= c->summary->statement.checkpoint.head.size)
		return 0;
	int r = ledger_node(c->ledger, level, from >> level, ours);
	c->forked = c->forked || (r == 0 && memcmp(ours, theirs, sizeof ours) != 0);
	return r;
}

/* The root over leaves from..to-1: given where none of them is here. */
static int
root_of(struct checking *c, uint64_t from, uint64_t to, uint8_t out[static SHA256_LEN])
{
	uint8_t right[SHA256_LEN];
	struct str given;

	if (c->next == c->count || c->pieces[c->next].index >= to) {
		if (!str_take(&c->rest, SHA256_LEN, &given))
			return malformed("hashes");
		memcpy(out, given.data, SHA256_LEN);
		return compare_node(c, from, to, out);
	}
	if (to - from == 1) {
		memcpy(out, c->pieces[c->next++].hash, SHA256_LEN);
		return compare_node(c, from, to, out);
	}
	uint64_t middle = from + (UINT64_C(1) << (63 - __builtin_clzll(to - from - 1)));
	int r = root_of(c, from, middle, out);
	if (r == 0)
		r = root_of(c, middle, to, right);
	if (r == 0)
		merkle_node(out, right, out);
	return r;
}

static int
check_tree(struct checking *c)
{
	const struct head *head = &c->summary->statement.checkpoint.head;
	uint8_t root[SHA256_LEN];

	int r = root_of(c, 0, head->size, root);
	if (r == 0 && memcmp(root, head->root, sizeof root) != 0)
		r = err_set(ERR_FORMAT, "bundle: its records are not those of its checkpoint");
	return r;
}

/* ---- records ---- */

static int
take_attachments(struct checking *c, const json_t *payload)
{
	struct attached attached;
	uint8_t digest[SHA256_LEN];
	struct str bytes;
	uint64_t size;

	for (size_t i = 0; i < record_attached_count(payload); i++) {
		record_attached(payload, i, &attached);
		int r = bundle_takes(c->scratch, attached.sha256);
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		if (!take_u64(&c->rest, &size) || size != attached.size || !str_take(&c->rest, size, &bytes))
			return malformed("attachment");
		sha256(bytes.data, bytes.len, digest);
		if (memcmp(digest, attached.sha256, sizeof digest) != 0)
			return err_set(ERR_FORMAT, "bundle: an attachment is damaged");
		c->summary->attachments++;
	}
	return 0;
}

static int
check_genesis(struct checking *c, const struct entry *entry)
{
	const json_t *keys = json_object_get(entry->record.payload, "keys");
	struct public_key key;

	if (entry->record.type != RECORD_ROOM)
		return err_set(ERR_FORMAT, "bundle: it has no genesis");
	if (c->options->host && !public_key_eq(c->options->host, &entry->signer))
		return err_set(
		    ERR_FORMAT, "bundle: its genesis is signed by another host's key than the one given");
	for (size_t i = 0; i < json_array_size(keys); i++) {
		const json_t *line = json_array_get(keys, i);
		struct str text = { json_string_value(line), json_string_length(line) };
		if (public_key_from_line(text, &key, NULL) == 0 && public_key_eq(&key, &entry->signer))
			return 0;
	}
	return err_set(ERR_FORMAT, "bundle: its genesis is not signed by a key of the host that it names");
}

static bool
is_roster(enum record_type type)
{
	return type == RECORD_ROOM || type == RECORD_ROOMKEY || type == RECORD_PERSON ||
	    type == RECORD_REVOKE || type == RECORD_CONFIRM || type == RECORD_POLICY;
}

/* Whose it is; what was void in its room for want of a role or of a second person stays without effect here. */
static int
judge(struct checking *c, const struct entry *entry)
{
	struct person person = { 0 };
	int r = 0;

	if (is_roster(entry->record.type)) {
		r = projection_hooks.judge(NULL, c->scratch, entry);
		if (r == 0)
			r = projection_hooks.project(NULL, c->scratch, entry);
		if (r < 0 && r != ERR_REFUSED)
			return r;
	}
	r = person_by_key(c->scratch, entry->record.actor, entry->index, &person);
	if (r == 0)
		r = role_may(person.role, entry->record.type);
	if (r == 0 && c->options->record)
		r = c->options->record(
		    c->options->ctx, entry, buf_view(&person.name), str_from(role_word(person.role)));
	person_release(&person);
	return r;
}

static int
check_piece(struct checking *c, const struct piece *piece)
{
	struct entry entry;

	int r = ledger_open_leaf(piece->leaf, piece->index, &entry);
	if (r == 0)
		r = entry_check(&entry);
	if (r == 0 && memcmp(entry.record.room, c->summary->statement.checkpoint.room, RECORD_ROOM_LEN) != 0)
		r = err_set(ERR_FORMAT, "of another room than the checkpoint");
	if (r == 0 && entry.index == 0)
		r = check_genesis(c, &entry);
	if (r == 0)
		r = ledger_check_session(c->scratch, &entry);
	if (r == 0)
		r = take_attachments(c, entry.record.payload);
	if (r == 0)
		r = ledger_project(c->scratch, &entry, STR(""));
	if (r == 0)
		r = judge(c, &entry);
	if (r < 0)
		r = err_in(r, "record %" PRIu64, piece->index);
	record_release(&entry.record);
	return r;
}

static int
check_records(struct checking *c)
{
	struct bundle_summary *summary = c->summary;
	const struct checkpoint *checkpoint = &summary->statement.checkpoint;
	struct person person = { 0 };
	char print[FINGERPRINT_LEN];
	int r = 0;

	for (size_t i = 0; i < c->count && r == 0; i++)
		r = check_piece(c, &c->pieces[i]);
	if (r == 0 && c->rest.len > 0)
		r = malformed("end");
	if (r == 0)
		r = issue_check_key(c->scratch, checkpoint, checkpoint->head.size, false);
	public_key_fingerprint(&c->signer, print);
	if (r == 0)
		r = person_by_key(c->scratch, print, checkpoint->head.size, &person);
	if (r == 0)
		r = buf_str(&summary->signer, buf_view(&person.name));
	person_release(&person);
	return r;
}

/* ---- against what is at hand ---- */

static int
conflict(const struct head *ours, const struct head *theirs)
{
	char here[SLIP_MAX], there[SLIP_MAX];

	slip_write(ours, here);
	slip_write(theirs, there);
	return err_set(ERR_FORMAT,
	    "bundle: two histories of one room: the head here is %s, the bundle's %s; keep the file and a "
	    "checkpoint of the other history: together they show it to anyone",
	    here, there);
}

static int
find_room(struct checking *c)
{
	struct ledger *ledger = c->options->ledger;

	if (!ledger || memcmp(ledger->room, c->summary->statement.checkpoint.room, RECORD_ROOM_LEN) != 0)
		return 0;
	c->ledger = ledger;
	return ledger_head(ledger, &c->ours);
}

static int
compare_room(struct checking *c)
{
	const struct head *theirs = &c->summary->statement.checkpoint.head;
	struct head ours;

	if (c->ledger && theirs->size <= c->ours.size) {
		c->summary->compared = true;
		int r = ledger_head_at(c->ledger, theirs->size, &ours);
		if (r < 0)
			return r;
		return memcmp(ours.root, theirs->root, sizeof ours.root) == 0 ? 0 : conflict(&ours, theirs);
	}
	/* ours ends before it: what both have of the tree was compared on the way */
	return c->forked ? conflict(&c->ours, theirs) : 0;
}

static int
compare_slips(const struct checking *c)
{
	const struct head *head = &c->summary->statement.checkpoint.head;

	for (size_t i = 0; i < c->options->slip_count; i++) {
		const struct head *slip = &c->options->slips[i];
		if (slip->size != head->size)
			return err_set(ERR_USAGE,
			    "bundle: a slip of %" PRIu64 " records says nothing of a bundle of %" PRIu64
			    ": ask for a consistency proof (carrel prove --from)",
			    slip->size, head->size);
		if (memcmp(slip->root, head->root, sizeof head->root) != 0)
			return conflict(slip, head);
	}
	return 0;
}

int
bundle_check(struct str file, const struct bundle_options *options, struct bundle_summary *out)
{
	struct bundle_summary summary = { .signer = BUF(RECORD_MAX) };
	struct checking c = { .options = options, .summary = &summary };

	int r = file.len <= BUNDLE_MAX ? check_statement(&c, file) : malformed("file: too large");
	if (r == 0)
		r = take_pieces(&c);
	if (r == 0)
		r = find_room(&c);
	if (r == 0)
		r = check_tree(&c);
	if (r == 0)
		r = db_open(-1, NULL, DB_SCRATCH, &c.scratch);
	if (r == 0)
		r = check_records(&c);
	if (r == 0)
		r = compare_room(&c);
	r = off(r);
	if (r == 0)
		r = compare_slips(&c);
	db_close(c.scratch);
	free(c.pieces);
	if (r < 0) {
		bundle_summary_release(&summary);
		return r;
	}
	*out = summary;
	return 0;
}

void
bundle_summary_release(struct bundle_summary *summary)
{
	buf_release(&summary->signer);
}
