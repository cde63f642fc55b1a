#ifndef SOHOA_WORKERS_STORE_SERVE_H
#define SOHOA_WORKERS_STORE_SERVE_H

#include "queue/store/store.h"

/*
 * The store worker's loop. What waits on the socket is taken together:
 *
 *   request ──▶ run ──▶ another one waiting? ──yes──▶ run … ──no──▶ commit ──▶ answers, in order
 *
 * Each request succeeds or fails by itself, one commit makes all of them durable, nobody is
 * answered before that. When the commit fails nothing of the group happened: whoever changed
 * something gets that error, whoever only asked is asked anew. A request alone is a group of one.
 */

struct store_served {
    struct store *store; /* NULL: not open */
    struct err opening;  /* why there is no store */
};

/* Serves until the socket ends; the exit status for main. "stop" closes the store. */
int store_serve(struct store_served *served);

#endif
