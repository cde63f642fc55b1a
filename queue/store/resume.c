#include "queue/store/resume.h"

#include "queue/store/document.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/page_edit.h"
#include "queue/store/place.h"
#include "queue/store/question.h"

#include <stdio.h>
#include <string.h>

#define THEN_FINISH "then finish"
#define THEN_SAME THEN_BACKS " as they came"
#define THEN_REVERSED THEN_BACKS " reversed"

const char *scan_intent(const struct page_capture *capture, char out[SCAN_INTENT_SIZE])
{
    const char *parts[3] = {capture->replaces ? "replaces another" : NULL, NULL,
                            capture->then_finish ? THEN_FINISH : NULL};
    if (capture->then_backs)
        parts[1] = strcmp(capture->then_backs, "reversed") == 0 ? THEN_REVERSED : THEN_SAME;
    size_t size = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i])
            size += (size_t)snprintf(out + size, SCAN_INTENT_SIZE - size, "%s%s", size ? ", " : "",
                                     parts[i]);
    return size ? out : NULL;
}

/* Papers that still take pages, with their last one, where its job had more to do and nobody has
 * finished the paper since. */
static enum err_code list_left(struct store *store, struct js **out, struct err *err)
{
    AUTO(js) struct js *list = js_array();
    AUTO(query) struct query *q = NULL;
    bool row = true;
    enum err_code code = db_query(
        store->db,
        "SELECT d.id, p.id, p.job, a.detail FROM document d "
        "JOIN page p ON p.id = (SELECT l.id FROM page l WHERE l.document_id = d.id "
        "AND " PAGE_COUNTS(
            "l") " ORDER BY l.captured_us DESC, l.id DESC LIMIT 1) "
                 "JOIN audit a ON a.subject_id = p.id AND a.event = 'capture' "
                 "WHERE d.state = 'open' AND d.scan_finished = 0 AND p.job IS NOT NULL "
                 "AND a.detail LIKE '%then %' AND NOT EXISTS (SELECT 1 FROM audit f "
                 "WHERE f.subject_id = d.id AND f.event = 'finish-scan' AND f.seq > a.seq)",
        DB_BIND_NONE, &q, err);
    while (!code && !(code = query_next(q, &row, err)) && row)
        if (!js_push(list, js_pack("{s:s, s:s, s:s, s:s}", "document", query_text(q, 0), "page",
                                   query_text(q, 1), "job", query_text(q, 2), "intent",
                                   query_text(q, 3))))
            code = err_set(err, ERR_NO_MEMORY, "scans");
    if (!code)
        *out = TAKE(list);
    return code;
}

static enum err_code ask(struct store *store, const struct js *scan, struct err *err)
{
    const char *page = js_text_or(scan, "page", "");
    enum err_code code = question_raise(store, page, QUESTION_INTERRUPTED, err);
    if (!code)
        store_touch(store, "page", page);
    return code;
}

static enum err_code resume(struct store *store, const struct js *scan, struct principal by,
                            struct err *err)
{
    const char *intent = js_text_or(scan, "intent", "");
    const char *document = js_text_or(scan, "document", "");
    bool reversed = strstr(intent, THEN_REVERSED) != NULL;
    bool finish = strstr(intent, THEN_FINISH) != NULL;
    if (!reversed && !strstr(intent, THEN_SAME))
        return ask(store, scan, err);
    struct err why = ERR_INIT;
    enum err_code code =
        pages_interleave(store, document, js_text_or(scan, "job", ""), reversed, by, &why);
    if (code == ERR_COUNT_MISMATCH)
        return ask(store, scan, err);
    if (!code && finish)
        code = document_finish_scan(store, document, by, &why);
    if (code && err)
        *err = why;
    return code;
}

enum err_code scans_resume(struct store *store, struct principal by, struct err *err)
{
    AUTO(js) struct js *left = NULL;
    enum err_code code = list_left(store, &left, err);
    for (size_t i = 0; !code && i < js_count(left); i++)
        code = resume(store, js_item(left, i), by, err);
    return code;
}
