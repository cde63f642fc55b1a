#ifndef SOHOA_APP_H
#define SOHOA_APP_H

#include "daemon/config.h"

typedef struct sd_event sd_event;

/* sohoad's parts put together: store, pipeline, scanner, signer, HTTP. One event loop, no threads.
 */

struct app;

/* Answers once the store is open and the sockets listen. STORE_IN_USE, STORE_CORRUPT, STORE_NEWER,
 * BAD_CONFIG, IO… end the start. config is borrowed and stays. */
enum err_code app_start(sd_event *loop, const struct config *config, struct app **out,
                        struct err *err);
/* What ended the loop, when it was no signal: STORE_CORRUPT (the store's file is read through beside
 * the work). */
enum err_code app_failed(const struct app *app, struct err *err);
/* Lets running steps end for a moment, then ends the workers. */
void app_stop(struct app *app);
int app_port(const struct app *app); /* of the page */

#endif
