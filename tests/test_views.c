#include "tests/unit.h"

#include "tui/app.h"

/* The help of a view lists exactly what works there. */
static void
every_key_is_handled_and_every_handler_has_a_key(void **state)
{
	struct keymap map;

	(void)state;
	keymap_init(&map);
	for (int kind = 0; kind < VIEW_KINDS; kind++) {
		const struct view_ops *ops = app_views[kind];
		assert_non_null(ops);
		assert_int_equal(ops->kind, kind);
		for (int action = ACT_NONE + 1; action < ACT_COUNT; action++) {
			const struct binding *b = keymap_of(&map, (enum view_kind)kind, (enum action)action);
			if (b && !app_can(ops, (enum action)action))
				fail_msg("%s: %s has a key and does nothing", view_name((enum view_kind)kind),
				    b->name);
		}
		for (const struct handler *h = ops->handlers; h && h->action; h++)
			if (!keymap_of(&map, (enum view_kind)kind, h->action))
				fail_msg("%s: action %d is handled and has no key",
				    view_name((enum view_kind)kind), (int)h->action);
	}
	keymap_release(&map);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_key_is_handled_and_every_handler_has_a_key),
};

UNIT(tests)
