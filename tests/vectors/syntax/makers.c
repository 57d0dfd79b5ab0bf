SEQUENCE_OF(RULES) = {
	OPTIONAL(RULES, first, INTEGER, 0),
	OPTIONAL(RULES, second, INTEGER, 1)
} SEQUENCE_END(RULES)

MAKE_FUNCTIONS(RULES)

static LIST_OF(VALUE) *made_behind(const METHOD
					*method,
    void *a, LIST_OF(VALUE) *list)
{
	RULES *rules = a;
	add_value("first",
	    rules->first, &list);
	return list;
}

static void *made_again(const METHOD *method,
    CONTEXT *context,
    LIST_OF(VALUE) *values)
{
	RULES *rules = NULL;
	VALUE *value;
	int i;

	if ((rules = RULES_new()) == NULL) {
		raise(ERR_LIB, ERR_NONE);
		return NULL;
	}
	for (i = 0; i < sk_VALUE_num(values); i++) {
		value = sk_VALUE_value(values, i);
		if (strcmp(value->name, "first") == 0) {
			if (!get_integer(value, &rules->first))
				goto err;
		}
	}
	return rules;
err:
	RULES_free(rules);
	return NULL;
}
