#ifndef SOHOA_CLI_PASSWORD_H
#define SOHOA_CLI_PASSWORD_H

#include "daemon/base/err.h"

/* Passwords never come from argv. The one who calls wipes the buffer (explicit_bzero). */

#define PASSWORD_SIZE 1024 /* with the NUL */

/* Asks on the terminal (/dev/tty) without echo; the terminal is as before whatever happens, Ctrl-C
 * included (CANCELLED). BAD_ARGUMENT without a terminal. */
enum err_code password_ask(const char *prompt, char out[PASSWORD_SIZE], struct err *err);

/* First line of a descriptor. */
enum err_code password_read_fd(int fd, char out[PASSWORD_SIZE], struct err *err);

#endif
