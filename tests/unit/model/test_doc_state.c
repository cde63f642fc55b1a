#include "tests/harness/test.h"

#include "daemon/model/doc_state.h"

static void every_move_leads_from_a_state_to_a_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < state_move_count; i++) {
        assert_true(state_exists(state_moves[i].machine, state_moves[i].from));
        assert_true(state_exists(state_moves[i].machine, state_moves[i].to));
    }
}

static void no_move_stands_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < state_move_count; i++)
        assert_ptr_equal(
            state_find_move(state_moves[i].machine, state_moves[i].from, state_moves[i].to),
            &state_moves[i]);
}

static void each_machine_knows_held_rejected_and_failed(void **state)
{
    (void)state;
    for (int m = 0; m < MACHINE_COUNT; m++) {
        assert_true(state_exists(m, "held"));
        assert_true(state_exists(m, "rejected"));
        assert_true(state_exists(m, "failed"));
    }
}

static void the_order_of_the_law_cannot_be_left_out(void **state)
{
    (void)state;
    assert_non_null(state_find_move(MACHINE_document, "read", "copied"));
    assert_null(state_find_move(MACHINE_document, "read", "extracted"));
    assert_null(state_find_move(MACHINE_document, "read", "signed"));
    assert_null(state_find_move(MACHINE_document, "copied", "queued"));
    assert_null(state_find_move(MACHINE_document, "signed", "read"));
    assert_null(state_find_move(MACHINE_delivery, "sending", "accepted"));
}

static void every_state_has_a_vietnamese_label(void **state)
{
    (void)state;
    for (size_t i = 0; i < state_row_count; i++)
        assert_true(strlen(state_label(state_rows[i].machine, state_rows[i].name)) > 3);
    assert_string_equal(state_label(MACHINE_page, "nowhere"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_move_leads_from_a_state_to_a_state),
        cmocka_unit_test(no_move_stands_twice),
        cmocka_unit_test(each_machine_knows_held_rejected_and_failed),
        cmocka_unit_test(the_order_of_the_law_cannot_be_left_out),
        cmocka_unit_test(every_state_has_a_vietnamese_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
