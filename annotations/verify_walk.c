#include "annotations/verify_private.h"

#include "annotations/issue.h"
#include "annotations/proof.h"
#include "annotations/search_note.h"
#include "base/message.h"

#include <inttypes.h>
#include <stdio.h>

void
verify_found(struct run *run, enum verify_check check, uint64_t index, const char *why)
{
	struct finding *finding = &run->findings[check];

	if (finding->bad++ == 0)
		snprintf(finding->first, sizeof finding->first, "record %" PRIu64 ": %s", index, why);
}

void
verify_found_whole(struct run *run, enum verify_check check, const char *why)
{
	struct finding *finding = &run->findings[check];

	if (finding->bad++ == 0)
		snprintf(finding->first, sizeof finding->first, "%s", why);
}

bool
verify_is_verdict(int r)
{
	return r == ERR_ABSENT || r == ERR_REFUSED || r == ERR_FORMAT;
}

static int
compare_node(struct run *run, uint64_t index, const uint8_t hash[static SHA256_LEN])
{
	int r = run->nodes ? query_next(run->nodes) : 0;

	if (r < 0)
		return r;
	struct str stored = r > 0 ? query_bytes(run->nodes, 0) : STR("");
	if (stored.len != SHA256_LEN || memcmp(stored.data, hash, SHA256_LEN) != 0)
		verify_found(run, VERIFY_TREE, index, "a node of the tree is not what its leaves make it");
	return 0;
}

/* Every node that this leaf completes, in the order in which they are stored. */
static int
walk_tree(struct run *run, const struct item *item)
{
	uint64_t index = run->frontier.size;
	unsigned last = (unsigned)__builtin_popcountll(index);
	uint8_t hash[SHA256_LEN];

	memcpy(hash, item->leaf_hash, sizeof hash);
	int r = compare_node(run, run->frontier.size, hash);
	for (uint64_t bits = index; r == 0 && (bits & 1); bits >>= 1) {
		merkle_node(run->frontier.hash[--last], hash, hash);
		r = compare_node(run, run->frontier.size, hash);
	}
	memcpy(run->frontier.hash[last], hash, sizeof hash);
	run->frontier.size++;
	return r;
}

/* Whether the ledger, as far as it has been walked over, had this head: 1 or 0. */
static int
had_head(struct run *run, uint64_t size, const uint8_t due[static SHA256_LEN])
{
	uint8_t root[SHA256_LEN];
	int r = 0;

	if (size > run->frontier.size)
		return 0;
	if (size == run->frontier.size)
		frontier_root(&run->frontier, root);
	else
		r = proof_root(ledger_node, run->ledger, size, root);
	if (r < 0)
		return verify_is_verdict(r) ? 0 : r;
	return memcmp(root, due, sizeof root) == 0;
}

/* Before walk_tree: the frontier is that of the records before. */
static int
walk_head(struct run *run, const struct entry *entry)
{
	int had = had_head(run, entry->record.tree_size, entry->record.tree_root);

	if (had == 0)
		verify_found(run, VERIFY_HEADS, entry->index,
		    entry->record.tree_size > entry->index ? "names a tree that was not there yet"
							   : "names a tree head that this ledger never had");
	return had < 0 ? had : 0;
}

/* Heads that came back: on the slip of a visitor, and in a session as where the last one ended. */
static int
walk_slips(struct run *run, const struct entry *entry)
{
	const char *key = entry->record.type == RECORD_VISIT ? "slip" : "last";
	const json_t *head = json_object_get(entry->record.payload, key);
	uint8_t root[SHA256_LEN];

	if ((entry->record.type != RECORD_VISIT && entry->record.type != RECORD_SESSION) || !head)
		return 0;
	int had = hex_to(json_str(head, "root"), root, sizeof root)
	    ? had_head(run, json_num(head, "size"), root)
	    : 0;
	if (had == 0)
		verify_found(run, VERIFY_SLIPS, entry->index, "brought a head that this ledger never had");
	run->slips++;
	return had < 0 ? had : 0;
}

