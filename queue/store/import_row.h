#ifndef SOHOA_STORE_IMPORT_ROW_H
#define SOHOA_STORE_IMPORT_ROW_H

#include "queue/store/import.h"
#include "queue/store/inside.h"

/* The row of a file, for the other import_*.c of this folder. */

struct import_row {
    char id[ID_SIZE], document_id[ID_SIZE]; /* document_id "": none yet */
    enum import_state state;
    int64_t size_bytes, mtime_us, attempts;
};

/* NOT_FOUND */
enum err_code import_row_get(struct store *store, const char *id, struct import_row *out,
                             struct err *err);
/* The file that lies there now. */
enum err_code import_row_at(struct store *store, const char *folder, const char *path,
                            struct import_row *out, bool *out_there, struct err *err);

/* ---- may a person try it again? For statements with the item's alias `i`. ---- */

#define IMPORT_DEAD "('rejected', 'failed')"
/* Its document takes what is still to come. */
#define IMPORT_GOES_ON                                                                             \
    "(i.state IN ('refused', 'waiting') AND EXISTS (SELECT 1 FROM document d JOIN dossier o "      \
    "ON o.id = d.dossier_id WHERE d.id = i.document_id AND o.closed_us IS NULL "                   \
    "AND coalesce(d.held_from, d.state) IN ('open', 'read')))"
/* No paper that somebody may still use came of it: else its pages would be there twice. A page that
 * was taken out belongs to the paper it was taken out of. Of bytes handed over again the newer item
 * counts. */
#define IMPORT_IS_FREE                                                                             \
    "(NOT EXISTS (SELECT 1 FROM document d WHERE d.id = i.document_id "                            \
    "AND d.state NOT IN " IMPORT_DEAD ") "                                                         \
    "AND NOT EXISTS (SELECT 1 FROM import_page m JOIN page p ON p.id = m.page_id "                 \
    "JOIN document d ON d.id = p.document_id WHERE m.item_id = i.id "                              \
    "AND d.state NOT IN " IMPORT_DEAD ") "                                                         \
    "AND (i.state <> 'done' OR i.pages <= "                                                        \
    "(SELECT count(*) FROM import_page m WHERE m.item_id = i.id)) "                                \
    "AND (i.folder <> '" IMPORT_UPLOAD "' OR NOT EXISTS (SELECT 1 FROM import_item o "             \
    "JOIN document d ON d.id = o.document_id WHERE o.sha256 = i.sha256 AND o.id <> i.id "          \
    "AND o.folder = i.folder AND o.dossier_id = i.dossier_id AND o.state <> 'refused' "            \
    "AND d.state NOT IN " IMPORT_DEAD ")))"
#define IMPORT_BEGINS_AGAIN                                                                        \
    "(i.state IN ('refused', 'waiting', 'done') AND (i.present = 1 OR i.sha256 IS NOT NULL) "      \
    "AND " IMPORT_IS_FREE " AND (i.folder <> '" IMPORT_UPLOAD "' OR EXISTS (SELECT 1 FROM "        \
    "dossier o WHERE o.id = i.dossier_id AND o.closed_us IS NULL)))"
#define IMPORT_MAY_RETRY "(" IMPORT_GOES_ON " OR " IMPORT_BEGINS_AGAIN ")"

#endif
