/*
 * Public test vectors, in the folder that $CARREL_VECTORS names; skipped where it names none.  merkle/: proofs, each of
 * which says whether it must hold.  ed25519/: the edge cases of C2SP's CCTV.  sshsig/: OpenSSH's own signatures.
 */
#include "tests/unit.h"

#include "annotations/proof.h"
#include "annotations/sign.h"
#include "base/fs.h"
#include "base/json.h"

#include <fcntl.h>
#include <fts.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MAX ((size_t)4 * 1024 * 1024)
#define ACCEPTED 43 /* of the edge cases, by libsodium 1.0.18 */

static const char *
folder(void)
{
	const char *named = getenv("CARREL_VECTORS");

	if (!named || access(named, R_OK) < 0) {
		print_message("CARREL_VECTORS names no folder: skipped\n");
		skip();
	}
	return named;
}

static struct str
read_vector(const char *name, struct buf *out)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", folder(), name);
	buf_clear(out);
	if (fs_read(AT_FDCWD, path, out) < 0)
		fail_msg("%s: %s", path, err_text());
	return buf_view(out);
}

/* NULL if it holds a number that is none of ours: a position of 2^64 - 1. */
static json_t *
read_object(const char *path, struct buf *bytes)
{
	json_t *object = NULL;

	buf_clear(bytes);
	assert_int_equal(fs_read(AT_FDCWD, path, bytes), 0);
	if (json_read(buf_view(bytes), &object) < 0 && !strstr(err_text(), "too big integer"))
		fail_msg("%s: %s", path, err_text());
	return object;
}

/* ---- Merkle ---- */

/* Exactly a hash, or false: what is no hash can be no part of a proof. */
static bool
read_hash(const json_t *value, uint8_t out[static SHA256_LEN])
{
	struct buf bytes = BUF(4096);
	struct str text = { json_string_value(value), json_string_length(value) };

	bool ok = json_is_string(value) && base64_read(&bytes, text) == 0 && bytes.len == SHA256_LEN;
	if (ok)
		memcpy(out, bytes.data, SHA256_LEN);
	buf_release(&bytes);
	return ok;
}

static bool
holds(const json_t *vector, bool inclusion)
{
	const json_t *list = json_object_get(vector, "proof");
	uint8_t one[SHA256_LEN], root[SHA256_LEN];
	struct proof proof = { .count = json_array_size(list) };

	if (proof.count > PROOF_MAX)
		return false;
	for (size_t i = 0; i < proof.count; i++)
		if (!read_hash(json_array_get(list, i), proof.hash[i]))
			return false;
	if (!read_hash(json_object_get(vector, inclusion ? "leafHash" : "root1"), one) ||
	    !read_hash(json_object_get(vector, inclusion ? "root" : "root2"), root))
		return false;
	if (inclusion)
		return proof_check_inclusion(
			   &proof, json_num(vector, "leafIdx"), json_num(vector, "treeSize"), one, root) == 0;
	return proof_check_consistency(
		   &proof, json_num(vector, "size1"), json_num(vector, "size2"), one, root) == 0;
}

static void
merkle_proofs_agree(void **state)
{
	char path[4096];
	char *roots[] = { path, NULL };
	struct buf bytes = BUF(FILE_MAX);
	unsigned right = 0, wrong = 0, loose = 0;

	(void)state;
	snprintf(path, sizeof path, "%s/merkle/testdata", folder());
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	assert_non_null(walk);
	for (FTSENT *file; (file = fts_read(walk));) {
		if (file->fts_info != FTS_F || !str_ends(str_from(file->fts_name), STR(".json")))
			continue;
		json_t *vector = read_object(file->fts_path, &bytes);
		if (!vector) {
			assert_non_null(strstr((const char *)bytes.data, "\"wantErr\": true"));
			wrong++;
			continue;
		}
		bool inclusion = strstr(file->fts_path, "/inclusion/") != NULL;
		bool due = !json_bool(vector, "wantErr"), ours = holds(vector, inclusion);
		/* roots that are no hashes, where the two sizes are one: a strict verifier refuses them */
		uint8_t hash[SHA256_LEN];
		bool odd = !inclusion && due && !ours && !read_hash(json_object_get(vector, "root1"), hash);
		if (ours != due && !odd)
			fail_msg("%s: %s", file->fts_path, ours ? "holds, and must not" : "must hold");
		loose += odd;
		right += ours;
		wrong += !ours;
		json_decref(vector);
	}
	fts_close(walk);
	buf_release(&bytes);
	print_message("%u proofs hold, %u do not, %u of them not strict\n", right, wrong, loose);
	assert_true(right > 5 && wrong > 100 && loose <= 1);
}

