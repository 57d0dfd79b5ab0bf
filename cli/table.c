#include "cli/command.h"

#include "cli/commands.h"

#include <assert.h>

/* A row a line: */
/* clang-format off */
#define RELEASE_OPTION \
	{ .name = "in", .argument = "REL", .help = "only this release (all of them otherwise)", .repeat = true }
#define MESSAGE \
	{ .name = "message", .letter = 'm', .argument = "TEXT", .help = "the words; - reads them from standard input" }

#define KINDS "finding question note"
#define SEVERITIES "critical high medium low informational"
#define DIFFICULTIES "low medium high"
#define STATES "open answered fix-promised verify-requested resolved disputed risk-accepted withdrawn re-opened"

const struct option common_options[] = {
	{ .name = "room", .letter = 'C', .argument = "ROOM",
	    .help = "the room (else $CARREL_ROOM, else the nearest one upwards)" },
	{ .name = "key", .argument = "FILE", .help = "act with this key file (else $CARREL_KEY, else the agent's)" },
	{ .name = "as", .argument = "NAME", .help = "act as this person of the roster" },
	{ .name = "passphrase-fd", .argument = "N", .help = "read the passphrase from this descriptor" },
	{ .name = "show", .help = "show the record of the session too before it is signed" },
	{ .name = "help", .letter = 'h', .help = "say how the command is used" },
	{ 0 },
};

