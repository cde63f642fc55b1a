#ifndef SOHOA_TESTS_IMPORT_CLIENT_H
#define SOHOA_TESTS_IMPORT_CLIENT_H

#include "daemon/ipc/ipc.h"

#include <sys/types.h>

/* The real sohoa-import-worker at the other end of a socket. */

struct import_client {
    pid_t pid;
    int socket;
    unsigned long next_id;
    int events; /* progress events of the last call */
};

/* preload: a library the worker starts with, or NULL. */
void import_client_start(const char *preload, struct import_client *out);
void import_client_stop(struct import_client *client);

/* One request; args is taken over, fd -1: none. The reply's descriptors stay in *out, its object is
 * borrowed from it. ipc_message_done it also after an error. */
enum err_code import_client_call(struct import_client *client, const char *op, struct js *args,
                                 int fd, struct ipc_message *out, const struct js **out_ok,
                                 struct err *err);

#endif
