#include "annotations/role.h"

static const char *const role_words[ROLE_COUNT] = {
#define X(id, word) [ROLE_##id] = word,
	ROLES(X)
#undef X
};

static const char *const state_words[STATE_COUNT] = {
#define X(id, word) [STATE_##id] = word,
	THREAD_STATES(X)
#undef X
};

#define BIT(n) (1u << (n))
#define HOST BIT(ROLE_HOST)
#define INSPECTOR BIT(ROLE_INSPECTOR)
#define AUDITOR BIT(ROLE_AUDITOR)
#define VENDOR BIT(ROLE_VENDOR)
#define ANYONE (HOST | INSPECTOR | AUDITOR | VENDOR)

/* A type without a line here is nobody's. */
static const unsigned may_append[RECORD_TYPE_COUNT] = {
	[RECORD_ROOM] = HOST,
	[RECORD_ROOMKEY] = HOST,
	[RECORD_PERSON] = HOST,
	[RECORD_REVOKE] = HOST,
	[RECORD_CONFIRM] = HOST | AUDITOR,
	[RECORD_POLICY] = HOST,
	[RECORD_SESSION] = ANYONE,
	[RECORD_CLOSE] = ANYONE,
	[RECORD_VISIT] = ANYONE,
	[RECORD_IMPORT] = HOST,
	[RECORD_INDEX] = HOST,
	[RECORD_PAGE] = ANYONE,
	[RECORD_SEARCH] = ANYONE,
	[RECORD_LIST] = ANYONE,
	[RECORD_DIFF] = ANYONE,
	[RECORD_REVEAL] = INSPECTOR | AUDITOR,
	[RECORD_ANNOTATE] = INSPECTOR,
	[RECORD_AMEND] = INSPECTOR,
	[RECORD_REPLY] = INSPECTOR | AUDITOR | VENDOR,
	[RECORD_STATE] = INSPECTOR | VENDOR, /* and may_set below */
	[RECORD_MARK] = INSPECTOR,
	[RECORD_CARRY] = INSPECTOR,
	[RECORD_VERDICT] = INSPECTOR | AUDITOR,
	[RECORD_CHECK] = HOST | INSPECTOR | AUDITOR,
	[RECORD_REPORT] = INSPECTOR | AUDITOR,
	[RECORD_REQUEST] = INSPECTOR | AUDITOR,
	[RECORD_RELEASE] = HOST,
	[RECORD_REFUSE] = HOST,
	[RECORD_FOREIGN] = HOST | INSPECTOR | AUDITOR,
	[RECORD_BATCH] = INSPECTOR | AUDITOR,
	[RECORD_CHECKPOINT] = ANYONE,
	[RECORD_COSIGN] = ANYONE,
	[RECORD_SELFTEST] = ANYONE,
	[RECORD_NOTE] = ANYONE,
};

#define LIVE \
	(BIT(STATE_OPEN) | BIT(STATE_ANSWERED) | BIT(STATE_PROMISED) | BIT(STATE_VERIFY) | \
	    BIT(STATE_DISPUTED) | BIT(STATE_REOPENED))
#define SETTLED (BIT(STATE_RESOLVED) | BIT(STATE_ACCEPTED) | BIT(STATE_WITHDRAWN))

/* Which state may be set by whom, where the thread is in one of `from`. */
static const struct {
	unsigned roles, from;
	bool on_note; /* a note has nothing to resolve: it can be withdrawn and taken up again */
} may_set[STATE_COUNT] = {
	[STATE_OPEN] = { 0, 0, false }, /* by its opening alone */
	[STATE_ANSWERED] = { VENDOR, LIVE, false },
	[STATE_PROMISED] = { VENDOR, LIVE, false },
	[STATE_VERIFY] = { VENDOR, LIVE, false },
	[STATE_DISPUTED] = { VENDOR, LIVE, false },
	[STATE_RESOLVED] = { INSPECTOR, LIVE, false },
	[STATE_ACCEPTED] = { INSPECTOR, LIVE, false },
	[STATE_WITHDRAWN] = { INSPECTOR, LIVE, true },
	[STATE_REOPENED] = { INSPECTOR, (LIVE | SETTLED) & ~BIT(STATE_OPEN), true },
};

const char *
role_word(enum role role)
{
	return role_words[role];
}

bool
role_find(struct str word, enum role *role)
{
	for (unsigned i = 0; i < ROLE_COUNT; i++)
		if (str_is(word, role_words[i])) {
			*role = i;
			return true;
		}
	return false;
}

const char *
thread_state_word(enum thread_state state)
{
	return state_words[state];
}

bool
thread_state_find(struct str word, enum thread_state *state)
{
	for (unsigned i = 0; i < STATE_COUNT; i++)
		if (str_is(word, state_words[i])) {
			*state = i;
			return true;
		}
	return false;
}

static const char *
article(enum role role)
{
	return role == ROLE_INSPECTOR || role == ROLE_AUDITOR ? "an" : "a";
}

int
role_may(enum role role, enum record_type type)
{
	if (may_append[type] & BIT(role))
		return 0;
	return err_set(ERR_REFUSED, "%s %s may not write a record of type %s", article(role), role_word(role),
	    record_type_word(type));
}

int
role_may_state(enum role role, struct str kind, enum thread_state from, enum thread_state to)
{
	const char *word = state_words[to];

	if (!(may_set[to].roles & BIT(role))) {
		if (may_set[to].roles == INSPECTOR)
			return err_set(ERR_REFUSED,
			    "%s %s may not set '%s': that is the inspector's to decide", article(role),
			    role_word(role), word);
		if (may_set[to].roles == VENDOR)
			return err_set(ERR_REFUSED, "%s %s may not set '%s': that is the vendor's to say",
			    article(role), role_word(role), word);
		return err_set(ERR_REFUSED, "nobody may set '%s': a thread is opened with it", word);
	}
	if (str_is(kind, "note") && !may_set[to].on_note)
		return err_set(ERR_REFUSED, "a note cannot be '%s'", word);
	if (from == to)
		return err_set(ERR_REFUSED, "the thread is '%s' already", word);
	if (!(may_set[to].from & BIT(from)))
		return err_set(ERR_REFUSED,
		    "the thread is '%s': it cannot be set '%s' unless it is re-opened first",
		    state_words[from], word);
	return 0;
}
