#include <stdio.h>
#include "own/part.h"

#define LIMIT 10
#define TWICE(x) ((x) + helper(x)) \
	+ 0

typedef unsigned long count_t;
typedef int (*handler_fn)(int signal, void *ctx);
typedef struct {
	int inner;
} plain_t;

struct node {
	struct node *next;
	int (*compare)(const void *, const void *);
	unsigned flag : 3;
	char name[LIMIT];
};

union either { int i; float f; };

enum colour { RED, GREEN = 5, BLUE };

extern int shared_total;
static const char *const words[] = { "a", "b" };
int counter, *pointer;
int declared_only(struct node *n);

struct forward;

#ifdef HAVE_FAST
static int
compute(int a)
#else
static int
compute(int a, int unused)
#endif
{
	return a;
}

static int
in_branches(void)
{
#if LIMIT > 3 && defined(OTHER)
	int local = 1;
#else
	int local = 2;
#endif
	counter = local;
	return declared_only(0) + TWICE(3);
}

int *
returns_pointer(struct node *n)
{
	n->flag = 1;
	n->compare(n, n);
	counter++;
	return pointer;
}

ODD_MACRO(first) {
	broken((;
}

int
after_trouble(void)
{
	return 0;
}

static const struct node table[] = {
	{ .compare = compute_nodes, .flag = LIMIT },
};

int
reads(struct node *n, int unused)
{
	int local = n->flag;

	return take(&counter, &n->flag, local, n->name[0], compute_nodes, table);
}

struct flags {
	BIT(chunked);
	BIT(wide) other;
	int a;
};
