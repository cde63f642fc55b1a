#include "tests/unit/queue/store/rig.h"

#include "queue/store/counts.h"

/* Papers, sheets, written sides and images are four numbers. */

static void expect(const struct js *view, const char *wanted)
{
    char found[120];
    snprintf(found, sizeof found,
             "papers %lld sheets %lld sides %lld written %lld blank %lld images %lld",
             (long long)js_int_or(view, "counts.papers", -1),
             (long long)js_int_or(view, "counts.sheets", -1),
             (long long)js_int_or(view, "counts.sides", -1),
             (long long)js_int_or(view, "counts.written", -1),
             (long long)js_int_or(view, "counts.blank", -1),
             (long long)js_int_or(view, "counts.images", -1));
    assert_string_equal(found, wanted);
}

static void expect_document(struct rig *rig, const char *id, const char *wanted)
{
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, id, &view, err));
    expect(view, wanted);
}

static void expect_dossier(struct rig *rig, const char *id, const char *wanted)
{
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_dossier(rig->store, id, &view, err));
    expect(view, wanted);
}

static void capture(struct rig *rig, const struct paper *paper, struct page_capture like,
                    char out_id[ID_SIZE])
{
    static int count;
    char content[20], id[ID_SIZE];
    snprintf(content, sizeof content, "image %d", count++);
    ASSERT_OK(rig_try_capture(rig, paper, content, like, id, err));
    if (out_id)
        memcpy(out_id, id, ID_SIZE);
}

static void the_machine_finds_it_blank(struct rig *rig, const char *id)
{
    ASSERT_OK(store_run_one(rig->store, "page", "UPDATE page SET blank = 1 WHERE id = ?",
                            DB_BIND(DB_TEXT(id)), err));
}

/* Two sheets both sides, the second back blank; a note on the first side; a side of two parts. */
static struct paper mixed(struct rig *rig, char blank[ID_SIZE])
{
    struct paper paper = rig_paper(rig);
    char first[ID_SIZE], large[ID_SIZE];
    capture(rig, &paper, (struct page_capture){.job = "j", .sheet = 1}, first);
    capture(rig, &paper, (struct page_capture){.job = "j", .sheet = 1, .side = "back"}, NULL);
    capture(rig, &paper, (struct page_capture){.job = "j", .sheet = 2}, NULL);
    capture(rig, &paper, (struct page_capture){.job = "j", .sheet = 2, .side = "back"}, blank);
    capture(rig, &paper, (struct page_capture){.job = "k", .sheet = 1}, large);
    capture(rig, &paper,
            (struct page_capture){.job = "l", .sheet = 1, .part_of = large, .part_kind = "overlap"},
            NULL);
    capture(rig, &paper,
            (struct page_capture){.job = "m", .sheet = 1, .part_of = first, .part_kind = "note"},
            NULL);
    the_machine_finds_it_blank(rig, blank);
    return paper;
}

static void sheets_sides_and_images_are_counted_apart(void **state)
{
    struct rig *rig = *state;
    char blank[ID_SIZE], second[ID_SIZE];
    struct paper paper = mixed(rig, blank);
    expect_document(rig, paper.document, "papers 1 sheets 3 sides 5 written 4 blank 1 images 7");
    struct paper more = paper;
    rig_document(rig, paper.dossier, more.document);
    memcpy(second, more.document, ID_SIZE);
    capture(rig, &more, (struct page_capture){0}, NULL); /* of no sheet: one of its own */
    expect_dossier(rig, paper.dossier, "papers 2 sheets 4 sides 6 written 5 blank 1 images 8");
    ASSERT_OK(document_reject(rig->store, second, "x", CLERK, err));
    expect_dossier(rig, paper.dossier, "papers 1 sheets 3 sides 5 written 4 blank 1 images 7");
    expect_document(rig, second, "papers 0 sheets 1 sides 1 written 1 blank 0 images 1");
}

static void a_blank_back_counts_until_a_person_takes_it_out(void **state)
{
    struct rig *rig = *state;
    char blank[ID_SIZE];
    struct paper paper = mixed(rig, blank);
    ASSERT_OK(page_remove(rig->store, blank, "blank", CLERK, err));
    expect_document(rig, paper.document, "papers 1 sheets 3 sides 4 written 4 blank 0 images 6");
    ASSERT_OK(page_restore(rig->store, blank, CLERK, err));
    expect_document(rig, paper.document, "papers 1 sheets 3 sides 5 written 4 blank 1 images 7");
}

static void a_person_may_say_that_a_side_is_blank(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char id[ID_SIZE];
    capture(rig, &paper, (struct page_capture){.job = "j", .sheet = 1}, id);
    ASSERT_OK(page_keep_blank(rig->store, id, true, CLERK, err));
    AUTO(js) struct js *view = rig_view(rig, id);
    assert_true(js_bool_or(view, "blank_kept", false));
    expect_document(rig, paper.document, "papers 1 sheets 1 sides 1 written 0 blank 1 images 1");
    ASSERT_OK(page_keep_blank(rig->store, id, false, CLERK, err));
    expect_document(rig, paper.document, "papers 1 sheets 1 sides 1 written 1 blank 0 images 1");
}

