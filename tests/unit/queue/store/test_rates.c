#include "tests/unit/queue/store/rig.h"

#include "queue/store/catalog.h"
#include "queue/store/rates.h"

#define NONE -1.0 /* no points are known */

static const char FILE_HASH[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static void put_list(struct rig *rig, const char *day, const char *json)
{
    AUTO(js) struct js *rows = NULL;
    AUTO(js) struct js *out = NULL;
    assert_int_equal(js_parse(json, strlen(json), &rows, NULL), ERR_OK);
    struct catalog_import import = {.kind = catalog_kind_find("procedures"),
                                    .valid_from = day,
                                    .file = "x.csv",
                                    .file_sha256 = FILE_HASH,
                                    .rows = rows};
    ASSERT_OK(catalog_import(rig->store, &import, CLERK, &out, err));
}

static void put_procedures(struct rig *rig)
{
    put_list(rig, "2020-01-01",
             "[{\"code\":\"1.001193\",\"name\":\"A\",\"results\":\"KQ.G15.000031=Giấy khai "
             "sinh\"},{\"code\":\"1.000002\",\"name\":\"B\"}]");
}

static void say(struct rig *rig, const char *sql, const char *id)
{
    ASSERT_OK(db_run(rig->store->db, sql, DB_BIND(DB_TEXT(id)), err));
}

/* A case as the portal wants it, in that state, with one paper. */
static struct paper a_case(struct rig *rig, const char *procedure, const char *state,
                           const char *stage)
{
    struct paper paper = rig_paper_in(rig, state, 1);
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE dossier SET procedure_code = ?, received_on = '2026-03-10', "
                     "owner_id = '001099000001', channel = 'direct' WHERE id = ?",
                     DB_BIND(DB_TEXT(procedure), DB_TEXT(paper.dossier)), err));
    ASSERT_OK(db_run(rig->store->db, "UPDATE document SET stage = ? WHERE id = ?",
                     DB_BIND(DB_TEXT(stage), DB_TEXT(paper.document)), err));
    return paper;
}

/* A further paper of the case, signed. */
static void add_paper(struct rig *rig, const struct paper *paper, const char *stage)
{
    struct paper more = rig_paper_in(rig, "signed", 1);
    ASSERT_OK(db_run(
        rig->store->db, "UPDATE document SET stage = ?, dossier_id = ?, ordinal = 2 WHERE id = ?",
        DB_BIND(DB_TEXT(stage), DB_TEXT(paper->dossier), DB_TEXT(more.document)), err));
}

static struct js *of_march(struct rig *rig)
{
    struct js *out = NULL;
    ASSERT_OK(rates_over(rig->store, "2026-03-01", "2026-03-31", &out, err));
    return out;
}

static void expect_rate(struct rig *rig, const char *name, int64_t count, int64_t of, double points)
{
    AUTO(js) struct js *all = of_march(rig);
    for (size_t i = 0; i < js_count(js_at(all, "rates")); i++) {
        const struct js *rate = js_item(js_at(all, "rates"), i);
        if (strcmp(js_text_or(rate, "name", ""), name) != 0)
            continue;
        assert_int_equal(js_int_or(rate, "count", -1), count);
        assert_int_equal(js_int_or(rate, "of", -1), of);
        assert_int_equal((int)(js_real_or(rate, "points", -1) * 1000 + 0.5),
                         (int)(points * 1000 + 0.5));
        return;
    }
    fail_msg("no rate %s", name);
}

/* Names of what a case lacks, "a b". */
static const char *lacks_of(const struct js *object)
{
    static char text[200];
    text[0] = 0;
    for (size_t i = 0; i < js_count(js_at(object, "lacks")); i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "",
                 js_text_or(js_item(js_at(object, "lacks"), i), "", ""));
    return text;
}

static void a_case_counts_as_digitized_with_a_component_and_a_result(void **state)
{
    struct rig *rig = *state;
    put_procedures(rig);
    struct paper whole = a_case(rig, "1.001193", "signed", "component");
    add_paper(rig, &whole, "result");
    a_case(rig, "1.001193", "signed", "component"); /* its result is not there yet */
    a_case(rig, "1.001193", "copied", "component"); /* not signed: no copy yet */
    expect_rate(rig, "digitized", 1, 3, 1 / 3.0 / 0.8);
    expect_rate(rig, "e_result", 1, 3, NONE);
    expect_rate(rig, "reused", 0, 3, 0);
    expect_rate(rig, "reused_by_portal", 2, 3, 2 / 3.0 / 0.8); /* what is digitized counts there */
    expect_rate(rig, "linked", 0, 3, NONE);
}

