#include "tests/harness/test.h"

#include "daemon/model/field.h"

static void a_better_source_wins_and_a_worse_one_does_not(void **state)
{
    (void)state;
    AUTO(fields) struct fields fields = {0};
    struct field zone = {
        .name = FIELD_issuer, .value = (char *)"UBND xã", .source = FIELD_FROM_ZONE};
    struct field qr = {
        .name = FIELD_issuer, .value = (char *)"UBND phường", .source = FIELD_FROM_QR};
    fields_put(&fields, &zone, NULL);
    fields_put(&fields, &qr, NULL);
    fields_put(&fields, &zone, NULL);
    assert_int_equal(fields.count, 1);
    assert_string_equal(fields_find(&fields, FIELD_issuer)->value, "UBND phường");
}

static void a_field_not_found_is_null_and_asks_a_person(void **state)
{
    (void)state;
    AUTO(fields) struct fields fields = {0};
    struct field none = {.name = FIELD_signer, .source = FIELD_FROM_NOTHING, .needs_person = true};
    fields_put(&fields, &none, NULL);
    AUTO(js) struct js *json = fields_to_js(&fields);
    AUTO(mem) char *text = js_dump(json);
    assert_string_equal(text, "{\"signer\":{\"value\":null,\"needs_person\":true}}");
    AUTO(fields) struct fields again = {0};
    assert_int_equal(fields_from_js(json, &again, NULL), ERR_OK);
    assert_true(fields_find(&again, FIELD_signer)->needs_person);
}

static void a_field_that_no_word_stands_for_has_a_page_and_no_box(void **state)
{
    (void)state;
    AUTO(fields) struct fields fields = {0};
    struct field name = {.name = FIELD_doc_name, .value = (char *)"Công văn", .page = 1};
    struct field place = {
        .name = FIELD_issuer, .value = (char *)"UBND xã", .page = 1, .box = {0, 0, 30, 4}};
    fields_put(&fields, &name, NULL);
    fields_put(&fields, &place, NULL);
    AUTO(js) struct js *json = fields_to_js(&fields);
    assert_false(js_has(json, "doc_name.box_mm"));
    assert_int_equal(js_int_or(json, "doc_name.page", 0), 1);
    assert_true(js_has(json, "issuer.box_mm"));
    AUTO(fields) struct fields again = {0};
    assert_int_equal(fields_from_js(json, &again, NULL), ERR_OK);
    AUTO(js) struct js *twice = fields_to_js(&again);
    assert_true(js_equal(json, twice));
}

static void what_people_type_is_made_canonical_or_refused(void **state)
{
    (void)state;
    static const struct {
        enum field_name name;
        const char *typed, *canonical; /* NULL: refused */
    } cases[] = {
        {FIELD_issue_date, "5/3/2026", "2026-03-05"},
        {FIELD_issue_date, "05-03-2026", "2026-03-05"},
        {FIELD_issue_date, "2026-03-05", "2026-03-05"},
        {FIELD_issue_date, "30/2/2026", NULL},
        {FIELD_issue_date, "2026", NULL},
        {FIELD_valid_until, "unknown", "unknown"},
        {FIELD_issue_date, "unknown", NULL},
        {FIELD_owner_id, "036 073 521 904", "036073521904"},
        {FIELD_owner_id, "0100109106-001", "0100109106-001"},
        {FIELD_owner_id, "12345", NULL},
        {FIELD_owner_id, "03607352190x", NULL},
        {FIELD_dossier_code, "H56.14-240823-0001", "H56.14-240823-0001"},
        {FIELD_dossier_code, "H56.14-241323-0001", NULL},
        {FIELD_procedure_code, "1.010708", "1.010708"},
        {FIELD_procedure_code, "1.010708.000.00.00.H56", "1.010708.000.00.00.H56"},
        {FIELD_procedure_code, "1.01070", NULL},
        {FIELD_no_expiry, "true", "true"},
        {FIELD_no_expiry, "maybe", NULL},
        {FIELD_issuer, "  Ủy ban   nhân dân ", "Ủy ban nhân dân"},
        {FIELD_issuer, "   ", NULL},
        {FIELD_issue_date, "22/11/2026", "2026-11-22"},
        {FIELD_issue_date, "23/11/2026", NULL},
        {FIELD_owner_birth_date, "2027-01-01", NULL},
        {FIELD_valid_until, "2030-01-01", "2030-01-01"},
        {FIELD_owner_id, "000000000000", NULL},
        {FIELD_owner_id, "111111111", NULL},
        {FIELD_owner_id, "0000000000-000", NULL},
        {FIELD_owner_id, "036373521904", "036373521904"},
        {FIELD_owner_id, "036473521904", NULL},
        {FIELD_dossier_code, " h56.14 - 240823 - 0001", "H56.14-240823-0001"},
        {FIELD_issuer, "UBND\u200b xã\u00ad M\ufeffẫu", "UBND xã Mẫu"},
        {FIELD_issuer, "\u200b \u2060", NULL},
        {FIELD_issuer, "UBND\txã\nMẫu", "UBND xã Mẫu"},
        {FIELD_issuer, "UBND\x01", NULL},
        {FIELD_issuer, "UBND\x7f", NULL},
        {FIELD_issuer, "UBND \u202eãx", NULL},
        {FIELD_owner_name, "Nguyễn \u2066Mẫu\u2069", NULL},
        {FIELD_owner_name, "Nguyễn\u200f", NULL},
        {FIELD_number_symbol, "12\U000e0041", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *value = NULL;
        struct err err = ERR_INIT;
        enum err_code code = field_check(cases[i].name, cases[i].typed, 20261122, &value, &err);
        assert_int_equal(code, cases[i].canonical ? ERR_OK : ERR_FIELD_INVALID);
        if (cases[i].canonical)
            assert_string_equal(value, cases[i].canonical);
        else
            assert_non_null(strstr(err.detail, field_key(cases[i].name)));
    }
}

static void texts_have_the_length_of_the_regulations_in_characters(void **state)
{
    (void)state;
    static const struct {
        enum field_name name;
        size_t most;
    } cases[] = {{FIELD_owner_name, 500},  {FIELD_number_symbol, 60}, {FIELD_issuer, 200},
                 {FIELD_signer, 100},      {FIELD_abstract, 1000},    {FIELD_doc_name, 2000},
                 {FIELD_valid_scope, 200}, {FIELD_issue_place, 200}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(mem) char *typed = mem_alloc(3 * cases[i].most + 5);
        AUTO(mem) char *value = NULL;
        struct err err = ERR_INIT;
        for (size_t k = 0; k < cases[i].most; k++)
            strcat(typed, "ẫ");
        assert_int_equal(field_check(cases[i].name, typed, 0, &value, &err), ERR_OK);
        assert_string_equal(value, typed);
        strcat(typed, "x");
        char *longer = NULL;
        assert_int_equal(field_check(cases[i].name, typed, 0, &longer, &err), ERR_FIELD_INVALID);
        assert_non_null(strstr(err.detail, field_key(cases[i].name)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_better_source_wins_and_a_worse_one_does_not),
        cmocka_unit_test(a_field_not_found_is_null_and_asks_a_person),
        cmocka_unit_test(a_field_that_no_word_stands_for_has_a_page_and_no_box),
        cmocka_unit_test(what_people_type_is_made_canonical_or_refused),
        cmocka_unit_test(texts_have_the_length_of_the_regulations_in_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
