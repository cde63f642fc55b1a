#include "tests/unit/queue/store/rig.h"

#include "daemon/model/geometry.h"
#include "queue/store/inside.h"
#include "queue/store/page_cut.h"

/* Which part of its image a page shows. */

static void put_papers(struct rig *rig, const char *page, const char *cut, const char *papers)
{
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE page SET info = json_set(info, '$.cut_mm', json(?), '$.papers', "
                     "json(?)) WHERE id = ?",
                     DB_BIND(DB_TEXT(cut), DB_TEXT(papers), DB_TEXT(page)), err));
}

#define CARD "[{\"size\":\"ID-1\",\"width_mm\":85.6,\"height_mm\":54,\"box_mm\":[21,31,85.6,54]}]"
#define SLIP "[{\"size\":\"A5\",\"width_mm\":148,\"height_mm\":210,\"box_mm\":[21,31,148,210]}]"
#define SLIP_ASKEW                                                                                 \
    "[{\"size\":\"A5\",\"width_mm\":148,\"height_mm\":210,\"box_mm\":[21,31,170,225]}]"

/* A read paper of one page, whose papers lie at 20 30. */
static struct paper read_paper(struct rig *rig, char page[ID_SIZE])
{
    struct paper paper = rig_paper_in(rig, "read", 1);
    AUTO(js) struct js *list = NULL;
    ASSERT_OK(view_pages_of_document(rig->store, paper.document, &list, err));
    memcpy(page, js_text_or(list, "[0].id", ""), ID_SIZE);
    put_papers(rig, page, "[20,30,88,56]", CARD);
    return paper;
}

static void expect_rect(const struct js *root, const char *path, double x, double y, double w,
                        double h)
{
    struct rect_mm box;
    ASSERT_OK(rect_from_js(root, path, &box, err));
    assert_float_equal(box.x, x, 0.051);
    assert_float_equal(box.y, y, 0.051);
    assert_float_equal(box.w, w, 0.051);
    assert_float_equal(box.h, h, 0.051);
}

static void expect_view(struct rig *rig, const struct paper *paper, const char *page, bool is_cut)
{
    AUTO(js) struct js *view = rig_view(rig, page);
    AUTO(js) struct js *document = NULL;
    ASSERT_OK(view_document(rig->store, paper->document, &document, err));
    assert_int_equal(js_has(view, "cut_mm"), is_cut);
    assert_int_equal(js_has(view, "info.cut_mm"), is_cut);
    assert_float_equal(js_real_or(view, "width_mm", 0), is_cut ? 88 : 210, 0.5);
    assert_float_equal(js_real_or(view, "info.width_mm", 0), is_cut ? 88 : 210, 0.5);
    if (is_cut)
        expect_rect(view, "cut_mm", 20, 30, 88, 56);
    expect_rect(view, "info.papers[0].box_mm", is_cut ? 1 : 21, is_cut ? 1 : 31, 85.6, 54);
    expect_rect(document, "fields.number_symbol.box_mm", is_cut ? 10.1 : 30.1, is_cut ? 4 : 34,
                41.2, 5.1);
}

static void a_page_is_its_cut_until_a_person_takes_that_back(void **state)
{
    struct rig *rig = *state;
    char page[ID_SIZE];
    struct paper paper = read_paper(rig, page);
    expect_view(rig, &paper, page, true);
    for (int round = 0; round < 2; round++) {
        ASSERT_OK(page_cut(rig->store, page, false, CLERK, err));
        expect_view(rig, &paper, page, false);
        AUTO(js) struct js *view = rig_view(rig, page);
        assert_true(js_bool_or(view, "cut_off", false));
        ASSERT_OK(page_cut(rig->store, page, true, CLERK, err));
        expect_view(rig, &paper, page, true);
    }
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "read");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'cut'"), 4);
    assert_int_equal(
        rig_number(rig, "SELECT count(*) FROM audit WHERE event = 'cut' AND detail = 'off'"), 2);
}

static void a_page_without_small_papers_has_nothing_to_take_back(void **state)
{
    struct rig *rig = *state;
    char page[ID_SIZE];
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "one", page);
    ASSERT_OK(page_cut(rig->store, page, false, CLERK, err));
    AUTO(js) struct js *view = rig_view(rig, page);
    assert_false(js_bool_or(view, "cut_off", true));
    assert_true(js_is_null(js_at(view, "cut_mm")));
}