static void from_four_fifths_on_a_rate_has_all_its_points(void **state)
{
    struct rig *rig = *state;
    put_procedures(rig);
    for (int i = 0; i < 5; i++) {
        struct paper paper = a_case(rig, "1.001193", "signed", "component");
        if (i < 4)
            add_paper(rig, &paper, "result");
    }
    expect_rate(rig, "digitized", 4, 5, 1);
}

static void procedures_without_a_paper_result_want_none(void **state)
{
    struct rig *rig = *state;
    put_procedures(rig);
    struct paper paper = a_case(rig, "1.000002", "signed", "component");
    expect_rate(rig, "e_result", 0, 0, NONE);
    AUTO(js) struct js *flags = NULL;
    ASSERT_OK(rates_of_dossier(rig->store, paper.dossier, &flags, err));
    assert_false(js_bool_or(flags, "wants_result", true));
    assert_string_equal(lacks_of(flags), "");
}

static void a_procedure_abolished_since_still_wants_its_result(void **state)
{
    struct rig *rig = *state;
    put_procedures(rig);
    put_list(rig, "2026-03-11", "[{\"code\":\"1.000002\",\"name\":\"B\"}]");
    struct paper paper = a_case(rig, "1.001193", "signed", "component");
    expect_rate(rig, "e_result", 0, 1, NONE);
    AUTO(js) struct js *flags = NULL;
    ASSERT_OK(rates_of_dossier(rig->store, paper.dossier, &flags, err));
    assert_true(js_bool_or(flags, "wants_result", false));
}

static void old_papers_under_the_same_code_take_no_case_away(void **state)
{
    struct rig *rig = *state;
    put_procedures(rig);
    struct paper old = a_case(rig, "1.001193", "closed", "component");
    struct paper now = a_case(rig, "1.001193", "signed", "component");
    say(rig,
        "UPDATE dossier SET kind = 'backlog', code = 'H56.14-260310-0001', closed_us = 1 "
        "WHERE id = ?",
        old.dossier);
    say(rig, "UPDATE dossier SET code = 'H56.14-260310-0001' WHERE id = ?", now.dossier);
    expect_rate(rig, "digitized", 0, 1, 0);
}

static void a_case_without_its_day_of_reception_counts_nowhere_and_is_named(void **state)
{
    struct rig *rig = *state;
    put_procedures(rig);
    struct paper paper = a_case(rig, "1.001193", "signed", "component");
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE dossier SET received_on = NULL, channel = NULL, "
                     "created_us = unixepoch('2026-03-31 23:00', '-7 hours') * 1000000 "
                     "WHERE id = ?",
                     DB_BIND(DB_TEXT(paper.dossier)), err));
    expect_rate(rig, "digitized", 0, 0, NONE);
    AUTO(js) struct js *all = of_march(rig);
    assert_int_equal(js_int_or(all, "cases", -1), 1);
    assert_int_equal(js_int_or(all, "counted", -1), 0);
    assert_int_equal(js_int_or(all, "lacking_total", -1), 1);
    const struct js *item = js_item(js_at(all, "lacking"), 0);
    assert_string_equal(lacks_of(item), "received_on channel");
    assert_false(js_bool_or(item, "is_counted", true));
    AUTO(js) struct js *flags = NULL;
    ASSERT_OK(rates_of_dossier(rig->store, paper.dossier, &flags, err));
    assert_string_equal(lacks_of(flags), "received_on channel result");
}

static void a_dossier_that_returns_with_its_result_is_the_same_case(void **state)
{
    struct rig *rig = *state;
    put_procedures(rig);
    struct paper first = a_case(rig, "1.001193", "closed", "component");
    struct paper later = rig_paper_in(rig, "signed", 1);
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE dossier SET code = 'H56.14-260310-0001', closed_us = 1 WHERE id = ?",
                     DB_BIND(DB_TEXT(first.dossier)), err));
    say(rig, "UPDATE dossier SET code = 'H56.14-260310-0001' WHERE id = ?", later.dossier);
    ASSERT_OK(db_run(rig->store->db, "UPDATE document SET stage = 'result' WHERE id = ?",
                     DB_BIND(DB_TEXT(later.document)), err));
    expect_rate(rig, "digitized", 1, 1, 1);
    AUTO(js) struct js *flags = NULL;
    ASSERT_OK(rates_of_dossier(rig->store, later.dossier, &flags, err));
    assert_true(js_bool_or(flags, "has_digitized_components", false));
    assert_string_equal(lacks_of(flags), "");
}