/* The bytes of an attachment by its name; an empty text where there is none. */
static int
attached_text(struct run *run, const struct entry *entry, const char *name, struct buf *out)
{
	const json_t *payload = entry->record.payload;
	struct attached attached;

	for (size_t i = 0; i < record_attached_count(payload); i++) {
		record_attached(payload, i, &attached);
		if (str_is(attached.name, name)) {
			int r = ledger_attachment(run->ledger, attached.sha256, out);
			return verify_is_verdict(r) || r == ERR_MEMORY ? 0 : r;
		}
	}
	return 0;
}

/* Rule 10: checkpoints and cosignatures. */
static int
walk_checkpoint(struct run *run, const struct entry *entry)
{
	struct buf text = BUF(CHECKPOINT_MAX), armour = BUF(SSHSIG_ARMOUR_MAX);
	struct head head;
	int had = 0;

	if (entry->record.type != RECORD_CHECKPOINT && entry->record.type != RECORD_COSIGN)
		return 0;
	int r = attached_text(run, entry, ISSUE_TEXT, &text);
	if (r == 0)
		r = attached_text(run, entry, ISSUE_SIGNATURE, &armour);
	if (r == 0)
		r = issue_check(run->scratch, entry, buf_view(&text), buf_view(&armour));
	if (r == 0)
		r = issue_head(entry->record.payload, &head);
	if (r == 0)
		r = had = head.size > 0 ? had_head(run, head.size, head.root) : 0;
	buf_release(&text);
	buf_release(&armour);
	if (verify_is_verdict(r))
		verify_found(run, VERIFY_CHECKPOINTS, entry->index, err_text());
	else if (r == 0)
		verify_found(
		    run, VERIFY_CHECKPOINTS, entry->index, "is over a head that this ledger never had");
	run->checkpoints++;
	return verify_is_verdict(r) || r > 0 ? 0 : r;
}

/* The position of an earlier record; the room's table of them is believed only as a hint. */
static int
find_earlier(struct run *run, uint64_t before, const uint8_t hash[static SHA256_LEN], uint64_t *index)
{
	const uint8_t *hashes = run->hashes.data;

	int r = ledger_find(run->ledger, hash, index);
	if (r < 0 && r != ERR_ABSENT)
		return r;
	if (r == 0 && *index < before && memcmp(hashes + *index * SHA256_LEN, hash, SHA256_LEN) == 0)
		return 0;
	for (*index = 0; *index < before; (*index)++)
		if (memcmp(hashes + *index * SHA256_LEN, hash, SHA256_LEN) == 0)
			return 0;
	return err_set(ERR_ABSENT, "there is no such record before it");
}

/* The search that a reveal opens. */
static int
find_search(struct run *run, const struct entry *reveal, struct buf *leaf, struct entry *search)
{
	uint8_t hash[SHA256_LEN];
	uint64_t index;

	int r = hex_to(json_str(reveal->record.payload, "record"), hash, sizeof hash)
	    ? find_earlier(run, reveal->index, hash, &index)
	    : err_set(ERR_FORMAT, "record: malformed hash");
	if (r == 0)
		r = ledger_get(run->ledger, index, leaf, search);
	if (r == 0 && search->record.type != RECORD_SEARCH)
		r = err_set(ERR_ABSENT, "the record that it names is no search");
	return r;
}

static int
walk_reveal(struct run *run, const struct entry *entry)
{
	struct buf leaf = BUF(LEAF_MAX), order = BUF(MESSAGE_MAX);
	uint8_t salt[SHA256_LEN], due[SHA256_LEN], found[SHA256_LEN];
	struct entry search = { 0 };

	if (entry->record.type != RECORD_REVEAL)
		return 0;
	run->reveals++;
	int r = find_search(run, entry, &leaf, &search);
	if (r == 0)
		r = attached_text(run, entry, "order", &order);
	if (r == 0 &&
	    (!hex_to(json_str(search.record.payload, "query"), due, sizeof due) ||
		!hex_to(json_str(entry->record.payload, "salt"), salt, sizeof salt)))
		r = err_set(ERR_FORMAT, "record: malformed hash");
	if (r == 0) {
		search_note_commitment(salt, buf_view(&order), found);
		if (memcmp(found, due, sizeof due) != 0)
			r = err_set(ERR_ABSENT, "opens another search than the one it names");
	}
	record_release(&search.record);
	buf_release(&leaf);
	buf_release(&order);
	if (!verify_is_verdict(r))
		return r;
	verify_found(run, VERIFY_REVEALS, entry->index, err_text());
	return 0;
}

