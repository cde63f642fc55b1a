#ifndef SOHOA_PIPELINE_IMPORTER_H
#define SOHOA_PIPELINE_IMPORTER_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

typedef struct sd_event sd_event;
struct store_client;

/*
 * Paper that comes as files: looks into the configured folders at their interval (import_sweep.h)
 * and does one step of work after the other (import_step.h), until every file has come to its end.
 * What is known lies in the store (queue/store/import.h), so it may be killed at any moment.
 *
 *   import_sweep ──▶ import_next ──"take"──▶ import worker ──▶ import_took ──▶ import_next …
 *                      ──"count"─▶ import worker ──▶ import_counted
 *                      ──"page"──▶ import worker ──▶ page_commit
 *
 * One more folder, "upload", is looked into by nobody: a person hands its files over.
 *
 * A folder of kind "scan" is what a copier scans to: each file goes into the dossier that the
 * folder feeds when the file is first seen. So that it never lands in the next citizen's dossier,
 * the folder is looked through before it feeds another one.
 *
 * A share that does not answer is told in the log once, shown as the folder's problem, and tried
 * again at the next interval.
 */

struct importer;

/* folders: [{"name","path","kind":"watch|backlog|scan","interval_s","share","feed_idle_s"}],
 * borrowed and stays. */
enum err_code importer_new(sd_event *loop, const char *worker_dir, const struct js *folders,
                           struct store_client *store, struct importer **out, struct err *err);
void importer_free(struct importer *importer);

/* NOT_FOUND when no folder has that name. */
enum err_code importer_find(const struct importer *importer, const char *name, struct err *err);
/* Looks at once, and notes everything anew. */
void importer_look(struct importer *importer, const char *name);
/* A file was handed over, or a person wants one tried again: there is work in that folder. */
void importer_work(struct importer *importer, const char *name);

/* err is NULL on success; ok is the store's answer, borrowed. */
typedef void importer_fed_fn(void *payload, const struct js *ok, const struct err *err);
/* dossier_id NULL: feeds none. What lies in the folder still belongs to the dossier before; when
 * that cannot be looked at, the folder feeds none and the problem is told. waiting: "take", "leave"
 * or NULL, for what waits without a dossier. BAD_ARGUMENT when it is no folder of kind scan,
 * TOO_MANY while another one asks, FEED_WAITING when something waits and waiting is NULL. */
void importer_feed(struct importer *importer, const char *name, const char *dossier_id,
                   const char *waiting, struct js *principal, importer_fed_fn *done, void *payload);
/* [{"name","path","kind","interval_s","looked_us"|null,"missing","problem":{"code","message"}|null,
 *   "passed_over": as import_passed.h tells it, null before the folder was seen whole}] */
struct js *importer_to_js(const struct importer *importer);
unsigned importer_crash_count(const struct importer *importer);

#endif