const struct command commands[] = {
	{
		.name = "init", .group = GROUP_ROOM, .run = run_init,
		.arguments = "ROOM", .least = 1, .most = 1, .roles = "the host",
		.summary = "make a room",
		.options = {
			{ .name = "product", .argument = "NAME",
			    .help = "whose source will be read here (required)" },
			{ .name = "host", .argument = "NAME",
			    .help = "the host's name in the roster (required)" },
			{ .name = "practice", .help = "a practice room: one's own, for learning and tests" },
		},
	},
	{
		.name = "demo", .group = GROUP_ROOM, .run = run_demo,
		.arguments = "[DIR]", .most = 1, .roles = "anyone",
		.summary = "make a practice room with a small product and open its desk",
		.options = {
			{ .name = "again", .help = "where the demo's room is there already, make it anew" },
		},
	},
	{
		.name = "desk", .group = GROUP_ROOM, .run = run_desk,
		.arguments = "", .roles = "everyone enrolled",
		.summary = "open the desk, as without a command; or drive it from a file",
		.options = {
			{ .name = "script", .argument = "FILE",
			    .help = "take keys from FILE (-: standard input), print screens" },
			{ .name = "size", .argument = "COLSxROWS",
			    .help = "of the screen that a script drives; 100x28" },
			{ .name = "ascii", .help = "the script's screen shows ASCII alone" },
			{ .name = "plain", .help = "a dialogue of lines, for use without sight" },
		},
	},
	{
		.name = "status", .group = GROUP_ROOM, .run = run_status,
		.arguments = "", .roles = "anyone", .listing = true,
		.summary = "say what room this is and how it stands",
	},
	{
		.name = "selftest", .group = GROUP_ROOM, .run = run_selftest,
		.arguments = "", .roles = "anyone; in a room, everyone enrolled", .listing = true,
		.summary = "try every way out, without the seal and under it",
		.options = {
			{ .name = "layers", .help = "show what each layer denies alone, and what works without it" },
		},
	},
	{
		.name = "policy", .group = GROUP_ROOM, .run = run_policy,
		.arguments = "", .roles = "anyone",
		.summary = "print the policy that holds",
	},
	{
		.name = "policy set", .group = GROUP_ROOM, .run = run_policy_set,
		.arguments = "FILE", .least = 1, .most = 1, .roles = "host",
		.summary = "put a new policy in force",
	},
	{
		.name = "key new", .group = GROUP_PEOPLE, .run = run_key_new,
		.arguments = "FILE", .least = 1, .most = 1, .roles = "anyone",
		.summary = "make a signing key: FILE, sealed, and FILE.pub",
		.options = {
			{ .name = "comment", .argument = "TEXT",
			    .help = "the comment in FILE.pub (FILE's own name otherwise)" },
			{ .name = "box",
			    .help = "make FILE.box too, a key that opens what is sealed for its owner" },
			{ .name = "no-passphrase",
			    .help = "leave it open: only practice rooms take such keys" },
		},
	},
	{
		.name = "key list", .group = GROUP_PEOPLE, .run = run_key_list,
		.arguments = "", .roles = "anyone", .listing = true,
		.summary = "list the keys at hand, and whose they are",
	},
	{
		.name = "roster add", .group = GROUP_PEOPLE, .run = run_roster_add,
		.arguments = "NAME", .least = 1, .most = 1, .roles = "host", .listing = true,
		.summary = "enrol a person",
		.options = {
			{ .name = "role", .argument = "ROLE", .values = "host inspector auditor vendor",
			    .help = "what they come for (required)" },
			{ .name = "pub", .argument = "FILE",
			    .help = "their public key, an OpenSSH line (required)" },
			{ .name = "box", .argument = "FILE", .help = "their box key, as 'key new --box' made it" },
		},
	},
	{
		.name = "roster revoke", .group = GROUP_PEOPLE, .run = run_roster_revoke,
		.arguments = "NAME", .least = 1, .most = 1, .roles = "host", .listing = true,
		.summary = "end a person's keys, or one of them, from here on",
		.options = {
			{ .name = "only", .argument = "KEY",
			    .help = "only this one: its fingerprint or the file of its public line" },
			{ .name = "why", .argument = "TEXT", .help = "one line" },
		},
	},
	{
		.name = "confirm", .group = GROUP_PEOPLE, .run = run_confirm,
		.arguments = "N", .least = 1, .most = 1, .roles = "host, auditor", .listing = true,
		.summary = "stand behind another person's record",
		.options = {
			{ .name = "text", .argument = "TEXT", .help = "what there is to say about it" },
		},
	},
	{
		.name = "roster list", .group = GROUP_PEOPLE, .run = run_roster_list,
		.arguments = "", .roles = "anyone", .listing = true,
		.summary = "list the people",
		.options = {
			{ .name = "at", .argument = "N", .help = "as it was at record N" },
		},
	},
	{
		.name = "roster export", .group = GROUP_PEOPLE, .run = run_roster_export,
		.arguments = "", .roles = "anyone",
		.summary = "print allowed_signers for ssh-keygen",
		.options = {
			{ .name = "at", .argument = "N", .help = "the keys valid at record N" },
		},
	},
	{
		.name = "visit open", .group = GROUP_PEOPLE, .run = run_visit_open,
		.arguments = "", .roles = "everyone enrolled", .listing = true,
		.summary = "begin a visit, with the slip that was taken home last",
		.options = {
			{ .name = "slip", .argument = "SLIP", .help = "size and root, as on the slip" },
			{ .name = "text", .argument = "TEXT", .help = "what there is to say about it" },
		},
	},
	{
		.name = "visit close", .group = GROUP_PEOPLE, .run = run_visit_close,
		.arguments = "", .roles = "everyone enrolled", .listing = true,
		.summary = "end the visit: receipt, checkpoint and slip to take home",
		.options = {
			{ .name = "no-qr", .help = "without the QR code of the slip" },
			{ .name = "text", .argument = "TEXT", .help = "what there is to say about it" },
		},
	},
	{
		.name = "import", .group = GROUP_SOURCE, .run = run_import,
		.arguments = "SOURCE", .least = 1, .most = 1, .roles = "host", .listing = true,
		.summary = "take in a git repository, an archive or a directory",
		.options = {
			{ .name = "release", .argument = "NAME", .help = "the release's name" },
			{ .name = "rev", .argument = "REV",
			    .help = "of a git repository: this tag or commit (every tag otherwise)", .repeat = true },
		},
	},
	{
		.name = "releases", .group = GROUP_SOURCE, .run = run_releases,
		.arguments = "", .roles = "anyone", .listing = true,
		.summary = "list the releases",
	},
	{
		.name = "skipped", .group = GROUP_SOURCE, .run = run_skipped,
		.arguments = "REL", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "list what was not parsed, not indexed or is odd",
	},
	{
		.name = "census", .group = GROUP_SOURCE, .run = run_census,
		.arguments = "REL", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "count files, bytes and lines by language, directory and status",
	},
	{
		.name = "verify-source", .group = GROUP_SOURCE, .run = run_verify_source,
		.arguments = "REL", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "hold a release against the archive that claims to be it",
		.options = {
			{ .name = "archive", .argument = "FILE",
			    .help = "the archive, which was imported: it is found by its SHA-256" },
			{ .name = "with", .argument = "REL", .help = "the archive, by the name of its release" },
			{ .name = "previous", .argument = "REL",
			    .help = "the archive before (the last that was imported before it)" },
			{ .name = "record", .help = "sign what was found, as a record" },
		},
	},
	{
		.name = "suspicious", .group = GROUP_READING, .run = run_suspicious,
		.arguments = "REL", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "list what is not what it seems: hidden, reordered, look-alike",
		.options = {
			{ .name = "alike", .help = "words of ASCII that look alike too, such as l1 and ll" },
			{ .name = "path", .argument = "GLOB", .help = "only files whose path matches" },
			{ .name = "limit", .argument = "N",
			    .help = "at most so many places (all of them otherwise)" },
		},
	},
	{
		.name = "index", .group = GROUP_SOURCE, .run = run_index,
		.arguments = "", .roles = "host",
		.summary = "complete the index, or make it anew from source.git",
		.options = {
			{ .name = "rebuild", .help = "make it anew" },
		},
	},
	{
		.name = "ls", .group = GROUP_READING, .run = run_ls,
		.arguments = "REL[:PATH]", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "list files",
		.options = {
			{ .name = "recurse", .letter = 'r', .help = "all that lies below" },
		},
	},
	{
		.name = "cat", .group = GROUP_READING, .run = run_cat,
		.arguments = "REL:PATH[:A[-B]]", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "print a file or lines of it",
		.options = {
			{ .name = "hex", .help = "as bytes: sixteen a row, in hexadecimal and ASCII" },
		},
	},
	{
		.name = "search", .group = GROUP_READING, .run = run_search,
		.arguments = "PATTERN", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "find text by a regular expression (PCRE2)",
		.options = {
			{ .name = "ignore-case", .letter = 'i', .help = "upper and lower case are the same" },
			{ .name = "word", .letter = 'w', .help = "whole words only" },
			{ .name = "literal", .letter = 'F', .help = "PATTERN is plain text" },
			{ .name = "files", .letter = 'l', .help = "only the files' names" },
			RELEASE_OPTION,
			{ .name = "path", .argument = "GLOB", .help = "only files whose path matches" },
			{ .name = "lang", .argument = "LANGUAGE", .help = "only files in this language" },
			{ .name = "code", .help = "only in code" },
			{ .name = "comments", .help = "only in comments" },
			{ .name = "strings", .help = "only in strings" },
			{ .name = "multiline", .letter = 'U', .help = "a match may go over several lines" },
			{ .name = "before", .letter = 'B', .argument = "N", .help = "with N lines before each hit" },
			{ .name = "after", .letter = 'A', .argument = "N", .help = "with N lines behind each hit" },
			{ .name = "context", .letter = 'C', .argument = "N", .help = "with N lines before and behind" },
			{ .name = "limit", .argument = "N",
			    .help = "at most so many hits (all of them otherwise)" },
		},
	},
	{
		.name = "def", .group = GROUP_READING, .run = run_def,
		.arguments = "NAME", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "find where a name is defined",
		.options = {
			RELEASE_OPTION,
			{ .name = "prefix", .letter = 'p', .help = "names that begin so" },
			{ .name = "from", .argument = "PATH", .help = "as seen from this file: the nearest first" },
		},
	},
	{
		.name = "refs", .group = GROUP_READING, .run = run_refs,
		.arguments = "NAME", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "find where a name is used",
		.options = {
			RELEASE_OPTION,
			{ .name = "prefix", .letter = 'p', .help = "names that begin so" },
		},
	},
	{
		.name = "callers", .group = GROUP_READING, .run = run_callers,
		.arguments = "NAME", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "find where a function or macro is called",
		.options = {
			RELEASE_OPTION,
		},
	},
	{
		.name = "callees", .group = GROUP_READING, .run = run_callees,
		.arguments = "NAME", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "find what a function calls",
		.options = {
			RELEASE_OPTION,
		},
	},
	{
		.name = "outline", .group = GROUP_READING, .run = run_outline,
		.arguments = "REL:PATH", .least = 1, .most = 1, .roles = "everyone enrolled", .listing = true,
		.summary = "list what a file defines",
	},
	{
		.name = "diff", .group = GROUP_COMPARE, .run = run_diff,
		.arguments = "A B [PATH]", .least = 2, .most = 3, .roles = "everyone enrolled", .listing = true,
		.summary = "compare two releases",
		.options = {
			{ .name = "files", .help = "the changed files (what is shown without a PATH)" },
			{ .name = "stat", .help = "the changed files with lines added and removed" },
			{ .name = "symbols", .help = "the changed functions, macros and types" },
			{ .name = "lines", .help = "the changed lines (what is shown with a PATH)" },
			{ .name = "context", .letter = 'U', .argument = "N",
			    .help = "lines around a change (3)" },
		},
	},
	{
		.name = "annotate", .group = GROUP_WORDS, .run = run_annotate,
		.arguments = "REL:PATH[:A[-B]]", .least = 1, .most = 1, .roles = "inspector",
		.summary = "open a thread at lines of a file",
		.options = {
			{ .name = "kind", .argument = "KIND", .values = KINDS,
			    .help = "what it is (required)" },
			{ .name = "title", .argument = "TEXT", .help = "one line" },
			{ .name = "severity", .argument = "LEVEL", .values = SEVERITIES,
			    .help = "of a finding" },
			{ .name = "difficulty", .argument = "LEVEL", .values = DIFFICULTIES,
			    .help = "of making use of it" },
			{ .name = "cwe", .argument = "N", .help = "weakness number" },
			{ .name = "cvss", .argument = "VECTOR", .help = "CVSS vector" },
			MESSAGE,
		},
	},
	{
		.name = "reply", .group = GROUP_WORDS, .run = run_reply,
		.arguments = "THREAD", .least = 1, .most = 1, .roles = "inspector, auditor, vendor",
		.summary = "answer in a thread",
		.options = {
			MESSAGE,
		},
	},
	{
		.name = "state", .group = GROUP_WORDS, .run = run_state,
		.arguments = "THREAD STATE", .least = 2, .most = 2, .roles = "inspector, vendor",
		.summary = "move a thread to another state",
		.options = {
			MESSAGE,
		},
	},
	{
		.name = "threads", .group = GROUP_WORDS, .run = run_threads,
		.arguments = "", .roles = "anyone", .listing = true,
		.summary = "list threads",
		.options = {
			{ .name = "release", .argument = "REL", .help = "anchored in this release" },
			{ .name = "state", .argument = "STATE", .values = STATES, .help = "in this state" },
			{ .name = "kind", .argument = "KIND", .values = KINDS, .help = "of this kind" },
			{ .name = "path", .argument = "PATH", .help = "anchored in this file" },
			{ .name = "author", .argument = "NAME", .help = "opened by this person" },
		},
	},
	{
		.name = "show", .group = GROUP_WORDS, .run = run_show,
		.arguments = "THREAD", .least = 1, .most = 1, .roles = "anyone", .listing = true,
		.summary = "print a thread, with signatures",
	},
	{
		.name = "log", .group = GROUP_EVIDENCE, .run = run_log,
		.arguments = "", .roles = "anyone", .listing = true,
		.summary = "list the ledger's records",
		.options = {
			{ .name = "from", .argument = "N", .help = "from this record on" },
			{ .name = "to", .argument = "N", .help = "up to this record" },
			{ .name = "type", .argument = "TYPE", .help = "of this type" },
			{ .name = "actor", .argument = "NAME", .help = "by this person" },
			{ .name = "mine", .help = "by or about whoever asks, in a session" },
			{ .name = "searches", .help = "one's own searches, from the notebook" },
			{ .name = "drafts", .help = "one's own words that were not signed yet, from the notebook" },
			{ .name = "reveal", .argument = "N", .help = "say for all to see what search N was for" },
			{ .name = "entry", .argument = "K",
			    .help = "with --reveal: only prove entry K of what it found" },
			{ .name = "text", .argument = "TEXT", .help = "with --reveal: why" },
			{ .name = "reveals", .help = "what was revealed, and whether it holds" },
		},
	},
	{
		.name = "record", .group = GROUP_EVIDENCE, .run = run_record,
		.arguments = "N", .least = 1, .most = 1, .roles = "anyone",
		.summary = "print one record",
		.options = {
			{ .name = "raw", .help = "its exact bytes, as they are signed" },
			{ .name = "signature", .help = "its signature, as ssh-keygen takes it" },
		},
	},
	{
		.name = "verify", .group = GROUP_EVIDENCE, .run = run_verify,
		.arguments = "", .roles = "anyone", .listing = true,
		.summary = "check every record, signature and hash",
		.options = {
			{ .name = "host-key", .argument = "FILE.pub",
			    .help = "the host's public key file, got by another way" },
			{ .name = "checkpoint", .argument = "FILE",
			    .help = "a checkpoint that left the room: the ledger goes on from it",
			    .repeat = true },
			{ .name = "slip", .argument = "SLIP", .help = "a slip that left the room, likewise",
			    .repeat = true },
			{ .name = "file", .argument = "HASH",
			    .help = "the SHA-256 that room.db had when it was closed" },
		},
	},
	{
		.name = "checkpoint", .group = GROUP_EVIDENCE, .run = run_checkpoint,
		.arguments = "", .roles = "anyone", .listing = true,
		.summary = "print the ledger's head, signed by the room",
		.options = {
			{ .name = "slip", .help = "as a slip to be written down" },
			{ .name = "qr", .help = "as a slip and as a QR code" },
			{ .name = "size", .argument = "N", .help = "the head of the first N records" },
		},
	},
	{
		.name = "checkpoint new-key", .group = GROUP_EVIDENCE, .run = run_checkpoint_new_key,
		.arguments = "", .roles = "host",
		.summary = "sign checkpoints with another room key from here on",
		.options = {
			{ .name = "why", .argument = "TEXT", .help = "one line, for the record" },
		},
	},
	{
		.name = "cosign", .group = GROUP_EVIDENCE, .run = run_cosign,
		.arguments = "FILE", .least = 1, .most = 1, .roles = "everyone enrolled",
		.summary = "stand behind a checkpoint with one's own key",
		.options = {
			{ .name = "signature", .argument = "SIG",
			    .help = "take in a cosignature that was made elsewhere" },
		},
	},
	{
		.name = "prove", .group = GROUP_EVIDENCE, .run = run_prove,
		.arguments = "[N]", .most = 1, .roles = "anyone",
		.summary = "prove that a record is in the ledger, or that the ledger only grew",
		.options = {
			{ .name = "from", .argument = "HEAD",
			    .help = "that it goes on from this slip, or from its first so many records" },
			{ .name = "size", .argument = "N", .help = "in the tree of the first N records" },
		},
	},
	{
		.name = "ledger export", .group = GROUP_EVIDENCE, .run = run_ledger_export,
		.arguments = "", .roles = "anyone; with -o: inspector, auditor",
		.summary = "write the whole ledger as one file that anyone can verify",
		.options = {
			{ .name = "public", .help = "facts alone: who was shown what, and not what was said" },
			{ .name = "output", .letter = 'o', .argument = "NAME",
			    .help = "into outbox/, on record (standard output otherwise)" },
		},
	},
	{
		.name = "bundle make", .group = GROUP_OUT, .run = run_bundle_make,
		.arguments = "", .roles = "inspector, auditor", .listing = true,
		.summary = "write some records, with all that judging them elsewhere takes, into outbox/",
		.options = {
			{ .name = "from", .argument = "N", .help = "the first of them (record 0 otherwise)" },
			{ .name = "to", .argument = "N", .help = "the last of them (the first otherwise)" },
			{ .name = "output", .letter = 'o', .argument = "NAME",
			    .help = "the file's name in outbox/ (required)" },
		},
	},
	{
		.name = "bundle check", .group = GROUP_OUT, .run = run_bundle_check,
		.arguments = "FILE", .least = 1, .most = 1, .roles = "anyone, without a room too", .listing = true,
		.summary = "check a bundle, and that it does not contradict this room or a slip",
		.options = {
			{ .name = "host-key", .argument = "FILE.pub",
			    .help = "the host's key, which must have signed the genesis" },
			{ .name = "slip", .argument = "SLIP", .repeat = true,
			    .help = "a head of that room which the bundle must have" },
		},
	},
	{
		.name = "report", .group = GROUP_OUT, .run = run_report,
		.arguments = "REL", .least = 1, .most = 1, .roles = "inspector, auditor",
		.summary = "write a release's findings, signed, into outbox/",
		.options = {
			{ .name = "format", .argument = "FORMAT", .values = "html md json",
			    .help = "of the file (by NAME's ending otherwise)" },
			{ .name = "output", .letter = 'o', .argument = "NAME",
			    .help = "the file's name in outbox/ (required)" },
			{ .name = "at", .argument = "N", .help = "as the ledger stood at record N" },
		},
	},
	{
		.name = "help", .group = GROUP_ROOM, .run = run_help,
		.arguments = "[COMMAND]", .most = 2, .roles = "anyone",
		.summary = "say how a command is used",
		.options = {
			{ .name = "table", .help = "all commands and options as JSON" },
			{ .name = "completion", .argument = "SHELL", .values = "bash zsh fish",
			    .help = "the completion file for a shell" },
		},
	},
	{ 0 },
};
/* clang-format on */

const char *
command_group_name(enum command_group group)
{
	static const char *const names[] = {
		[GROUP_ROOM] = "the room",
		[GROUP_PEOPLE] = "people",
		[GROUP_SOURCE] = "source",
		[GROUP_READING] = "reading",
		[GROUP_COMPARE] = "releases",
		[GROUP_WORDS] = "words",
		[GROUP_EVIDENCE] = "evidence",
		[GROUP_OUT] = "out",
	};
	static_assert(sizeof names / sizeof *names == GROUP_COUNT, "every group has a name");
	return names[group];
}
