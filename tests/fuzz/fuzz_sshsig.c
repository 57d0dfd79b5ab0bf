/* First byte: an armour, a blob, a public key line, or a public key's wire form. */
#include "tests/fuzz/fuzz.h"

#include "annotations/sign.h"

static void
as_blob(struct str in)
{
	struct public_key signer;

	/* nobody's key is in here: a good signature over this message would be a find indeed */
	assert(
	    sshsig_check(in, NS_RECORD, STR("a message that no corpus holds a signature of"), &signer) != 0);
}

static void
as_armour(struct str in)
{
	struct buf blob = BUF(SSHSIG_MAX), again = BUF(SSHSIG_ARMOUR_MAX);

	if (sshsig_unarmour(in, &blob) == 0) {
		assert(sshsig_armour(buf_view(&blob), &again) == 0 && str_eq(buf_view(&again), in));
		as_blob(buf_view(&blob));
	}
	buf_release(&blob);
	buf_release(&again);
}

static void
as_line(struct str in)
{
	struct buf again = BUF(PUBLIC_LINE_MAX);
	struct public_key key;
	struct str comment;

	/* a comment is written as text */
	if (public_key_from_line(in, &key, &comment) == 0 && !memchr(comment.data, 0, comment.len)) {
		assert(public_key_line(&key, comment, &again) == 0);
		if (in.len > 0 && in.data[in.len - 1] == '\n')
			in.len--;
		if (comment.len == 0 && in.len > 0 && in.data[in.len - 1] == ' ')
			in.len--; /* a comment that is not there is not written */
		assert(str_eq(buf_view(&again), in));
	}
	buf_release(&again);
}

static void
as_key(struct str in)
{
	struct buf again = BUF(PUBLIC_LINE_MAX);
	struct public_key key;

	if (public_key_from_blob(in, &key) == 0)
		assert(public_key_blob(&key, &again) == 0 && str_eq(buf_view(&again), in));
	buf_release(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(struct str in) = { as_armour, as_blob, as_line, as_key };

	if (size > 0)
		readers[data[0] % 4]((struct str){ (const char *)data + 1, size - 1 });
	return 0;
}
