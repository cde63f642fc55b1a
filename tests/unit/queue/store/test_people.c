#include "tests/unit/queue/store/rig.h"

#include "queue/store/audit.h"
#include "queue/store/dossier_case.h"

#include <string.h>

static const char OWNER[] = "031199003406", OTHER[] = "031088004512", TAX[] = "0100109106";
static const char NAME[] = "Đặng Thị Thử Nghiệm";

static enum err_code say(struct rig *rig, const char *id, struct dossier_people people,
                         struct err *err)
{
    struct dossier_change change = {.papers = -1, .sides = -1, .people = people};
    return dossier_change(rig->store, id, &change, CLERK, err);
}

#define SAY(...) ((struct dossier_people){.said = {__VA_ARGS__}})

static const char *shown(struct rig *rig, const char *id, const char *key)
{
    static char text[200];
    AUTO(js) struct js *dossier = NULL;
    ASSERT_OK(view_dossier(rig->store, id, &dossier, err));
    assert_true(js_at(dossier, key));
    snprintf(text, sizeof text, "%s", js_text_or(dossier, key, ""));
    return text;
}

static void the_owner_and_who_brings_it_are_two(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    rig_dossier(rig, NULL, 1, id);
    assert_string_equal(shown(rig, id, "owner_id"), "");
    ASSERT_OK(say(rig, id,
                  SAY([DOSSIER_owner_id] = "031 199 003 406", [DOSSIER_owner_name] = NAME,
                      [DOSSIER_owner_kind] = "person", [DOSSIER_presenter_id] = OTHER,
                      [DOSSIER_presenter_basis] = "authorised", [DOSSIER_channel] = "direct"),
                  err));
    assert_string_equal(shown(rig, id, "owner_id"), OWNER);
    assert_string_equal(shown(rig, id, "owner_name"), NAME);
    assert_string_equal(shown(rig, id, "presenter_id"), OTHER);
    assert_string_equal(shown(rig, id, "channel"), "direct");
    ASSERT_OK(say(rig, id, SAY([DOSSIER_channel] = ""), err)); /* the rest stays */
    assert_string_equal(shown(rig, id, "channel"), "");
    assert_string_equal(shown(rig, id, "owner_kind"), "person");
}