int
verify_given(struct run *run, const struct verify_given *given)
{
	const struct head *head = &given->checkpoint.head;
	char why[WHY];
	int r = 0;

	if (given->is_note) {
		if (memcmp(given->checkpoint.room, run->ledger->room, RECORD_ROOM_LEN) != 0)
			r = err_set(ERR_REFUSED, "the checkpoint given is of another room");
		else
			r = issue_check_key(run->scratch, &given->checkpoint, run->size + 1, true);
		if (verify_is_verdict(r))
			verify_found_whole(run, VERIFY_SLIPS, err_text());
	}
	if (r < 0)
		return verify_is_verdict(r) ? 0 : r;
	int had = had_head(run, head->size, head->root);
	if (had == 0 && head->size > run->frontier.size)
		snprintf(why, sizeof why,
		    "a head of %" PRIu64 " records left this room, and %" PRIu64
		    " are here: its end was cut off, or it was put back",
		    head->size, run->frontier.size);
	else if (had == 0)
		snprintf(why, sizeof why,
		    "the first %" PRIu64 " records are others than when that head left the room: they were "
		    "rewritten",
		    head->size);
	if (had == 0)
		verify_found_whole(run, VERIFY_SLIPS, why);
	run->slips++;
	return had < 0 ? had : 0;
}

static int
check_attachment(struct run *run, uint64_t index, const struct attached *attached)
{
	struct str key = { (const char *)attached->sha256, SHA256_LEN };
	uint8_t digest[SHA256_LEN];
	struct query *query;
	struct sha256 hash;
	uint64_t size = 0;

	sha256_init(&hash);
	int r = db_query(run->ledger->db, "SELECT bytes FROM attachment WHERE sha256 = ?1 ORDER BY part",
	    &query, "b", key);
	while (r == 0 && (r = query_next(query)) > 0) {
		struct str part = query_bytes(query, 0);
		sha256_add(&hash, part.data, part.len);
		size += part.len;
		r = 0;
	}
	query_end(query);
	sha256_end(&hash, digest);
	if (r == 0 && (size != attached->size || memcmp(digest, attached->sha256, sizeof digest) != 0))
		verify_found(run, VERIFY_ATTACHMENTS, index, "an attachment is missing or damaged");
	if (r == 0)
		r = db_run(run->scratch,
		    "INSERT OR IGNORE INTO attachment (sha256, part, bytes) VALUES (?1, 0, ?2)", "bb", key,
		    STR(""));
	run->attachments++;
	return r;
}

static int
walk_attachments(struct run *run, const struct entry *entry)
{
	const json_t *payload = entry->record.payload;
	struct attached attached;
	int r = 0;

	for (size_t i = 0; i < record_attached_count(payload) && r == 0; i++) {
		record_attached(payload, i, &attached);
		r = check_attachment(run, entry->index, &attached);
	}
	return r;
}

static void
walk_genesis(struct run *run, const struct item *item)
{
	const struct entry *entry = &item->entry;
	const json_t *keys = json_object_get(entry->record.payload, "keys");
	struct public_key key;
	bool named = false;

	for (size_t i = 0; i < json_array_size(keys); i++) {
		const json_t *line = json_array_get(keys, i);
		struct str text = { json_string_value(line), json_string_length(line) };
		named = named ||
		    (public_key_from_line(text, &key, NULL) == 0 && public_key_eq(&key, &entry->signer));
	}
	if (entry->record.type != RECORD_ROOM)
		verify_found(run, VERIFY_HOST, 0, "is no genesis");
	else if (item->signature < 0 || !named)
		verify_found(run, VERIFY_HOST, 0, "is not signed by a key of the host that it names");
	else if (run->options->host && !public_key_eq(run->options->host, &entry->signer))
		verify_found(run, VERIFY_HOST, 0, "is signed by another host's key than the one given");
}

static struct kin *
kin_of(struct run *run, const struct record *record)
{
	unsigned slot = (unsigned char)record->session[7] * 64u + (unsigned char)record->session[8];

	return &run->kins[slot % KINS];
}

/* Pages turned are most of a ledger: neither the session nor the roster changes between them. */
static bool
is_next_of_kin(struct run *run, const struct record *record)
{
	const struct kin *kin = kin_of(run, record);

	return record_type_access(record->type) && kin->era == run->era &&
	    (kin->types >> (record->type - RECORD_PAGE) & 1) && record->tree_size >= kin->tree_size &&
	    strcmp(kin->actor, record->actor) == 0 && strcmp(kin->session, record->session) == 0;
}

