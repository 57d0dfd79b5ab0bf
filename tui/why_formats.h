/*
 * What the keeper and the reader say when they refuse or cannot: the formats of their reasons, by which tui/why.c
 * knows them again and tells them in the person's language.  tests/lint/texts.py holds them against the sources.
 * The first that fits is taken: those that begin with what was filled in stand last.
 */
#ifndef CARREL_TUI_WHY_FORMATS_H
#define CARREL_TUI_WHY_FORMATS_H

#define WHY_FORMATS(X) \
	X(N_("'%.*s' is no thread's name")) \
	X(N_("UTF-16, by its byte order mark")) \
	X(N_("a %s may not set '%s': that is the inspector's to decide")) \
	X(N_("a %s may not set '%s': that is the vendor's to say")) \
	X(N_("a %s may not write a record of type %s")) \
	X(N_("a comparison is of two releases")) \
	X(N_("a line longer than 512 KiB")) \
	X(N_("a message of kind %d is not for the keeper")) \
	X(N_("a message of kind %d is not for the reader")) \
	X(N_("a name has 1 to %d bytes")) \
	X(N_("a note cannot be '%s'")) \
	X(N_("a note has %zu bytes at most")) \
	X(N_("a passphrase has 1 to %d bytes")) \
	X(N_("a release is held against one archive, and the one before it")) \
	X(N_("a text of %zu bytes is too long to cut into lines")) \
	X(N_("a visit's close names the record that opened it")) \
	X(N_("an %s may not set '%s': that is the inspector's to decide")) \
	X(N_("an %s may not set '%s': that is the vendor's to say")) \
	X(N_("an %s may not write a record of type %s")) \
	X(N_("anchor: malformed")) \
	X(N_("and %llu more places in this file")) \
	X(N_("another key signed")) \
	X(N_("ask: no question '%.*s'")) \
	X(N_("binary, or too large: not compared by lines")) \
	X(N_("binary: a NUL among its first 8000 bytes")) \
	X(N_("cancelled")) \
	X(N_("compared in part: the counts are larger than need be")) \
	X(N_("compared in part: the difference is larger than need be")) \
	X(N_("high entropy: packed or encrypted")) \
	X(N_("in its path")) \
	X(N_("larger than 128 MiB: kept, but not indexed")) \
	X(N_("larger than 16 MiB")) \
	X(N_("line %llu has no byte %llu")) \
	X(N_("lines %llu-%llu")) \
	X(N_("more parser steps than the limit")) \
	X(N_("more syntax nodes than the limit")) \
	X(N_("more than %d orders at once")) \
	X(N_("nested deeper than the limit")) \
	X(N_("no %.*s in %.*s")) \
	X(N_("no file %.*s")) \
	X(N_("no language %.*s")) \
	X(N_("no line %llu")) \
	X(N_("no line %llu: the file has %llu")) \
	X(N_("no locked memory")) \
	X(N_("no locked memory for a passphrase")) \
	X(N_("no memory")) \
	X(N_("no memory for %zu changes")) \
	X(N_("no memory for %zu lines")) \
	X(N_("no memory for %zu paths")) \
	X(N_("no memory for a matcher")) \
	X(N_("no memory for a pattern")) \
	X(N_("no memory for an outline")) \
	X(N_("no memory to compare %zu lines")) \
	X(N_("no memory to unpack spans")) \
	X(N_("no record is known for '%s'")) \
	X(N_("no release %.*s")) \
	X(N_("no text to compare")) \
	X(N_("nobody may set '%s': a thread is opened with it")) \
	X(N_("not served, damaged: a span")) \
	X(N_("not served, damaged: blob %s is not what its id says")) \
	X(N_("not served, damaged: segment %.16s: %s")) \
	X(N_("not the name of a segment")) \
	X(N_("not wanted any more")) \
	X(N_("not yet: the index is being completed")) \
	X(N_("note: no order '%.*s'")) \
	X(N_("note: nothing of that kind is awaited")) \
	X(N_("notebook")) \
	X(N_("notebook: spoilt")) \
	X(N_("notebook: spoilt, or sealed to another key")) \
	X(N_("notebook: the box key takes nothing")) \
	X(N_("open: no mode '%.*s'")) \
	X(N_("pattern: %s, at its byte %zu")) \
	X(N_("pattern: empty; it would match every line")) \
	X(N_("pattern: holds a newline; a match lies in one line without --multiline")) \
	X(N_("pattern: longer than %d bytes")) \
	X(N_("record: malformed hash")) \
	X(N_("release %s")) \
	X(N_("room.db cannot be read: %s")) \
	X(N_("room.db is damaged: %s")) \
	X(N_("room.db may not be written")) \
	X(N_("room.db: no memory")) \
	X(N_("room.db: others kept the room busy for %d seconds; try again")) \
	X(N_("room.db: the disk is full")) \
	X(N_("roster: malformed box key")) \
	X(N_("say: no words '%.*s'")) \
	X(N_("segment %.16s")) \
	X(N_("segment %.16s: no memory")) \
	X(N_("segment %.16s: version %u; this program reads %d")) \
	X(N_("settings")) \
	X(N_("settings are not kept under that name")) \
	X(N_("settings have %zu bytes at most")) \
	X(N_("several threads begin with %.*s")) \
	X(N_("ssh-agent does not answer (locked screen, waiting for a touch or a passphrase?)")) \
	X(N_("ssh-agent does not have this key any more: it has expired or was removed")) \
	X(N_("ssh-agent does not list its keys")) \
	X(N_("ssh-agent has no key it shows: it is locked (ssh-add -X), or the key has expired")) \
	X(N_("ssh-agent is gone")) \
	X(N_("ssh-agent refused to sign: declined, or the token was not touched or is not there")) \
	X(N_("ssh-agent: %u keys")) \
	X(N_("ssh-agent: a malformed answer")) \
	X(N_("ssh-agent: a malformed list of keys")) \
	X(N_("ssh-agent: an answer of %u bytes")) \
	X(N_("stopped at the limit of rows")) \
	X(N_("stopped without waiting for the keeper")) \
	X(N_("table %s, row %llu: not what the records say")) \
	X(N_("that is no note's id")) \
	X(N_("that is not the record that opened the visit")) \
	X(N_("the client is gone")) \
	X(N_("the keeper does not answer")) \
	X(N_("the keeper is gone")) \
	X(N_("the keeper's answer")) \
	X(N_("the list has %llu entries, counted from 0")) \
	X(N_("the notebook is locked")) \
	X(N_("the notebook stays locked")) \
	X(N_("the notebook's key file is another one's")) \
	X(N_("the notebook's key file is not in the room")) \
	X(N_("the other program is gone")) \
	X(N_("the parser could make nothing of it")) \
	X(N_("the parser ran out of memory")) \
	X(N_("the parser ran out of time")) \
	X(N_("the parser was killed")) \
	X(N_("the reader gave no anchor")) \
	X(N_("the reader is gone")) \
	X(N_("the reader left a unit without its facts")) \
	X(N_("the reader names no release")) \
	X(N_("the reader sends more than a unit may hold")) \
	X(N_("the room was opened for reading")) \
	X(N_("the room was removed or replaced under this session: nothing more is recorded, and so " \
	     "nothing more is shown or said")) \
	X(N_("the thread is '%s' already")) \
	X(N_("the thread is '%s': it cannot be set '%s' unless it is re-opened first")) \
	X(N_("there is an order %llu already")) \
	X(N_("there is no reader here")) \
	X(N_("there is no room to be asked about")) \
	X(N_("there is no session: the ledger is only read")) \
	X(N_("there is no such note")) \
	X(N_("there is no thread %.*s")) \
	X(N_("this room's policy has 'open-ledger no': the ledger is read at the desk")) \
	X(N_("this room's policy has 'reading-commands no': read at the desk")) \
	X(N_("thread: malformed name")) \
	X(N_("too many control bytes for source")) \
	X(N_("too many files to look for one that was renamed to another text")) \
	X(N_("too many lines changed to tell which blocks went to other files")) \
	X(N_("too many lines to compare")) \
	X(N_("what was agreed to is not what would be signed")) \
	X(N_("which file?")) \
	X(N_("wrong passphrase, %d times")) \
	X(N_("you have no box key, and so no notebook: make one with 'carrel key new --box' and have " \
	     "the host add it with 'carrel roster add ... --box FILE.box'")) \
	X(N_("your notebook has nothing on that record")) \
	X(N_("your words are kept in your notebook: carrel log --drafts")) \
	X(N_("%.*s is a directory")) \
	X(N_("%.*s is a submodule")) \
	X(N_("%.*s is on a visit already, since record %llu: close it first")) \
	X(N_("%.*s is on no visit")) \
	X(N_("%.*s: its text is not in the index")) \
	X(N_("%.*s: no path")) \
	X(N_("%.*s: not of the form RELEASE:PATH[:LINE[-LINE]]")) \
	X(N_("%llu UTF-16")) \
	X(N_("%llu binary")) \
	X(N_("%llu changed files were not parsed: their definitions are not known")) \
	X(N_("%llu not yet: their comments and strings are not known before the index is complete")) \
	X(N_("%llu not, or not to the end: the pattern takes too many steps")) \
	X(N_("%llu too large")) \
	X(N_("%s %s may not set '%s': that is the inspector's to decide")) \
	X(N_("%s %s may not set '%s': that is the vendor's to say")) \
	X(N_("%s %s may not write a record of type %s")) \
	X(N_("%s: no data is wanted")) \
	X(N_("%s: nothing of that kind is awaited")) \
	X(N_("%u regions in %u lines not understood"))

#endif