static void a_dossier_may_be_begun_with_its_owner(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    struct dossier_wish wish = {.papers = 1, .people = SAY([DOSSIER_owner_id] = TAX)};
    ASSERT_OK(dossier_create(rig->store, &wish, CLERK, id, err));
    assert_string_equal(shown(rig, id, "owner_id"), TAX);
    wish.people.said[DOSSIER_owner_id] = "0100109107";
    ASSERT_ERR(ERR_FIELD_INVALID, dossier_create(rig->store, &wish, CLERK, id, err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM dossier"), 1); /* all or nothing */
}

static void the_owner_in_person_is_nobody_else(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    rig_dossier(rig, NULL, 1, id);
    ASSERT_OK(say(rig, id, SAY([DOSSIER_owner_id] = OWNER, [DOSSIER_presenter_id] = OTHER), err));
    ASSERT_ERR(ERR_FIELD_INVALID, say(rig, id, SAY([DOSSIER_presenter_id] = OWNER), err));
    ASSERT_ERR(ERR_FIELD_INVALID, say(rig, id, SAY([DOSSIER_owner_id] = OTHER), err));
    ASSERT_OK(say(rig, id, SAY([DOSSIER_presenter_basis] = "self"), err));
    assert_string_equal(shown(rig, id, "presenter_id"), "");
}

static void what_cannot_be_is_refused_by_name(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    rig_dossier(rig, NULL, 1, id);
    static const struct {
        enum dossier_person person;
        const char *text;
        enum err_code code;
    } cases[] = {
        {DOSSIER_owner_id, "12345", ERR_FIELD_INVALID},
        {DOSSIER_owner_id, "031999003406", ERR_FIELD_INVALID}, /* no such century */
        {DOSSIER_owner_id, "0100109105", ERR_FIELD_INVALID},   /* its check digit */
        {DOSSIER_presenter_id, "0100109105-001", ERR_FIELD_INVALID},
        {DOSSIER_owner_name, " \t ", ERR_FIELD_INVALID},
        {DOSSIER_presenter_name,
         "A\xe2\x80\xae"
         "B",
         ERR_FIELD_INVALID},
        {DOSSIER_owner_kind, "citizen", ERR_BAD_ARGUMENT},
        {DOSSIER_presenter_basis, "friend", ERR_BAD_ARGUMENT},
        {DOSSIER_channel, "fax", ERR_BAD_ARGUMENT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct dossier_people people = {{0}};
        struct err err = ERR_INIT;
        people.said[cases[i].person] = cases[i].text;
        assert_int_equal(say(rig, id, people, &err), cases[i].code);
        assert_non_null(strstr(err.detail, dossier_person_key(cases[i].person)));
        assert_null(strstr(err.detail, cases[i].text));
    }
    ASSERT_ERR(ERR_NOT_FOUND,
               say(rig, "01900000-0000-7000-8000-000000000000", SAY([0] = OWNER), err));
}

static void an_old_number_stands_beside_a_new_one_of_the_same_owner(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    static const char OLD[] = "031456782";
    rig_dossier(rig, NULL, 1, id);
    ASSERT_ERR(ERR_FIELD_INVALID, say(rig, id, SAY([DOSSIER_owner_old_id] = OLD), err));
    ASSERT_OK(
        say(rig, id, SAY([DOSSIER_owner_id] = OWNER, [DOSSIER_owner_old_id] = "031 456 782"), err));
    assert_string_equal(shown(rig, id, "owner_old_id"), OLD);
    static const char *const wrong[] = {"031199003406", "0100109106", "111111111", "12345678",
                                        "Trần"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        ASSERT_ERR(ERR_FIELD_INVALID, say(rig, id, SAY([DOSSIER_owner_old_id] = wrong[i]), err));
    ASSERT_ERR(ERR_FIELD_INVALID, say(rig, id, SAY([DOSSIER_presenter_id] = OLD), err));
    ASSERT_OK(say(rig, id, SAY([DOSSIER_owner_id] = OWNER), err)); /* the same one */
    assert_string_equal(shown(rig, id, "owner_old_id"), OLD);
    ASSERT_ERR(ERR_FIELD_INVALID,
               say(rig, id, SAY([DOSSIER_owner_id] = TAX, [DOSSIER_owner_old_id] = OLD), err));
    ASSERT_OK(say(rig, id, SAY([DOSSIER_owner_id] = OTHER), err));
    assert_string_equal(shown(rig, id, "owner_old_id"), ""); /* it was the former owner's */
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE detail = "
                                     "'owner_id, owner_old_id taken away'"),
                     1);
}

/* number|old number|name|… as on the front of a chip card. */
static void an_old_number_in_the_code_of_the_owners_card_is_offered_and_not_taken(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *owner, *code, *offered;
    } cases[] = {
        {OWNER, "031199003406|031456782|X|01011999|Nữ|Y|01012021", "031456782"},
        {OWNER, "031199003406||X|01011999|Nữ|Y|01012021", ""},
        {OWNER, "031199003406|03145678|X|01011999|Nữ|Y|01012021", ""},
        {OWNER, "031199003406|0314567822|X|01011999|Nữ|Y|01012021", ""},
        {OTHER, "031199003406|031456782|X|01011999|Nữ|Y|01012021", ""}, /* another's card */
        {"", "031199003406|031456782|X|01011999|Nữ|Y|01012021", ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper_in(rig, "read", 1);
        AUTO(js)
        struct js *info = js_pack("{s:[{s:s, s:s}]}", "codes", "kind", "QR", "text", cases[i].code);
        AUTO(mem) char *text = js_dump(info);
        ASSERT_OK(db_run(rig->store->db, "UPDATE page SET info = ? WHERE document_id = ?",
                         DB_BIND(DB_TEXT(text), DB_TEXT(paper.document)), err));
        ASSERT_OK(say(rig, paper.dossier, SAY([DOSSIER_owner_id] = cases[i].owner), err));
        assert_string_equal(shown(rig, paper.dossier, "owner_old_id_read"), cases[i].offered);
        assert_string_equal(shown(rig, paper.dossier, "owner_old_id"), "");
        if (!*cases[i].offered)
            continue;
        ASSERT_OK(say(rig, paper.dossier, SAY([DOSSIER_owner_old_id] = "031456783"), err));
        assert_string_equal(shown(rig, paper.dossier, "owner_old_id_read"), "");
    }
}

static void the_audit_names_keys_and_no_values(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    rig_dossier(rig, NULL, 1, id);
    struct dossier_people people = SAY([DOSSIER_owner_id] = OWNER, [DOSSIER_owner_name] = NAME);
    ASSERT_OK(say(rig, id, people, err));
    ASSERT_OK(say(rig, id, people, err)); /* said again is no change */
    AUTO(js) struct js *audit = NULL;
    ASSERT_OK(audit_list(rig->store, id, true, 100, &audit, err));
    assert_int_equal(js_count(audit), 2);
    assert_string_equal(js_text_or(audit, "[1].event", ""), "set-people");
    assert_string_equal(js_text_or(audit, "[1].detail", ""), "owner_id, owner_name");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE detail LIKE '%Thử%' "
                                     "OR detail LIKE '%031199%'"),
                     0);
}

