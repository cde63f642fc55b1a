#include "tests/unit/queue/store/register_rig.h"

#include "queue/store/fields.h"

/* What was read of a paper here: number 12/QĐ-UBND (unsure), day 2026-03-05 (unsure), agency "UBND
 * xã Mẫu" and abstract "Về việc mẫu" (sure), no owner_id; the test says how sure the first two
 * are. */

#define PUT(rig, name, ...)                                                                        \
    register_put(rig, name, (const char *const[]){__VA_ARGS__},                                    \
                 COUNT_OF(((const char *const[]){__VA_ARGS__})))

static struct place place_of(void **state)
{
    struct place place = {.rig = *state, .papers = PAPERS_SPLIT};
    register_lay(&place, "a.jpg");
    return place;
}

static struct js *field_of(struct place *place, const char *name)
{
    AUTO(js) struct js *document = NULL;
    char path[60];
    snprintf(path, sizeof path, "fields.%s", name);
    ASSERT_OK(view_document(place->rig->store, register_paper(place, "a.jpg"), &document, err));
    return js_ref(js_at(document, path));
}

/* "value source ask|stands how" */
static const char *told(struct place *place, const char *name)
{
    static char text[300];
    AUTO(js) struct js *field = field_of(place, name);
    snprintf(text, sizeof text, "%s %s %s %s", js_text_or(field, "value", "-"),
             js_text_or(field, "source", "-"),
             js_bool_or(field, "needs_person", true) ? "asks" : "stands",
             js_text_or(field, "register.how", "-"));
    return text;
}

static void make_sure(struct place *place, const char *name, bool sure, double confidence,
                      bool handwritten)
{
    char id[ID_SIZE];
    snprintf(id, sizeof id, "%s", register_paper(place, "a.jpg"));
    ASSERT_OK(db_run(place->rig->store->db,
                     "UPDATE field SET needs_person = ?, confidence = ?, handwritten = ? "
                     "WHERE document_id = ? AND name = ?",
                     DB_BIND(DB_INT(!sure), DB_REAL(confidence), DB_INT(handwritten), DB_TEXT(id),
                             DB_TEXT(name)),
                     err));
}

