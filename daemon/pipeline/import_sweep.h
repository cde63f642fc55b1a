#ifndef SOHOA_PIPELINE_IMPORT_SWEEP_H
#define SOHOA_PIPELINE_IMPORT_SWEEP_H

#include "daemon/base/err.h"
#include "daemon/base/js.h"

/*
 * One import folder, looked through again and again by the import worker. The store hears of it
 * only when something has changed:
 *
 *   look … look ──digest of the sweep is new──▶ look … look, each noted ──▶ import_swept
 */

struct import_sweep;
struct store_client;
struct worker;

/* problem NULL: the folder was seen whole and the store knows what lies there. */
typedef void import_swept_fn(void *payload, const struct err *problem);

/* All are borrowed; config: as importer_new has it. */
struct import_sweep_seat {
    struct worker *worker;
    struct store_client *store;
    const struct js *config;
    import_swept_fn *done;
    void *payload;
};
enum err_code import_sweep_new(const struct import_sweep_seat *seat, struct import_sweep **out,
                               struct err *err);
/* Nobody is called back any more. */
void import_sweep_close(struct import_sweep *sweep);
void import_sweep_free(struct import_sweep *sweep);

/* One at a time; the worker is idle and configured. `again`: noted anew, whatever is known. */
void import_sweep_run(struct import_sweep *sweep, bool again);

/* Of a copier: its files go into the dossier a person chose. */
bool import_sweep_is_fed(const struct js *config);
/* "looked_us", "missing", "passed_over" (import_passed.h; null before a whole sweep). False: no
 * memory. */
bool import_sweep_tell(const struct import_sweep *sweep, struct js *out);

#endif
