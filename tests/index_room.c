#include "tests/unit.h"

#include "tests/index_room.h"

#include "base/inherit.h"
#include "base/merkle.h"
#include "indexer/intake/segment_write.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 60000

void
index_room_open(struct index_room *room)
{
	*room = (struct index_room){ .path = "/tmp/index.XXXXXX", .releases = BUF((size_t)64 * 1024 * 1024) };
	assert_non_null(mkdtemp(room->path));
	room->dir = open(room->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(room->dir >= 0);
	assert_int_equal(pool_new(2, &room->pool), 0);
	assert_int_equal(
	    index_open(&(struct index_options){ .dir = room->dir, .pool = room->pool }, &room->index), 0);
}

void
index_room_add(struct index_room *room, const char *name, const struct test_file *files, size_t count)
{
	static const char zeros[] = "0000000000000000000000000000000000000000";
	char segment[HEX_LEN(SHA256_LEN)];
	struct index_result result;

	assert_int_equal(index_release_begin(room->index, STR("")), 0);
	for (size_t i = 0; i < count; i++) {
		struct index_entry entry = { .path = str_from(files[i].path),
			.mode = files[i].mode ? files[i].mode : 0100644 };
		entry.size = files[i].bytes.len;
		git_oid("blob", files[i].bytes.data, files[i].bytes.len, entry.id);
		entry.id[0] ^= files[i].false_id;
		if (entry.mode != 0160000 && !index_has(room->index, entry.id))
			entry.bytes = (const uint8_t *)files[i].bytes.data;
		if (index_add(room->index, &entry) < 0)
			fail_msg("%s: %s", files[i].path, err_text());
	}
	if (index_release_end(room->index, STR("odd\0odd-entry\0a link out of the archive\0"), &result) < 0)
		fail_msg("%s", err_text());
	hex_from(result.segment, SHA256_LEN, segment);
	index_result_release(&result);
	struct release release = { str_from(name), STR("directory"), str_from(zeros), str_from(zeros),
		STR(""), str_from(segment), STR("") };
	assert_int_equal(release_encode(&room->releases, &release), 0);
}

void
index_room_close(struct index_room *room)
{
	DIR *dir = opendir(room->path);
	struct dirent *entry;

	index_close(room->index);
	pool_free(room->pool);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			assert_int_equal(unlinkat(room->dir, entry->d_name, 0), 0);
	closedir(dir);
	assert_int_equal(rmdir(room->path), 0);
	close(room->dir);
	buf_release(&room->releases);
}

/* ---- the keeper's side ---- */

static void
run_reader(int peer, int index)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 32);

	for (int cut = 0; cut < 2 && len > 0; len--)
		cut += path[len - 1] == '/';
	strcpy(path + (len > 0 ? len : 0), "/carrel-reader");
	/* out of the way first, then to their places */
	peer = fcntl(peer, F_DUPFD, 10);
	index = fcntl(index, F_DUPFD, 10);
	if (dup2(peer, FD_PEER) < 0 || dup2(index, FD_ROOM) < 0)
		_exit(126);
	execl(path, "carrel-reader", (char *)NULL);
	_exit(127);
}

void
asker_open(struct asker *asker, const struct index_room *room)
{
	int fds[2];

	*asker = (struct asker){ 0 };
	assert_int_equal(wire_pair(fds), 0);
	asker->pid = fork();
	assert_true(asker->pid >= 0);
	if (asker->pid == 0)
		run_reader(fds[1], room->dir);
	close(fds[1]);
	assert_int_equal(wire_init(&asker->wire, fds[0]), 0);
	asker_releases(asker, room);
}

void
asker_releases(struct asker *asker, const struct index_room *room)
{
	struct str rest = buf_view(&room->releases);
	unsigned part = LIST_WHOLE;

	do {
		struct buf packet = BUF(MESSAGE_MAX);
		struct dec dec = dec_of(rest);
		struct release release;
		size_t len = 0;
		while (dec_more(&dec) && len < MESSAGE_BODY - 1024 && release_decode(&dec, &release))
			len = (size_t)((const char *)dec.at - rest.data);
		struct str piece = { rest.data, len };
		rest = (struct str){ rest.data + len, rest.len - len };
		assert_int_equal(message_begin(&packet, MSG_RELEASES, part | (rest.len ? LIST_MORE : 0)), 0);
		assert_int_equal(buf_str(&packet, piece), 0);
		assert_int_equal(wire_send(&asker->wire, &packet), 0);
		buf_release(&packet);
		part = LIST_NEXT;
	} while (rest.len > 0);
}

