#include "tests/unit/queue/store/rig.h"

#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "queue/store/import.h"

#include <inttypes.h>

#define FOLDER "old"
#define FILES_MAX 12
#define CONTENTS 9

/* A folder as the import worker would report it. */
struct lying {
    char path[40];
    int content, mtime;
};

struct place {
    struct rig *rig;
    struct lying files[FILES_MAX];
    size_t count;
    int64_t sweep;
    int clock;
};

static int next_random(int below)
{
    static uint32_t seed = 20261122;
    seed = seed * 1664525u + 1013904223u;
    return (int)(seed >> 8) % below;
}

/* Content 0 is no paper, 1 is encrypted, 2 kills the worker, 3 is a PDF; 3 and up have pages. */
static const char *kind_of(int content)
{
    return content == 0 ? "text" : content <= 3 ? "pdf" : "jpeg";
}

static void text_of(int content, char out[40])
{
    snprintf(out, 40, "file of content %d", content);
}

static int64_t pages_of(int content)
{
    return content == 3 ? 3 : 1;
}

/* ---- sweeps ---- */

static void sweep(struct place *place)
{
    place->sweep++;
    for (size_t i = 0; i < place->count; i++) {
        const struct lying *lying = &place->files[i];
        struct import_file file = {.path = lying->path,
                                   .kind = kind_of(lying->content),
                                   .size_bytes = 100 + lying->content,
                                   .mtime_us = lying->mtime,
                                   .stable = true};
        ASSERT_OK(import_see(place->rig->store, FOLDER, place->sweep, &file, MACHINE, err));
    }
    ASSERT_OK(
        import_swept(place->rig->store, FOLDER, place->sweep, (int64_t)place->count, MACHINE, err));
}

static int64_t balance_of(struct place *place, const char *key)
{
    AUTO(js) struct js *told = NULL;
    char path[40];
    snprintf(path, sizeof path, "balance.%s", key);
    ASSERT_OK(import_balance_of(place->rig->store, FOLDER, &told, err));
    return js_int_or(told, path, -1);
}

static void assert_balanced(struct place *place)
{
    assert_int_equal(balance_of(place, "difference"), 0);
    assert_int_equal(balance_of(place, "found"),
                     balance_of(place, "imported") + balance_of(place, "duplicate") +
                         balance_of(place, "refused") + balance_of(place, "waiting"));
}

/* ---- work ---- */

static int content_of(struct place *place, const struct js *item)
{
    const char *path = js_text_or(item, "path", "");
    for (size_t i = 0; i < place->count; i++)
        if (strcmp(place->files[i].path, path) == 0 &&
            place->files[i].mtime == js_int_or(item, "mtime_us", 0))
            return place->files[i].content;
    return -1; /* gone meanwhile */
}

static void fill(int fd, const char *text, char out_sha256[HASH_HEX_SIZE])
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    hash_bytes(text, strlen(text), out_sha256);
}

static void take(struct place *place, const struct import_step *step)
{
    char text[40], sha256[HASH_HEX_SIZE];
    const char *id = js_text_or(step->item, "id", "");
    int content = content_of(place, step->item);
    if (content < 0) {
        ASSERT_OK(import_fail(place->rig->store, id, "NOT_FOUND", IMPORT_REFUSE, MACHINE, err));
        return;
    }
    text_of(content, text);
    fill(step->temp_fd, text, sha256);
    struct import_take taken = {
        .id = id, .temp = step->temp, .sha256 = sha256, .size_bytes = (int64_t)strlen(text)};
    ASSERT_OK(import_took(place->rig->store, &taken, MACHINE, err));
}

static int content_in(const struct import_step *step)
{
    char text[40] = "";
    int content = -1;
    assert_true(pread(step->file_fd, text, sizeof text - 1, 0) > 0);
    assert_int_equal(sscanf(text, "file of content %d", &content), 1);
    return content;
}

static void count(struct place *place, const struct import_step *step)
{
    struct store *store = place->rig->store;
    const char *id = js_text_or(step->item, "id", "");
    int content = content_in(step);
    if (content == 1)
        ASSERT_OK(import_fail(store, id, "PDF_ENCRYPTED", IMPORT_REFUSE, MACHINE, err));
    else if (content == 2)
        ASSERT_OK(import_fail(store, id, "FILE_SIGNED", IMPORT_WAIT, MACHINE, err));
    else
        ASSERT_OK(import_counted(store, id, pages_of(content), NULL, MACHINE, err));
}

static void page(struct place *place, const struct import_step *step)
{
    char text[60], sha256[HASH_HEX_SIZE];
    snprintf(text, sizeof text, "page %" PRId64 " of content %d", step->page, content_in(step));
    fill(step->temp_fd, text, sha256);
    struct page_capture capture = rig_page_of_file(step, "import/" FOLDER, sha256, strlen(text));
    ASSERT_OK(page_commit(place->rig->store, &capture, MACHINE, err));
}

