#ifndef SOHOA_STORE_IMPORT_H
#define SOHOA_STORE_IMPORT_H

#include "daemon/base/id.h"
#include "daemon/model/import_item.h"
#include "daemon/model/import_papers.h"
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
    enum import_papers papers; /* which files of its folder are one paper */
    bool fed; /* of a copier: goes into the dossier the folder feeds when it is first seen */
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
    int64_t position; /* PAGE: before files that came earlier; 0: behind the last page */
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
/* taken → paged; again is fine. `signatures` of a signed PDF, else NULL: it passes through as a
 * document of its own (pass.h). */
enum err_code import_counted(struct store *store, const char *id, int64_t pages,
                             const struct js *signatures, struct principal by, struct err *err);
/* What is wrong with that page as a copy: names; again is fine. */
enum err_code import_except(struct store *store, const char *id, int64_t page,
                            const struct js *exceptions, struct err *err);

/* A Word or register file: what it says is kept, and it waits with `why`. Told again is fine. */
enum err_code import_keep_text(struct store *store, const char *id, const char *why, int fd,
                               struct principal by, struct err *err);
/* That text, UTF-8. NOT_FOUND when there is none. */
enum err_code import_text_of(struct store *store, const char *folder, const char *id, int *out_fd,
                             int64_t *out_size, struct err *err);

enum import_failure {
    IMPORT_REFUSE,
    IMPORT_WAIT,
    IMPORT_LATER /* tried again after a while; where a worker died of it twice it waits */
};
enum err_code import_fail(struct store *store, const char *id, const char *code,
                          enum import_failure how, struct principal by, struct err *err);
/* A person: what waits goes on where it stopped, as far as its paper still takes it, and what is to
 * be tried later is tried now. A Word or register file would only say the same again. */
enum err_code import_again(struct store *store, const char *folder, struct principal by,
                           struct err *err);

/* One item, by a person. Refused or waiting: it goes on where it stopped, from its bytes when they
 * are here, else from its folder. Done, and every paper that came of it was rejected: it comes
 * again as new, with the other such files of its unit. FILE_IN_PAPER while one of these papers
 * lives, STATE_CHANGED when it is under way or a duplicate, NOT_FOUND when its file is gone or the
 * folder has no such item. */
enum err_code import_retry(struct store *store, const char *folder, const char *id,
                           struct principal by, struct err *err);

/* ---- files that a person hands over ---- */

#define IMPORT_UPLOAD "upload" /* their folder; no folder of that name can be configured */

struct import_upload {
    const char *name, *kind; /* as import_file */
    const char *dossier_id;
    const char *document_id; /* its pages go behind those; NULL: a document of its own */
    int fd;
};
/* The bytes are a blob and the item is taken when it returns. The same bytes for the same dossier
 * are the same item (*out_again), unless its paper was rejected. FORMAT_UNKNOWN, IMAGE_EMPTY,
 * FILE_SIGNED (into the document of a signed file), STATE_CHANGED, ALREADY_SIGNED, DISK_FULL. */
enum err_code import_upload(struct store *store, const struct import_upload *upload,
                            struct principal by, struct js **out_item, bool *out_again,
                            struct err *err);

/* ---- the dossier that a copier's folder feeds ---- */

/* What is to be done with the files that wait for a dossier (FEED_MISSING) or were found without
 * one: they may be a stranger's, so a person says it. */
enum feed_waiting {
    FEED_WAITING_UNSAID, /* FEED_WAITING when there are any */
    FEED_WAITING_TAKE,   /* into this dossier */
    FEED_WAITING_LEAVE,  /* they wait until another call takes them */
};
/* NULL ends it; it also ends when the dossier is closed, and idle_us after the last file. What was
 * seen before keeps the dossier it was seen for. NOT_FOUND, STATE_CHANGED: closed, FEED_WAITING:
 * how many; then nothing has changed. */
enum err_code import_feed(struct store *store, const char *folder, const char *dossier_id,
                          enum feed_waiting waiting, int64_t idle_us, struct principal by,
                          struct err *err);
/* {"dossier_id", "since_us", "until_us"}, or null when it feeds none now. */
enum err_code import_feed_to_js(struct store *store, const char *folder, struct js **out,
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
 * "exceptions":{name: [page…]}, "may_retry": import_retry would take it}…] newest first */
enum err_code import_list(struct store *store, const struct import_query *query, struct js **out,
                          struct err *err);
/* {"balance": as import_balance_to_js, "swept_us": n | null, "exceptions": items, "feed"} */
enum err_code import_balance_of(struct store *store, const char *folder, struct js **out,
                                struct err *err);

/* ---- papers ---- */

/* The document was read: if a file of several papers is in it, it is parted where one surely
 * starts, and a person is asked where one may. Once for each file. In the caller's transaction. */
enum err_code import_part(struct store *store, const char *document_id, struct principal by,
                          struct err *err);

/* ---- inside ---- */

/* A file for a paper that is here and not compared yet: *out_joined, and it is open again. Else the
 * item is marked late when its paper was here before. In the caller's transaction. */
enum err_code import_join_open(struct store *store, const char *id, struct principal by,
                               char out_document_id[37], char out_dossier_id[37], bool *out_joined,
                               struct err *err);
/* Where page `number` of that file goes in its document; 0: at the end. */
enum err_code import_place_of(struct store *store, const char *id, int64_t number, int64_t *out,
                              struct err *err);
/* *out_code: what its item says when it is done, NULL: nothing. A late one's first page is asked
 * about. */
enum err_code import_say_late(struct store *store, const char *id, const char **out_code,
                              struct err *err);

/* The item came to its end. While files of its paper (also of its unit, before they had a document)
 * are refused or wait, a person is asked at the last page that came; when none is, an open question
 * goes. In the caller's transaction. */
enum err_code import_ask_missing(struct store *store, const char *id, struct err *err);

/* Moves the item; `code` NULL: none. STATE_CHANGED when it is not in `from`. */
enum err_code import_move(struct store *store, const char *id, enum import_state from,
                          enum import_state to, const char *code, struct principal by,
                          struct err *err);
/* That item came to its end. When no file of its document is to come any more, the document's scan
 * is finished, or it is rejected when no page came. */
enum err_code import_end_document(struct store *store, const char *item_id, const char *document_id,
                                  struct principal by, struct err *err);
/* Why a file of that kind is none of ours: a code; NULL: paper may be in it. */
const char *import_refusal_of(const char *kind);
/* Inside the caller's transaction: pages of a file are to come behind the document's, which is open
 * again. *out_finishes: the file's end finishes it. BAD_ARGUMENT another dossier's, ALREADY_SIGNED,
 * STATE_CHANGED. */
enum err_code import_join(struct store *store, const char *dossier_id, const char *document_id,
                          struct principal by, bool *out_finishes, struct err *err);
/* Where an item stands by what is here of it: stable, taken or paged. */
enum err_code import_state_by_facts(struct store *store, const char *id, enum import_state *out,
                                    struct err *err);
/* The item, seen for the first time, is for the dossier its folder feeds now, if any. */
enum err_code import_bind(struct store *store, const char *folder, const char *item_id,
                          struct err *err);
/* One item, as in import_list. */
enum err_code import_item(struct store *store, const char *id, struct js **out, struct err *err);

#endif
