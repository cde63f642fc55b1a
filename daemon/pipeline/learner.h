#ifndef SOHOA_PIPELINE_LEARNER_H
#define SOHOA_PIPELINE_LEARNER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/pipeline/learn_when.h"

#include <stdbool.h>

typedef struct sd_event sd_event;

/*
 * The station's own model of paper types: taught from its confirmed papers by a worker of its own,
 * or offered by another station, judged, and put to use.
 *
 *   idle ──train, offer──▶ collecting ──▶ teaching | judging ──▶ keeping ──▶ idle
 *                              │ one paper at a time   │ cancel, error
 *                              └───────────────────────┴──▶ idle, the model in use stays
 *
 * Nothing of it is kept before the store has the whole result: killed at any moment, the old model
 * is in use. What runs by itself waits while there is other work.
 */

struct learner;
struct station_model;
struct store_client;

struct learner_config {
    const char *worker_dir, *program; /* version; borrowed */
    struct learn_limits limits;
    bool (*is_busy)(void *payload); /* pages wait, somebody scans */
    void *payload;
};

/* The model in use is loaded anew after each change; it stays the caller's. */
enum err_code learner_new(sd_event *loop, const struct learner_config *config,
                          struct station_model *model, struct store_client *store,
                          struct learner **out, struct err *err);
void learner_free(struct learner *learner);

/* Every few seconds: begins by itself when it is time. */
void learner_tick(struct learner *learner);

/* `principal` and `fd` (a model file, sealed) are taken over. CONFLICT: one is under way. The run's
 * id is that of the model it will make. */
enum err_code learner_train(struct learner *learner, struct js *principal, struct err *err);
/* force: used however it is judged. */
enum err_code learner_offer(struct learner *learner, int fd, bool force, struct js *principal,
                            struct err *err);
bool learner_cancel(struct learner *learner); /* false: nothing is under way */
bool learner_is_running(const struct learner *learner);

/* {"running": null or {"id", "what", "phase", "done", "of", "automatic"}, "problem": of the last
 * run, null or {"code", "detail", "id"}, "unusable": null or why the model in use cannot be used,
 * "when", "corrections_wanted"} */
struct js *learner_to_js(const struct learner *learner);

#endif