/* False: nothing is to be done. `killed`: sohoad ends before it could tell the store. */
static bool work(struct place *place, bool killed)
{
    struct import_step step;
    ASSERT_OK(import_next(place->rig->store, FOLDER, MACHINE, &step, err));
    bool any = step.what != IMPORT_NOTHING;
    if (killed)
        rig_reopen(place->rig);
    else if (step.what == IMPORT_TAKE)
        take(place, &step);
    else if (step.what == IMPORT_COUNT)
        count(place, &step);
    else if (step.what == IMPORT_PAGE)
        page(place, &step);
    import_step_done(&step);
    return any;
}

static void work_all(struct place *place)
{
    while (work(place, false))
        ;
}

static int64_t rows(struct place *place, const char *sql)
{
    int64_t number;
    ASSERT_OK(db_number(place->rig->store->db, sql, DB_BIND_NONE, 0, &number, err));
    return number;
}

/* ---- what happens in the folder ---- */

static void lay(struct place *place, const char *path, int content)
{
    struct lying *lying = &place->files[place->count++];
    snprintf(lying->path, sizeof lying->path, "%s", path);
    lying->content = content;
    lying->mtime = ++place->clock;
}

static void remove_file(struct place *place, size_t i)
{
    place->files[i] = place->files[--place->count];
}

static void something_happens(struct place *place)
{
    char path[40];
    snprintf(path, sizeof path, "%sfile%d", next_random(3) ? "" : "sub/", ++place->clock);
    if (place->count < FILES_MAX && next_random(3) > 0) {
        lay(place, path, next_random(CONTENTS));
        return;
    }
    if (!place->count)
        return;
    size_t i = (size_t)next_random((int)place->count);
    switch (next_random(3)) {
    case 0:
        remove_file(place, i);
        return;
    case 1: /* another paper under the same name */
        place->files[i].content = next_random(CONTENTS);
        place->files[i].mtime = ++place->clock;
        return;
    default: /* renamed: its time stays */
        snprintf(place->files[i].path, sizeof place->files[i].path, "%s", path);
    }
}

/* ---- tests ---- */

static void the_balance_holds_for_any_history(void **state)
{
    struct place place = {.rig = *state};
    for (int round = 0; round < 120; round++) {
        for (int i = next_random(4); i > 0; i--)
            something_happens(&place);
        sweep(&place);
        assert_balanced(&place);
        for (int i = next_random(8); i > 0; i--)
            work(&place, next_random(6) == 0);
        assert_balanced(&place);
        if (next_random(10) == 0)
            ASSERT_OK(import_again(place.rig->store, FOLDER, MACHINE, err));
    }
    sweep(&place);
    work_all(&place);
    assert_balanced(&place);
    assert_true(balance_of(&place, "imported") > 0 && balance_of(&place, "duplicate") > 0);
    assert_int_equal(rows(&place, "SELECT count(*) FROM import_item WHERE state IN "
                                  "('found', 'stable', 'taken', 'paged')"),
                     0);
    assert_int_equal(rows(&place, "SELECT count(*) - count(DISTINCT image_sha256) FROM page"), 0);
    assert_int_equal(rows(&place, "SELECT count(*) FROM import_item i WHERE state = 'done' AND "
                                  "pages <> page_number"),
                     0);
}

static void every_step_may_be_the_last_of_a_process(void **state)
{
    struct place place = {.rig = *state};
    lay(&place, "a.pdf", 3);
    lay(&place, "b.jpg", 5);
    sweep(&place);
    for (int killed = 0; work(&place, killed); killed = !killed)
        ;
    work_all(&place);
    assert_int_equal(balance_of(&place, "imported"), 2);
    assert_int_equal(rows(&place, "SELECT count(*) FROM page"), 4);
    assert_int_equal(
        rows(&place, "SELECT count(*) FROM document WHERE state = 'open' AND scan_finished"), 2);
    assert_int_equal(rows(&place, "SELECT count(*) FROM dossier WHERE kind = 'backlog'"), 1);
}

static void images_of_a_sub_folder_are_one_document_in_natural_order(void **state)
{
    struct place place = {.rig = *state};
    lay(&place, "case/p10.jpg", 5);
    lay(&place, "case/p2.jpg", 4);
    lay(&place, "single.jpg", 6);
    lay(&place, "case/paper.pdf", 3);
    sweep(&place);
    work_all(&place);
    assert_int_equal(rows(&place, "SELECT count(*) FROM document"), 3);
    assert_int_equal(rows(&place, "SELECT count(DISTINCT document_id) FROM import_item "
                                  "WHERE path LIKE 'case/%.jpg'"),
                     1);
    assert_int_equal(rows(&place, "SELECT ordinal FROM import_item WHERE path = 'case/p10.jpg'"),
                     2);
}

