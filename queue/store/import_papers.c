#include "daemon/model/import_papers.h"

#include "queue/store/document.h"
#include "queue/store/import.h"
#include "queue/store/inside.h"
#include "queue/store/place.h"
#include "queue/store/question.h"

#include <stdio.h>
#include <string.h>

/* One paper over many files, one file with many papers. */

/* ---- a file for a paper that is here already
 * ------------------------------------------------------
 */

/* Compared is settled: until then a paper takes what still comes for it. */
#define OPEN_PAPER                                                                                 \
    "SELECT d.id FROM import_item i JOIN import_item o ON o.folder = i.folder "                    \
    "AND o.unit = i.unit AND o.id <> i.id JOIN document d ON d.id = o.document_id "                \
    "WHERE i.id = ? AND i.papers IN ('folder', 'name') AND i.fed = 0 "                             \
    "AND (i.dossier_id IS NULL OR i.dossier_id = d.dossier_id) AND d.passed_sha256 IS NULL "       \
    "AND d.state IN ('open', 'read') ORDER BY d.created_us DESC, d.id DESC LIMIT 1"
#define EARLIER_PAPER                                                                              \
    "SELECT count(*) FROM import_item i JOIN import_item o ON o.folder = i.folder "                \
    "AND o.unit = i.unit AND o.id <> i.id WHERE i.id = ? AND i.papers IN ('folder', 'name') "      \
    "AND o.document_id IS NOT NULL"

static void copy_text(char out[ID_SIZE], const char *text)
{
    snprintf(out, ID_SIZE, "%s", text ? text : "");
}

enum err_code import_join_open(struct store *store, const char *id, struct principal by,
                               char out_document_id[ID_SIZE], char out_dossier_id[ID_SIZE],
                               bool *out_joined, struct err *err)
{
    AUTO(mem) char *document_id = NULL;
    struct subject document;
    int64_t earlier = 0;
    enum err_code code = db_text(store->db, OPEN_PAPER, DB_BIND(DB_TEXT(id)), &document_id, err);
    *out_joined = !code && document_id;
    if (!code && document_id)
        code = document_take_late_page(store, document_id, by, err);
    if (!code && document_id)
        code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (!code && document_id) {
        copy_text(out_document_id, document_id);
        copy_text(out_dossier_id, document.dossier_id);
        return ERR_OK;
    }
    if (!code)
        code = db_number(store->db, EARLIER_PAPER, DB_BIND(DB_TEXT(id)), 0, &earlier, err);
    if (code || !earlier)
        return code;
    return store_run_one(store, "import item", "UPDATE import_item SET late = 1 WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), err);
}

enum err_code import_place_of(struct store *store, const char *id, int64_t number, int64_t *out,
                              struct err *err)
{
    return db_number(
        store->db,
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM import_item l WHERE l.document_id = i.document_id "
        "AND l.ordinal > i.ordinal AND l.state = 'done') THEN ?1 + (SELECT coalesce(sum(e.pages), "
        "0) FROM import_item e WHERE e.document_id = i.document_id AND e.ordinal < i.ordinal "
        "AND e.state = 'done') ELSE 0 END FROM import_item i WHERE i.id = ?2",
        DB_BIND(DB_INT(number), DB_TEXT(id)), 0, out, err);
}

enum err_code import_say_late(struct store *store, const char *id, const char **out_code,
                              struct err *err)
{
    AUTO(mem) char *page_id = NULL;
    enum err_code code = db_text(
        store->db,
        "SELECT p.id FROM import_item i JOIN page p ON p.document_id = i.document_id "
        "WHERE i.id = ? AND i.late = 1 AND " PAGE_COUNTS("p") " ORDER BY p.position LIMIT 1",
        DB_BIND(DB_TEXT(id)), &page_id, err);
    *out_code = page_id ? "PAPER_LATE" : NULL;
    return code || !page_id ? code : question_raise(store, page_id, QUESTION_LATE, err);
}

/* ---- files of a paper that did not come
 * ------------------------------------------------------
 */

/* Nobody compared it yet; a signed file waits as a whole instead. */
#define PAPER_OF                                                                                   \
    "SELECT d.id FROM import_item i JOIN document d ON d.id = coalesce(i.document_id, (SELECT "    \
    "o.document_id FROM import_item o WHERE o.folder = i.folder AND o.unit = i.unit "              \
    "AND o.document_id IS NOT NULL ORDER BY o.document_id DESC LIMIT 1)) WHERE i.id = ? "          \
    "AND d.passed_sha256 IS NULL AND coalesce(d.held_from, d.state) IN ('open', 'read')"
#define STOPPED(alias) alias ".state IN ('refused', 'waiting')"
/* Those that hold pages of document ?1; of its unit only what lies there still: a file that another
 * one replaced is not missing. */
#define MISSING                                                                                    \
    "FROM import_item m WHERE m.id IN (SELECT o.id FROM import_item o WHERE o.document_id = ?1 "   \
    "AND " STOPPED("o") " UNION ALL SELECT u.id FROM (SELECT folder, unit, dossier_id "            \
                        "FROM import_item WHERE document_id = ?1 AND unit IS NOT NULL LIMIT 1) k " \
                        "JOIN import_item u "                                                      \
                        "ON u.folder = k.folder AND u.unit = k.unit WHERE " STOPPED(               \
                            "u") " AND u.present = 1 "                                             \
                                 "AND u.document_id IS NULL AND (u.dossier_id IS NULL OR "         \
                                 "u.dossier_id = k.dossier_id)) "                                  \
                                 "AND m.code NOT IN ('FORMAT_UNKNOWN', 'FILE_WORD', "              \
                                 "'FILE_SHEET', 'FILE_OLD_OFFICE', "                               \
                                 "'FEED_MISSING')"
#define ASKED                                                                                      \
    "FROM question q JOIN page p ON p.id = q.page_id WHERE p.document_id = ?1 "                    \
    "AND q.code = '" QUESTION_MISSING "'"
/* Stopped since a person last answered, and now is the time to ask: that item stopped, or no more
 * is to come and nothing is asked yet. */
#define TO_BE_ASKED                                                                                \
    "SELECT EXISTS (SELECT 1 " MISSING " AND m.state_us > (SELECT coalesce(max(q.answered_us), "   \
    "0) " ASKED ")) AND (EXISTS (SELECT 1 FROM import_item i WHERE i.id = ?2 AND " STOPPED(        \
        "i") ") OR NOT EXISTS (SELECT 1 FROM import_item o WHERE o.document_id = ?1 AND o.state "  \
             "IN "                                                                                 \
             "('taken', 'paged')) AND NOT EXISTS (SELECT 1 " ASKED " AND q.answer IS NULL))"

static enum err_code drop_missing(struct store *store, const char *document_id, struct err *err)
{
    return db_run(store->db,
                  "DELETE FROM question WHERE code = '" QUESTION_MISSING "' AND answer IS NULL "
                  "AND page_id IN (SELECT id FROM page WHERE document_id = ?)",
                  DB_BIND(DB_TEXT(document_id)), err);
}

/* Also where it was answered before: another file stopped since. */
static enum err_code raise_missing(struct store *store, const char *document_id, struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO question (page_id, code) SELECT id, '" QUESTION_MISSING "' FROM "
                  "(SELECT p.id FROM page p WHERE p.document_id = ? AND " PAGE_COUNTS(
                      "p") " ORDER BY p.position DESC LIMIT 1) WHERE true "
                           "ON CONFLICT (page_id, code) DO UPDATE "
                           "SET answer = NULL, answered_by = NULL, answered_us = NULL",
                  DB_BIND(DB_TEXT(document_id)), err);
}

