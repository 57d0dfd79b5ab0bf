#include "annotations/record_schema.h"

#define END \
	{ \
		NULL \
	}

static const struct field head_fields[] = { { "root", P_HASH }, { "size", P_NUM }, END };

const struct field record_attach_fields[] = { { "name", P_NAME }, { "sha256", P_HASH }, { "size", P_NUM },
	END };

static const struct field anchor_fields[] = {
	{ "release", P_NAME },
	{ "path", P_FOREIGN },
	{ "blob", P_OID },
	{ "first", P_NUM },
	{ "last", P_NUM },
	{ "text", P_HASH },
	{ "context", P_HASH },
	{ "symbol", P_FOREIGN, true },
	{ "label", P_LINE, true },
	END,
};

static const struct field quote_fields[] = {
	{ "release", P_NAME },
	{ "path", P_FOREIGN },
	{ "blob", P_OID },
	{ "first", P_NUM },
	{ "last", P_NUM },
	{ "sha256", P_HASH },
	{ "size", P_NUM },
	END,
};

static const struct field mark_fields[] = {
	{ "release", P_NAME },
	{ "path", P_FOREIGN },
	{ "blob", P_OID },
	{ "first", P_NUM },
	{ "last", P_NUM },
	END,
};

static const struct field segment_fields[] = {
	{ "kind", P_WORD, false, "text|syntax|release" },
	{ "sha256", P_HASH },
	{ "bytes", P_NUM },
	END,
};

static const struct field seal_fields[] = { { "applied", P_NUM }, { "refused", P_NUM }, { "landlock", P_NUM },
	END };

static const struct field room_fields[] = {
	{ "product", P_LINE },
	{ "host", P_NAME },
	{ "keys", P_KEYS },
	{ "box", P_HASH, true },
	{ "room_key", P_KEY, false, "ssh-ed25519" },
	{ "practice", P_BOOL },
	{ "formats", P_NUMS },
	END,
};

static const struct field roomkey_fields[] = { { "room_key", P_KEY, false, "ssh-ed25519" },
	{ "why", P_LINE, true }, END };

static const struct field person_fields[] = {
	{ "name", P_NAME },
	{ "role", P_WORD, false, "host|inspector|auditor|vendor" },
	{ "key", P_KEY },
	{ "box", P_HASH, true },
	{ "label", P_LINE, true },
	END,
};

static const struct field revoke_fields[] = { { "name", P_NAME }, { "key", P_PRINT, true },
	{ "why", P_LINE, true }, END };

static const struct field confirm_fields[] = { { "record", P_HASH }, { "text", P_TEXT, true }, END };

static const struct field policy_fields[] = { { "text", P_ANYTEXT }, END };

static const struct field session_fields[] = {
	{ "key", P_KEY, false, "ssh-ed25519" },
	{ "program", P_HASH },
	{ "command", P_LINE },
	{ "seal", P_MAP, false, NULL, seal_fields },
	{ "last", P_HEAD, true, NULL, head_fields },
	{ "accepted", P_LINES, true },
	{ "disk", P_WORD, true, "encrypted|plain|unknown" },
	{ "seat", P_LINE, true },
	END,
};

static const struct field close_fields[] = {
	{ "pages", P_NUM },
	{ "searches", P_NUM },
	{ "lists", P_NUM },
	{ "diffs", P_NUM },
	{ "lines", P_NUM },
	{ "bytes", P_NUM },
	{ "said", P_NUM },
	{ "why", P_LINE, true },
	END,
};

static const struct field visit_fields[] = {
	{ "what", P_WORD, false, "open|close" },
	{ "slip", P_HEAD, true, NULL, head_fields },
	{ "opened", P_HASH, true },
	{ "pages", P_NUM, true },
	{ "searches", P_NUM, true },
	{ "lists", P_NUM, true },
	{ "diffs", P_NUM, true },
	{ "lines", P_NUM, true },
	{ "bytes", P_NUM, true },
	{ "said", P_NUM, true },
	{ "exported", P_NUM, true },
	{ "text", P_TEXT, true },
	END,
};

static const struct field import_fields[] = {
	{ "release", P_NAME },
	{ "kind", P_WORD, false, "git|archive|directory" },
	{ "source", P_FOREIGN },
	{ "revision", P_FOREIGN, true },
	{ "commit", P_OID },
	{ "tree", P_OID },
	{ "sha256", P_HASH, true },
	{ "manifest", P_HASH },
	{ "stripped", P_FOREIGN, true },
	{ "files", P_NUM },
	{ "blobs", P_NUM },
	{ "bytes", P_NUM },
	{ "odd", P_NUM },
	{ "segment", P_HASH },
	{ "segments", P_OBJECTS, true, NULL, segment_fields },
	END,
};

