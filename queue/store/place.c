#include "queue/store/place.h"

#include "queue/store/inside.h"
#include "queue/store/question.h"

enum err_code document_renumber(struct store *store, const char *id, struct err *err)
{
    enum err_code code = db_run(
        store->db,
        "WITH counted AS (SELECT id AS page_id, position, captured_us, "
        "coalesce(part_of, id) AS side FROM page p WHERE document_id = ?1 AND " PAGE_COUNTS(
            "p") "), sides AS (SELECT side, coalesce(max(CASE WHEN page_id = side THEN position "
                 "END), "
                 "min(position)) AS place FROM counted GROUP BY side) "
                 "UPDATE page SET position = o.n FROM (SELECT c.page_id, row_number() OVER (ORDER "
                 "BY "
                 "s.place, c.side, c.page_id <> c.side, c.position, c.captured_us, c.page_id) AS n "
                 "FROM counted c JOIN sides s ON s.side = c.side) AS o "
                 "WHERE page.id = o.page_id AND page.position <> o.n",
        DB_BIND(DB_TEXT(id)), err);
    return code ? code : questions_follow_neighbours(store, id, err);
}

enum err_code page_place(struct store *store, const char *id, const char *document_id,
                         int64_t position, struct err *err)
{
    enum err_code code =
        store_run_one(store, "page", "UPDATE page SET document_id = ?, position = ? WHERE id = ?",
                      DB_BIND(DB_TEXT(document_id), DB_INT(BEYOND_THE_END), DB_TEXT(id)), err);
    if (!code)
        code = document_renumber(store, document_id, err);
    if (code || position >= BEYOND_THE_END)
        return code;
    code = db_run(store->db,
                  "UPDATE page AS p SET position = position + 1 WHERE document_id = ? "
                  "AND position >= ? AND " PAGE_COUNTS("p"),
                  DB_BIND(DB_TEXT(document_id), DB_INT(position)), err);
    if (!code)
        code = store_run_one(store, "page", "UPDATE page SET position = ? WHERE id = ?",
                             DB_BIND(DB_INT(position), DB_TEXT(id)), err);
    return code ? code : document_renumber(store, document_id, err);
}

enum err_code sides_part(struct store *store, const char *from_document, const char *to_document,
                         struct err *err)
{
    return db_run(store->db,
                  "UPDATE page AS p SET part_of = NULL, part_kind = NULL WHERE document_id = ?1 "
                  "AND part_of IS NOT NULL AND " PAGE_COUNTS(
                      "p") " AND EXISTS (SELECT 1 FROM page o WHERE o.document_id = ?2 "
                           "AND coalesce(o.part_of, o.id) = p.part_of AND " PAGE_COUNTS("o") ")",
                  DB_BIND(DB_TEXT(to_document), DB_TEXT(from_document)), err);
}