static void reuse_counts(void **state)
{
    struct rig *rig = *state;
    put_procedures(rig);
    struct paper paper = a_case(rig, "1.001193", "signed", "component");
    ASSERT_OK(db_run(rig->store->db,
                     "INSERT INTO reuse (id, dossier_id, stage, paper_code, class, source, "
                     "source_document, taken_us, taken_by) "
                     "VALUES ('r', ?, 'component', 'P9', 3, 'local', ?, 1, 'x')",
                     DB_BIND(DB_TEXT(paper.dossier), DB_TEXT(paper.document)), err));
    expect_rate(rig, "reused", 1, 1, 1);
    expect_rate(rig, "reused_by_portal", 1, 1, 1);
    AUTO(js) struct js *flags = NULL;
    ASSERT_OK(rates_of_dossier(rig->store, paper.dossier, &flags, err));
    assert_true(js_bool_or(flags, "reuses", false));
    assert_false(js_bool_or(flags, "is_linked", true));
}

static void forms_of_the_counter_are_no_components(void **state)
{
    static const char *const forms[] = {
        "UPDATE document SET type = 'receipt-slip' WHERE id = ?",
        "UPDATE document SET type = 'unknown', kind_abbr = 'Mẫu 06' WHERE id = ?"};
    struct rig *rig = *state;
    put_procedures(rig);
    struct paper paper = a_case(rig, "1.000002", "signed", "component");
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        AUTO(js) struct js *flags = NULL;
        say(rig, forms[i], paper.document);
        ASSERT_OK(rates_of_dossier(rig->store, paper.dossier, &flags, err));
        assert_string_equal(lacks_of(flags), "component");
    }
}

static void a_file_that_came_signed_is_there_and_not_digitized(void **state)
{
    struct rig *rig = *state;
    put_procedures(rig);
    struct paper paper = a_case(rig, "1.000002", "signed", "component");
    say(rig, "UPDATE document SET passed_sha256 = signed_sha256 WHERE id = ?", paper.document);
    AUTO(js) struct js *flags = NULL;
    ASSERT_OK(rates_of_dossier(rig->store, paper.dossier, &flags, err));
    assert_false(js_bool_or(flags, "has_digitized_components", true));
    assert_string_equal(lacks_of(flags), "");
}

static void other_days_backlog_and_empty_dossiers_are_no_cases(void **state)
{
    struct rig *rig = *state;
    char empty[ID_SIZE];
    put_procedures(rig);
    struct paper april = a_case(rig, "1.001193", "signed", "component");
    struct paper backlog = a_case(rig, "1.001193", "signed", "component");
    say(rig, "UPDATE dossier SET received_on = '2026-04-01' WHERE id = ?", april.dossier);
    say(rig, "UPDATE dossier SET kind = 'backlog' WHERE id = ?", backlog.dossier);
    rig_dossier(rig, NULL, -1, empty);
    say(rig, "UPDATE dossier SET received_on = '2026-03-05' WHERE id = ?", empty);
    AUTO(js) struct js *all = of_march(rig);
    assert_int_equal(js_int_or(all, "cases", -1), 0);
    AUTO(js) struct js *none = NULL;
    ASSERT_ERR(ERR_NOT_FOUND, rates_of_dossier(rig->store, "x", &none, err));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_case_counts_as_digitized_with_a_component_and_a_result),
        T(from_four_fifths_on_a_rate_has_all_its_points),
        T(procedures_without_a_paper_result_want_none),
        T(a_procedure_abolished_since_still_wants_its_result),
        T(old_papers_under_the_same_code_take_no_case_away),
        T(a_case_without_its_day_of_reception_counts_nowhere_and_is_named),
        T(a_dossier_that_returns_with_its_result_is_the_same_case),
        T(reuse_counts),
        T(forms_of_the_counter_are_no_components),
        T(a_file_that_came_signed_is_there_and_not_digitized),
        T(other_days_backlog_and_empty_dossiers_are_no_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
