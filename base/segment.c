#include "base/segment.h"

const char *
seg_class_word(unsigned class)
{
	switch (class) {
#define X(number, id, word) case number: return word;
	SEG_CLASSES(X)
#undef X
	default: return "";
	}
}

const char *
seg_status_word(unsigned status)
{
	switch (status) {
#define X(number, id, word) case number: return word;
	SEG_STATUSES(X)
#undef X
	default: return "";
	}
}

const char *
seg_why_word(unsigned why)
{
	switch (why) {
#define X(number, id, word, text) case number: return word;
	SEG_WHYS(X)
#undef X
	default: return "";
	}
}

const char *
seg_why_text(unsigned why)
{
	switch (why) {
#define X(number, id, word, text) case number: return text;
	SEG_WHYS(X)
#undef X
	default: return "";
	}
}

const char *
seg_symbol_word(unsigned kind)
{
	switch (kind) {
#define X(number, id, word) case number: return word;
	SEG_SYMBOL_KINDS(X)
#undef X
	default: return "";
	}
}

const char *
seg_role_word(unsigned role)
{
	switch (role) {
#define X(number, id, word) case number: return word;
	SEG_ROLES(X)
#undef X
	default: return "";
	}
}

const char *
seg_language_word(unsigned language)
{
	switch (language) {
#define X(number, id, name, grammar) case number: return name;
	SEG_LANGUAGES(X)
#undef X
	default: return "";
	}
}

bool
seg_is_prose(unsigned language)
{
	return language == LANG_MARKDOWN || language == LANG_RST || language == LANG_TEX ||
	    language == LANG_ROFF || language == LANG_POD || language == LANG_TEXT || language == LANG_HTML;
}

size_t
seg_section_size(unsigned id, enum seg_kind *kind)
{
	switch (id) {
#define X(number, name, of, size) case number: *kind = of; return size;
	SEG_SECTIONS(X)
#undef X
	default: return 0;
	}
}