static void
set_kin(struct run *run, const struct record *record, bool holds)
{
	struct kin *kin = kin_of(run, record);

	if (!record_type_access(record->type))
		run->era++;
	if (!record_type_access(record->type) || !holds)
		return;
	if (kin->era != run->era || strcmp(kin->session, record->session) != 0 ||
	    strcmp(kin->actor, record->actor) != 0) {
		*kin = (struct kin){ .era = run->era, .tree_size = record->tree_size };
		memcpy(kin->actor, record->actor, sizeof kin->actor);
		memcpy(kin->session, record->session, sizeof kin->session);
	}
	kin->types |= 1u << (record->type - RECORD_PAGE);
}

/* The session and the actor's role: `why` says why the record is void, or stays empty. */
static int
walk_rules(struct run *run, const struct entry *entry, char why[static WHY], bool *is_void)
{
	const struct ledger_hooks *hooks = run->options->hooks;

	if (is_next_of_kin(run, &entry->record))
		return 0;
	int session = ledger_check_session(run->scratch, entry);
	if (verify_is_verdict(session))
		verify_found(run, VERIFY_SESSIONS, entry->index, err_text());
	else if (session < 0)
		return session;
	int r = hooks && hooks->judge ? hooks->judge(hooks->ctx, run->scratch, entry) : 0;
	set_kin(run, &entry->record, session == 0 && r == 0);
	*is_void = verify_is_verdict(r);
	if (!*is_void)
		return r;
	snprintf(why, WHY, "%s", err_text());
	verify_found(run, VERIFY_ROLES, entry->index, why);
	return 0;
}

/* Roles and projections, by the scratch database. */
static int
walk_projections(struct run *run, const struct entry *entry)
{
	const struct ledger_hooks *hooks = run->options->hooks;
	char why[WHY] = "";
	bool is_void = false;

	int r = walk_rules(run, entry, why, &is_void);
	if (r == 0)
		r = verify_log_row(run, entry, why);
	if (r < 0 || record_type_access(entry->record.type))
		return r;
	r = ledger_project(run->scratch, entry, str_from(why));
	if (r == ERR_REFUSED)
		return 0; /* a twin: verify_positions says so */
	if (r == 0 && !is_void && hooks && hooks->project) {
		r = hooks->project(hooks->ctx, run->scratch, entry);
		if (verify_is_verdict(r)) {
			verify_found(run, VERIFY_PROJECTIONS, entry->index, err_text());
			r = 0;
		}
	}
	return r;
}

int
verify_walk(struct run *run, struct item *item)
{
	const struct entry *entry = &item->entry;
	int r = 0;

	if (item->parsed < 0) {
		verify_found(run, VERIFY_BYTES, run->frontier.size, item->why);
		r = buf_add(&run->hashes, (uint8_t[SHA256_LEN]){ 0 }, SHA256_LEN);
		if (r == 0)
			r = verify_log_row(run, NULL, NULL);
		return r == 0 ? walk_tree(run, item) : r;
	}
	r = buf_add(&run->hashes, entry->hash, SHA256_LEN);
	if (r < 0)
		return r;
	if (item->signature < 0)
		verify_found(run, VERIFY_SIGNATURES, entry->index, item->why);
	if (entry->index == 0)
		walk_genesis(run, item);
	else if (entry->record.type == RECORD_ROOM)
		verify_found(run, VERIFY_ORDER, entry->index, "a second genesis");
	if (memcmp(entry->record.room, run->ledger->room, RECORD_ROOM_LEN) != 0)
		verify_found(run, VERIFY_ORDER, entry->index, "is of another room");
	r = walk_head(run, entry);
	if (r == 0)
		r = walk_slips(run, entry);
	if (r == 0)
		r = walk_checkpoint(run, entry);
	if (r == 0)
		r = walk_reveal(run, entry);
	if (r == 0)
		r = walk_tree(run, item);
	if (r == 0)
		r = walk_attachments(run, entry);
	if (r == 0)
		r = walk_projections(run, entry);
	record_release(&item->entry.record);
	return r;
}
