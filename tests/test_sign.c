#include "tests/unit.h"

#include "annotations/sign.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/json.h"
#include "tests/random.h"
#include "tests/scratch.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>

#define MESSAGES 1000
#define SEED 20260131u

static struct str
vector(const char *name, struct buf *out)
{
	const char *folder = getenv("CARREL_VECTORS");
	char path[4096];

	if (!folder)
		return STR("");
	snprintf(path, sizeof path, "%s/%s", folder, name);
	*out = BUF((size_t)4 * 1024 * 1024);
	assert_int_equal(fs_read(AT_FDCWD, path, out), 0);
	return buf_view(out);
}

static void
random_message(struct random *random, struct buf *out)
{
	uint32_t len = random_below(random, 20) ? random_below(random, 3000) : 0;

	buf_clear(out);
	for (uint32_t i = 0; i < len; i++)
		assert_int_equal(buf_byte(out, (uint8_t)random_next(random)), 0);
}

static void
write_named(const struct scratch *scratch, const char *prefix, unsigned i, struct str bytes)
{
	char name[32];

	snprintf(name, sizeof name, "%s%u", prefix, i);
	assert_int_equal(fs_write(scratch->dir, name, bytes, 0600, FS_NEW), 0);
}

static void
ssh_keygen_takes_ours(void **state)
{
	struct scratch scratch;
	struct secret *secret;
	struct random random = random_of(SEED);
	struct buf message = BUF(4096), line = BUF(PUBLIC_LINE_MAX);

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(secret_new(&secret), 0);
	assert_int_equal(buf_text(&line, "anna "), 0);
	assert_int_equal(public_key_line(secret_public(secret), STR("of a test"), &line), 0);
	assert_int_equal(fs_write(scratch.dir, "allowed", buf_view(&line), 0600, FS_NEW), 0);
	for (unsigned i = 0; i < MESSAGES; i++) {
		struct buf blob = BUF(SSHSIG_MAX), armour = BUF(SSHSIG_ARMOUR_MAX);
		random_message(&random, &message);
		assert_int_equal(sshsig_make(secret, NS_RECORD, buf_view(&message), &blob), 0);
		assert_int_equal(sshsig_armour(buf_view(&blob), &armour), 0);
		write_named(&scratch, "m", i, buf_view(&message));
		write_named(&scratch, "s", i, buf_view(&armour));
		buf_release(&blob);
		buf_release(&armour);
	}
	print_message("seed %u\n", SEED);
	assert_int_equal(scratch_run(&scratch,
			     "for i in $(seq 0 %d); do ssh-keygen -Y verify -f allowed -I anna -n record@carrel -s s$i <m$i >>log "
			     "2>&1 || exit 1; done",
			     MESSAGES - 1),
	    0);
	/* the check bites: another namespace, another message */
	assert_int_not_equal(
	    scratch_run(&scratch, "ssh-keygen -Y verify -f allowed -I anna -n report@carrel -s s1 <m1 2>/dev/null"), 0);
	assert_int_not_equal(
	    scratch_run(&scratch, "ssh-keygen -Y verify -f allowed -I anna -n record@carrel -s s1 <m2 2>/dev/null"), 0);
	secret_free(secret);
	buf_release(&message);
	buf_release(&line);
	scratch_remove(&scratch);
}

static void
we_take_those_of_ssh_keygen(void **state)
{
	struct scratch scratch;
	struct public_key key, signer;
	struct random random = random_of(SEED + 1);
	struct buf message = BUF(4096), line = BUF(PUBLIC_LINE_MAX);
	char print[FINGERPRINT_LEN], name[32];
	struct str comment;

	(void)state;
	scratch_make(&scratch);
	assert_int_equal(scratch_run(&scratch, "ssh-keygen -q -t ed25519 -N '' -C 'a b' -f key"), 0);
	assert_int_equal(fs_read(scratch.dir, "key.pub", &line), 0);
	assert_int_equal(public_key_from_line(buf_view(&line), &key, &comment), 0);
	assert_true(str_is(comment, "a b"));
	public_key_fingerprint(&key, print);
	assert_true(fingerprint_ok(str_from(print)));
	assert_int_equal(scratch_run(&scratch, "ssh-keygen -l -f key.pub | grep -qF '%s'", print), 0);
	for (unsigned i = 0; i < MESSAGES; i++) {
		random_message(&random, &message);
		write_named(&scratch, "m", i, buf_view(&message));
	}
	assert_int_equal(scratch_run(&scratch,
			     "for i in $(seq 0 %d); do ssh-keygen -q -Y sign -f key -n report@carrel m$i 2>/dev/null || exit 1; done",
			     MESSAGES - 1),
	    0);
	random = random_of(SEED + 1);
	for (unsigned i = 0; i < MESSAGES; i++) {
		struct buf armour = BUF(SSHSIG_ARMOUR_MAX), blob = BUF(SSHSIG_MAX);
		random_message(&random, &message);
		snprintf(name, sizeof name, "m%u.sig", i);
		assert_int_equal(fs_read(scratch.dir, name, &armour), 0);
		assert_int_equal(sshsig_unarmour(buf_view(&armour), &blob), 0);
		assert_int_equal(sshsig_check(buf_view(&blob), NS_REPORT, buf_view(&message), &signer), 0);
		assert_true(public_key_eq(&key, &signer));
		assert_int_equal(sshsig_check(buf_view(&blob), NS_RECORD, buf_view(&message), &signer), ERR_ABSENT);
		assert_int_equal(sshsig_check(buf_view(&blob), NS_REPORT, STR("other"), &signer), ERR_ABSENT);
		buf_release(&armour);
		buf_release(&blob);
	}
	buf_release(&message);
	buf_release(&line);
	scratch_remove(&scratch);
}

