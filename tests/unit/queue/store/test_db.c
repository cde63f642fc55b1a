#include "tests/unit/queue/store/rig.h"

static enum err_code add(struct db *db, int64_t number, struct err *err)
{
    return db_run(db, "INSERT INTO sequence (prefix, next) VALUES (?1, ?1)",
                  DB_BIND(DB_INT(number)), err);
}

static int64_t rows(struct rig *rig)
{
    return rig_number(rig, "SELECT count(*) FROM sequence");
}

static enum err_code inner(struct db *db, int64_t number, bool succeed, struct err *err)
{
    AUTO(tx) struct tx tx = TX_INIT;
    enum err_code code = tx_begin(&tx, db, err);
    if (!code)
        code = add(db, number, err);
    if (!code && !succeed)
        code = err_set(err, ERR_CONFLICT, "no");
    return code ? code : tx_commit(&tx, err);
}

static void an_inner_transaction_ends_with_the_outer(void **state)
{
    struct rig *rig = *state;
    struct db *db = rig->store->db;
    {
        AUTO(tx) struct tx tx = TX_INIT;
        ASSERT_OK(tx_begin(&tx, db, err));
        ASSERT_OK(inner(db, 1, true, err));
        assert_true(db_in_transaction(db));
    } /* not committed */
    assert_false(db_in_transaction(db));
    assert_int_equal(rows(rig), 0);
    {
        AUTO(tx) struct tx tx = TX_INIT;
        ASSERT_OK(tx_begin(&tx, db, err));
        ASSERT_OK(inner(db, 1, true, err));
        ASSERT_OK(tx_commit(&tx, err));
    }
    assert_int_equal(rows(rig), 1);
}

static void an_outer_transaction_cannot_ignore_an_inner_failure(void **state)
{
    struct rig *rig = *state;
    struct db *db = rig->store->db;
    {
        AUTO(tx) struct tx tx = TX_INIT;
        ASSERT_OK(tx_begin(&tx, db, err));
        ASSERT_OK(add(db, 1, err));
        ASSERT_ERR(ERR_CONFLICT, inner(db, 2, false, err));
        ASSERT_ERR(ERR_INTERNAL, tx_commit(&tx, err));
    }
    assert_int_equal(rows(rig), 0);
    ASSERT_OK(inner(db, 3, true, err)); /* and the next one is sound */
    assert_int_equal(rows(rig), 1);
}

static void values_are_bound_never_spelled_out(void **state)
{
    struct rig *rig = *state;
    static const char *const nasty[] = {"'; DROP TABLE page; --", "\"", "?1", "Đ\xcc\x80", ""};
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        AUTO(mem) char *back = NULL;
        ASSERT_OK(db_run(rig->store->db, "INSERT INTO sequence (prefix, next) VALUES (?, 1)",
                         DB_BIND(DB_TEXT(nasty[i])), err));
        ASSERT_OK(db_text(rig->store->db, "SELECT prefix FROM sequence WHERE prefix = ?",
                          DB_BIND(DB_TEXT(nasty[i])), &back, err));
        assert_string_equal(back, nasty[i]);
    }
    assert_int_equal(rows(rig), COUNT_OF(nasty));
}

static void breaking_a_rule_of_a_table_is_a_conflict(void **state)
{
    struct rig *rig = *state;
    struct db *db = rig->store->db;
    ASSERT_OK(add(db, 1, err));
    ASSERT_ERR(ERR_CONFLICT, add(db, 1, err));
    ASSERT_ERR(ERR_CONFLICT,
               db_run(db,
                      "INSERT INTO signature (document_id, ordinal, kind, level, signer, serial, "
                      "signed_us) VALUES ('nobody', 1, '', '', '', '', 0)",
                      DB_BIND_NONE, err));
    ASSERT_ERR(ERR_CONFLICT, db_run(db,
                                    "INSERT INTO blob (sha256, size_bytes, created_us) "
                                    "VALUES ('short', 1, 1)",
                                    DB_BIND_NONE, err));
}

static void one_statement_can_run_inside_itself(void **state)
{
    struct rig *rig = *state;
    static const char sql[] = "SELECT next FROM sequence WHERE next > ? ORDER BY next";
    struct db *db = rig->store->db;
    bool row;
    for (int i = 1; i <= 3; i++)
        ASSERT_OK(add(db, i, err));
    AUTO(query) struct query *outer = NULL;
    AUTO(query) struct query *nested = NULL;
    ASSERT_OK(db_query(db, sql, DB_BIND(DB_INT(0)), &outer, err));
    ASSERT_OK(query_next(outer, &row, err));
    ASSERT_OK(db_query(db, sql, DB_BIND(DB_INT(2)), &nested, err));
    ASSERT_OK(query_next(nested, &row, err));
    assert_int_equal(query_int(nested, 0), 3);
    ASSERT_OK(query_next(outer, &row, err));
    assert_int_equal(query_int(outer, 0), 2);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(an_inner_transaction_ends_with_the_outer),
        T(an_outer_transaction_cannot_ignore_an_inner_failure),
        T(values_are_bound_never_spelled_out),
        T(breaking_a_rule_of_a_table_is_a_conflict),
        T(one_statement_can_run_inside_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
