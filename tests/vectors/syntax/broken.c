struct first_tag {
	int alpha;
	struct list *beta, **gamma;
	unsigned delta : 4;
	char text[10];
	int (*callback)(void *);
};

ODD_SEQUENCE(Thing) = {
	ODD_SIMPLE(Thing, member, KIND),
} ODD_SEQUENCE_END(Thing)

typedef UNKNOWN_OF(int) *(*reader_fn)(void *ctx);
typedef unsigned long odd_size;

#ifdef ONE
int
branch_one(int a) {
#else
int
branch_two(int a, int b) {
#endif
	int local = a;
	if (local) {
		return 1;
	}
	return local;
}

#define AFTER(x) do { \
		broken((x; \
	} while (0)
extern "C" {
ODD_RUN_ONCE(setup)
{
	static int once;
	return once++;
}

enum tagged { T_ONE, T_TWO };
#define LAST 1

static int __read_mostly real_name = 1;

static int
loops(void)
{
	for_each_thing(thing) {
		use(thing);
	}
#ifdef ONE
	return 1;
#endif
}

SYSCALL_DEFINE2(open_it, const char __user *, name, int, flags)
{
	return 0;
}

enum kept {
	K_ONE, /* not a macro */
	K_TWO
};

static const struct odd_entry odd_list[] __initconst = {
	{ 1 },
};
typedef BOOL(WINAPI *odd_handler)(HANDLE);
struct odd_holder {
	struct { int in; } __packed inner;
	unsigned char data[2] __aligned(8);
};

enum option {
	OPTION(OPT_FIRST, TYPE_LONG, 1),
	OPTION(OPT_SECOND, TYPE_TEXT, 2),
	OPT_LAST
};

struct shared {
	int count, lock ____cacheline_aligned_in_smp;
	struct {
		int inside;
	} inner __packed;
} ____cacheline_aligned;

enum sized
#ifdef __cplusplus
  : uint64_t
#endif // __cplusplus
 {
	SIZED_A,
	SIZED_B = 2,
};

struct list *
LIST_OPEN(struct_list *list, int flags)
{
	return list;
}
