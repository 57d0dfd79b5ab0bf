/* What a person is asked at the terminal.  `stop` not 0 ends each with ERR_CANCELLED. */
#ifndef CARREL_CLI_DIALOGUE_H
#define CARREL_CLI_DIALOGUE_H

#include "base/buf.h"

#define DIALOGUE_WORD "sign" /* what is typed to sign */

/*
 * A terminal to ask at: standard input and error where both are one; -1 where they are not.
 * For passphrases the person's own terminal will do, whatever standard input is.
 */
int dialogue_terminal(void);
int dialogue_passphrase_terminal(void); /* a new descriptor, or -1 */

/* Without echo; `secret` holds the line without its end.  Wipe it. */
int dialogue_passphrase(
    int terminal, const char *prompt, struct buf *secret, const volatile int *stop) MUST_USE;
/* Shows the exact bytes that would be signed, on standard error. */
int dialogue_show(struct str draft) MUST_USE;
/* And asks for the word.  ERR_CANCELLED if it is not typed. */
int dialogue_sign(int terminal, struct str draft, const volatile int *stop) MUST_USE;
/* Words in lines up to one that holds a full stop alone, or the end of the input. */
int dialogue_words(int terminal, const char *prompt, struct buf *words, const volatile int *stop) MUST_USE;

#endif
