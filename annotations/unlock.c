/*
 * A desk that locked itself is opened by the key with which its session was: by the same
 * passphrase where there was one, by a signature of the agent's over random bytes, and,
 * for a key without a passphrase, by asking.  The ledger does not hear of it.
 */
#include "annotations/job.h"

#include <sodium.h>

#define NS_UNLOCK "unlock@carrel" /* what is signed here is a signature for nothing else */
#define TRIES 10

/* In locked memory: not the passphrase, but what one that is typed can be held against. */
struct unlocker {
	uint8_t key[crypto_generichash_KEYBYTES], digest[crypto_generichash_BYTES];
};

static void
digest_of(
    const struct unlocker *unlocker, struct str passphrase, uint8_t out[static crypto_generichash_BYTES])
{
	crypto_generichash(out, crypto_generichash_BYTES, (const uint8_t *)passphrase.data, passphrase.len,
	    unlocker->key, sizeof unlocker->key);
}

int
unlocker_new(struct str passphrase, struct unlocker **out)
{
	struct unlocker *unlocker = sodium_malloc(sizeof *unlocker);

	if (!unlocker)
		return err_set(ERR_MEMORY, "no locked memory");
	randombytes_buf(unlocker->key, sizeof unlocker->key);
	digest_of(unlocker, passphrase, unlocker->digest);
	sodium_free(*out);
	*out = unlocker;
	return 0;
}

void
unlocker_free(struct unlocker *unlocker)
{
	sodium_free(unlocker);
}

static bool
fits(const struct unlocker *unlocker, struct str passphrase)
{
	uint8_t digest[crypto_generichash_BYTES];

	digest_of(unlocker, passphrase, digest);
	bool same = sodium_memcmp(digest, unlocker->digest, sizeof digest) == 0;
	sodium_memzero(digest, sizeof digest);
	return same;
}

static int
ask(struct keeper *keeper, struct job *job, bool again)
{
	struct session *session = keeper->session;
	json_t *need;

	session->tries = again; /* session_need says "wrong passphrase" of a second one */
	int r = session_need(session, &need);
	if (r == 0)
		r = keeper_send_json(keeper, MSG_NEED, job->order, need);
	json_decref(r == 0 ? need : NULL);
	session->tries = 0;
	return r;
}

/* The agent still has the key, and signs. */
static int
by_signature(struct keeper *keeper, struct job *job)
{
	uint8_t bytes[32];
	struct str challenge = { (const char *)bytes, sizeof bytes };
	struct buf signature = BUF(SSHSIG_MAX);
	struct public_key signer;
	int r = 0;

	randombytes_buf(bytes, sizeof bytes);
	if (session_touches(keeper->session)) {
		json_t *need = json_pack("{s:s}", "need", "touch");
		r = need ? keeper_send_json(keeper, MSG_NEED, job->order, need)
			 : err_set(ERR_MEMORY, "no memory");
		json_decref(need);
		if (r == 0)
			r = wire_drain(&keeper->client);
	}
	if (r == 0)
		r = session_sign(keeper->session, NS_UNLOCK, challenge, &signature);
	if (r == 0)
		r = sshsig_check(buf_view(&signature), NS_UNLOCK, challenge, &signer);
	if (r == 0 && !public_key_eq(&signer, &keeper->session->key))
		r = err_set(ERR_REFUSED, "another key signed");
	buf_release(&signature);
	return r == 0 ? job_done(keeper, job, NULL) : r;
}

static int
begin(struct keeper *keeper, struct job *job, struct str body)
{
	(void)body;
	int r = session_require(keeper->session);
	if (r < 0)
		return r;
	if (keeper->session->unlocker)
		return ask(keeper, job, false);
	return keeper->session->secret ? job_done(keeper, job, NULL) : by_signature(keeper, job);
}

static int
take(struct keeper *keeper, struct job *job, const struct message *message)
{
	struct session *session = keeper->session;

	if (message->kind != MSG_PASS || !session->unlocker)
		return 0;
	bool right = fits(session->unlocker, message->body);
	sodium_memzero(keeper->client.packet.data, keeper->client.packet.len);
	if (right) {
		session->unlock_tries = 0;
		return job_done(keeper, job, NULL);
	}
	if (++session->unlock_tries < TRIES)
		return ask(keeper, job, true);
	/* who guesses finds no session to guess at */
	keeper->client.closed = true;
	return err_set(ERR_REFUSED, "wrong passphrase, %d times", TRIES);
}

const struct job_class job_unlock = { .begin = begin, .take = take };