static const struct field index_fields[] = {
	{ "release", P_NAME },
	{ "record", P_HASH },
	{ "segment", P_HASH },
	{ "segments", P_OBJECTS, true, NULL, segment_fields },
	END,
};

#define ACCESS_FIELDS \
	{ "order", P_NUM }, { "unit", P_NUM }, { "end", P_BOOL }, { "verb", P_LINE }, \
	    { "releases", P_NAMES, true }, { "rows", P_NUM }, { "files", P_NUM }, { "lines", P_NUM }, \
	    { "bytes", P_NUM }, { "root", P_HASH }, { "sent", P_NUM }, \
	{ \
		"sha256", P_HASH \
	}

static const struct field page_fields[] = {
	ACCESS_FIELDS,
	{ "path", P_FOREIGN },
	{ "blob", P_OID },
	{ "first", P_NUM },
	{ "last", P_NUM },
	{ "ahead", P_BOOL, true },
	END,
};

static const struct field search_fields[] = { ACCESS_FIELDS, { "query", P_HASH }, END };

static const struct field list_fields[] = {
	ACCESS_FIELDS,
	{ "path", P_FOREIGN, true },
	{ "blob", P_OID, true },
	{ "first", P_NUM, true },
	{ "last", P_NUM, true },
	END,
};

static const struct field diff_fields[] = {
	ACCESS_FIELDS,
	{ "path", P_FOREIGN, true },
	{ "blob", P_OID, true },
	{ "first", P_NUM, true },
	{ "last", P_NUM, true },
	{ "old", P_FOREIGN, true },
	{ "old_blob", P_OID, true },
	END,
};

static const struct field reveal_fields[] = { { "record", P_HASH }, { "salt", P_HASH },
	{ "text", P_TEXT, true }, END };

#define SEVERITIES "critical|high|medium|low|informational|undetermined"
#define DIFFICULTIES "low|medium|high|undetermined"

#define FINDING_FIELDS \
	{ "title", P_LINE, true }, { "severity", P_WORD, true, SEVERITIES }, \
	    { "difficulty", P_WORD, true, DIFFICULTIES }, { "cwe", P_LINES, true }, \
	    { "cvss", P_LINE, true }, { "impact", P_TEXT, true }, { "evidence", P_TEXT, true }, \
	    { "recommendation", P_TEXT, true }, { "recommendation_long", P_TEXT, true }, \
	    { "references", P_LINES, true }, { "assisted", P_BOOL, true }, \
	{ \
		"quotes", P_OBJECTS, true, NULL, quote_fields \
	}

static const struct field annotate_fields[] = {
	{ "kind", P_WORD, false, "finding|question|note" },
	{ "anchors", P_OBJECTS, false, NULL, anchor_fields },
	{ "text", P_TEXT },
	FINDING_FIELDS,
	END,
};

#define IN_THREAD \
	{ "thread", P_HASH }, \
	{ \
		"after", P_HASHES \
	}

static const struct field amend_fields[] = {
	IN_THREAD,
	{ "anchors", P_OBJECTS, true, NULL, anchor_fields },
	{ "text", P_TEXT, true },
	{ "why", P_LINE, true },
	FINDING_FIELDS,
	END,
};

static const struct field reply_fields[] = {
	IN_THREAD,
	{ "text", P_TEXT },
	{ "anchors", P_OBJECTS, true, NULL, anchor_fields },
	{ "quotes", P_OBJECTS, true, NULL, quote_fields },
	END,
};

static const struct field state_fields[] = {
	IN_THREAD,
	{ "state", P_WORD, false,
	    "open|answered|fix promised|verify requested|resolved|disputed|risk "
	    "accepted|withdrawn|re-opened" },
	{ "text", P_TEXT, true },
	{ "release", P_NAME, true },
	END,
};

static const struct field mark_record_fields[] = {
	{ "depth", P_WORD, false, "none|skimmed|read|understood" },
	{ "marks", P_OBJECTS, false, NULL, mark_fields },
	END,
};

static const struct field carry_fields[] = {
	IN_THREAD,
	{ "from", P_NAME },
	{ "to", P_NAME },
	{ "result", P_WORD, false, "same|moved|changed|ambiguous|gone" },
	{ "by", P_WORD, false, "program|person" },
	{ "anchors", P_OBJECTS, true, NULL, anchor_fields },
	{ "why", P_LINE, true },
	END,
};

static const struct field verdict_fields[] = {
	IN_THREAD,
	{ "release", P_NAME },
	{ "verdict", P_WORD, false, "present|changed|gone|not re-checked" },
	{ "text", P_TEXT, true },
	END,
};

