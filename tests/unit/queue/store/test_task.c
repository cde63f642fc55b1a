#include "tests/unit/queue/store/rig.h"

#include "daemon/model/task_kind.h"
#include "queue/store/task.h"

/* What a person has to do about deliveries. */

static struct js *all(struct rig *rig, bool open_only)
{
    struct js *list = NULL;
    ASSERT_OK(task_list(rig->store, open_only, NULL, NULL, 100, &list, err));
    return list;
}

static void
a_task_knows_its_paper_says_what_to_do_and_is_one_however_often_it_is_found(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    const struct task found = {.kind = "different", .delivery_id = delivery, .detail = "size"};
    for (int i = 0; i < 3; i++)
        ASSERT_OK(task_open(rig->store, &found, MACHINE, err));
    AUTO(js) struct js *list = all(rig, true);
    assert_int_equal(js_count(list), 1);
    const struct js *task = js_item(list, 0);
    assert_string_equal(js_text_or(task, "document_id", ""), paper.document);
    assert_string_equal(js_text_or(task, "dossier_id", ""), paper.dossier);
    assert_string_equal(js_text_or(task, "target", ""), "warehouse");
    assert_non_null(strstr(js_text_or(task, "command", ""), " look-again"));
    assert_true(strlen(js_text_or(task, "to_do", "")) > 10);
    assert_int_equal(js_count(js_at(task, "closings")), 2);
}

static void a_closed_task_says_who_and_how_and_is_opened_anew_when_found_again(void **state)
{
    struct rig *rig = *state;
    const struct task found = {.kind = "extra", .target = "warehouse", .remote_name = "A/x"};
    ASSERT_OK(task_open(rig->store, &found, MACHINE, err));
    AUTO(js) struct js *first = all(rig, true);
    const char *id = js_text_or(first, "[0].id", "");
    ASSERT_ERR(ERR_BAD_ARGUMENT, task_close(rig->store, id, "resend", NULL, CLERK, err));
    ASSERT_OK(task_close(rig->store, id, "settled", "kho giữ lại", CLERK, err));
    ASSERT_ERR(ERR_STATE_CHANGED, task_close(rig->store, id, "settled", NULL, CLERK, err));
    AUTO(js) struct js *none = all(rig, true);
    assert_int_equal(js_count(none), 0);
    AUTO(js) struct js *closed = NULL;
    ASSERT_OK(task_show(rig->store, id, &closed, err));
    assert_string_equal(js_text_or(closed, "closed_how", ""), "settled");
    assert_string_equal(js_text_or(closed, "closed_by", ""), CLERK.id);
    assert_string_equal(js_text_or(closed, "closed_note", ""), "kho giữ lại");
    ASSERT_OK(task_open(rig->store, &found, MACHINE, err));
    AUTO(js) struct js *again = all(rig, true);
    assert_int_equal(js_count(again), 1);
    AUTO(js) struct js *both = all(rig, false);
    assert_int_equal(js_count(both), 2);
}

static void what_settled_by_itself_is_closed_by_the_machine(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    char delivery[ID_SIZE];
    rig_delivery(rig, paper.document, delivery);
    ASSERT_OK(task_open(rig->store, &(struct task){.kind = "missing", .delivery_id = delivery},
                        MACHINE, err));
    ASSERT_OK(task_settle(rig->store, "different", delivery, "settled", MACHINE, err));
    AUTO(js) struct js *other = all(rig, true);
    assert_int_equal(js_count(other), 1);
    ASSERT_OK(task_settle(rig->store, "missing", delivery, "resend", MACHINE, err));
    AUTO(js) struct js *none = all(rig, true);
    assert_int_equal(js_count(none), 0);
}

static void every_kind_can_be_closed_and_says_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < task_kind_count; i++) {
        assert_true(task_may_close(task_kinds[i].name, task_first_closing(task_kinds[i].name)));
        assert_true(strlen(task_kinds[i].happened) > 10 && strlen(task_kinds[i].to_do) > 10);
    }
    for (size_t i = 0; i < task_closing_count; i++)
        assert_non_null(task_kind_find(task_closings[i].kind));
}

static void a_kind_that_there_is_not_is_our_own_mistake(void **state)
{
    struct rig *rig = *state;
    ASSERT_ERR(ERR_INTERNAL, task_open(rig->store, &(struct task){.kind = "odd"}, MACHINE, err));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_task_knows_its_paper_says_what_to_do_and_is_one_however_often_it_is_found),
        TEST(a_closed_task_says_who_and_how_and_is_opened_anew_when_found_again),
        TEST(what_settled_by_itself_is_closed_by_the_machine),
        cmocka_unit_test(every_kind_can_be_closed_and_says_what_to_do),
        TEST(a_kind_that_there_is_not_is_our_own_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
