#include "tests/unit/queue/store/rig.h"

#include "queue/store/reconcile.h"
#include "queue/store/restored.h"
#include "queue/store/task.h"

/* A backup that was put back: found by itself, asked first, no code given twice. */

static void copy_file(struct rig *rig, const char *from, const char *to, bool over)
{
    AUTO(mem)
    char *command =
        over ? mem_printf("cd '%s' && cat '%s' > '%s'", rig->folder, from, to)
             : mem_printf("cd '%s' && rm -f '%s' && cp '%s' '%s'", rig->folder, to, from, to);
    assert_int_equal(system(command), 0);
}

static void close_store(struct rig *rig)
{
    store_close(rig->store);
    rig->store = NULL;
}

static void open_store(struct rig *rig)
{
    ASSERT_OK(store_open(&rig->options, &rig->store, err));
}

static int64_t tasks(struct rig *rig)
{
    AUTO(js) struct js *found = NULL;
    ASSERT_OK(task_list(rig->store, true, "restored", NULL, 100, &found, err));
    return (int64_t)js_count(found);
}

static void back_up(struct rig *rig)
{
    close_store(rig);
    copy_file(rig, "store.db", "kept.db", false);
    copy_file(rig, "opened", "opened.kept", false);
    open_store(rig);
}

enum way { DATABASE_ALONE, WRITTEN_OVER, WHOLE_FOLDER };

static void put_back(struct rig *rig, enum way way)
{
    close_store(rig);
    copy_file(rig, "kept.db", "store.db", way == WRITTEN_OVER);
    if (way == WHOLE_FOLDER) /* then only the file itself tells */
        copy_file(rig, "opened.kept", "opened", false);
    open_store(rig);
}

static void opening_and_closing_again_and_again_is_no_restore(void **state)
{
    struct rig *rig = *state;
    rig_paper_in(rig, "queued", 1);
    for (int i = 0; i < 3; i++)
        rig_reopen(rig);
    assert_int_equal(tasks(rig), 0);
    close_store(rig);
    copy_file(rig, "store.db", "moved.db", false);
    copy_file(rig, "moved.db", "store.db", false);
    rig->options.moved = true;
    open_store(rig);
    assert_int_equal(tasks(rig), 0);
}

static void a_backup_put_back_is_found_and_every_delivery_asks_first(void **state)
{
    for (int way = DATABASE_ALONE; way <= WHOLE_FOLDER; way++) {
        void *own = NULL;
        (void)state;
        assert_int_equal(rig_setup(&own), 0);
        struct rig *rig = own;
        struct paper paper = rig_paper_in(rig, "queued", 1);
        back_up(rig);
        assert_true(rig_work(rig, "send") && rig_work(rig, "accept"));
        put_back(rig, (enum way)way);
        assert_int_equal(tasks(rig), 1);
        char delivery[ID_SIZE];
        rig_delivery(rig, paper.document, delivery);
        assert_string_equal(state_of(rig, MACHINE_delivery, delivery), "queued");
        AUTO(job) struct job *job = rig_claim(rig, "send");
        assert_true(js_bool_or(job->body, "args.ask_first", false));
        rig_reopen(rig);
        assert_int_equal(tasks(rig), 1);
        rig_teardown(&own);
    }
}

static void codes_wait_until_the_target_was_compared_and_are_not_given_twice(void **state)
{
    struct rig *rig = *state;
    struct paper first = rig_paper_in(rig, "extracted", 1);
    back_up(rig);
    assert_true(rig_work(rig, "code"));
    AUTO(mem) char *given = NULL;
    ASSERT_OK(db_text(rig->store->db, "SELECT result_code FROM document WHERE id = ?",
                      DB_BIND(DB_TEXT(first.document)), &given, err));
    put_back(rig, DATABASE_ALONE);
    assert_null(rig_claim(rig, "code"));

    AUTO(js) struct js *run = NULL;
    ASSERT_OK(reconcile_begin(rig->store, "warehouse", MACHINE, &run, err));
    assert_true(js_int_or(run, "run.since_us", 0) > 0);
    char lost[ID_SIZE], stem[80]; /* a record made after the backup */
    id_new(lost);
    snprintf(stem, sizeof stem, "H9/%s", lost);
    AUTO(mem) char *json = mem_printf("%s.json", stem);
    AUTO(js) struct js *entries = js_pack("[{s:s, s:i, s:s}]", "name", json, "size", 5, "tag", "t");
    AUTO(js) struct js *asks = NULL;
    const char *id = js_text_or(run, "run.id", "");
    ASSERT_OK(reconcile_page(rig->store, id, entries, NULL, NULL, MACHINE, &asks, err));
    assert_string_equal(js_text_or(asks, "ask[0]", ""), stem);
    AUTO(js)
    struct js *owners =
        js_pack("[{s:s, s:s, s:s}]", "name", stem, "record_id", lost, "result_code", given);
    AUTO(js) struct js *kept = NULL;
    ASSERT_OK(reconcile_page(rig->store, id, entries, NULL, owners, MACHINE, &kept, err));
    assert_int_equal(js_int_or(kept, "run.codes", 0), 1);
    assert_null(rig_claim(rig, "code"));
    AUTO(js) struct js *end = NULL;
    ASSERT_OK(reconcile_finish(rig->store, id, MACHINE, &end, err));
    assert_int_equal(tasks(rig), 0); /* closed by itself */
    assert_true(rig_work(rig, "code"));
    AUTO(mem) char *now = NULL;
    ASSERT_OK(db_text(rig->store->db, "SELECT result_code FROM document WHERE id = ?",
                      DB_BIND(DB_TEXT(first.document)), &now, err));
    assert_string_not_equal(now, given);
}

static void a_person_may_say_it_and_may_end_the_waiting(void **state)
{
    struct rig *rig = *state;
    rig_paper_in(rig, "extracted", 1);
    AUTO(js) struct js *told = NULL;
    ASSERT_OK(restored_by_person(rig->store, CLERK, &told, err));
    assert_null(rig_claim(rig, "code"));
    AUTO(js) struct js *found = NULL;
    ASSERT_OK(task_list(rig->store, true, "restored", NULL, 1, &found, err));
    ASSERT_OK(task_close(rig->store, js_text_or(found, "[0].id", ""), "go-on", NULL, CLERK, err));
    assert_true(rig_work(rig, "code"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest all[] = {
        TEST(opening_and_closing_again_and_again_is_no_restore),
        TEST(a_backup_put_back_is_found_and_every_delivery_asks_first),
        TEST(codes_wait_until_the_target_was_compared_and_are_not_given_twice),
        TEST(a_person_may_say_it_and_may_end_the_waiting),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