static const struct field check_fields[] = {
	{ "release", P_NAME },
	{ "against", P_WORD, false, "archive|tag|manifest|binary|other" },
	{ "result", P_WORD, false, "same|equivalent|differs|not attempted" },
	{ "source", P_FOREIGN, true },
	{ "sha256", P_HASH, true },
	{ "text", P_TEXT, true },
	END,
};

static const struct field report_fields[] = {
	{ "release", P_NAME },
	{ "at", P_NUM },
	{ "record", P_HASH },
	{ "format", P_WORD, false, "html|md|json|sarif|csv|pdf|statement" },
	{ "name", P_NAME },
	{ "size", P_NUM },
	{ "sha256", P_HASH },
	{ "program", P_HASH },
	{ "options", P_LINES, true },
	{ "quotes", P_OBJECTS, true, NULL, quote_fields },
	END,
};

static const struct field request_fields[] = {
	{ "what", P_WORD, false, "report|bundle|excerpt|ledger|other" },
	{ "name", P_NAME },
	{ "size", P_NUM },
	{ "sha256", P_HASH },
	{ "records", P_HASHES, true },
	{ "quotes", P_OBJECTS, true, NULL, quote_fields },
	{ "lines", P_NUM, true },
	{ "text", P_TEXT, true },
	END,
};

static const struct field release_fields[] = { { "request", P_HASH }, { "text", P_TEXT, true }, END };

static const struct field refuse_fields[] = { { "request", P_HASH }, { "text", P_TEXT }, END };

static const struct field foreign_fields[] = {
	{ "room", P_ROOM },
	{ "record", P_HASH },
	{ "index", P_NUM, true },
	{ "head", P_HEAD, true, NULL, head_fields },
	{ "bundle", P_HASH, true },
	END,
};

static const struct field batch_fields[] = { { "entries", P_NUM }, { "root", P_HASH }, END };

static const struct field checkpoint_fields[] = {
	{ "head", P_HEAD, false, NULL, head_fields },
	{ "why", P_WORD, false, "open|close|export|count|time|asked" },
	{ "sha256", P_HASH },
	END,
};

static const struct field cosign_fields[] = {
	{ "head", P_HEAD, false, NULL, head_fields },
	{ "by", P_PRINT },
	{ "checkpoint", P_HASH },
	END,
};

static const struct field selftest_fields[] = {
	{ "program", P_HASH },
	{ "attempts", P_NUM },
	{ "denied", P_NUM },
	{ "not_possible", P_NUM },
	{ "worked", P_NUM },
	{ "layers", P_LINE, true },
	END,
};

static const struct field note_fields[] = {
	{ "what", P_WORD, false, "died|clock|unclosed|seal|damaged|other" },
	{ "why", P_LINE },
	{ "process", P_LINE, true },
	{ "signal", P_NUM, true },
	{ "syscall", P_LINE, true },
	{ "record", P_HASH, true },
	END,
};

static const struct field *const schemas[RECORD_TYPE_COUNT] = {
	[RECORD_ROOM] = room_fields,
	[RECORD_ROOMKEY] = roomkey_fields,
	[RECORD_PERSON] = person_fields,
	[RECORD_REVOKE] = revoke_fields,
	[RECORD_CONFIRM] = confirm_fields,
	[RECORD_POLICY] = policy_fields,
	[RECORD_SESSION] = session_fields,
	[RECORD_CLOSE] = close_fields,
	[RECORD_VISIT] = visit_fields,
	[RECORD_IMPORT] = import_fields,
	[RECORD_INDEX] = index_fields,
	[RECORD_PAGE] = page_fields,
	[RECORD_SEARCH] = search_fields,
	[RECORD_LIST] = list_fields,
	[RECORD_DIFF] = diff_fields,
	[RECORD_REVEAL] = reveal_fields,
	[RECORD_ANNOTATE] = annotate_fields,
	[RECORD_AMEND] = amend_fields,
	[RECORD_REPLY] = reply_fields,
	[RECORD_STATE] = state_fields,
	[RECORD_MARK] = mark_record_fields,
	[RECORD_CARRY] = carry_fields,
	[RECORD_VERDICT] = verdict_fields,
	[RECORD_CHECK] = check_fields,
	[RECORD_REPORT] = report_fields,
	[RECORD_REQUEST] = request_fields,
	[RECORD_RELEASE] = release_fields,
	[RECORD_REFUSE] = refuse_fields,
	[RECORD_FOREIGN] = foreign_fields,
	[RECORD_BATCH] = batch_fields,
	[RECORD_CHECKPOINT] = checkpoint_fields,
	[RECORD_COSIGN] = cosign_fields,
	[RECORD_SELFTEST] = selftest_fields,
	[RECORD_NOTE] = note_fields,
};

const struct field *
record_schema(enum record_type type)
{
	return schemas[type];
}
