#ifndef SOHOA_PIPELINE_STATION_MODEL_H
#define SOHOA_PIPELINE_STATION_MODEL_H

#include "daemon/base/err.h"

#include <stdbool.h>

typedef struct sd_event sd_event;

/* Which model of paper types the station has in use: what the store says, where a worker can open
 * it; else the one built with the programs, and why. */

struct station_model;
struct store_client;

/* fd is taken over; sha256 NULL: the one built with the programs. */
typedef void station_model_use_fn(void *payload, int fd, const char *sha256);

enum err_code station_model_new(sd_event *loop, const char *worker_dir, struct store_client *store,
                                station_model_use_fn *use, void *payload,
                                struct station_model **out, struct err *err);
void station_model_free(struct station_model *model);

/* Asks the store; `use` is told. */
void station_model_load(struct station_model *model);
bool station_model_is_loading(const struct station_model *model); /* or has never been loaded */

/* Of the store; "": none. */
const char *station_model_id(const struct station_model *model);
bool station_model_is_imported(const struct station_model *model);
/* Borrowed; -1: the one built with the programs is in use. */
int station_model_fd(const struct station_model *model);
/* Why the store's is not used; NULL: it is. */
const struct err *station_model_problem(const struct station_model *model);

#endif
