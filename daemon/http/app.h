#ifndef SOHOA_HTTP_APP_H
#define SOHOA_HTTP_APP_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"
#include "daemon/http/principal.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What the HTTP side asks of the daemon behind it. sohoad's main fills the table; tests give a
 * fake. Each call ends in exactly one done(), before it returns or later from the event loop.
 */

struct app; /* the daemon's own; http only hands it back */

/* ok is borrowed, NULL with an error. fd is -1 or the callee's. err is NULL on success. */
typedef void app_done_fn(void *payload, const struct js *ok, int fd, const struct err *err);

struct app_calls {
    /* One store command. args is taken over and carries args.principal already. */
    void (*store)(struct app *app, const char *op, struct js *args, app_done_fn *done,
                  void *payload);
    /* verb: "list", "profiles", "profile_set", "profile_remove" (device NULL), and of one device
     * "show", "test", "reset", "lease", "set". args is taken over, may be NULL. */
    void (*devices)(struct app *app, const char *verb, const char *device, struct js *args,
                    const struct principal *who, app_done_fn *done, void *payload);
    /* Starts a scan job: {"job": …} as soon as it is accepted. args is taken over. */
    void (*scan)(struct app *app, const char *dossier_id, struct js *args,
                 const struct principal *who, app_done_fn *done, void *payload);
    /* verb: "show", "cancel", "continue" after a failure; "next", "confirm" and "finish" of a
     * hands-free run.
     */
    void (*job)(struct app *app, const char *verb, const char *job_id, const struct principal *who,
                app_done_fn *done, void *payload);
    /* Rows of the page that comes, from row `from` on, as a file. */
    void (*preview)(struct app *app, const char *job_id, int64_t from, app_done_fn *done,
                    void *payload);
    /* verb: "show", "unlock" (args.password), "lock". args is taken over. */
    void (*signer)(struct app *app, const char *verb, struct js *args, const struct principal *who,
                   app_done_fn *done, void *payload);
    /* args: reconcile; or until ("19:20"), then ("poweroff", "stay"). args is taken over. */
    void (*sync)(struct app *app, struct js *args, const struct principal *who, app_done_fn *done,
                 void *payload);
    /* What stands still and what the night did. verb: "report" (args: from_us, to_us, or neither),
     * "delivery" (args: id), "late" (args: machine, state, all), "metrics": {"text"}, from memory.
     * args is taken over, may be NULL. */
    void (*watch)(struct app *app, const char *verb, struct js *args, const struct principal *who,
                  app_done_fn *done, void *payload);
    /* Comparing with what the targets hold. verb: "list" (args: limit), "restored" (a person says that
     * a backup was put back). args is taken over. */
    void (*reconciles)(struct app *app, const char *verb, struct js *args,
                       const struct principal *who, app_done_fn *done, void *payload);
    /* Records carried on a stick. verb: "list", "export", "take" (args: target, folder). args is taken
     * over. */
    void (*sticks)(struct app *app, const char *verb, struct js *args, const struct principal *who,
                   app_done_fn *done, void *payload);
    /* From memory, never waits for the store: at most 100 ms. */
    void (*status)(struct app *app, app_done_fn *done, void *payload);
    /* Folders that paper comes in as files. verb: "list" (name NULL), "items" (args: state, before,
     * limit, exceptions), "look", "feed" (args: dossier_id or null, waiting), "retry" (args: id).
     * args is taken over, may be NULL. */
    void (*imports)(struct app *app, const char *verb, const char *name, struct js *args,
                    const struct principal *who, app_done_fn *done, void *payload);
    /* A file that a person hands over, sealed; both are taken over. args: name, dossier_id,
     * document_id. */
    void (*upload)(struct app *app, struct js *args, int file, const struct principal *who,
                   app_done_fn *done, void *payload);
    /* A picture of the side of that page put together from its parts: {"type"} and the file. */
    void (*joined)(struct app *app, const char *page_id, const struct principal *who,
                   app_done_fn *done, void *payload);
    /* A catalogue file, sealed; both are taken over. args: kind, file, valid_from, source,
     * dry_run. */
    void (*catalog)(struct app *app, struct js *args, int file, const struct principal *who,
                    app_done_fn *done, void *payload);
    /* Registers kept beside the scans of an import folder. verb: "status", "list" (args: list,
     * limit, offset), "join", "import" (args: file, name, said, dry_run; a sealed file, taken over
     * as args are, else -1). */
    void (*registers)(struct app *app, const char *verb, const char *folder, struct js *args,
                      int file, const struct principal *who, app_done_fn *done, void *payload);
    /* Others are asked about the papers of a dossier. verb: "ask" (args: again), "cancel", "reuse"
     * (args: held_id and those of the store's dossier_reuse). args is taken over. */
    void (*look_up)(struct app *app, const char *verb, const char *dossier_id, struct js *args,
                    const struct principal *who, app_done_fn *done, void *payload);
    /* The station's model of paper types. verb: "status", "train", "cancel", "rollback", "import"
     * (args: force; a sealed file, which is taken over as args are). */
    void (*models)(struct app *app, const char *verb, struct js *args, int file,
                   const struct principal *who, app_done_fn *done, void *payload);
    /* What waits for which target, what is on its way and how fast; from memory. */
    void (*sync_show)(struct app *app, app_done_fn *done, void *payload);
};

#endif
