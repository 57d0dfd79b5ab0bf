#include "annotations/keyfile.h"
#include "annotations/ledger_private.h"
#include "base/fs.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define NEW_FILE "room.db.new"
#define KEY_FILE "room.key"
#define KEYFILE_MODE 0600

static int
set_line(json_t *payload, const char *key, const struct public_key *public)
{
	struct buf line = BUF(PUBLIC_LINE_MAX);

	int r = public_key_line(public, STR(""), &line);
	if (r == 0)
		r = json_set_str(payload, key, buf_view(&line));
	buf_release(&line);
	return r;
}

static int
append_line(json_t *list, const struct public_key *public)
{
	struct buf line = BUF(PUBLIC_LINE_MAX);

	int r = public_key_line(public, STR(""), &line);
	if (r == 0 && json_array_append_new(list, json_stringn((const char *)line.data, line.len)) < 0)
		r = err_set(ERR_MEMORY, "no memory");
	buf_release(&line);
	return r;
}

static int
set_value(json_t *payload, const char *key, json_t *value)
{
	return json_object_set_new(payload, key, value) < 0 ? err_set(ERR_MEMORY, "no memory") : 0;
}

static int
fill_payload(const struct genesis *genesis, json_t *payload)
{
	char box[HEX_LEN(32)];
	json_t *keys = json_array();

	int r = keys ? append_line(keys, genesis->key) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = set_value(payload, "keys", json_incref(keys));
	json_decref(keys);
	if (r == 0)
		r = json_set_str(payload, "product", genesis->product);
	if (r == 0)
		r = json_set_str(payload, "host", genesis->host);
	if (r == 0)
		r = set_line(payload, "room_key", secret_public(genesis->room_key));
	if (r == 0)
		r = set_value(payload, "practice", json_boolean(genesis->practice));
	if (r == 0)
		r = set_value(payload, "formats", json_pack("{s:i,s:i}", "ledger", 1, "record", 1));
	if (r == 0 && genesis->box) {
		hex_from(genesis->box, 32, box);
		r = json_set_str(payload, "box", str_from(box));
	}
	return r;
}

int
genesis_draft(struct genesis *genesis)
{
	struct record record = { .type = RECORD_ROOM, .payload = json_object() };

	genesis->record = BUF(RECORD_MAX);
	int r = record.payload ? secret_new(&genesis->room_key) : err_set(ERR_MEMORY, "no memory");
	if (r == 0)
		r = fill_payload(genesis, record.payload);
	if (r == 0) {
		randombytes_buf(record.room, sizeof record.room);
		public_key_fingerprint(genesis->key, record.actor);
		sha256("", 0, record.tree_root);
		record_stamp(&record, genesis->boot);
		r = record_build(&record, &genesis->record);
	}
	record_release(&record);
	return r;
}

void
genesis_release(struct genesis *genesis)
{
	secret_free(genesis->room_key);
	genesis->room_key = NULL;
	buf_release(&genesis->record);
}

static int
write_room_key(int room, const struct genesis *genesis)
{
	struct buf file = BUF(KEYFILE_MAX);

	int r = keyfile_bare(genesis->room_key, STR("room key"), &file);
	if (r == 0)
		r = fs_write(room, KEY_FILE, buf_view(&file), KEYFILE_MODE, FS_REPLACE);
	buf_wipe(&file);
	return r;
}

/* The database under its temporary name, with the genesis in it, closed. */
static int
write_database(
    int room, const struct genesis *genesis, struct str signature, const struct ledger_hooks *hooks)
{
	struct ledger ledger = { .hooks = hooks };
	struct record record = { 0 };

	int r = record_parse(buf_view(&genesis->record), &record);
	if (r == 0)
		memcpy(ledger.room, record.room, sizeof ledger.room);
	record_release(&record);
	if (r == 0)
		r = db_open(room, NEW_FILE, DB_CREATE, &ledger.db);
	if (r < 0)
		return r;
	r = ledger_append(&ledger, buf_view(&genesis->record), signature, NULL, 0, NULL);
	if (r < 0) {
		db_close(ledger.db);
		return r;
	}
	return db_settle(ledger.db);
}

int
ledger_create(int room, const struct genesis *genesis, struct str signature, const struct ledger_hooks *hooks)
{
	if (fs_exists(room, LEDGER_FILE))
		return err_set(ERR_REFUSED, "there is a room already");
	/* left behind by a run that was cut off */
	unlinkat(room, NEW_FILE, 0);
	unlinkat(room, NEW_FILE "-journal", 0);
	unlinkat(room, NEW_FILE "-wal", 0);
	int r = write_database(room, genesis, signature, hooks);
	if (r == 0)
		r = write_room_key(room, genesis);
	if (r == 0 && renameat2(room, NEW_FILE, room, LEDGER_FILE, RENAME_NOREPLACE) < 0)
		r = errno == EEXIST ? err_set(ERR_REFUSED, "there is a room already") : err_sys("room.db");
	if (r == 0)
		r = fs_sync_dir(room);
	if (r < 0) {
		unlinkat(room, NEW_FILE, 0);
		if (!fs_exists(room, LEDGER_FILE))
			unlinkat(room, KEY_FILE, 0);
	}
	return r;
}