enum err_code import_ask_missing(struct store *store, const char *id, struct err *err)
{
    AUTO(mem) char *document_id = NULL;
    int64_t missing = 0, ask = 0;
    enum err_code code = db_text(store->db, PAPER_OF, DB_BIND(DB_TEXT(id)), &document_id, err);
    if (code || !document_id)
        return code;
    code = db_number(store->db, "SELECT count(*) " MISSING, DB_BIND(DB_TEXT(document_id)), 0,
                     &missing, err);
    if (!code && !missing)
        return drop_missing(store, document_id, err);
    if (!code)
        code = db_number(store->db, TO_BE_ASKED, DB_BIND(DB_TEXT(document_id), DB_TEXT(id)), 0,
                         &ask, err);
    if (!code && ask)
        code = raise_missing(store, document_id, err);
    if (!code && ask)
        store_touch(store, "document", document_id);
    return code;
}

/* ---- a file with many papers
 * ------------------------------------------------------------------------
 */

/* The pages that start a paper but for the first, the last one first. */
#define STARTS                                                                                     \
    "SELECT p.id FROM page p WHERE p.document_id = ?1 AND p.position > 1 AND p.part_of IS NULL "   \
    "AND " PAGE_COUNTS("p") " AND json_extract(p.starts_document, '$.value') = 1 "                 \
                            "AND (json_extract(p.starts_document, '$.confidence') >= ?2) = ?3 "    \
                            "ORDER BY p.position DESC"

static enum err_code list_starts(struct store *store, const char *document_id, bool sure,
                                 char **out, struct err *err)
{
    return db_text(store->db, "SELECT group_concat(id, ' ') FROM (" STARTS ")",
                   DB_BIND(DB_TEXT(document_id), DB_REAL(PAPER_START_SURE), DB_INT(sure)), out,
                   err);
}

/* The next id of a list; false at its end. */
static bool next_id(const char **list, char out[ID_SIZE])
{
    if (!*list || !**list)
        return false;
    size_t size = strcspn(*list, " ");
    snprintf(out, ID_SIZE, "%.*s", (int)size, *list);
    *list += size + ((*list)[size] == ' ');
    return true;
}

enum err_code import_part(struct store *store, const char *document_id, struct principal by,
                          struct err *err)
{
    AUTO(mem) char *sure = NULL;
    AUTO(mem) char *unsure = NULL;
    char page_id[ID_SIZE], part_id[ID_SIZE];
    /* once: what a person joins again afterwards stays joined; a signed file is never parted */
    enum err_code code = db_run(store->db,
                                "UPDATE import_item SET parted = 1 WHERE document_id = ? AND "
                                "papers = 'split' AND NOT parted AND state = 'done' "
                                "AND signatures IS NULL",
                                DB_BIND(DB_TEXT(document_id)), err);
    if (code || db_changes(store->db) == 0)
        return code;
    code = list_starts(store, document_id, true, &sure, err);
    if (!code)
        code = list_starts(store, document_id, false, &unsure, err);
    for (const char *list = unsure; !code && next_id(&list, page_id);)
        code = question_raise(store, page_id, QUESTION_START, err);
    for (const char *list = sure; !code && next_id(&list, page_id);)
        code = document_split(store, document_id, page_id, by, part_id, err);
    return code;
}