static void
no_flipped_bit_is_taken(void **state)
{
	struct secret *secret;
	struct public_key signer;
	struct buf blob = BUF(SSHSIG_MAX), armour = BUF(SSHSIG_ARMOUR_MAX);
	struct str message = STR("carrel-record v1\n");

	(void)state;
	assert_int_equal(secret_new(&secret), 0);
	assert_int_equal(sshsig_make(secret, NS_RECORD, message, &blob), 0);
	assert_int_equal(sshsig_check(buf_view(&blob), NS_RECORD, message, &signer), 0);
	for (size_t bit = 0; bit < blob.len * 8; bit++) {
		blob.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		int r = sshsig_check(buf_view(&blob), NS_RECORD, message, &signer);
		assert_true(r == ERR_ABSENT || r == ERR_FORMAT || r == ERR_REFUSED);
		blob.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(sshsig_armour(buf_view(&blob), &armour), 0);
	for (size_t bit = 0; bit < armour.len * 8; bit++) {
		struct buf read = BUF(SSHSIG_MAX);
		armour.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (sshsig_unarmour(buf_view(&armour), &read) == 0)
			assert_true(sshsig_check(buf_view(&read), NS_RECORD, message, &signer) < 0);
		armour.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		buf_release(&read);
	}
	secret_free(secret);
	buf_release(&blob);
	buf_release(&armour);
}

static void
armour_is_read_only_as_it_is_written(void **state)
{
	static const char *const bad[] = { "", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\nU1NI\nU0lH\n-----END SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\r\n-----END SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n\n-----END SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----",
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n\n",
		" -----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0l\n-----END SSH SIGNATURE-----\n" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct buf out = BUF(SSHSIG_MAX);
		assert_int_equal(sshsig_unarmour(str_from(bad[i]), &out), ERR_FORMAT);
		buf_release(&out);
	}
	struct buf out = BUF(SSHSIG_MAX);
	assert_int_equal(
	    sshsig_unarmour(STR("-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"), &out), 0);
	assert_true(str_is(buf_view(&out), "SSHSIG"));
	buf_release(&out);
}

static void
public_key_lines_are_read_strictly(void **state)
{
	static const char good[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFXnLJLBg0eLtNtJhFDLp/m5qWJgPHVXzZo6P4Rr7VNI";
	static const char *const bad[] = { "", "ssh-ed25519", "ssh-ed25519 ",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFXnLJLBg0eLtNtJhFDLp/m5qWJgPHVXzZo6P4Rr7VN",
		"sk-ssh-ed25519@openssh.com AAAAC3NzaC1lZDI1NTE5AAAAIFXnLJLBg0eLtNtJhFDLp/m5qWJgPHVXzZo6P4Rr7VNI",
		"no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFXnLJLBg0eLtNtJhFDLp/m5qWJgPHVXzZo6P4Rr7VNI",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFXnLJLBg0eLtNtJhFDLp/m5qWJgPHVXzZo6P4Rr7VNIAA==",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFXnLJLBg0eLtNtJhFDLp/m5qWJgPHVXzZo6P4Rr7VNI\nx" };
	struct public_key key;
	struct buf again = BUF(PUBLIC_LINE_MAX);

	(void)state;
	assert_int_equal(public_key_from_line(str_from(good), &key, NULL), 0);
	assert_int_equal(public_key_line(&key, STR(""), &again), 0);
	assert_true(str_is(buf_view(&again), good));
	buf_release(&again);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(public_key_from_line(str_from(bad[i]), &key, NULL), ERR_FORMAT);
	assert_int_equal(public_key_from_line(STR("ssh-rsa AAAA"), &key, NULL), ERR_REFUSED);
	assert_false(fingerprint_ok(STR("SHA256:")));
	assert_false(fingerprint_ok(STR("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")));
	assert_true(fingerprint_ok(STR("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
}

/* Bytes of a FIDO signature made by hand, so that flags can be chosen. */
static int
check_fido(uint8_t flags, bool lie)
{
	uint8_t pk[32], sk[64], sig[64], to_sign[32 + 1 + 4 + 32];
	struct public_key key = { .type = KEY_SK_ED25519, .application = "ssh:" }, signer;
	struct buf bytes = BUF(1024), wire = BUF(1024), blob = BUF(SSHSIG_MAX);
	static const char word[] = "\0\0\0\x1ask-ssh-ed25519@openssh.com\0\0\0\x40";

	crypto_sign_keypair(pk, sk);
	memcpy(key.key, pk, 32);
	assert_int_equal(sshsig_signed(NS_RECORD, STR("words"), &bytes), 0);
	sha256("ssh:", 4, to_sign);
	to_sign[32] = flags;
	memcpy(to_sign + 33, "\0\0\0\x07", 4);
	sha256(bytes.data, bytes.len, to_sign + 37);
	crypto_sign_detached(sig, NULL, to_sign, sizeof to_sign, sk);
	assert_int_equal(buf_add(&wire, word, sizeof word - 1), 0);
	assert_int_equal(buf_add(&wire, sig, sizeof sig), 0);
	assert_int_equal(buf_byte(&wire, lie ? flags ^ 1 : flags), 0);
	assert_int_equal(buf_add(&wire, "\0\0\0\x07", 4), 0);
	assert_int_equal(sshsig_wrap(&key, NS_RECORD, buf_view(&wire), &blob), 0);
	int r = sshsig_check(buf_view(&blob), NS_RECORD, STR("words"), &signer);
	buf_release(&bytes);
	buf_release(&wire);
	buf_release(&blob);
	return r;
}

static void
a_token_must_have_been_touched(void **state)
{
	(void)state;
	assert_int_equal(check_fido(0x01, false), 0);
	assert_int_equal(check_fido(0x05, false), 0);
	assert_int_equal(check_fido(0x00, false), ERR_ABSENT);
	assert_int_equal(check_fido(0x04, false), ERR_ABSENT);
	assert_int_equal(check_fido(0x00, true), ERR_ABSENT);
}

static int
check_openssh(const char *name)
{
	struct buf line = BUF(0), armour = BUF(0), data = BUF(0), ns = BUF(0), blob = BUF(SSHSIG_MAX);
	struct public_key key, signer;
	char file[64];

	snprintf(file, sizeof file, "sshsig/%s.sig", name);
	vector(file, &armour);
	snprintf(file, sizeof file, "sshsig/%s.pub", name);
	vector(file, &line);
	vector("sshsig/signed-data", &data);
	vector("sshsig/namespace", &ns);
	int r = sshsig_unarmour(buf_view(&armour), &blob);
	assert_int_equal(r, 0);
	r = sshsig_check(buf_view(&blob), (const char *)ns.data, buf_view(&data), &signer);
	if (r == 0) {
		assert_int_equal(public_key_from_line(buf_view(&line), &key, NULL), 0);
		assert_true(public_key_eq(&key, &signer));
	}
	buf_release(&line);
	buf_release(&armour);
	buf_release(&data);
	buf_release(&ns);
	buf_release(&blob);
	return r;
}

static void
openssh_s_own_signatures(void **state)
{
	(void)state;
	if (!getenv("CARREL_VECTORS")) {
		print_message("CARREL_VECTORS is not set\n");
		skip();
	}
	assert_int_equal(check_openssh("ed25519"), 0);
	assert_int_equal(check_openssh("ed25519_sk"), 0);
	assert_int_equal(check_openssh("ecdsa"), ERR_REFUSED);
	assert_int_equal(check_openssh("rsa"), ERR_REFUSED);
}

static void
edge_cases_of_ed25519(void **state)
{
	struct buf text = BUF(0);
	uint8_t key[32], sig[64];
	size_t taken = 0;
	json_t *list;

	(void)state;
	if (!getenv("CARREL_VECTORS")) {
		print_message("CARREL_VECTORS is not set\n");
		skip();
	}
	assert_int_equal(json_read(vector("ed25519/ed25519vectors.json", &text), &list), 0);
	assert_int_equal(json_array_size(list), 914);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct str message = json_str(item, "msg");
		assert_true(hex_to(json_str(item, "key"), key, sizeof key));
		assert_true(hex_to(json_str(item, "sig"), sig, sizeof sig));
		taken += crypto_sign_verify_detached(sig, (const uint8_t *)message.data, message.len, key) == 0;
	}
	assert_int_equal(taken, 43);
	json_decref(list);
	buf_release(&text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(ssh_keygen_takes_ours),
	cmocka_unit_test(we_take_those_of_ssh_keygen),
	cmocka_unit_test(no_flipped_bit_is_taken),
	cmocka_unit_test(armour_is_read_only_as_it_is_written),
	cmocka_unit_test(public_key_lines_are_read_strictly),
	cmocka_unit_test(a_token_must_have_been_touched),
	cmocka_unit_test(openssh_s_own_signatures),
	cmocka_unit_test(edge_cases_of_ed25519),
};

UNIT(tests)
