#include "tui/keys.h"

#include "tui/text.h"

#include <assert.h>

#define V(kind) (1u << VIEW_##kind)
#define LISTS \
	(V(FILES) | V(OUTLINE) | V(HITS) | V(SYMBOLS) | V(TREE) | V(CHANGES) | V(FUNCTIONS) | \
	    V(SUSPICIOUS) | V(THREADS) | V(LOBBY) | V(LOG) | V(NOTEBOOK) | V(OPTIONS) | V(JUMPS) | V(HEX) | \
	    V(DRAFTS))
#define SOURCE (V(CODE) | V(DIFF))
#define READING (LISTS | SOURCE | V(THREAD) | V(TEXT))
#define PANES (V(FILES) | V(OUTLINE) | V(CODE))
#define TYPING (V(PICK) | V(SEARCH) | V(COMPOSE) | V(PROMPT))
#define SCROLLED (READING | V(PICK) | V(SIGN))

const struct binding bindings[] = {
	{ ACT_OPEN, "open", "Enter Right", LISTS & ~(V(FILES) | V(TREE) | V(OPTIONS)), N_("open"),
	    N_("open") },
	{ ACT_OPEN, "open", "Enter Right", V(FILES), N_("open the file; unfold the directory"), N_("open") },
	{ ACT_OPEN, "open", "Enter", V(PEEK), N_("go there"), N_("go there") },
	{ ACT_NEXT, "next-match", "n", V(PEEK), N_("the next definition"), NULL },
	{ ACT_PREV, "previous-match", "N", V(PEEK), N_("the definition before"), NULL },
	{ ACT_OPEN, "open", "Enter Right", V(OPTIONS), N_("change the value"), N_("change") },
	{ ACT_OPEN, "open", "Enter", V(CODE),
	    N_("open the thread on this line, else the definition of the word"), NULL },
	{ ACT_OPEN, "open", "Enter", V(DIFF),
	    N_("open the file at this line; between hunks: show more lines"), N_("open file") },
	{ ACT_OPEN_CODE, "open-code", "Enter", V(THREAD), N_("read the code at its place"), N_("read code") },
	{ ACT_BACK, "back", "q Esc Left", (LISTS | V(THREAD) | V(TEXT) | V(PEEK)) & ~(V(FILES) | V(TREE)),
	    N_("back"), NULL },
	{ ACT_BACK, "back", "q Esc", SOURCE | V(FILES) | V(TREE), N_("back"), NULL },
	{ ACT_FOLD, "fold", "zc Left", V(FILES), N_("fold the directory; from a file to its directory"),
	    NULL },
	{ ACT_OPEN, "open", "Enter", V(TREE), N_("read the code at its place"), N_("open") },
	{ ACT_UNFOLD, "unfold", "zo l Right", V(TREE), N_("unfold: one step further"), N_("unfold") },
	{ ACT_FOLD, "fold", "zc h Left", V(TREE), N_("fold; from a leaf to what it hangs on"), N_("fold") },
	{ ACT_TURN, "turn", "x", V(TREE), N_("the other way: what calls it, or what it calls"), N_("turn") },
	{ ACT_FOLD_ALL, "fold-all", "zM", V(FILES), N_("fold all directories"), NULL },
	{ ACT_UNFOLD_ALL, "unfold-all", "zR", V(FILES), N_("unfold all that has been read"), NULL },
	{ ACT_TOGGLE_FOLD, "toggle-fold", "za", V(CODE), N_("fold what encloses the line, or unfold it"),
	    NULL },
	{ ACT_FOLD, "fold", "zc", V(CODE), N_("fold what encloses the line"), NULL },
	{ ACT_UNFOLD, "unfold", "zo", V(CODE), N_("unfold what is folded here"), NULL },
	{ ACT_FOLD_ALL, "fold-all", "zM", V(CODE), N_("fold all functions, types and the like"), NULL },
	{ ACT_UNFOLD_ALL, "unfold-all", "zR", V(CODE), N_("unfold all"), NULL },
	{ ACT_BLAME, "blame", "B", V(CODE), N_("which release brought each line, in the gutter"), NULL },
	{ ACT_HEX, "bytes", "gb", V(CODE), N_("the bytes of the lines from here on"), NULL },
	{ ACT_WRAP, "wrap", "gw", V(CODE), N_("wrap long lines, or cut them"), NULL },
	{ ACT_BRACKET, "bracket", "%", V(CODE), N_("to the bracket that belongs to this one"), NULL },

	{ ACT_FIND_FILE, "find-file", "t ^P", READING, N_("find a file by its name"), N_("find file") },
	{ ACT_FIND_SYMBOL, "find-symbol", "T", READING, N_("find a symbol by its name"), NULL },
	{ ACT_FIND_THREAD, "find-thread", "gt", READING, N_("find a thread by its title, path or id"), NULL },
	{ ACT_FIND_RELEASE, "find-release", "gv", READING, N_("read another release"), NULL },
	{ ACT_SEARCH, "search-here", "/", READING, N_("search here"), NULL },
	{ ACT_NEXT, "next-match", "n", READING, N_("next match"), NULL },
	{ ACT_PREV, "previous-match", "N", READING, N_("match before"), NULL },
	{ ACT_GREP, "search", "g/", READING, N_("search the whole release"), N_("search all") },
	{ ACT_RESULTS, "results", "gs", READING, N_("results of the last search again"), NULL },
	{ ACT_DEFINITION, "definition", "gd ^]", SOURCE, N_("definition of the word under the cursor"),
	    N_("definition") },
	{ ACT_REFERENCES, "references", "gr", SOURCE, N_("all references of the word"), NULL },
	{ ACT_CALLERS, "callers", "gc", SOURCE, N_("the calls of the word"), NULL },
	{ ACT_PEEK, "peek", "K", SOURCE | V(HITS) | V(SYMBOLS) | V(TREE) | V(OUTLINE),
	    N_("look at the definition without going there"), NULL },
	{ ACT_INCLUDED, "included", "gf", V(CODE), N_("the file that this line includes"), NULL },
	{ ACT_INCLUDERS, "includers", "gi", V(CODE), N_("files that include this one"), NULL },
	{ ACT_CALL_TREE, "call-tree", "gC", SOURCE | V(SYMBOLS),
	    N_("what calls the word, as a tree that unfolds"), NULL },
	{ ACT_INCLUDE_TREE, "include-tree", "gI", V(CODE),
	    N_("what includes this file, as a tree that unfolds"), NULL },
	{ ACT_POP, "pop", "^T", READING, N_("back from a definition"), NULL },
	{ ACT_JUMP_BACK, "jump-back", "^O <", READING, N_("to the place before"), NULL },
	{ ACT_JUMP_FORWARD, "jump-forward", ">", READING, N_("forward again"), NULL },

	{ ACT_JUMPS, "places", "gj", READING, N_("places gone to, and marks"), NULL },
	{ ACT_MARK, "mark", "m", V(CODE), N_("mark this place: a letter from a to z follows"), NULL },
	{ ACT_TO_MARK, "to-mark", "'", READING, N_("to a mark: its letter follows"), NULL },
	{ ACT_NEXT_CHANGE, "next-change", "]c F8", SOURCE, N_("next change"), N_("next change") },
	{ ACT_PREV_CHANGE, "previous-change", "[c F7", SOURCE, N_("change before"), NULL },
	{ ACT_NEXT_FILE, "next-file", "]f }", SOURCE, N_("next changed file"), NULL },
	{ ACT_PREV_FILE, "previous-file", "[f {", SOURCE, N_("changed file before"), NULL },
	{ ACT_NEXT_THREAD, "next-thread", "]a", SOURCE, N_("next thread"), NULL },
	{ ACT_PREV_THREAD, "previous-thread", "[a", SOURCE, N_("thread before"), NULL },
	{ ACT_NEXT_UNPARSED, "next-unparsed", "]p", V(CODE), N_("next place that was not parsed"), NULL },
	{ ACT_PREV_UNPARSED, "previous-unparsed", "[p", V(CODE), N_("place before that was not parsed"),
	    NULL },
	{ ACT_DIFF, "diff", "d", V(FILES) | V(CODE), N_("what changed in this file"), N_("diff") },
	{ ACT_CHANGES, "changes", "D", READING, N_("files that changed between the two releases"), NULL },
	{ ACT_SUSPICIOUS, "suspicious", "!", READING, N_("places that are not what they seem"), NULL },
	{ ACT_NEXT_SUSPICIOUS, "next-suspicious", "]s", V(CODE), N_("next suspicious place"), NULL },
	{ ACT_PREV_SUSPICIOUS, "previous-suspicious", "[s", V(CODE), N_("suspicious place before"), NULL },
	{ ACT_NEXT_UNREAD, "next-unread", "]u", V(DIFF) | V(CHANGES),
	    N_("next changed file that was not on your screen yet"), NULL },
	{ ACT_PREV_UNREAD, "previous-unread", "[u", V(DIFF) | V(CHANGES),
	    N_("changed file before that was not on your screen yet"), NULL },
	{ ACT_FUNCTIONS, "functions", "o", V(DIFF) | V(CHANGES), N_("functions that changed"),
	    N_("functions") },
	{ ACT_MOVED, "moved", "%", V(DIFF), N_("to where the block stands that moved"), NULL },
	{ ACT_SIDES, "side-by-side", "s", V(DIFF), N_("side by side, or one below the other"),
	    N_("side by side") },
	{ ACT_OTHER_SIDE, "other-side", "Tab", V(DIFF), N_("to the other side"), NULL },
	{ ACT_WHITE_SPACE, "white-space", "W", V(DIFF), N_("hide or show what differs in white space only"),
	    N_("white space") },
	{ ACT_WORDS, "words", "w", V(DIFF), N_("mark words that differ, or not"), NULL },
	{ ACT_MORE_CONTEXT, "more-context", "+", V(DIFF) | V(HITS), N_("more lines around changes"), NULL },
	{ ACT_LESS_CONTEXT, "less-context", "-", V(DIFF) | V(HITS), N_("fewer lines around changes"), NULL },
	{ ACT_COMPARE, "compare", "=", V(LOBBY), N_("compare with this release"), N_("compare") },

	{ ACT_SELECT, "select", "v V", SOURCE, N_("select lines; again: stop"), NULL },
	{ ACT_EXTEND_DOWN, "extend-down", "S-Down", SOURCE, N_("select downwards"), NULL },
	{ ACT_EXTEND_UP, "extend-up", "S-Up", SOURCE, N_("select upwards"), NULL },
	{ ACT_COMMENT, "comment", "c", SOURCE, N_("comment on the line or the selection"), N_("comment") },
	{ ACT_COMMENT_FILE, "comment-file", "C", SOURCE, N_("comment on the whole file"), NULL },
	{ ACT_FINDING, "finding", "F", SOURCE, N_("a finding on the line or the selection"), NULL },
	{ ACT_PRIVATE, "private-note", "p", SOURCE, N_("a private note, kept in your notebook alone"), NULL },
	{ ACT_TAKE, "take-lines", "y", SOURCE,
	    N_("take the label of the lines; M-q puts it into what you write"), NULL },
	{ ACT_DRAFTS, "drafts", "go", READING, N_("words put aside, to be taken up again"), NULL },
	{ ACT_ANSWER, "answer", "a", V(THREAD) | V(THREADS) | SOURCE, N_("answer in the thread"),
	    N_("answer") },
	{ ACT_STATE, "state", "s", V(THREAD) | V(THREADS), N_("change the thread's state"), N_("state") },
	{ ACT_FILTER, "filter", "f", V(THREADS),
	    N_("all, open, closed, those you opened, those that await you"), N_("filter") },
	{ ACT_FILTER, "filter", "f", V(FUNCTIONS),
	    N_("hide or show those that changed in formatting or comments only"), N_("filter") },
	{ ACT_FILTER_KIND, "filter-kind", "F", V(THREADS), N_("threads of one kind, or one severity"),
	    N_("kind") },
	{ ACT_BOARD, "board", "b", V(THREADS), N_("by state, or in the order they were opened"),
	    N_("by state") },
	{ ACT_NEXT_PANE, "next-pane", "Tab ^Ww", PANES, N_("next pane"), NULL },
	{ ACT_PREV_PANE, "previous-pane", "S-Tab", PANES, N_("pane before"), NULL },
	{ ACT_PANE_LEFT, "pane-left", "^Wh", PANES, N_("pane to the left"), NULL },
	{ ACT_PANE_DOWN, "pane-down", "^Wj", PANES, N_("pane below"), NULL },
	{ ACT_PANE_UP, "pane-up", "^Wk", PANES, N_("pane above"), NULL },
	{ ACT_PANE_RIGHT, "pane-right", "^Wl", PANES, N_("pane to the right"), NULL },
	{ ACT_ZOOM, "zoom", "^Wz ^Wo", PANES, N_("this pane alone, or all of them"), NULL },
	{ ACT_SPLIT_BELOW, "split-below", "^Ws", PANES, N_("a second code pane below"), NULL },
	{ ACT_SPLIT_BESIDE, "split-beside", "^Wv", PANES, N_("a second code pane beside"), NULL },
	{ ACT_CLOSE_SPLIT, "close-split", "^Wc", PANES, N_("close the code pane, if there are two"), NULL },
	{ ACT_NARROWER, "narrower", "^W<", PANES, N_("files and outline narrower"), NULL },
	{ ACT_WIDER, "wider", "^W>", PANES, N_("files and outline wider"), NULL },
	{ ACT_TALLER, "taller", "^W+", PANES, N_("the outline taller"), NULL },
	{ ACT_LOWER, "lower", "^W-", PANES, N_("the outline lower"), NULL },
	{ ACT_EVEN, "sizes", "^W=", PANES, N_("panes of the sizes they come with"), NULL },
	{ ACT_FILES, "files", "1", READING, N_("files"), NULL },
	{ ACT_CODE, "code", "2", READING, N_("code"), NULL },
	{ ACT_OUTLINE, "outline", "3", READING, N_("outline of the file"), NULL },
	{ ACT_THREADS, "threads", "4", READING, N_("all threads"), NULL },
	{ ACT_FILTER, "filter", "f", V(LOG), N_("records of all, or those about you"), N_("about me") },
	{ ACT_FILTER_KIND, "filter-kind", "F", V(LOG), N_("records of one type"), N_("type") },
	{ ACT_DROP, "drop", "x", V(NOTEBOOK), N_("drop the note; asks first"), N_("drop") },
	{ ACT_LOG, "log", "6", READING, N_("the log: what is recorded"), NULL },
	{ ACT_NOTEBOOK, "notebook", "7", READING,
	    N_("your notebook: private notes and what is not signed yet"), NULL },
	{ ACT_LOBBY, "releases", "5", READING, N_("releases and the room"), NULL },

	{ ACT_ACCEPT, "accept", "Enter", V(PICK) | V(PROMPT), N_("take it"), N_("take") },
	{ ACT_ACCEPT, "accept", "Enter", V(SEARCH), N_("search"), N_("search") },
	{ ACT_ANY_CASE, "any-case", "M-i", V(SEARCH), N_("upper and lower case are the same, or not"), NULL },
	{ ACT_WHOLE_WORDS, "whole-words", "M-w", V(SEARCH), N_("whole words alone, or not"), NULL },
	{ ACT_AS_IT_STANDS, "as-it-stands", "M-l", V(SEARCH),
	    N_("the text as it stands, or a regular expression"), NULL },
	{ ACT_ALL_RELEASES, "all-releases", "M-a", V(SEARCH), N_("all releases, or the one that is read"),
	    NULL },
	{ ACT_ONLY_CODE, "only-code", "M-c", V(SEARCH), N_("in code"), NULL },
	{ ACT_ONLY_COMMENTS, "only-comments", "M-m", V(SEARCH), N_("in comments"), NULL },
	{ ACT_ONLY_STRINGS, "only-strings", "M-s", V(SEARCH), N_("in strings"), NULL },
	{ ACT_EARLIER_VISITS, "earlier-visits", "M-h", V(SEARCH),
	    N_("searches of earlier visits, from the notebook"), N_("earlier") },
	{ ACT_ACCEPT, "accept", "Enter", V(SIGN), N_("sign, if the word is typed; else cancel"), NULL },
	{ ACT_DONE, "done", "^S", V(COMPOSE), N_("done: see what would be signed"), N_("done") },
	{ ACT_NEWLINE, "newline", "Enter", V(COMPOSE), N_("new line; in a field: the next field"), NULL },
	{ ACT_NEXT_FIELD, "next-field", "Tab", V(COMPOSE), N_("next field"), N_("next field") },
	{ ACT_PREV_FIELD, "previous-field", "S-Tab", V(COMPOSE), N_("field before"), NULL },
	{ ACT_BACK, "back", "Esc", TYPING | V(SIGN), N_("back"), N_("back") },
	{ ACT_EDIT_UP, "edit-up", "Up ^P", V(COMPOSE) | V(PROMPT),
	    N_("line up; in a prompt: what was typed before"), NULL },
	{ ACT_EDIT_DOWN, "edit-down", "Down ^N", V(COMPOSE) | V(PROMPT), N_("line down"), NULL },
	{ ACT_EDIT_LEFT, "edit-left", "Left ^B", TYPING, N_("left; in a choice: the one before"), NULL },
	{ ACT_EDIT_RIGHT, "edit-right", "Right ^F", TYPING, N_("right; in a choice: the next"), NULL },
	{ ACT_EDIT_HOME, "edit-home", "Home ^A", TYPING, N_("start of the line"), NULL },
	{ ACT_EDIT_END, "edit-end", "End ^E", TYPING, N_("end of the line"), NULL },
	{ ACT_EDIT_WORD_LEFT, "edit-word-left", "M-b", TYPING, N_("word to the left"), NULL },
	{ ACT_EDIT_WORD_RIGHT, "edit-word-right", "M-f", TYPING, N_("word to the right"), NULL },
	{ ACT_EDIT_BACKSPACE, "edit-backspace", "Backspace ^H", TYPING | V(SIGN), N_("delete to the left"),
	    NULL },
	{ ACT_EDIT_DELETE, "edit-delete", "Delete ^D", TYPING, N_("delete to the right"), NULL },
	{ ACT_EDIT_KILL, "edit-kill", "^K", TYPING, N_("cut to the end of the line"), NULL },
	{ ACT_EDIT_KILL_BACK, "edit-kill-back", "^U", TYPING | V(SIGN), N_("cut to the start of the line"),
	    NULL },
	{ ACT_EDIT_KILL_WORD, "edit-kill-word", "^W", TYPING, N_("cut the word to the left"), NULL },
	{ ACT_EDIT_YANK, "edit-yank", "^Y", TYPING, N_("put back what was cut"), NULL },
	{ ACT_EDIT_UNDO, "edit-undo", "^_", V(COMPOSE), N_("undo"), NULL },
	{ ACT_EDIT_REDO, "edit-redo", "M-_ ^R", V(COMPOSE), N_("do again what was undone"), NULL },
	{ ACT_EDIT_QUOTE, "edit-quote", "M-q", V(COMPOSE),
	    N_("put in the label of the lines taken with y, else of those it is about"), NULL },
	{ ACT_PREVIEW, "preview", "M-p", V(COMPOSE), N_("how it will look in a report, or the words again"),
	    N_("preview") },

	{ ACT_HELP, "help", "? F1", READING | V(PEEK), N_("this help"), N_("help") },
	{ ACT_HELP, "help", "F1", TYPING | V(SIGN), N_("this help"), N_("help") },
	{ ACT_PALETTE, "palette", ":", READING, N_("every command by its name"), N_("commands") },
	{ ACT_OPTIONS, "options", "o", READING & ~(V(DIFF) | V(CHANGES)), N_("options"), NULL },
	{ ACT_MOUSE, "mouse", "gm", READING, N_("mouse on or off; with Shift the terminal keeps it"), NULL },
	{ ACT_CANCEL, "cancel", "^C", READING | TYPING | V(SIGN) | V(PEEK), N_("cancel what runs"), NULL },
	{ ACT_REDRAW, "redraw", "^L", READING | TYPING | V(SIGN) | V(PEEK), N_("draw the screen anew"),
	    NULL },
	{ ACT_LEAVE, "leave", "Q", READING, N_("leave the desk; asks first"), N_("leave") },

	{ ACT_DOWN, "down", "j Down", READING | V(PEEK), N_("down"), NULL },
	{ ACT_DOWN, "down", "Down ^N", V(PICK) | V(SIGN) | V(SEARCH), N_("down"), NULL },
	{ ACT_UP, "up", "k Up", READING | V(PEEK), N_("up"), NULL },
	{ ACT_UP, "up", "Up ^P", V(PICK) | V(SIGN) | V(SEARCH), N_("up"), NULL },
	{ ACT_HALF_DOWN, "half-down", "^D", READING | V(PEEK), N_("half a page down"), NULL },
	{ ACT_HALF_UP, "half-up", "^U", READING | V(PEEK), N_("half a page up"), NULL },
	{ ACT_PAGE_DOWN, "page-down", "Space PgDn ^F", READING | V(PEEK), N_("a page down"), NULL },
	{ ACT_PAGE_DOWN, "page-down", "PgDn", V(PICK) | V(SIGN) | V(SEARCH), N_("a page down"), NULL },
	{ ACT_PAGE_DOWN, "page-down", "PgDn", V(COMPOSE), N_("a page down in what it is about"), NULL },
	{ ACT_PAGE_UP, "page-up", "PgUp", V(COMPOSE), N_("a page up in what it is about"), NULL },
	{ ACT_PAGE_UP, "page-up", "PgUp ^B", READING | V(PEEK), N_("a page up"), NULL },
	{ ACT_PAGE_UP, "page-up", "PgUp", V(PICK) | V(SIGN) | V(SEARCH), N_("a page up"), NULL },
	{ ACT_TOP, "top", "gg Home", READING | V(PEEK), N_("to the top"), NULL },
	{ ACT_END, "end", "G End", READING | V(PEEK), N_("to the end"), NULL },
	{ ACT_LEFT, "left", "h Left", SOURCE, N_("left; from the first column to the files"), NULL },
	{ ACT_RIGHT, "right", "l Right", SOURCE, N_("right"), NULL },
	{ ACT_WORD, "word", "w", V(CODE), N_("to the next word"), NULL },
	{ ACT_WORD_BACK, "word-back", "b", V(CODE), N_("to the word before"), NULL },
	{ ACT_LINE_START, "line-start", "0", SOURCE, N_("to the start of the line"), NULL },
	{ ACT_LINE_END, "line-end", "$", SOURCE, N_("to the end of the line"), NULL },
};