static void a_side_lives_on_when_its_first_image_is_taken_out(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char first[ID_SIZE];
    capture(rig, &paper, (struct page_capture){.job = "j", .sheet = 1}, first);
    for (int i = 0; i < 2; i++)
        capture(rig, &paper,
                (struct page_capture){
                    .job = "k", .sheet = i + 1, .part_of = first, .part_kind = "overlap"},
                NULL);
    ASSERT_OK(page_remove(rig->store, first, "x", CLERK, err));
    expect_document(rig, paper.document, "papers 1 sheets 1 sides 1 written 1 blank 0 images 2");
}

static void a_page_scanned_again_is_on_the_sheet_of_the_one_it_replaces(void **state)
{
    struct rig *rig = *state;
    char blank[ID_SIZE], id[ID_SIZE];
    struct paper paper = mixed(rig, blank);
    capture(rig, &paper, (struct page_capture){.job = "n", .sheet = 1, .replaces = blank}, id);
    expect_document(rig, paper.document, "papers 1 sheets 3 sides 5 written 5 blank 0 images 7");
    AUTO(js) struct js *view = rig_view(rig, id);
    assert_string_equal(js_text_or(view, "side", ""), "back");
    assert_int_equal(js_int_or(view, "sheet", 0), 2);
}

/* ---- closing ---- */

static void closing_names_the_equality_that_fails(void **state)
{
    struct rig *rig = *state;
    static const struct {
        int64_t papers, sides;
        const char *wanted; /* NULL: closes */
    } cases[] = {
        {2, 2, "papers 2, documents 1"},
        {1, 3, "written sides 3, imaged 2 (sides 3, blank ones kept 1)"},
        {1, 1, "written sides 1, imaged 2"},
        {1, 2, NULL},
        {1, -1, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper_in(rig, "copied", 3);
        struct err err = ERR_INIT;
        AUTO(js) struct js *list = NULL;
        ASSERT_OK(view_pages_of_document(rig->store, paper.document, &list, err));
        the_machine_finds_it_blank(rig, js_text_or(list, "[1].id", ""));
        ASSERT_OK(dossier_update(rig->store, paper.dossier, NULL, cases[i].papers, cases[i].sides,
                                 CLERK, err));
        enum err_code code = dossier_close(rig->store, paper.dossier, false, CLERK, &err);
        assert_int_equal(code, cases[i].wanted ? ERR_COUNT_MISMATCH : ERR_OK);
        if (cases[i].wanted && !strstr(err.detail, cases[i].wanted))
            fail_msg("'%s', wanted '%s'", err.detail, cases[i].wanted);
    }
}

static void the_sides_said_are_kept_and_shown(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    struct dossier_wish wish = {.papers = 1, .sides_said = true, .sides = 4};
    ASSERT_OK(dossier_create(rig->store, &wish, CLERK, id, err));
    AUTO(js) struct js *said = NULL;
    ASSERT_OK(view_dossier(rig->store, id, &said, err));
    assert_int_equal(js_int_or(said, "sides", -1), 4);
    ASSERT_OK(dossier_update(rig->store, id, NULL, -1, -1, CLERK, err)); /* -1: left as it is */
    AUTO(js) struct js *left = NULL;
    ASSERT_OK(view_dossier(rig->store, id, &left, err));
    assert_int_equal(js_int_or(left, "sides", -1), 4);
    rig_dossier(rig, NULL, 1, id);
    AUTO(js) struct js *unsaid = NULL;
    ASSERT_OK(view_dossier(rig->store, id, &unsaid, err));
    assert_true(js_is_null(js_at(unsaid, "sides")));
}

/* ---- scans that brought nothing ---- */

static void a_document_that_never_carried_a_page_takes_no_number_and_no_place(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig), second = paper;
    char page[ID_SIZE];
    rig_page(rig, &paper, "A", page);
    for (int i = 0; i < 2; i++) {
        rig_document(rig, paper.dossier, second.document);
        ASSERT_OK(document_reject(rig->store, second.document, "FEEDER_EMPTY", CLERK, err));
    }
    rig_document(rig, paper.dossier, second.document);
    AUTO(js) struct js *list = NULL;
    ASSERT_OK(view_documents(rig->store, paper.dossier, &list, err));
    assert_int_equal(js_count(list), 2);
    assert_int_equal(js_int_or(list, "[1].ordinal", 0), 2);
    ASSERT_OK(page_remove(rig->store, page, "x", CLERK, err)); /* it carried something */
    AUTO(js) struct js *emptied = NULL;
    ASSERT_OK(view_documents(rig->store, paper.dossier, &emptied, err));
    assert_int_equal(js_count(emptied), 2);
    rig_document(rig, paper.dossier, second.document);
    AUTO(js) struct js *third = NULL;
    ASSERT_OK(view_document(rig->store, second.document, &third, err));
    assert_int_equal(js_int_or(third, "ordinal", 0), 3);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(sheets_sides_and_images_are_counted_apart),
        T(a_blank_back_counts_until_a_person_takes_it_out),
        T(a_person_may_say_that_a_side_is_blank),
        T(a_side_lives_on_when_its_first_image_is_taken_out),
        T(a_page_scanned_again_is_on_the_sheet_of_the_one_it_replaces),
        T(closing_names_the_equality_that_fails),
        T(the_sides_said_are_kept_and_shown),
        T(a_document_that_never_carried_a_page_takes_no_number_and_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
