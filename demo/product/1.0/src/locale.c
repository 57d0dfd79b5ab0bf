#include "acme.h"

#include <string.h>

/* 画面に表示する文字列。キーは英語のまま。 (texts for the screen; keys stay English) */
static const struct {
	const char *key, *text;
} texts[] = {
	{ "clean", "問題は見つかりませんでした" }, /* 正常 */
	{ "infected", "ウイルスが見つかりました" }, /* 感染 */
	{ "error", "検査できませんでした" }, /* 失敗 */
};

const char *
locale_text(const char *key)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (strcmp(texts[i].key, key) == 0)
			return texts[i].text;
	return key;
}
