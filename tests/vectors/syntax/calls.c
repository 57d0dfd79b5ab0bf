#define inline static
#define nothing(x)   
#define something(x) 1

LIB_API void  (in_parens) (state *L, int index);
LIB_API int (*hook)(const char *name) LIB_ATTRIBUTE;
LIB_API size_t (*hook_of_size)(state *L) LIB_ATTRIBUTE;
LIB_API LIB_EXTERN void (LIB_CALL *traced)(const char *, ...);
typedef unsigned LIB_CALL worker(void *data);
typedef void *(LIB_CALL *alloc_function) OF((void *opaque, unsigned items));
local int declared_old OF((struct state FAR *s, unsigned n));
static LIB_WSD struct global {
	int member;
} global_state;
int numbers[2] __attribute__((aligned(16)));

int LIB_CALL new_style(struct state FAR *s) LIB_ATTRIBUTE
{
	return s->count;
}

int LIB_CALL old_style(s, n)
struct state FAR *s;
unsigned n;
{
	return s->count + n;
}

local unsigned old_local(have)
unsigned FAR *have;
{
	return *have;
}
