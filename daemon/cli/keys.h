#ifndef SOHOA_CLI_KEYS_H
#define SOHOA_CLI_KEYS_H

#include <stdbool.h>

/* Single keys of a person at the terminal (there is one a process), without Enter behind them.
 * While open, keys are not shown; Ctrl-C still is a signal. */

enum key { KEY_NONE, KEY_ENTER, KEY_QUIT };

/* false: nobody sits there (stdin or stderr is no terminal, or we are in its background). What was
 * typed before is dropped: it answers no question that was asked. Open already: nothing changes. */
bool keys_open(void);
/* The next key that means something; KEY_NONE when none waits, or keys are not open. */
enum key keys_take(void);
/* The terminal is as it was. */
void keys_close(void);

#endif
