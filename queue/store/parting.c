#include "queue/store/parting.h"

#include "daemon/model/import_papers.h"
#include "queue/store/audit.h"
#include "queue/store/document.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/place.h"
#include "queue/store/question.h"

#include <stdio.h>
#include <string.h>

/* ---- how it is to be parted ----
 */

#define SETTINGS                                                                                   \
    "SELECT d.separators, d.split, d.passed_sha256 IS NOT NULL OR d.replaces IS NOT NULL, "        \
    "d.parted, EXISTS (SELECT 1 FROM import_item i WHERE i.document_id = d.id), "                  \
    "EXISTS (SELECT 1 FROM import_item i WHERE i.document_id = d.id AND i.papers = 'split'), "     \
    "EXISTS (SELECT 1 FROM page p WHERE p.document_id = d.id AND " PAGE_COUNTS(                    \
        "p") ") AND NOT "                                                                          \
             "EXISTS (SELECT 1 FROM page p WHERE p.document_id = d.id AND p.sheet = 0 "            \
             "AND " PAGE_COUNTS("p") ") FROM document d WHERE d.id = ?"

struct settings {
    struct parting parting;
    bool of_files; /* import_papers.h says where they are parted */
};

static enum err_code read_settings(struct query *q, struct settings *out, struct err *err)
{
    bool fixed = query_int(q, 2), parted = query_int(q, 3);
    bool of_split_files = query_int(q, 5), fed = query_int(q, 6);
    *out = (struct settings){.of_files = query_int(q, 4)};
    if (fixed || parted)
        return ERR_OK;
    if (out->of_files ? of_split_files : fed)
        out->parting = parting_of_pile;
    return parting_read(query_text(q, 0), query_text(q, 1), &out->parting, err);
}

static enum err_code get_settings(struct store *store, const char *id, struct settings *out,
                                  struct err *err)
{
    AUTO(query)
    struct query *q = NULL;
    bool row;
    enum err_code code = db_query(store->db, SETTINGS, DB_BIND(DB_TEXT(id)), &q, err);
    if (!code)
        code = query_next(q, &row, err);
    if (!code && !row)
        code = err_set(err, ERR_NOT_FOUND, "no such document");
    return code ? code : read_settings(q, out, err);
}

enum err_code parting_of_document(struct store *store, const char *id, struct parting *out,
                                  struct err *err)
{
    struct settings settings;
    enum err_code code = get_settings(store, id, &settings, err);
    if (!code)
        *out = settings.parting;
    return code;
}

enum err_code document_create_pile(struct store *store, const char *dossier_id,
                                   const char *separators, const char *split, struct principal by,
                                   char *out_id, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    struct parting read = {0};
    char id[ID_SIZE];
    enum err_code code = parting_read(separators, split, &read, err);
    if (!code)
        code = tx_begin(&tx, store->db, err);
    if (!code)
        code = document_create(store, dossier_id, by, id, err);
    if (!code)
        code = store_run_one(store, "document",
                             "UPDATE document SET separators = ?, split = ? WHERE id = ?",
                             DB_BIND(DB_TEXT(separators), DB_TEXT(split), DB_TEXT(id)), err);
    if (!code)
        code = tx_commit(&tx, err);
    if (!code)
        memcpy(out_id, id, ID_SIZE);
    return code;
}

enum err_code parting_settle(struct store *store, const char *id, struct err *err)
{
    return store_run_one(store, "document", "UPDATE document SET parted = 1 WHERE id = ?",
                         DB_BIND(DB_TEXT(id)), err);
}

enum err_code parting_inherit(struct store *store, const char *id, const char *from,
                              struct err *err)
{
    return store_run_one(store, "document",
                         "UPDATE document SET (separators, split, parted) = (SELECT separators, "
                         "split, parted FROM document WHERE id = ?) WHERE id = ?",
                         DB_BIND(DB_TEXT(from), DB_TEXT(id)), err);
}

/* ---- separator sheets ----
 */