static struct js *record_of(struct rig *rig, const char *document)
{
    struct document_file file = {.fd = -1};
    struct js *record = NULL;
    char text[8192] = "";
    ASSERT_OK(document_file(rig->store, document, "record", &file, err));
    assert_true(pread(file.fd, text, sizeof text - 1, 0) > 0);
    close(file.fd);
    mem_free(file.path);
    ASSERT_OK(js_parse(text, strlen(text), &record, err));
    return record;
}

static void a_record_that_has_not_left_says_whose_case_it_is(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "queued", 1);
    AUTO(js) struct js *before = record_of(rig, paper.document);
    assert_true(js_is_null(js_at(before, "dossier_owner")));
    ASSERT_OK(say(rig, paper.dossier,
                  SAY([DOSSIER_owner_id] = OWNER, [DOSSIER_owner_kind] = "person",
                      [DOSSIER_channel] = "post", [DOSSIER_presenter_name] = NAME),
                  err));
    AUTO(js) struct js *after = record_of(rig, paper.document);
    assert_string_equal(js_text_or(after, "dossier_owner.id", ""), OWNER);
    assert_string_equal(js_text_or(after, "dossier_owner.kind", ""), "person");
    assert_string_equal(js_text_or(after, "channel", ""), "post");
    AUTO(mem) char *text = js_dump(after);
    assert_null(strstr(text, NAME)); /* who stood at the counter is no business of the warehouse */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_owner_and_who_brings_it_are_two, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(a_dossier_may_be_begun_with_its_owner, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(the_owner_in_person_is_nobody_else, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_refused_by_name, rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(an_old_number_stands_beside_a_new_one_of_the_same_owner,
                                        rig_setup, rig_teardown),
        cmocka_unit_test_setup_teardown(
            an_old_number_in_the_code_of_the_owners_card_is_offered_and_not_taken, rig_setup,
            rig_teardown),
        cmocka_unit_test_setup_teardown(the_audit_names_keys_and_no_values, rig_setup,
                                        rig_teardown),
        cmocka_unit_test_setup_teardown(a_record_that_has_not_left_says_whose_case_it_is, rig_setup,
                                        rig_teardown),
    };
    return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