int
asker_close(struct asker *asker)
{
	int status = 0;

	wire_release(&asker->wire);
	assert_true(waitpid(asker->pid, &status, 0) == asker->pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

uint64_t
asker_send(struct asker *asker, enum verb verb, const struct row *args)
{
	struct order order = { verb, *args };
	struct buf packet = BUF(MESSAGE_MAX);

	assert_int_equal(message_begin(&packet, MSG_READ, ++asker->order), 0);
	assert_int_equal(order_encode(&packet, &order), 0);
	assert_int_equal(wire_send(&asker->wire, &packet), 0);
	buf_release(&packet);
	return asker->order;
}

void
asker_next(struct asker *asker, struct message *message)
{
	int r;

	/* how the programs are sealed is not what was asked */
	while ((r = wire_read(&asker->wire, message)) == 0 || message->kind == MSG_SEALED) {
		if (r != 0)
			continue;
		if (asker->wire.closed)
			fail_msg("the reader is gone");
		if (wire_wait(&asker->wire, WAIT_MS) < 0)
			fail_msg("%s", err_text());
	}
	if (r < 0)
		fail_msg("%s", err_text());
	if (message->kind == MSG_FAIL && message->order == 0)
		fail_msg("%.*s", STR_ARG(message->body));
}

static void
take_part(struct reply *reply, struct str body)
{
	struct str kept = { arena_copy(&reply->arena, body.data, body.len), body.len };
	struct dec dec = dec_of(kept);

	while (dec_more(&dec)) {
		if (reply->count == reply->capacity) {
			reply->capacity = reply->capacity ? reply->capacity * 2 : 64;
			reply->rows = mem_grow(reply->rows, reply->capacity, sizeof *reply->rows);
		}
		assert_true(row_decode(&dec, &reply->rows[reply->count]));
		reply->count++;
	}
	assert_int_equal(dec_end(&dec, "part"), 0);
}

/* What the facts say of a unit, from its rows. */
static void
check_facts(const struct reply *reply, size_t from, const struct facts *facts)
{
	struct frontier leaves = { 0 };
	uint8_t hash[SHA256_LEN], root[SHA256_LEN];
	uint64_t lines = 0, bytes = 0;

	for (size_t i = from; i < reply->count; i++) {
		const struct row *row = &reply->rows[i];
		if (!row_get(row, F_TEXT).len || !row_has(row, F_BLOB))
			continue;
		/* of a symbol it is the end of what the line begins */
		bool all = row_has(row, F_END_LINE) && !str_is(row_get(row, F_WHAT), "symbol");
		uint64_t last = row_get_num(row, all ? F_END_LINE : F_LINE);
		for (uint64_t line = row_get_num(row, F_LINE); line <= last; line++) {
			char leaf[80];
			int len = snprintf(leaf, sizeof leaf, "%.*s:%llu", STR_ARG(row_get(row, F_BLOB)),
			    (unsigned long long)line);
			merkle_leaf(leaf, (size_t)len, hash);
			frontier_add(&leaves, hash);
			lines++;
		}
		bytes += row_get(row, F_TEXT).len;
	}
	assert_int_equal(facts->rows, reply->count - from);
	if (lines == 0)
		return; /* the lines of a comparison lie in blobs that its rows do not name */
	frontier_root(&leaves, root);
	assert_memory_equal(facts->root, root, sizeof root);
	assert_int_equal(facts->lines, lines);
	assert_int_equal(facts->bytes, bytes);
}

static void
take_facts(struct reply *reply, size_t from, struct str body)
{
	struct str kept = { arena_copy(&reply->arena, body.data, body.len), body.len };
	struct facts *facts = &reply->units[reply->unit_count];

	assert_true(reply->unit_count < sizeof reply->units / sizeof *reply->units);
	assert_int_equal(facts_decode(kept, facts), 0);
	assert_true(reply->unit_count == 0 || !reply->units[reply->unit_count - 1].last_unit);
	check_facts(reply, from, facts);
	reply->unit_count++;
}

void
asker_ask(struct asker *asker, enum verb verb, const struct row *args, struct reply *reply)
{
	uint64_t order = asker_send(asker, verb, args);
	struct message message;
	size_t from = 0, bytes = 0;

	*reply = (struct reply){ 0 };
	for (;;) {
		asker_next(asker, &message);
		assert_int_equal(message.order, order);
		switch (message.kind) {
		case MSG_PART:
			bytes += message.body.len;
			assert_true(bytes <= UNIT_MAX);
			take_part(reply, message.body);
			break;
		case MSG_FACTS:
			take_facts(reply, from, message.body);
			from = reply->count;
			bytes = 0;
			break;
		case MSG_DONE:
			assert_true(reply->unit_count > 0 && reply->units[reply->unit_count - 1].last_unit);
			assert_int_equal(from, reply->count);
			return;
		case MSG_FAIL:
			reply->code = message_failed(message.body);
			snprintf(reply->why, sizeof reply->why, "%s", err_text());
			return;
		default:
			fail_msg("a message of kind %d", (int)message.kind);
		}
	}
}

void
reply_release(struct reply *reply)
{
	free(reply->rows);
	arena_release(&reply->arena);
	*reply = (struct reply){ 0 };
}
