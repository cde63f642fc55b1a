#include "tests/unit/queue/store/import_place.h"

/* Whatever happens in a folder and whatever people do about it: the books balance, no page is there
 * twice, none is lost, and what the list says may be tried again can be. */

#define ROUNDS 40
#define FILES 12 /* at once */

static uint32_t seed;

static int next_random(int below)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)(seed >> 8) % below;
}

/* ---- what happens in the folder ---- */

static void something_happens(struct place *place)
{
    char path[40];
    snprintf(path, sizeof path, "%sfile%d", next_random(3) ? "" : "sub/", ++place->clock);
    if (place->count < FILES && next_random(3) > 0) {
        place_lay(place, path, next_random(PLACE_CONTENTS));
        return;
    }
    if (!place->count)
        return;
    size_t i = (size_t)next_random((int)place->count);
    switch (next_random(3)) {
    case 0:
        place_remove(place, i);
        return;
    case 1: /* another paper under the same name */
        place->files[i].content = next_random(PLACE_CONTENTS);
        place->files[i].mtime = ++place->clock;
        return;
    default: /* its time stays */
        place_rename(place, i, path);
    }
}

/* ---- what people do ---- */

/* One of the ids that `sql` (offset) finds; NULL: there is none. */
static char *any_of(struct place *place, const char *sql)
{
    char *id = NULL;
    ASSERT_OK(db_text(place->rig->store->db, sql, DB_BIND(DB_INT(next_random(6))), &id, err));
    return id;
}

#define LIVING                                                                                     \
    "SELECT id FROM document WHERE state IN ('open', 'read') ORDER BY id LIMIT 1 OFFSET ?"

static void somebody_rejects(struct place *place)
{
    AUTO(mem) char *id = any_of(place, LIVING);
    if (id)
        ASSERT_OK(document_reject(place->rig->store, id, "not ours", CLERK, err));
}

static void somebody_joins(struct place *place)
{
    AUTO(mem) char *first = any_of(place, LIVING);
    AUTO(mem) char *second = any_of(place, LIVING);
    if (first && second && strcmp(first, second) != 0)
        ASSERT_OK(document_join(place->rig->store, first, second, CLERK, err));
}

static void somebody_parts(struct place *place)
{
    char part[ID_SIZE];
    AUTO(mem)
    char *page = any_of(place, "SELECT p.id FROM page p JOIN document d ON d.id = "
                               "p.document_id WHERE d.state IN ('open', 'read') AND "
                               "p.position > 1 ORDER BY p.id LIMIT 1 OFFSET ?");
    AUTO(mem) char *document = NULL;
    if (!page)
        return;
    ASSERT_OK(db_text(place->rig->store->db, "SELECT document_id FROM page WHERE id = ?",
                      DB_BIND(DB_TEXT(page)), &document, err));
    ASSERT_OK(document_split(place->rig->store, document, page, CLERK, part, err));
}

static void somebody_tries_again(struct place *place)
{
    struct err err = ERR_INIT;
    AUTO(js) struct js *item = NULL;
    AUTO(mem)
    char *id = any_of(place, "SELECT id FROM import_item ORDER BY state IN ('done', "
                             "'refused', 'waiting') DESC, id DESC LIMIT 1 OFFSET ?");
    if (!id)
        return;
    ASSERT_OK(import_item(place->rig->store, id, &item, err));
    bool may = js_bool_or(item, "may_retry", false);
    enum err_code code = import_retry(place->rig->store, PLACE_FOLDER, id, CLERK, &err);
    if (may == (code != ERR_OK))
        fail_msg("may_retry %d: %s %s", may, err_name(code), err.detail);
}

static void somebody_acts(struct place *place)
{
    switch (next_random(8)) {
    case 0:
        somebody_rejects(place);
        return;
    case 1:
        somebody_joins(place);
        return;
    case 2:
        somebody_parts(place);
        return;
    case 3:
        ASSERT_OK(import_again(place->rig->store, PLACE_FOLDER, CLERK, err));
        return;
    default:
        somebody_tries_again(place);
    }
}

/* ---- what holds ---- */

#define COUNTING                                                                                   \
    "FROM page p JOIN document d ON d.id = p.document_id AND d.state NOT IN ('rejected', "         \
    "'failed') WHERE p.state NOT IN ('rejected', 'failed') "

static void no_page_is_there_twice(struct place *place)
{
    assert_int_equal(
        rig_number(place->rig, "SELECT count(*) - count(DISTINCT p.image_sha256) " COUNTING), 0);
}

/* Of an imported file either all pages are in papers that live, or, page by page, a person rejected
 * the paper. */
static void none_is_lost(struct place *place)
{
    assert_int_equal(rig_number(place->rig,
                                "SELECT count(*) FROM import_item i WHERE state = 'done' AND "
                                "pages <> page_number"),
                     0);
    assert_int_equal(
        rig_number(place->rig,
                   "SELECT count(*) FROM import_item i WHERE i.state = 'done' AND i.pages > "
                   "(SELECT count(*) FROM import_page m JOIN page p ON p.id = m.page_id WHERE "
                   "m.item_id = i.id)"),
        0);
    assert_int_equal(rig_number(place->rig,
                                "SELECT count(*) FROM import_item i WHERE i.state = 'done' AND "
                                "NOT EXISTS (SELECT 1 FROM import_page m JOIN page p ON "
                                "p.id = m.page_id JOIN document d ON d.id = p.document_id WHERE "
                                "m.item_id = i.id AND d.state = 'rejected') AND i.pages <> "
                                "(SELECT count(*) " COUNTING
                                "AND p.id IN (SELECT m.page_id FROM import_page m WHERE "
                                "m.item_id = i.id))"),
                     0);
}

static void everything_holds(struct place *place)
{
    place_check_balance(place);
    no_page_is_there_twice(place);
    none_is_lost(place);
}

static void live(struct place *place)
{
    for (int i = next_random(4); i > 0; i--)
        something_happens(place);
    place_sweep(place);
    everything_holds(place);
    place->broken_page = next_random(4) ? 0 : 2;
    for (int i = next_random(10); i > 0; i--)
        place_work(place, next_random(6) == 0);
    place->broken_page = 0;
    everything_holds(place);
    for (int i = next_random(4); i > 0; i--)
        somebody_acts(place);
    everything_holds(place);
}

static void the_books_balance_after_any_history(void **state)
{
    static const uint32_t seeds[] = {20261122, 7, 1979};
    static const enum import_papers papers[] = {PAPERS_FILE, PAPERS_FOLDER, PAPERS_NAME};
    int64_t duplicates = 0, imported = 0;
    for (size_t i = 0; i < COUNT_OF(seeds); i++) {
        struct place place = {.papers = papers[i]};
        void *rig = NULL;
        assert_int_equal(rig_setup(&rig), 0);
        place.rig = rig;
        seed = seeds[i];
        for (int round = 0; round < ROUNDS; round++)
            live(&place);
        place_import(&place);
        everything_holds(&place);
        duplicates += place_balance(&place, "duplicate");
        imported += place_balance(&place, "imported");
        assert_int_equal(rig_number(place.rig, "SELECT count(*) FROM import_item WHERE state IN "
                                               "('found', 'stable', 'taken', 'paged')"),
                         0);
        rig_check_invariants(place.rig);
        rig_teardown(&rig);
    }
    (void)state;
    assert_true(duplicates > 0 && imported > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_books_balance_after_any_history)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