/* ---- Ed25519 ---- */

static size_t
from_hex(const json_t *object, const char *key, uint8_t *out, size_t max)
{
	struct str hex = json_str(object, key);
	size_t len;

	assert_int_equal(sodium_hex2bin(out, max, hex.data, hex.len, NULL, &len, NULL), 0);
	return len;
}

static void
ed25519_edge_cases(void **state)
{
	struct buf bytes = BUF(FILE_MAX);
	char path[4096];
	unsigned accepted = 0;

	(void)state;
	snprintf(path, sizeof path, "%s/ed25519/ed25519vectors.json", folder());
	json_t *list = read_object(path, &bytes);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *vector = json_array_get(list, i);
		struct public_key key = { .type = KEY_ED25519 };
		uint8_t signature[SIGNATURE_LEN];
		struct str message = json_str(vector, "msg");
		assert_int_equal(from_hex(vector, "key", key.key, sizeof key.key), sizeof key.key);
		assert_int_equal(from_hex(vector, "sig", signature, sizeof signature), sizeof signature);
		accepted += public_key_signed(&key, message, signature);
	}
	print_message("%u of %zu accepted\n", accepted, json_array_size(list));
	assert_int_equal(json_array_size(list), 914);
	assert_int_equal(accepted, ACCEPTED);
	json_decref(list);
	buf_release(&bytes);
}

/* ---- SSHSIG ---- */

/* sshsig_check of OpenSSH's signature; its armour ends as ssh-keygen's does. */
static int
check_openssh(const char *name, struct public_key *signer, struct public_key *due)
{
	struct buf text = BUF(FILE_MAX), blob = BUF(SSHSIG_MAX), message = BUF(FILE_MAX), ns = BUF(256),
		   line = BUF(FILE_MAX);
	char file[256];

	snprintf(file, sizeof file, "sshsig/%s.sig", name);
	read_vector(file, &text);
	snprintf(file, sizeof file, "sshsig/%s.pub", name);
	read_vector(file, &line);
	read_vector("sshsig/signed-data", &message);
	read_vector("sshsig/namespace", &ns);
	while (ns.len > 0 && ns.data[ns.len - 1] == '\n')
		ns.data[--ns.len] = 0;
	int r = public_key_from_line(buf_view(&line), due, NULL);
	int armour = sshsig_unarmour(buf_view(&text), &blob);
	if (armour < 0)
		fail_msg("%s: %s", name, err_text());
	int checked = sshsig_check(buf_view(&blob), (const char *)ns.data, buf_view(&message), signer);
	/* and no other words than those that were signed */
	if (checked == 0) {
		struct public_key other;
		message.data[0] ^= 1;
		assert_int_equal(
		    sshsig_check(buf_view(&blob), (const char *)ns.data, buf_view(&message), &other),
		    ERR_ABSENT);
	}
	buf_release(&text);
	buf_release(&blob);
	buf_release(&message);
	buf_release(&ns);
	buf_release(&line);
	return checked < 0 ? checked : r;
}

static void
openssh_signatures(void **state)
{
	static const char *const taken[] = { "ed25519", "ed25519_sk" }, *const refused[] = { "ecdsa", "rsa" };
	struct public_key signer, due;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		if (check_openssh(taken[i], &signer, &due) < 0)
			fail_msg("%s: %s", taken[i], err_text());
		assert_true(public_key_eq(&signer, &due));
		assert_int_equal(check_openssh(refused[i], &signer, &due), ERR_REFUSED);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(merkle_proofs_agree),
	cmocka_unit_test(ed25519_edge_cases),
	cmocka_unit_test(openssh_signatures),
};

UNIT(tests)
