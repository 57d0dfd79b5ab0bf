/* What the last list offered: told in parts, chosen by number. */

#include "tui/plain.h"

#include "base/mem.h"

void
plain_choices_clear(struct plain *p)
{
	p->choice_count = p->choice_told = p->choice_lost = 0;
	arena_release(&p->choice_arena);
}

struct str
plain_keep(struct plain *p, struct str s)
{
	return arena_str(&p->place_arena, s);
}

struct choice *
plain_choice_add(struct plain *p, enum choice_kind kind, struct str text)
{
	if (p->choice_count == PLAIN_CHOICES) {
		p->choice_lost++;
		p->dropped = (struct choice){ 0 };
		return &p->dropped;
	}
	if ((p->choice_count & (p->choice_count - 1)) == 0)
		p->choices =
		    mem_grow(p->choices, p->choice_count ? 2 * p->choice_count : 1, sizeof *p->choices);
	p->choices[p->choice_count] =
	    (struct choice){ .kind = kind, .text = arena_str(&p->choice_arena, text) };
	return &p->choices[p->choice_count++];
}

void
plain_choices_tell(struct plain *p)
{
	size_t end =
	    p->choice_told + PLAIN_SHOWN < p->choice_count ? p->choice_told + PLAIN_SHOWN : p->choice_count;

	for (; p->choice_told < end; p->choice_told++)
		plain_tell(p, "%zu. %.*s", p->choice_told + 1, STR_ARG(p->choices[p->choice_told].text));
	size_t left = p->choice_count - p->choice_told;
	if (left)
		plain_tell(p, ngettext("%zu more: Enter goes on.", "%zu more: Enter goes on.", left), left);
	else if (p->choice_lost)
		plain_tell(p, _("%zu more cannot be chosen: narrow it."), p->choice_lost);
}

void
plain_choose(struct plain *p, size_t number)
{
	if (number == 0 || number > p->choice_count) {
		plain_tell(p,
		    p->choice_count ? _("The last list has %zu choices.")
				    : _("There is no list to choose from."),
		    p->choice_count);
		return;
	}
	struct choice choice = p->choices[number - 1];
	struct str *const kept[] = { &choice.release, &choice.path, &choice.old_path, &choice.id };
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		*kept[i] = plain_keep(p, *kept[i]);
	const struct plain_word *open = plain_reading;
	switch (choice.kind) {
	case CHOICE_PLACE:
		plain_go(p, (struct spot){ choice.release, choice.path, choice.line });
		return;
	case CHOICE_THREAD:
		plain_thread(p, choice.id);
		return;
	default:
		while (strcmp(open->word,
			   choice.kind == CHOICE_FOLDER       ? "files"
			       : choice.kind == CHOICE_CHANGE ? "diff"
							      : "read") != 0)
			open++;
		open->run(p,
		    choice.path.len           ? choice.path
			: choice.old_path.len ? choice.old_path
					      : choice.release);
	}
}
