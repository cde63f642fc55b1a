#ifndef SOHOA_IPC_STORE_CLIENT_H
#define SOHOA_IPC_STORE_CLIENT_H

#include "daemon/ipc/ipc.h"

/*
 * The daemon's way to the store: commands in order, an answer each. The store may be slow (a disk
 * that flushes for half a second); nobody waits for it: as many commands as its kind of worker
 * takes are under way, to be flushed together, the others queue up.
 *
 * A temp is the caller's from the answer that names it ("blob") until a command about it is
 * answered; when the store worker has died all others are removed first ("release_temps"), once
 * those of an earlier daemon are dealt with ("release_claims").
 *
 * After every change the answer lists what changed, and the client tells the listener before the
 * caller: {"kind", "id", "state", "dossier_id"} each.
 */

struct store_client;
struct worker;

/* `ok` borrowed, NULL with an error; descriptors may be taken from the message. */
typedef void store_done_fn(void *payload, struct ipc_message *message, const struct js *ok,
                           const struct err *err);
typedef void store_changed_fn(void *payload, const struct js *changed);

/* The worker stays the caller's. */
enum err_code store_client_new(struct worker *worker, store_changed_fn *changed, void *payload,
                               struct store_client **out, struct err *err);
void store_client_free(struct store_client *client);
/* The daemon stops: nobody is called back any more, nothing more is sent. */
void store_client_close(struct store_client *client);

/* args is taken over, descriptors are duplicated. done may be NULL. It is called once: from the
 * event loop, or at once when the command cannot even be queued (TOO_MANY, NO_MEMORY). A command
 * that can be repeated without harm is repeated once when the store worker dies over it: alone, so
 * that one that kills the worker twice takes no other with it. */
#define STORE_CLIENT_MAX_QUEUE 1000
void store_client_call(struct store_client *client, const char *op, struct js *args, const int *fds,
                       size_t fd_count, store_done_fn *done, void *payload);

size_t store_client_waiting(const struct store_client *client);

/* The principal of what the daemon does by itself, for args.principal; NULL: out of memory. */
struct js *store_client_machine(void);

#endif