static void a_duplicate_is_marked_and_a_moved_file_is_itself(void **state)
{
    struct place place = {.rig = *state};
    lay(&place, "one.jpg", 5);
    lay(&place, "two.jpg", 5);
    sweep(&place);
    work_all(&place);
    assert_int_equal(balance_of(&place, "imported"), 1);
    assert_int_equal(balance_of(&place, "duplicate"), 1);
    snprintf(place.files[0].path, sizeof place.files[0].path, "moved.jpg");
    sweep(&place);
    work_all(&place);
    assert_balanced(&place);
    assert_int_equal(balance_of(&place, "found"), 2);
    assert_int_equal(rows(&place, "SELECT count(*) FROM import_item WHERE path = 'moved.jpg' AND "
                                  "state = 'done' AND present"),
                     1);
}

static void another_paper_under_an_old_name_is_another_item(void **state)
{
    struct place place = {.rig = *state};
    lay(&place, "scan001.jpg", 5);
    sweep(&place);
    work_all(&place);
    place.files[0].content = 6;
    place.files[0].mtime = ++place.clock;
    sweep(&place);
    work_all(&place);
    assert_int_equal(balance_of(&place, "imported"), 2);
    assert_balanced(&place);
}

static void a_signed_file_waits_until_a_person_tries_again(void **state)
{
    struct place place = {.rig = *state};
    lay(&place, "signed.pdf", 2);
    sweep(&place);
    work_all(&place);
    assert_int_equal(balance_of(&place, "waiting"), 1);
    assert_int_equal(balance_of(&place, "refused"), 0);
    assert_int_equal(rows(&place, "SELECT count(*) FROM import_item WHERE code = 'FILE_SIGNED'"),
                     1);
    ASSERT_OK(import_again(place.rig->store, FOLDER, CLERK, err));
    sweep(&place);
    assert_true(work(&place, false));
    work_all(&place);
    assert_int_equal(balance_of(&place, "waiting"), 1);
}

static void a_file_that_kills_the_worker_twice_waits(void **state)
{
    struct place place = {.rig = *state};
    AUTO(mem) char *id = NULL;
    lay(&place, "bad.pdf", 3);
    sweep(&place);
    ASSERT_OK(db_text(place.rig->store->db, "SELECT id FROM import_item", DB_BIND_NONE, &id, err));
    ASSERT_OK(import_fail(place.rig->store, id, "WORKER_DIED", IMPORT_LATER, MACHINE, err));
    assert_int_equal(rows(&place, "SELECT count(*) FROM import_item WHERE state = 'stable' AND "
                                  "not_before_us > 0"),
                     1);
    assert_false(work(&place, false));
    ASSERT_OK(import_fail(place.rig->store, id, "WORKER_DIED", IMPORT_LATER, MACHINE, err));
    assert_int_equal(rows(&place, "SELECT count(*) FROM import_item WHERE state = 'waiting'"), 1);
}

static void exceptions_name_their_pages_once(void **state)
{
    struct place place = {.rig = *state};
    AUTO(mem) char *id = NULL;
    AUTO(js) struct js *list = js_array();
    AUTO(js) struct js *found = NULL;
    assert_true(js_push(list, js_text("bilevel")));
    lay(&place, "old.pdf", 3);
    lay(&place, "new.jpg", 5);
    sweep(&place);
    ASSERT_OK(db_text(place.rig->store->db, "SELECT id FROM import_item WHERE path = 'old.pdf'",
                      DB_BIND_NONE, &id, err));
    for (int64_t i = 0; i < 4; i++)
        ASSERT_OK(import_except(place.rig->store, id, 1 + i % 2, list, err));
    struct import_query query = {.folder = FOLDER, .exceptions = true, .limit = 10};
    ASSERT_OK(import_list(place.rig->store, &query, &found, err));
    assert_int_equal(js_count(found), 1);
    assert_int_equal(js_count(js_at(found, "[0].exceptions.bilevel")), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_balance_holds_for_any_history),
        TEST(every_step_may_be_the_last_of_a_process),
        TEST(images_of_a_sub_folder_are_one_document_in_natural_order),
        TEST(a_duplicate_is_marked_and_a_moved_file_is_itself),
        TEST(another_paper_under_an_old_name_is_another_item),
        TEST(a_signed_file_waits_until_a_person_tries_again),
        TEST(a_file_that_kills_the_worker_twice_waits),
        TEST(exceptions_name_their_pages_once),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