static enum err_code set_aside(struct store *store, const char *page_id, struct principal by,
                               struct err *err)
{
    enum err_code code =
        store_run_one(store, "page",
                      "UPDATE page SET separator = json_extract(starts_document, '$.separator') "
                      "WHERE id = ?",
                      DB_BIND(DB_TEXT(page_id)), err);
    return code ? code : page_remove(store, page_id, PAGE_WAS_SEPARATOR, by, err);
}

/* Ids with a blank between: each takes ID_SIZE bytes. */
static size_t count_ids(const char *list)
{
    size_t count = list && *list;
    for (; list && *list; list++)
        count += *list == ' ';
    return count;
}

static bool next_id(const char **list, char out[ID_SIZE])
{
    if (!*list || !**list)
        return false;
    size_t size = strcspn(*list, " ");
    snprintf(out, ID_SIZE, "%.*s", (int)size, *list);
    *list += size + ((*list)[size] == ' ');
    return true;
}

/* Pages of the document that count, in order: so the papers are in order, too. */
#define PAGES(which)                                                                               \
    "SELECT group_concat(id, ' ') FROM (SELECT p.id FROM page p WHERE p.document_id = ?1 "         \
    "AND " PAGE_COUNTS("p") " AND " which " ORDER BY p.position)"
#define SEPARATOR(alias) "json_extract(" alias ".starts_document, '$.separator')"
#define SEPARATORS PAGES(SEPARATOR("p") " IS NOT NULL")
#define STARTS(which)                                                                              \
    PAGES("p.position > 1 AND p.part_of IS NULL AND json_extract(p.starts_document, '$.value') = " \
          "1 AND " which)
#define WHY "coalesce(json_extract(p.starts_document, '$.why'), '')"
#define CONFIDENCE "json_extract(p.starts_document, '$.confidence')"
#define BEHIND_SEPARATORS STARTS(WHY " = 'separator'")
#define ALL STARTS("(" WHY " = 'separator' OR " CONFIDENCE " >= ?2)")
#define NOTHING_ASKED 2.0
#define POSSIBLE STARTS(WHY " <> 'separator' AND " CONFIDENCE " >= ?2")

typedef enum err_code use_page(struct store *, const char *page_id, struct principal, struct err *);

static enum err_code each(struct store *store, const char *list, use_page *use, struct principal by,
                          struct err *err)
{
    char page_id[ID_SIZE];
    enum err_code code = ERR_OK;
    while (!code && next_id(&list, page_id))
        code = use(store, page_id, by, err);
    return code;
}

/* The first that is no separator starts its document anyway. */
static enum err_code split(struct store *store, const char *id, const char *page_id,
                           int64_t ordinal, struct principal by, struct err *err)
{
    int64_t before = 0;
    char part_id[ID_SIZE];
    enum err_code code = db_number(
        store->db,
        "SELECT EXISTS (SELECT 1 FROM page p JOIN page b ON b.document_id = p.document_id "
        "AND b.position < p.position AND " PAGE_COUNTS("b") " AND " SEPARATOR(
            "b") " IS NULL WHERE p.id = ?)",
        DB_BIND(DB_TEXT(page_id)), 0, &before, err);
    return code || !before ? code
                           : document_split_at(store, id, page_id, ordinal, by, part_id, err);
}

/* From the last one on: each page goes to another document once at most. */
static enum err_code split_all(struct store *store, const char *id, const char *list,
                               struct principal by, struct err *err)
{
    int64_t first;
    size_t count = count_ids(list);
    enum err_code code =
        count ? document_make_room(store, id, (int64_t)count, &first, err) : ERR_OK;
    for (size_t i = count; !code && i > 0; i--) {
        char page_id[ID_SIZE];
        const char *at = list + (i - 1) * ID_SIZE;
        (void)next_id(&at, page_id);
        code = split(store, id, page_id, first + (int64_t)i - 1, by, err);
    }
    return code;
}

static enum err_code ask(struct store *store, const char *page_id, struct principal by,
                         struct err *err)
{
    (void)by;
    return question_raise(store, page_id, QUESTION_START, err);
}

/* ---- where papers start ----
 */

