#ifndef SOHOA_SIMULATOR_STATE_FILE_H
#define SOHOA_SIMULATOR_STATE_FILE_H

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>

/* A file of the state folder; -1 when it cannot be opened. */
int state_open(const char *state, const char *name, int flags);
/* Its first line, without the end of line; false: not there. */
bool state_read(const char *state, const char *name, char *out, size_t out_size);
bool state_has(const char *state, const char *name);
/* The whole new text; false: not written. */
bool state_write(const char *state, const char *name, const char *text);
/* True: it was there. */
bool state_remove(const char *state, const char *name);

#endif
