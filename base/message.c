#include "base/message.h"

#include <assert.h>
#include <signal.h>

static const struct {
	const char *name, *record;
} verbs[VERB_COUNT] = {
#define X(number, id, name, record) [number] = { name, record },
	VERBS(X)
#undef X
};

/* Stops at the first failure: enc_all(out, n, (struct str[]){...}). */
static int
enc_strs(struct buf *out, size_t count, const struct str *strs)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = enc_str(out, strs[i]);
	return r;
}

static int
enc_nums(struct buf *out, size_t count, const uint64_t *nums)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = enc_num(out, nums[i]);
	return r;
}

#define ENC_STRS(out, ...) \
	enc_strs( \
	    out, sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str), (struct str[]){ __VA_ARGS__ })
#define ENC_NUMS(out, ...) \
	enc_nums(out, sizeof((uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t), (uint64_t[]){ __VA_ARGS__ })

int
message_begin(struct buf *packet, enum message_kind kind, uint64_t order)
{
	buf_clear(packet);
	return ENC_NUMS(packet, kind, order);
}

int
message_decode(struct str packet, struct message *message)
{
	struct dec dec = dec_of(packet);

	message->kind = (enum message_kind)dec_num_max(&dec, INT32_MAX);
	message->order = dec_num(&dec);
	if (dec.bad)
		return err_set(ERR_FORMAT, "message: malformed");
	message->body = (struct str){ (const char *)dec.at, (size_t)(dec.end - dec.at) };
	return 0;
}

int
message_fail(struct buf *packet, uint64_t order, enum err code, const char *why)
{
	int r = message_begin(packet, MSG_FAIL, order);
	if (r == 0)
		r = enc_num(packet, (uint64_t)-code);
	return r == 0 ? enc_str(packet, str_from(why)) : r;
}

int
message_failed(struct str body)
{
	struct dec dec = dec_of(body);
	uint64_t code = dec_num_max(&dec, (uint64_t)-ERR_CANCELLED);
	struct str why = dec_str(&dec);

	if (dec_end(&dec, "message") < 0 || code == 0)
		return err_set(ERR_FORMAT, "message: malformed failure");
	return err_set(-(int)code, "%.*s", STR_ARG(why));
}

int
progress_encode(struct buf *out, const struct progress *progress)
{
	int r = ENC_NUMS(out, progress->done, progress->total);
	return r == 0 ? ENC_STRS(out, progress->unit, progress->what) : r;
}

int
progress_decode(struct str body, struct progress *progress)
{
	struct dec dec = dec_of(body);

	progress->done = dec_num(&dec);
	progress->total = dec_num(&dec);
	progress->unit = dec_str(&dec);
	progress->what = dec_str(&dec);
	return dec_end(&dec, "progress");
}

const char *
verb_name(enum verb verb)
{
	return verbs[verb].name;
}

const char *
verb_record(enum verb verb)
{
	return verbs[verb].record;
}

int
death_encode(struct buf *out, const struct death *death)
{
	int r = enc_str(out, death->process);

	if (r == 0)
		r = enc_num(out, death->signal);
	if (r == 0)
		r = enc_str(out, death->call);
	return r == 0 ? enc_str(out, death->why) : r;
}

int
death_decode(struct str body, struct death *death)
{
	struct dec dec = dec_of(body);

	*death = (struct death){ .process = dec_str(&dec), .signal = dec_num(&dec) };
	death->call = dec_str(&dec);
	death->why = dec_str(&dec);
	return dec_end(&dec, "death");
}

int
death_prepare(int fd, const char *process)
{
	static const char digits[] = "0000", why[] = "it made a system call that it may not";
	const struct death death = { str_from(process), SIGSYS, { digits, sizeof digits - 1 },
		{ why, sizeof why - 1 } };
	struct buf packet = BUF(512);

	static_assert(sizeof digits - 1 == SEAL_CALL_DIGITS, "room for the digits");
	int r = message_begin(&packet, MSG_DIED, 0);
	if (r == 0)
		r = death_encode(&packet, &death);
	if (r == 0) {
		size_t behind = 1 + sizeof why - 1; /* a length and the words */
		seal_last_words(fd,
		    (struct str){ (char *)packet.data, packet.len - behind - SEAL_CALL_DIGITS },
		    (struct str){ (char *)packet.data + packet.len - behind, behind });
	}
	buf_release(&packet);
	return r;
}

int
sealed_encode(struct buf *out, const char *process, const struct seal_verdict *verdict)
{
	int r = enc_str(out, str_from(process));

	if (r == 0)
		r = enc_num(out, verdict->applied);
	if (r == 0)
		r = enc_num(out, verdict->refused);
	if (r == 0)
		r = enc_num(out, verdict->missing);
	return r == 0 ? enc_num(out, (uint64_t)verdict->landlock_abi) : r;
}

int
sealed_decode(struct str body, struct sealed *sealed)
{
	struct dec dec = dec_of(body);

	*sealed = (struct sealed){ .process = dec_str(&dec) };
	sealed->verdict.applied = (unsigned)dec_num_max(&dec, SEAL_ALL);
	sealed->verdict.refused = (unsigned)dec_num_max(&dec, SEAL_ALL);
	sealed->verdict.missing = (unsigned)dec_num_max(&dec, SEAL_ALL);
	sealed->verdict.landlock_abi = (int)dec_num_max(&dec, 1000);
	return dec_end(&dec, "sealed");
}

int
order_encode(struct buf *out, const struct order *order)
{
	int r = enc_num(out, order->verb);
	return r == 0 ? row_encode(out, &order->args) : r;
}

int
order_decode(struct str body, struct order *order)
{
	struct dec dec = dec_of(body);

	order->verb = (enum verb)dec_num_max(&dec, VERB_COUNT - 1);
	if (dec.bad || order->verb == 0)
		return err_set(ERR_FORMAT, "order: unknown verb");
	row_decode(&dec, &order->args);
	return dec_end(&dec, "order");
}

int
facts_encode(struct buf *out, const struct facts *facts)
{
	int r = ENC_STRS(out, facts->releases, facts->path, facts->blob);
	if (r == 0)
		r = ENC_NUMS(out, facts->first, facts->last, facts->rows, facts->files, facts->lines,
		    facts->bytes, facts->last_unit);
	return r == 0 ? enc_fixed(out, facts->root, sizeof facts->root) : r;
}

int
facts_decode(struct str body, struct facts *facts)
{
	struct dec dec = dec_of(body);

	facts->releases = dec_str(&dec);
	facts->path = dec_str(&dec);
	facts->blob = dec_str(&dec);
	facts->first = dec_num(&dec);
	facts->last = dec_num(&dec);
	facts->rows = dec_num(&dec);
	facts->files = dec_num(&dec);
	facts->lines = dec_num(&dec);
	facts->bytes = dec_num(&dec);
	facts->last_unit = dec_num_max(&dec, 1);
	const uint8_t *root = dec_fixed(&dec, sizeof facts->root);
	if (root)
		memcpy(facts->root, root, sizeof facts->root);
	return dec_end(&dec, "facts");
}

bool
release_name_ok(struct str name)
{
	if (name.len == 0 || name.len > RELEASE_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!letter && (c == 0 || !strchr("._+-", c)))
			return false;
	}
	return true;
}