/* Would there be more papers than were said? */
static enum err_code makes_too_many(struct store *store, const char *id, size_t more, bool *out,
                                    struct err *err)
{
    int64_t room = 0;
    enum err_code code = db_number(
        store->db,
        "SELECT s.papers - (SELECT count(*) FROM document d WHERE d.dossier_id = s.id "
        "AND d.state NOT IN ('rejected', 'failed', 'superseded', 'withdrawn')) FROM dossier s "
        "JOIN document o ON o.dossier_id = s.id WHERE o.id = ? AND s.papers IS NOT NULL",
        DB_BIND(DB_TEXT(id)), INT64_MAX, &room, err);
    *out = !code && room < (int64_t)more;
    return code;
}

/* May a paper be made at each of them without asking? */
static enum err_code are_sure(struct store *store, const char *id, const struct parting *parting,
                              const char *possible, bool *out, struct err *err)
{
    bool too_many = false;
    int64_t unsure = 0;
    enum err_code code = db_number(
        store->db, "SELECT count(*) FROM page p WHERE instr(?1, p.id) AND " CONFIDENCE " < ?2",
        DB_BIND(DB_TEXT(possible), DB_REAL(PAPER_START_SURE)), 0, &unsure, err);
    if (!code)
        code = makes_too_many(store, id, count_ids(possible), &too_many, err);
    *out = !code && parting->split == SPLIT_SURE && !unsure && !too_many;
    return code;
}

static enum err_code note(struct store *store, const char *id, size_t sheets, size_t starts,
                          struct principal by, struct err *err)
{
    char detail[60];
    snprintf(detail, sizeof detail, "%zu separators, %zu starts", sheets, starts);
    return audit_write(
        store,
        &(struct audit){.kind = "document", .id = id, .event = "part", .detail = detail, .by = by},
        err);
}

/* What is known of a pile: ids of pages, NULL where there are none. */
struct pile {
    char *sheets, *behind, *possible; /* separators; behind them; starts by other evidence */
    char *all;                        /* the last two, in order */
    bool sure;
};

static void pile_auto(struct pile *pile)
{
    mem_free(pile->sheets);
    mem_free(pile->behind);
    mem_free(pile->possible);
    mem_free(pile->all);
}

static enum err_code look_at(struct store *store, const char *id, const struct settings *settings,
                             struct pile *out, struct err *err)
{
    double asked = settings->parting.split == SPLIT_OFF ? NOTHING_ASKED : PAPER_START_ASKED;
    enum err_code code = db_text(store->db, SEPARATORS, DB_BIND(DB_TEXT(id)), &out->sheets, err);
    if (code || settings->of_files)
        return code;
    code = db_text(store->db, BEHIND_SEPARATORS, DB_BIND(DB_TEXT(id)), &out->behind, err);
    if (!code)
        code =
            db_text(store->db, POSSIBLE, DB_BIND(DB_TEXT(id), DB_REAL(asked)), &out->possible, err);
    if (!code)
        code = db_text(store->db, ALL, DB_BIND(DB_TEXT(id), DB_REAL(asked)), &out->all, err);
    return code || !out->possible
               ? code
               : are_sure(store, id, &settings->parting, out->possible, &out->sure, err);
}

enum err_code document_part(struct store *store, const char *id, struct principal by,
                            struct err *err)
{
    __attribute__((cleanup(pile_auto))) struct pile pile = {0};
    struct settings settings;
    enum err_code code = get_settings(store, id, &settings, err);
    if (!code)
        code = look_at(store, id, &settings, &pile, err);
    if (code || (!pile.sheets && !pile.all))
        return code;
    code = parting_settle(store, id, err);
    if (!code)
        code = note(store, id, count_ids(pile.sheets), count_ids(pile.all), by, err);
    if (!code)
        code = split_all(store, id, pile.sure ? pile.all : pile.behind, by, err);
    if (!code && !pile.sure)
        code = each(store, pile.possible, ask, by, err);
    return code ? code : each(store, pile.sheets, set_aside, by, err);
}