static void the_pdf_is_made_of_what_is_shown(void **state)
{
    struct rig *rig = *state;
    for (int off = 0; off < 2; off++) {
        char page[ID_SIZE];
        struct paper paper = read_paper(rig, page);
        ASSERT_OK(page_cut(rig->store, page, !off, CLERK, err));
        rig_confirm(rig, paper.document);
        AUTO(job) struct job *compose = rig_claim(rig, "compose");
        assert_int_equal(js_has(compose->body, "args.pages[0].cut_mm"), !off);
        assert_float_equal(js_real_or(compose->body, "args.pages[0].width_mm", 0), 210, 0.5);
        ASSERT_OK(rig_complete(rig, compose, err));
        AUTO(job) struct job *seal = rig_claim(rig, "seal");
        assert_float_equal(js_real_or(seal->body, "args.page_size_mm[0]", 0), off ? 210 : 88, 0.5);
        assert_int_equal(js_bool_or(seal->body, "args.beside", false), !off);
        char place[40]; /* words come behind the codes */
        snprintf(place, sizeof place, "args.avoid[%lld]",
                 (long long)rig_number(rig, "SELECT json_array_length(info, '$.codes') FROM page"));
        expect_rect(seal->body, place, off ? 30 : 10, off ? 35 : 5, 8, 4); /* the word "Số:" */
        ASSERT_OK(rig_complete(rig, seal, err));
        enum err_code signed_already = ERR_ALREADY_SIGNED;
        ASSERT_ERR(signed_already, page_cut(rig->store, page, off, CLERK, err));
    }
}

static void the_signature_s_block_stands_on_a_paper_that_has_room(void **state)
{
    static const struct {
        const char *cut, *papers;
        bool beside;
    } cases[] = {{"[20,30,150,212]", SLIP, false},
                 {"[20,30,172,227]", SLIP_ASKEW, true},
                 {"[20,30,88,56]", CARD, true}};
    struct rig *rig = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char page[ID_SIZE];
        struct paper paper = read_paper(rig, page);
        put_papers(rig, page, cases[i].cut, cases[i].papers);
        rig_confirm(rig, paper.document);
        assert_true(rig_work(rig, "compose"));
        AUTO(job) struct job *seal = rig_claim(rig, "seal");
        assert_int_equal(js_bool_or(seal->body, "args.beside", !cases[i].beside), cases[i].beside);
        ASSERT_OK(rig_complete(rig, seal, err));
    }
}

static void a_compared_paper_s_pages_stay_as_they_were_seen(void **state)
{
    struct rig *rig = *state;
    char page[ID_SIZE];
    struct paper paper = read_paper(rig, page);
    rig_confirm(rig, paper.document);
    ASSERT_ERR(ERR_STATE_CHANGED, page_cut(rig->store, page, false, CLERK, err));
    expect_view(rig, &paper, page, true);
}

static void a_file_signed_by_others_shows_its_pages_as_it_does(void **state)
{
    struct rig *rig = *state;
    char page[ID_SIZE];
    struct paper paper = read_paper(rig, page);
    ASSERT_OK(db_run(rig->store->db,
                     "UPDATE document SET passed_sha256 = (SELECT image_sha256 FROM page "
                     "WHERE id = ?) WHERE id = ?",
                     DB_BIND(DB_TEXT(page), DB_TEXT(paper.document)), err));
    expect_view(rig, &paper, page, false);
}

static void a_turned_page_keeps_the_word_about_its_cut(void **state)
{
    struct rig *rig = *state;
    char page[ID_SIZE];
    read_paper(rig, page);
    ASSERT_OK(page_cut(rig->store, page, false, CLERK, err));
    ASSERT_OK(page_turn(rig->store, page, 90, CLERK, err));
    assert_true(rig_work(rig, "recognize"));
    put_papers(rig, page, "[30,20,56,88]", CARD);
    AUTO(js) struct js *view = rig_view(rig, page);
    assert_true(js_bool_or(view, "cut_off", false));
    assert_true(js_is_null(js_at(view, "cut_mm")));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_page_is_its_cut_until_a_person_takes_that_back),
        T(a_page_without_small_papers_has_nothing_to_take_back),
        T(the_pdf_is_made_of_what_is_shown),
        T(the_signature_s_block_stands_on_a_paper_that_has_room),
        T(a_compared_paper_s_pages_stay_as_they_were_seen),
        T(a_file_signed_by_others_shows_its_pages_as_it_does),
        T(a_turned_page_keeps_the_word_about_its_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
