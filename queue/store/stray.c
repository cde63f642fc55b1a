#include "queue/store/stray.h"

#include "queue/store/inside.h"
#include "queue/store/place.h"
#include "queue/store/question.h"

/* By its first page, whoever put it there. */
#define PILE_CODE(p) "json_extract(" p ".starts_document, '$.dossier_code')"
#define PILE(p)                                                                                    \
    "coalesce(" p ".job, (SELECT i.item_id FROM import_page i WHERE i.page_id = " p ".id))"
#define MAY_CHANGE(d) "coalesce(" d ".held_from, " d ".state) IN ('open', 'read')"

/* First pages of papers of dossier ?1 that another code stands before. */
#define STRAYS                                                                                     \
    "WITH coded AS (SELECT p.id, p.document_id, p.position, " PILE_CODE(                           \
        "p") " AS code, "                                                                          \
             "first_value(" PILE_CODE("p") ") OVER (PARTITION BY " PILE(                           \
                 "p") " ORDER BY p.captured_us, "                                                  \
                      "p.id) AS first_code FROM page p WHERE p.dossier_id = ?1 AND " PAGE_COUNTS(  \
                          "p") " AND " PILE_CODE("p") " IS NOT NULL) SELECT c.id FROM coded c "    \
                                                      "JOIN document d ON d.id = "                 \
                                                      "c.document_id JOIN dossier s ON s.id = "    \
                                                      "d.dossier_id WHERE c.position = 1 "         \
                                                      "AND " MAY_CHANGE(                           \
                                                          "d") " AND c.code <> coalesce(s.code, "  \
                                                               "c.first_code)"

enum err_code stray_ask_all(struct store *store, const char *dossier_id, struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "DELETE FROM question WHERE code = '" QUESTION_STRAY "' AND answer IS NULL "
               "AND page_id IN (SELECT id FROM page WHERE dossier_id = ?1) "
               "AND page_id NOT IN (" STRAYS ")",
               DB_BIND(DB_TEXT(dossier_id)), err);
    if (code)
        return code;
    return db_run(store->db,
                  "INSERT OR IGNORE INTO question (page_id, code) "
                  "SELECT id, '" QUESTION_STRAY "' FROM (" STRAYS ")",
                  DB_BIND(DB_TEXT(dossier_id)), err);
}

enum err_code stray_ask(struct store *store, const char *document_id, struct err *err)
{
    struct subject document;
    int64_t spoken_of = 0;
    enum err_code code = subject_get(store, MACHINE_document, document_id, &document, err);
    if (!code)
        code = db_number(store->db,
                         "SELECT count(*) FROM page p WHERE p.document_id = ? AND (" PILE_CODE(
                             "p") " IS NOT NULL OR EXISTS (SELECT 1 FROM question q WHERE "
                                  "q.page_id = p.id AND q.code = '" QUESTION_STRAY "'))",
                         DB_BIND(DB_TEXT(document_id)), 0, &spoken_of, err);
    return code || !spoken_of ? code : stray_ask_all(store, document.dossier_id, err);
}

/* A person said that the paper with this first page stays where it is. */
#define STAYS(p)                                                                                   \
    "EXISTS (SELECT 1 FROM question q WHERE q.page_id = " p ".id AND q.code = '" QUESTION_STRAY    \
    "' AND q.answer = 'keep')"
#define FIRST_PAGE(p, d)                                                                           \
    "page " p " ON " p ".document_id = " d ".id AND " p ".position = 1 AND " PAGE_COUNTS(p)

enum err_code stray_list_alike(struct store *store, const char *document_id, char **out,
                               struct err *err)
{
    return db_text(
        store->db,
        "SELECT group_concat(id, ' ') FROM (SELECT d.id FROM document o "
        "JOIN document d ON d.dossier_id = o.dossier_id LEFT JOIN " FIRST_PAGE(
            "f",
            "o") " LEFT JOIN " FIRST_PAGE("p",
                                          "d") " WHERE o.id = ?1 "
                                               "AND (d.id = o.id OR (" PILE_CODE(
                                                   "p") " = " PILE_CODE("f") " AND d.state IN "
                                                                             "('open', 'read') AND "
                                                                             "NOT " STAYS(
                                                                                 "p") ")) "
                                                                                      "ORDER BY "
                                                                                      "d.id <> "
                                                                                      "o.id, "
                                                                                      "d.ordinal, "
                                                                                      "d.version)",
        DB_BIND(DB_TEXT(document_id)), out, err);
}