const size_t binding_count = sizeof bindings / sizeof *bindings;

static const struct {
	const char *name;
	int key;
} names[] = {
	{ "Up", K_UP },
	{ "Down", K_DOWN },
	{ "Left", K_LEFT },
	{ "Right", K_RIGHT },
	{ "Home", K_HOME },
	{ "End", K_END },
	{ "PgUp", K_PGUP },
	{ "PgDn", K_PGDN },
	{ "Delete", K_DELETE },
	{ "S-Up", K_SHIFT_UP },
	{ "S-Down", K_SHIFT_DOWN },
	{ "S-Tab", K_SHIFT_TAB },
	{ "F1", K_F1 },
	{ "F7", K_F7 },
	{ "F8", K_F8 },
	{ "Tab", K_TAB },
	{ "Enter", K_ENTER },
	{ "Esc", K_ESC },
	{ "Backspace", K_BACKSPACE },
	{ "Space", ' ' },
};

const char *
view_name(enum view_kind view)
{
	static const char *const view_names[] = {
		[VIEW_FILES] = N_("files"),
		[VIEW_OUTLINE] = N_("outline"),
		[VIEW_CODE] = N_("code"),
		[VIEW_HITS] = N_("search results"),
		[VIEW_SYMBOLS] = N_("symbols"),
		[VIEW_TREE] = N_("tree"),
		[VIEW_CHANGES] = N_("changes"),
		[VIEW_FUNCTIONS] = N_("changed functions"),
		[VIEW_SUSPICIOUS] = N_("suspicious places"),
		[VIEW_DIFF] = N_("diff"),
		[VIEW_THREADS] = N_("threads"),
		[VIEW_THREAD] = N_("thread"),
		[VIEW_LOBBY] = N_("releases"),
		[VIEW_LOG] = N_("log"),
		[VIEW_TEXT] = N_("text"),
		[VIEW_NOTEBOOK] = N_("notebook"),
		[VIEW_PICK] = N_("choosing"),
		[VIEW_SEARCH] = N_("searching"),
		[VIEW_COMPOSE] = N_("writing"),
		[VIEW_SIGN] = N_("signing"),
		[VIEW_PROMPT] = N_("prompt"),
		[VIEW_OPTIONS] = N_("options"),
		[VIEW_JUMPS] = N_("places"),
		[VIEW_PEEK] = N_("definition"),
		[VIEW_HEX] = N_("bytes"),
		[VIEW_DRAFTS] = N_("words put aside"),
	};
	static_assert(sizeof view_names / sizeof *view_names == VIEW_KINDS, "every view has a name");
	return view_names[view];
}

size_t
keys_parse(struct str text, int keys[static KEYS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(text, names[i].name)) {
			keys[0] = names[i].key;
			return 1;
		}
	for (size_t i = 0; i < text.len; i++) {
		int alt = 0;
		if (count == KEYS_MAX)
			return 0;
		if (i + 2 < text.len && text.data[i] == 'M' && text.data[i + 1] == '-') {
			alt = KEY_ALT;
			i += 2;
		}
		if (text.data[i] == '^' && i + 1 < text.len)
			keys[count++] = alt | KEY_CTRL(text.data[++i]);
		else
			keys[count++] = alt | text.data[i];
	}
	return count;
}

size_t
keys_next(const char **rest, int keys[static KEYS_MAX])
{
	struct str text = str_from(*rest), sequence;

	if (text.len == 0 || !str_next(&text, ' ', &sequence))
		return 0;
	*rest += sequence.len;
	if (**rest == ' ')
		++*rest;
	return keys_parse(sequence, keys);
}
