#ifndef SOHOA_APP_INSIDE_H
#define SOHOA_APP_INSIDE_H

#include "daemon/app.h"
#include "daemon/base/id.h"
#include "daemon/http/app.h"

#include <stdint.h>

/* Shared by app.c and app_scan.c; nobody else includes it. */

typedef struct sd_event sd_event;
typedef struct sd_event_source sd_event_source;
struct ipc_message;

#define STORE_ARGV_MAX 160

struct app {
    sd_event *loop;
    const struct config *config;
    char owner[ID_SIZE];
    int64_t started_us;
    char *store_argv[STORE_ARGV_MAX];
    struct worker *store_worker;
    struct store_client *store;
    bool store_is_checked;
    struct worker *check_worker; /* app_check.c */
    char *check_folder;
    const char *check_argv[5];
    struct store_source *source;
    struct app_watch *watch; /* app_watch.c: what stands still */
    struct app_sync *sync; /* app_sync.c: when deliveries leave, and who looks at it */
    char *witnesses; /* folder of the marks that warehouses showed */
    struct pipeline *pipeline;
    struct devices *devices;
    struct hot_plug *hot_plug; /* NULL where there are no device events */
    struct device_book *book;
    struct scanners *scanners;
    struct importer *importer;
    struct asker *asker; /* app_look_up.c */
    struct worker *view_worker;          /* app_view.c */
    struct view *views;                  /* wait for it */
    struct worker *catalog_worker;       /* app_catalog.c, app_register.c */
    char templates[ID_SIZE];             /* the version that was asked for: app_catalog.c */
    bool registers_join;                 /* papers are being joined to rows: app_register.c */
    struct station_model *station_model; /* app_model.c */
    struct learner *learner;
    struct reconciler *reconciler; /* app_reconcile.c */
    struct carrier *carrier;       /* likewise */
    struct signer *signer;
    struct http_server *http;
    sd_event_source *tick;
    struct js *store_status; /* last answer, for status from memory */
    int64_t store_status_us;
    bool status_asked;
    /* start */
    bool opened, release_again;
    struct err open_err, failed; /* failed: what ended the loop */
};

/* An answer that comes later. */
struct http_call {
    struct app *app;
    app_done_fn *done;
    void *payload;
};

/* NULL: out of memory, done was told. */
struct http_call *app_call_new(struct app *app, app_done_fn *done, void *payload);
/* Ends the call (payload): with what a part of the daemon, or the store, answered. */
void app_on_answer(void *payload, const struct js *ok, const struct err *err);
void app_on_store_answer(void *payload, struct ipc_message *message, const struct js *ok,
                         const struct err *err);

/* app_scan.c: of struct app_calls */
void app_devices(struct app *app, const char *verb, const char *device, struct js *args,
                 const struct principal *who, app_done_fn *done, void *payload);
void app_scan(struct app *app, const char *dossier_id, struct js *args, const struct principal *who,
              app_done_fn *done, void *payload);
void app_job(struct app *app, const char *verb, const char *job_id, const struct principal *who,
             app_done_fn *done, void *payload);
void app_preview(struct app *app, const char *job_id, int64_t from, app_done_fn *done,
                 void *payload);

/* app_check.c: reads all of a store whose opening did not (queue/store/check.h), in a process of its
 * own. A damaged one ends the loop, and app_failed says so. */
enum err_code app_start_check(struct app *app, struct err *err);
void app_stop_check(struct app *app);

/* app_sync.c: of struct app_calls; when deliveries leave, switching off */
struct job;
void app_sync(struct app *app, struct js *args, const struct principal *who, app_done_fn *done,
              void *payload);
void app_sync_show(struct app *app, app_done_fn *done, void *payload);
struct js *app_sync_schedule(const struct app *app); /* schedule_status */
enum err_code app_start_sync(struct app *app, struct err *err); /* behind the source of jobs */
bool app_sync_is_sending(const struct app *app);               /* or something waits for it */
void app_stop_sync(struct app *app);                            /* behind the pipeline */
void app_sync_tick(struct app *app);
void app_sync_moved(void *payload, const struct job *job, int64_t moved_bytes, int64_t total_bytes);
void app_sync_ended(struct app *app, const struct job *job, const struct err *err);

/* app_watch.c: of struct app_calls; what stands still */
void app_watch(struct app *app, const char *verb, struct js *args, const struct principal *who,
               app_done_fn *done, void *payload);
enum err_code app_start_watch(struct app *app, struct err *err);
void app_stop_watch(struct app *app);
void app_watch_tick(struct app *app);
const struct js *app_watch_alarms(const struct app *app); /* those that stand now */

/* app.c: what GET /v1/status answers; NULL: out of memory */
struct js *app_status_to_js(const struct app *app);

/* app_import.c: of struct app_calls */
void app_imports(struct app *app, const char *verb, const char *name, struct js *args,
                 const struct principal *who, app_done_fn *done, void *payload);
void app_upload(struct app *app, struct js *args, int file, const struct principal *who,
                app_done_fn *done, void *payload);

/* app_catalog.c: of struct app_calls; its worker */
void app_catalog(struct app *app, struct js *args, int fd, const struct principal *who,
                 app_done_fn *done, void *payload);
enum err_code app_start_catalogs(struct app *app, struct err *err);
/* `version` of the site's templates holds today, since it was imported or since midnight. */
void app_follow_templates(struct app *app, const char *version);
void app_stop_catalogs(struct app *app);

/* app_model.c: of struct app_calls; what learns */
void app_models(struct app *app, const char *verb, struct js *args, int file,
                const struct principal *who, app_done_fn *done, void *payload);
enum err_code app_start_learning(struct app *app, struct err *err);
void app_stop_learning(struct app *app);

/* app_look_up.c: of struct app_calls; what waits for it. The last two take args and call over. */
void app_look_up(struct app *app, const char *verb, const char *dossier_id, struct js *args,
                 const struct principal *who, app_done_fn *done, void *payload);
size_t app_look_up_arguments(const struct config *config, char **argv, size_t count);
enum err_code app_start_asker(struct app *app, struct err *err);
bool app_looks_up(const struct app *app); /* is anybody set up to be asked? */
void app_scan_asked(struct http_call *call, const char *dossier_id, struct js *args,
                    const struct js *principal);
void app_close_asked(struct http_call *call, struct js *args);

/* app_reconcile.c: of struct app_calls; what compares with the targets */
void app_reconciles(struct app *app, const char *verb, struct js *args, const struct principal *who,
                    app_done_fn *done, void *payload);
void app_reconcile_start(struct app *app, struct http_call *call, const char *target,
                         struct js *principal);
void app_sticks(struct app *app, const char *verb, struct js *args, const struct principal *who,
                app_done_fn *done, void *payload);
enum err_code app_start_reconcile(struct app *app, struct err *err);
void app_stop_reconcile(struct app *app);

/* app_register.c: of struct app_calls */
void app_registers(struct app *app, const char *verb, const char *folder, struct js *args, int file,
                   const struct principal *who, app_done_fn *done, void *payload);
/* Papers and rows of registers that are still to be joined, some at a time. */
void app_join_registers(struct app *app);

/* app_view.c: of struct app_calls; its worker */
void app_joined(struct app *app, const char *page_id, const struct principal *who,
                app_done_fn *done, void *payload);
enum err_code app_start_views(struct app *app, struct err *err);
void app_stop_views(struct app *app);

#endif