static void the_register_stands_beside_what_was_read(void **state)
{
    static const struct {
        bool sure, handwritten;
        double confidence;
        const char *row, *told;
    } cases[] = {
        {true, false, 0.9, "a.jpg||2026-03-05|", "2026-03-05 zone stands same"},
        {true, false, 0.9, "a.jpg||2026-03-06|", "2026-03-05 zone asks differs"},
        {false, false, 0.6, "a.jpg||2026-03-06|", "2026-03-05 zone asks differs"},
        {false, false, 0.6, "a.jpg||2026-03-05|", "2026-03-05 zone stands settles"},
        {false, false, 0.4, "a.jpg||2026-03-05|", "2026-03-05 zone asks same"},
        {false, true, 0.9, "a.jpg||2026-03-05|", "2026-03-05 zone asks same"},
        /* found by that very day: no second source */
        {false, false, 0.9, "|12/QĐ-UBND|2026-03-05|", "2026-03-05 zone asks same"},
        {true, false, 0.9, "a.jpg|||\"signer\":\"Trần Văn Mẫu\"", "2026-03-05 zone stands -"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct place place = place_of(state);
        make_sure(&place, "issue_date", cases[i].sure, cases[i].confidence, cases[i].handwritten);
        PUT(place.rig, "sổ", cases[i].row);
        if (strcmp(told(&place, "issue_date"), cases[i].told) != 0)
            fail_msg("case %zu: %s", i, told(&place, "issue_date"));
        rig_teardown(state);
        rig_setup(state);
    }
}

static void what_nobody_read_is_proposed_from_the_register_and_asked(void **state)
{
    struct place place = place_of(state);
    PUT(place.rig, "sổ", "a.jpg|||\"owner_id\":\"001099000001\",\"signer\":\"Trần Văn Mẫu\"");
    assert_string_equal(told(&place, "owner_id"), "001099000001 register asks fills");
    AUTO(js) struct js *signer = field_of(&place, "signer"); /* this kind of paper has none */
    assert_null(signer);
    AUTO(js) struct js *seen = NULL;
    ASSERT_OK(register_view(place.rig->store, register_paper(&place, "a.jpg"), &seen, err));
    assert_string_equal(js_text_or(seen, "row.values.signer", ""), "Trần Văn Mẫu");
}

static void who_owns_a_paper_is_asked_though_both_say_the_same(void **state)
{
    struct place place = place_of(state);
    ASSERT_OK(db_run(place.rig->store->db,
                     "UPDATE field SET value = '001099000001', confidence = 0.9, source = "
                     "'wording' WHERE name = 'owner_id'",
                     DB_BIND_NONE, err));
    PUT(place.rig, "sổ", "a.jpg|||\"owner_id\":\"001099000001\"");
    assert_string_equal(told(&place, "owner_id"), "001099000001 wording asks same");
}

static void parting_takes_back_what_the_register_said(void **state)
{
    struct place place = place_of(state);
    char id[ID_SIZE], before[REVISION_SIZE];
    snprintf(id, sizeof id, "%s", register_paper(&place, "a.jpg"));
    snprintf(before, sizeof before, "%s", rig_revision(place.rig, id));
    PUT(place.rig, "sổ",
        "a.jpg||2026-03-06|\"owner_id\":\"001099000001\",\"issuer\":\"UBND xã Thử\"");
    assert_string_equal(told(&place, "issuer"), "UBND xã Mẫu zone asks differs");
    assert_string_not_equal(rig_revision(place.rig, id), before); /* another proposal now */
    ASSERT_OK(register_say(place.rig->store, id, NULL, 0, CLERK, err));
    assert_string_equal(told(&place, "issuer"), "UBND xã Mẫu zone stands -");
    assert_string_equal(told(&place, "owner_id"), "- - asks -");
    assert_string_equal(told(&place, "issue_date"), "2026-03-05 zone asks -");
}

static void nothing_the_register_says_is_confirmed_silently(void **state)
{
    struct place place = place_of(state);
    char id[ID_SIZE];
    snprintf(id, sizeof id, "%s", register_paper(&place, "a.jpg"));
    PUT(place.rig, "sổ",
        "a.jpg||2026-03-05|\"owner_id\":\"001099000001\",\"issuer\":\"UBND xã Thử\"");
    AUTO(js) struct js *answers = NULL;
    static const char some[] = "{\"owner_id\":\"001099000001\",\"issue_date\":\"05/03/2026\"}";
    assert_int_equal(js_parse(some, strlen(some), &answers, NULL), ERR_OK);
    struct comparison comparison = {.compared = true,
                                    .revision = rig_revision(place.rig, id),
                                    .answers = answers,
                                    .copier = "Cán Bộ Mẫu"};
    ASSERT_ERR(ERR_FIELD_MISSING,
               document_confirm(place.rig->store, id, &comparison, CLERK, err)); /* issuer */
    assert_true(js_set(answers, "issuer", js_text("UBND xã Mẫu")));
    ASSERT_OK(document_confirm(place.rig->store, id, &comparison, CLERK, err));
    PUT(place.rig, "sổ", "a.jpg||2026-03-07|\"issuer\":\"UBND xã Mẫu\""); /* came later */
    AUTO(js) struct js *field = field_of(&place, "issue_date");
    assert_string_equal(js_text_or(field, "value", ""), "2026-03-05");
    assert_string_equal(js_text_or(field, "register.how", ""), "differs");
    assert_int_equal(register_count(place.rig, "differing"), 1);
    assert_int_equal(register_count(place.rig, "differs.issue_date"), 1);
    assert_int_equal(register_count(place.rig, "differs.issuer"), -1);
}

static void audit_rows_name_no_values(void **state)
{
    struct place place = place_of(state);
    PUT(place.rig, "sổ", "a.jpg|99/QĐ-RIÊNG||\"owner_name\":\"Trần Văn Mẫu\"");
    ASSERT_OK(register_say(place.rig->store, register_paper(&place, "a.jpg"), NULL, 0, CLERK, err));
    assert_int_equal(rig_number(place.rig, "SELECT count(*) FROM audit WHERE detail LIKE '%Mẫu%' "
                                           "OR detail LIKE '%RIÊNG%'"),
                     0);
    assert_true(rig_number(place.rig, "SELECT count(*) FROM audit WHERE event = 'register-part'") ==
                1);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        CASE(the_register_stands_beside_what_was_read),
        CASE(what_nobody_read_is_proposed_from_the_register_and_asked),
        CASE(who_owns_a_paper_is_asked_though_both_say_the_same),
        CASE(parting_takes_back_what_the_register_said),
        CASE(nothing_the_register_says_is_confirmed_silently),
        CASE(audit_rows_name_no_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
