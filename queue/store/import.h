#ifndef SOHOA_STORE_IMPORT_H
#define SOHOA_STORE_IMPORT_H

#include "daemon/model/import_item.h"
#include "queue/store/store.h"

/*
 * Paper that comes as files: one row an item, in the states of daemon/model/import_item.h. The
 * importer looks into folders and asks again and again what is to be done next; everything that has
 * to outlive it is here.
 *
 *   sweep:  import_see for each file … import_swept
 *   work:   import_next ──"take"──▶ import_took ──▶ "count" ──▶ import_counted ──▶ "page" … done
 *                             └──────────── import_fail: refused, waiting, later ─────┘
 */

/* ---- a sweep: what lies in the folder ---- */

struct import_file {
    const char *path, *kind; /* kind as drivers/folder/file_kind.h names it */
    int64_t size_bytes, mtime_us;
    bool stable;
};

/* `sweep` is larger than that of any sweep before. A file that was imported and has changed since
 * is another item. */
enum err_code import_see(struct store *store, const char *folder, int64_t sweep,
                         const struct import_file *file, struct principal by, struct err *err);
/* Everything was seen: `files` of them. The others are gone. */
enum err_code import_swept(struct store *store, const char *folder, int64_t sweep, int64_t files,
                           struct principal by, struct err *err);

/* ---- work ---- */

enum import_do { IMPORT_NOTHING, IMPORT_TAKE, IMPORT_COUNT, IMPORT_PAGE };

struct import_step {
    enum import_do what;
    struct js *item;  /* as import_list shows one, with "sha256" */
    char temp[96];    /* blob to be written, of TAKE and PAGE */
    char page_id[37]; /* PAGE */
    int64_t page;     /* PAGE: its number in the file */
    int file_fd;      /* the file's bytes, COUNT and PAGE; else -1 */
    int temp_fd;      /* TAKE and PAGE; else -1 */
};
void import_step_done(struct import_step *step);

/* What is to be done next in that folder; the same again until its end was told. Makes documents
 * (an image file, the images of a sub-folder, a PDF; one backlog dossier a folder and day) and
 * finishes them when their pages are in. DISK_FULL. import_step_done it also after an error. */
enum err_code import_next(struct store *store, const char *folder, struct principal by,
                          struct import_step *out, struct err *err);

struct import_take {
    const char *id, *temp, *sha256;
    int64_t size_bytes;
    const struct js *facts; /* may be NULL */
};
/* The bytes are here: taken, or a duplicate; a moved file is the item it was before. Told again is
 * fine. STATE_CHANGED, BLOB_DAMAGED. */
enum err_code import_took(struct store *store, const struct import_take *take, struct principal by,
                          struct err *err);
/* taken → paged; again is fine. */
enum err_code import_counted(struct store *store, const char *id, int64_t pages,
                             struct principal by, struct err *err);
/* What is wrong with that page as a copy: names; again is fine. */
enum err_code import_except(struct store *store, const char *id, int64_t page,
                            const struct js *exceptions, struct err *err);

enum import_failure {
    IMPORT_REFUSE,
    IMPORT_WAIT,
    IMPORT_LATER /* tried again after a while; where a worker died of it twice it waits */
};
enum err_code import_fail(struct store *store, const char *id, const char *code,
                          enum import_failure how, struct principal by, struct err *err);
/* A person: what waits is found again, what is to be tried later is tried now. */
enum err_code import_again(struct store *store, const char *folder, struct principal by,
                           struct err *err);

/* ---- what there is ---- */

struct import_query {
    const char *folder;
    const char *state;  /* NULL: all */
    const char *before; /* id; NULL: from the newest */
    bool exceptions;    /* only those that are to be scanned again */
    int64_t limit;
};
/* [{"id","folder","path","size_bytes","mtime_us","kind","present","state","state_us","code"|null,
 * "duplicate_of"|null,"dossier_id"|null,"document_id"|null,"pages"|null,"facts"|null,
 * "exceptions":{name: [page…]}}…] newest first */
enum err_code import_list(struct store *store, const struct import_query *query, struct js **out,
                          struct err *err);
/* {"balance": as import_balance_to_js, "swept_us": n | null, "exceptions": items} */
enum err_code import_balance_of(struct store *store, const char *folder, struct js **out,
                                struct err *err);

/* ---- inside ---- */

/* Moves the item; `code` NULL: none. STATE_CHANGED when it is not in `from`. */
enum err_code import_move(struct store *store, const char *id, enum import_state from,
                          enum import_state to, const char *code, struct principal by,
                          struct err *err);
/* No file of that document is to come any more: its scan is finished, or it is rejected when no
 * page came. */
enum err_code import_end_document(struct store *store, const char *document_id, struct principal by,
                                  struct err *err);
/* One item, as in import_list. */
enum err_code import_item(struct store *store, const char *id, struct js **out, struct err *err);

#endif
