/* What every unit test includes first: cmocka wants these headers before its own. */
#ifndef CARREL_TESTS_UNIT_H
#define CARREL_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNIT(tests) \
	int \
	main(void) \
	{ \
		return cmocka_run_group_tests(tests, NULL, NULL); \
	}

#endif
