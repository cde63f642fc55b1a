#include "queue/store/counts.h"

#include "queue/store/inside.h"
#include "queue/store/place.h"

/* A side is blank when each of its images is; it lies on the sheet of its first image. */
#define COUNT(documents, images_of)                                                                \
    "WITH paper AS (SELECT d.id, " COUNTED_DOCUMENT " AS counts FROM document d WHERE " documents  \
    "), image AS (SELECT p.id, coalesce(p.part_of, p.id) AS side, p.blank OR p.blank_kept AS "     \
    "blank, CASE WHEN p.sheet > 0 THEN coalesce(p.sheet_of, p.job) || ' ' || p.sheet END AS leaf " \
    "FROM paper JOIN page p ON p.document_id = paper.id WHERE " images_of " AND " PAGE_COUNTS(     \
        "p") "), side AS (SELECT min(blank) AS blank, count(*) AS images, "                        \
             "coalesce(max(CASE WHEN id = side THEN leaf END), max(leaf), side) AS leaf "          \
             "FROM image GROUP BY side) "                                                          \
             "SELECT (SELECT sum(counts) FROM paper), count(DISTINCT leaf), count(*), "            \
             "coalesce(sum(blank), 0), coalesce(sum(images), 0), (SELECT count(*) FROM page p "    \
             "JOIN paper ON paper.id = p.document_id WHERE p.separator IS NOT NULL AND "           \
             "p.state = 'rejected') FROM side"

static enum err_code count(struct store *store, const char *sql, const char *id, struct counts *out,
                           struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code = db_query(store->db, sql, DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code)
        return code;
    *out = (struct counts){.papers = query_int(q, 0),
                           .sheets = query_int(q, 1),
                           .sides = query_int(q, 2),
                           .blank = query_int(q, 3),
                           .images = query_int(q, 4),
                           .separators = query_int(q, 5)};
    out->written = out->sides - out->blank;
    return ERR_OK;
}

enum err_code counts_of_dossier(struct store *store, const char *id, struct counts *out,
                                struct err *err)
{
    return count(store, COUNT("d.dossier_id = ?", "paper.counts"), id, out, err);
}

enum err_code counts_of_document(struct store *store, const char *id, struct counts *out,
                                 struct err *err)
{
    return count(store, COUNT("d.id = ?", "1"), id, out, err);
}

struct js *counts_to_js(const struct counts *c)
{
    return js_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "papers", c->papers, "sheets", c->sheets,
                   "sides", c->sides, "written", c->written, "blank", c->blank, "images", c->images,
                   "separators", c->separators);
}
