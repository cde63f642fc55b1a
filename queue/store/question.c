#include "queue/store/question.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/document.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/place.h"

#include <stdio.h>
#include <string.h>

#define CODE_MAX 40

bool question_code_is_valid(const char *code)
{
    size_t size = strlen(code);
    return size && size <= CODE_MAX &&
           strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

enum err_code question_raise(struct store *store, const char *page_id, const char *code,
                             struct err *err)
{
    return db_run(store->db, "INSERT OR IGNORE INTO question (page_id, code) VALUES (?, ?)",
                  DB_BIND(DB_TEXT(page_id), DB_TEXT(code)), err);
}

enum err_code question_raise_again(struct store *store, const char *page_id, const char *code,
                                   struct err *err)
{
    return db_run(store->db,
                  "INSERT INTO question (page_id, code) VALUES (?, ?) ON CONFLICT DO UPDATE SET "
                  "answer = NULL, answered_by = NULL, answered_us = NULL",
                  DB_BIND(DB_TEXT(page_id), DB_TEXT(code)), err);
}

/* Page a stands directly before page b and shows the very same pixels. */
#define EQUAL_NEIGHBOURS                                                                           \
    "a.document_id = b.document_id AND a.position = b.position - 1 "                               \
    "AND a.pixel_sha256 = b.pixel_sha256 AND " PAGE_COUNTS("a") " AND " PAGE_COUNTS("b")

enum err_code question_raise_if_equal(struct store *store, const char *page_id, struct err *err)
{
    return db_run(store->db,
                  "INSERT OR IGNORE INTO question (page_id, code) SELECT b.id, '" QUESTION_EQUAL
                  "' FROM page b JOIN page a ON " EQUAL_NEIGHBOURS " WHERE b.id = ?",
                  DB_BIND(DB_TEXT(page_id)), err);
}

enum err_code questions_follow_neighbours(struct store *store, const char *document_id,
                                          struct err *err)
{
    enum err_code code =
        db_run(store->db,
               "DELETE FROM question WHERE code = '" QUESTION_EQUAL "' AND answer IS NULL "
               "AND page_id IN (SELECT b.id FROM page b WHERE b.document_id = ? AND " PAGE_COUNTS(
                   "b") " AND NOT EXISTS (SELECT 1 FROM page a WHERE " EQUAL_NEIGHBOURS "))",
               DB_BIND(DB_TEXT(document_id)), err);
    if (code)
        return code;
    return db_run(store->db,
                  "INSERT OR IGNORE INTO question (page_id, code) SELECT b.id, '" QUESTION_EQUAL
                  "' FROM page b JOIN page a ON " EQUAL_NEIGHBOURS " WHERE b.document_id = ?",
                  DB_BIND(DB_TEXT(document_id)), err);
}

enum err_code question_drop(struct store *store, const char *page_id, const char *code,
                            struct err *err)
{
    return db_run(store->db,
                  "DELETE FROM question WHERE page_id = ? AND code = ? "
                  "AND answer IS NULL",
                  DB_BIND(DB_TEXT(page_id), DB_TEXT(code)), err);
}

enum err_code questions_close(struct store *store, const char *page_id, struct principal by,
                              struct err *err)
{
    return db_run(store->db,
                  "UPDATE question SET answer = 'removed', answered_by = ?, answered_us = ? "
                  "WHERE page_id = ? AND answer IS NULL",
                  DB_BIND(DB_TEXT(by.id), DB_INT(sys_now_us()), DB_TEXT(page_id)), err);
}

enum err_code question_settle(struct store *store, const char *page_id, const char *code,
                              struct principal by, struct err *err)
{
    return db_run(store->db,
                  "UPDATE question SET answer = 'keep', answered_by = ?, answered_us = ? "
                  "WHERE page_id = ? AND code = ? AND answer IS NULL",
                  DB_BIND(DB_TEXT(by.id), DB_INT(sys_now_us()), DB_TEXT(page_id), DB_TEXT(code)),
                  err);
}

enum err_code questions_reopen(struct store *store, const char *page_id, struct err *err)
{
    return db_run(store->db,
                  "UPDATE question SET answer = NULL, answered_by = NULL, answered_us = NULL "
                  "WHERE page_id = ? AND answer = 'removed'",
                  DB_BIND(DB_TEXT(page_id)), err);
}

enum err_code questions_check_answered(struct store *store, const char *document_id,
                                       struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code =
        db_query(store->db,
                 "SELECT p.position, q.code, count(*) OVER () FROM page p "
                 "JOIN question q ON q.page_id = p.id WHERE p.document_id = ? AND " PAGE_COUNTS(
                     "p") " AND q.answer IS NULL ORDER BY p.position, q.code LIMIT 1",
                 DB_BIND(DB_TEXT(document_id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (code || !row)
        return code;
    return err_set(err, ERR_PAGE_QUESTION, "page %lld: %s; %lld open in the document",
                   (long long)query_int(q, 0), query_text(q, 1), (long long)query_int(q, 2));
}

/* ---- answers ---- */

static enum err_code check_asked(struct store *store, const char *page_id, const char *code_text,
                                 struct err *err)
{
    int64_t asked;
    enum err_code code =
        db_number(store->db, "SELECT count(*) FROM question WHERE page_id = ? AND code = ?",
                  DB_BIND(DB_TEXT(page_id), DB_TEXT(code_text)), 0, &asked, err);
    return code || asked ? code : err_set(err, ERR_NOT_FOUND, "no such question about the page");
}

static enum err_code keep_page(struct store *store, const char *page_id, const char *code_text,
                               struct principal by, struct err *err)
{
    char detail[CODE_MAX + 10];
    snprintf(detail, sizeof detail, "%s keep", code_text);
    enum err_code code = db_run(
        store->db,
        "UPDATE question SET answer = 'keep', answered_by = ?, answered_us = ? "
        "WHERE page_id = ? AND code = ?",
        DB_BIND(DB_TEXT(by.id), DB_INT(sys_now_us()), DB_TEXT(page_id), DB_TEXT(code_text)), err);
    return code ? code : page_audit(store, page_id, "answer", detail, by, err);
}

enum err_code page_answer(struct store *store, const char *page_id, const char *code_text,
                          bool keep, struct principal by, struct err *err)
{
    AUTO(tx)
    struct tx tx = TX_INIT;
    struct subject page;
    enum err_code code = page_begin_change(store, &tx, page_id, &page, err);
    if (!code)
        code = check_asked(store, page_id, code_text, err);
    if (!code)
        code = keep ? keep_page(store, page_id, code_text, by, err)
                    : page_remove(store, page_id, code_text, by, err);
    return code ? code : tx_commit(&tx, err);
}