int
release_encode(struct buf *out, const struct release *r)
{
	return ENC_STRS(out, r->name, r->kind, r->commit, r->tree, r->manifest, r->segment, r->sha256);
}

bool
release_decode(struct dec *dec, struct release *release)
{
	release->name = dec_str(dec);
	release->kind = dec_str(dec);
	release->commit = dec_str(dec);
	release->tree = dec_str(dec);
	release->manifest = dec_str(dec);
	release->segment = dec_str(dec);
	release->sha256 = dec_str(dec);
	if (!release_name_ok(release->name))
		dec->bad = true;
	return !dec->bad;
}

int
work_encode(struct buf *out, const struct work *work)
{
	int r = enc_num(out, work->kind);
	return r == 0 ? ENC_STRS(out, work->source, work->release, work->revs) : r;
}

int
work_decode(struct str body, struct work *work)
{
	struct dec dec = dec_of(body);

	work->kind = (enum work_kind)dec_num_max(&dec, WORK_FINISH);
	work->source = dec_str(&dec);
	work->release = dec_str(&dec);
	work->revs = dec_str(&dec);
	if (work->kind == 0)
		dec.bad = true;
	return dec_end(&dec, "work order");
}

int
import_result_encode(struct buf *out, const struct import_result *result)
{
	int r = release_encode(out, &result->release);
	if (r == 0)
		r = ENC_STRS(out, result->source, result->revision, result->stripped, result->segments);
	return r == 0 ? ENC_NUMS(out, result->files, result->blobs, result->bytes, result->odd, result->known,
			    result->finished)
		      : r;
}

int
import_result_decode(struct str body, struct import_result *result)
{
	struct dec dec = dec_of(body);

	release_decode(&dec, &result->release);
	result->source = dec_str(&dec);
	result->revision = dec_str(&dec);
	result->stripped = dec_str(&dec);
	result->segments = dec_str(&dec);
	result->files = dec_num(&dec);
	result->blobs = dec_num(&dec);
	result->bytes = dec_num(&dec);
	result->odd = dec_num(&dec);
	result->known = dec_num_max(&dec, 1);
	result->finished = dec_num_max(&dec, 1);
	return dec_end(&dec, "import result");
}
