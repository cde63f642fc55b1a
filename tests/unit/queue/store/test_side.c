#include "tests/unit/queue/store/rig.h"

#include "queue/store/migrate.h"
#include "queue/store/side.h"

/* Several images of one side: what becomes of each, and which turn a page has. */

static int image_number;

static void capture(struct rig *rig, const struct paper *paper, struct page_capture like,
                    char out_id[ID_SIZE])
{
    char content[20];
    snprintf(content, sizeof content, "image %d", image_number++);
    ASSERT_OK(rig_try_capture(rig, paper, content, like, out_id, err));
}

static void recognize_all(struct rig *rig, const char *document)
{
    ASSERT_OK(document_finish_scan(rig->store, document, CLERK, err));
    while (rig_work(rig, "recognize"))
        ;
}

/* What the machine found out about the page that is next. */
static void recognize_as(struct rig *rig, const char *page_json)
{
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    int fds[2] = {-1, -1};
    AUTO(js) struct js *result = rig_result(job, fds);
    AUTO(js) struct js *page = NULL;
    ASSERT_OK(js_parse(page_json, strlen(page_json), &page, err));
    assert_true(js_set(result, "page", js_ref(page)));
    ASSERT_OK(store_complete(rig->store, job_text(job, "claim"), result, fds, 2, MACHINE, err));
    fd_close(fds[0]);
    fd_close(fds[1]);
}

#define INFO(turn, more)                                                                           \
    "{\"width_px\":2480,\"height_px\":3508,\"dpi\":300,\"dpi_source\":\"file\",\"rotation_"        \
    "deg\":" #turn                                                                                 \
    ",\"skew_deg\":0,\"blank\":false,\"width_mm\":210.0,\"height_mm\":297.0,\"codes\":[]" more "}"

/* ---- details ---- */

/* A page with a note on it, a closer look at the card on it, and a second side. */
struct carded {
    struct paper paper;
    char page[RIG_PAGES_MAX][ID_SIZE]; /* the side, its note, its detail, the other side */
};

static struct carded carded(struct rig *rig)
{
    struct carded c = {.paper = rig_paper(rig)};
    capture(rig, &c.paper, (struct page_capture){.job = "j", .sheet = 1}, c.page[0]);
    capture(rig, &c.paper, (struct page_capture){.job = "j", .sheet = 2}, c.page[3]);
    capture(rig, &c.paper, (struct page_capture){.part_of = c.page[0], .part_kind = "note"},
            c.page[1]);
    capture(rig, &c.paper, (struct page_capture){.part_of = c.page[0], .part_kind = "detail"},
            c.page[2]);
    return c;
}

static void a_detail_is_an_image_and_no_side_and_no_page_of_the_copy(void **state)
{
    struct rig *rig = *state;
    struct carded c = carded(rig);
    AUTO(js) struct js *view = NULL;
    recognize_all(rig, c.paper.document);
    assert_true(rig_work(rig, "understand"));
    ASSERT_OK(view_document(rig->store, c.paper.document, &view, err));
    assert_int_equal(js_int_or(view, "counts.images", 0), 4);
    assert_int_equal(js_int_or(view, "counts.sides", 0), 2);
    rig_confirm(rig, c.paper.document);
    AUTO(job) struct job *job = rig_claim(rig, "compose");
    assert_int_equal(js_count(js_at(job->body, "args.pages")), 3);
    assert_int_equal(js_int_or(job->body, "args.document.pages", 0), 3);
    assert_int_equal(job->fd_count, 1 + 3 * 2);
}

static void the_reader_is_told_which_images_show_one_side(void **state)
{
    struct rig *rig = *state;
    static const char *const kinds[] = {"", "note", "detail", ""};
    struct carded c = carded(rig);
    recognize_all(rig, c.paper.document);
    AUTO(job) struct job *job = rig_claim(rig, "understand");
    const struct js *pages = js_at(job->body, "args.pages");
    assert_int_equal(js_count(pages), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(js_text_or(js_item(pages, i), "part_kind", ""), kinds[i]);
        assert_true((js_int_or(js_item(pages, i), "side", 0) ==
                     js_int_or(js_item(pages, 0), "side", 0)) == (i < 3));
    }
}

static void details_go_and_come_back_with_their_side(void **state)
{
    struct rig *rig = *state;
    struct carded c = carded(rig);
    ASSERT_OK(page_remove(rig->store, c.page[0], "x", CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_page, c.page[2]), "captured"); /* the note shows it */
    ASSERT_OK(page_remove(rig->store, c.page[1], "x", CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_page, c.page[2]), "rejected");
    ASSERT_OK(page_restore(rig->store, c.page[0], CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_page, c.page[2]), "captured");
    assert_string_equal(state_of(rig, MACHINE_page, c.page[1]), "rejected");
    rig_expect_order(rig, c.paper.document, c.page, "acd");
    rig_check_invariants(rig);
}

static void a_page_scanned_again_keeps_no_look_at_the_old_one(void **state)
{
    struct rig *rig = *state;
    struct carded c = carded(rig);
    char heir[ID_SIZE];
    capture(rig, &c.paper, (struct page_capture){.replaces = c.page[0]}, heir);
    assert_string_equal(state_of(rig, MACHINE_page, c.page[2]), "rejected");
    AUTO(js) struct js *note = rig_view(rig, c.page[1]);
    assert_string_equal(js_text_or(note, "part_of", ""), heir);
}

static void the_record_tells_sides_and_parts(void **state)
{
    struct rig *rig = *state;
    static const struct {
        int side;
        const char *part;
    } wanted[] = {{1, ""}, {1, "note"}, {2, ""}};
    struct carded c = carded(rig);
    struct document_file file = {.fd = -1};
    AUTO(js) struct js *record = NULL;
    recognize_all(rig, c.paper.document);
    assert_true(rig_work(rig, "understand"));
    ASSERT_OK(page_keep_blank(rig->store, c.page[3], true, CLERK, err));
    rig_confirm(rig, c.paper.document);
    static const char *const stages[] = {"compose", "seal", "extract", "code", "queue"};
    for (size_t i = 0; i < COUNT_OF(stages); i++)
        assert_true(rig_work(rig, stages[i]));
    ASSERT_OK(document_file(rig->store, c.paper.document, "record", &file, err));
    ASSERT_OK(js_read_fd(file.fd, &record, err));
    fd_close(file.fd);
    mem_free(file.path);
    assert_int_equal(js_int_or(record, "pages", 0), 3);
    assert_int_equal(js_int_or(record, "sides", 0), 2);
    assert_int_equal(js_int_or(record, "sheets", 0), 2);
    assert_int_equal(js_count(js_at(record, "page_list")), 3);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        const struct js *page = js_item(js_at(record, "page_list"), i);
        assert_int_equal(js_int_or(page, "side", 0), wanted[i].side);
        assert_string_equal(js_text_or(page, "part", ""), wanted[i].part);
        assert_int_equal(js_bool_or(page, "blank", false), i == 2);
    }
}

/* ---- cards ---- */

static void a_card_on_the_glass_is_told_where_it_lies(void **state)
{
    struct rig *rig = *state;
    static const struct {
        struct page_capture like;
        const char *info;
        double box[4];
    } cases[] = {
        {{.on_glass = true, .glass_x_mm = 10, .glass_y_mm = 5},
         INFO(0, ",\"cards\":[[20,30,85.6,54],[40,100,54,85.6]]"),
         {28, 33, 89.6, 159.6}},
        {{.on_glass = true}, INFO(0, ",\"cards\":[[1,1,85.6,54]]"), {0, 0, 88.6, 57}},
        {{.on_glass = true, .dpi = 600}, INFO(0, ",\"cards\":[[20,30,85.6,54]]"), {-1}},
        {{.on_glass = false}, INFO(0, ",\"cards\":[[20,30,85.6,54]]"), {-1}},
        {{.on_glass = true}, INFO(0, ""), {-1}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper(rig);
        char id[ID_SIZE], path[20];
        capture(rig, &paper, cases[i].like, id);
        recognize_as(rig, cases[i].info);
        AUTO(js) struct js *view = rig_view(rig, id);
        assert_int_equal(js_has(view, "card_mm"), cases[i].box[0] >= 0);
        for (int k = 0; k < 4 && cases[i].box[0] >= 0; k++) {
            snprintf(path, sizeof path, "card_mm[%d]", k);
            double found = js_real_or(view, path, -1);
            if (found < cases[i].box[k] - 0.01 || found > cases[i].box[k] + 0.01)
                fail_msg("case %zu: %s is %.2f", i, path, found);
        }
    }
}

/* ---- a known turn ---- */

static int64_t open_questions(struct rig *rig)
{
    return rig_number(rig, "SELECT count(*) FROM question WHERE code = 'turn_differs' "
                           "AND answer IS NULL");
}

static void writing_that_stands_another_way_up_than_expected_is_a_question(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char p[3][ID_SIZE];
    struct page_capture expected = {.turn_known = true, .known_turn_deg = 180};
    capture(rig, &paper, expected, p[0]);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    assert_int_equal(js_int_or(job->body, "args.known_turn_deg", -1), 180);
    assert_false(js_has(job->body, "args.turned_deg"));
    ASSERT_OK(rig_complete(rig, job, err)); /* the rig's machine finds 0 */
    assert_int_equal(open_questions(rig), 1);
    capture(rig, &paper, expected, p[1]);
    recognize_as(rig, INFO(180, ""));
    capture(rig, &paper, (struct page_capture){.turned = true, .turned_deg = 90}, p[2]);
    recognize_as(rig, INFO(90, ""));
    assert_int_equal(open_questions(rig), 1);
    AUTO(js) struct js *view = rig_view(rig, p[0]);
    assert_true(js_is_null(js_at(view, "turned_deg")));
    assert_int_equal(js_int_or(view, "known_turn_deg", -1), 180);
}

static void who_turns_the_page_has_answered(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char p[ID_SIZE];
    capture(rig, &paper, (struct page_capture){.turn_known = true, .known_turn_deg = 180}, p);
    recognize_all(rig, paper.document);
    assert_int_equal(open_questions(rig), 1);
    ASSERT_OK(page_turn(rig->store, p, 180, CLERK, err));
    assert_int_equal(open_questions(rig), 0);
    AUTO(job) struct job *job = rig_claim(rig, "recognize");
    assert_int_equal(js_int_or(job->body, "args.turned_deg", -1), 180);
    ASSERT_OK(rig_complete(rig, job, err));
    assert_int_equal(open_questions(rig), 0); /* a person's word is final */
}

/* ---- manual duplex ---- */

static void pass(struct rig *rig, const struct paper *paper, const char *job, int count,
                 bool on_glass, char page[][ID_SIZE])
{
    for (int i = 0; i < count; i++)
        capture(rig, paper, (struct page_capture){.job = job, .sheet = i + 1, .on_glass = on_glass},
                page[i]);
}

static void backs_go_to_the_pile_they_were_turned_over_with(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *what;
        int first, second;
        bool second_on_glass;
        int backs;
        const char *wanted;
    } cases[] = {
        {"behind a single page", 1, 2, false, 2, "abdce"},
        {"two loads of one pile", 2, 2, false, 4, "aebfcgdh"},
        {"before a page from the glass", 2, 1, true, 2, "adbec"},
        {"before a single page", 2, 1, false, 2, "adbec"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper(rig);
        char p[RIG_PAGES_MAX][ID_SIZE] = {0};
        int n = cases[i].first, m = cases[i].second;
        pass(rig, &paper, "one", n, false, p);
        pass(rig, &paper, "two", m, cases[i].second_on_glass, p + n);
        pass(rig, &paper, "backs", cases[i].backs, false, p + n + m);
        ASSERT_OK(pages_interleave(rig->store, paper.document, "backs", false, CLERK, err));
        rig_expect_order(rig, paper.document, p, cases[i].wanted);
        AUTO(js) struct js *view = NULL;
        ASSERT_OK(view_document(rig->store, paper.document, &view, err));
        assert_int_equal(js_int_or(view, "counts.sides", 0), n + m + cases[i].backs);
        assert_int_equal(js_int_or(view, "counts.sheets", 0), n + m);
    }
}

static void a_blank_last_back_is_kept_and_counted_as_blank(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char p[RIG_PAGES_MAX][ID_SIZE] = {0};
    pass(rig, &paper, "fronts", 2, false, p);
    pass(rig, &paper, "backs", 2, false, p + 2);
    ASSERT_OK(pages_interleave(rig->store, paper.document, "backs", true, CLERK, err));
    rig_expect_order(rig, paper.document, p, "adbc");
    recognize_as(rig, INFO(0, ""));
    recognize_as(rig, INFO(0, ""));
    recognize_as(rig, "{\"width_px\":2480,\"height_px\":3508,\"dpi\":300,\"rotation_deg\":0,"
                      "\"skew_deg\":0,\"blank\":true,\"width_mm\":210.0,\"height_mm\":297.0}");
    AUTO(js) struct js *back = rig_view(rig, p[2]);
    assert_true(js_bool_or(back, "blank", false));
    assert_string_equal(js_text_or(back, "side", ""), "back");
    AUTO(js) struct js *view = NULL;
    ASSERT_OK(view_document(rig->store, paper.document, &view, err));
    assert_int_equal(js_int_or(view, "counts.sides", 0), 4);
    assert_int_equal(js_int_or(view, "counts.written", 0), 3);
    assert_int_equal(js_int_or(view, "counts.blank", 0), 1);
    assert_int_equal(js_int_or(view, "counts.sheets", 0), 2);
}

static void no_backs_are_no_second_pass(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char p[RIG_PAGES_MAX][ID_SIZE] = {0};
    pass(rig, &paper, "fronts", 2, false, p);
    ASSERT_ERR(ERR_COUNT_MISMATCH,
               pages_interleave(rig->store, paper.document, "backs", true, CLERK, err));
}

/* ---- parts ---- */

static void the_parts_of_a_side_are_handed_out_together(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char p[4][ID_SIZE];
    int fds[SIDE_PARTS_MAX];
    size_t count = 0;
    AUTO(js) struct js *parts = NULL;
    capture(rig, &paper, (struct page_capture){.turned = true, .turned_deg = 90}, p[0]);
    capture(rig, &paper, (struct page_capture){.part_of = p[0], .part_kind = "overlap"}, p[1]);
    capture(rig, &paper, (struct page_capture){.part_of = p[0], .part_kind = "note"}, p[2]);
    capture(rig, &paper, (struct page_capture){0}, p[3]);
    ASSERT_OK(side_parts(rig->store, p[1], &parts, fds, &count, err));
    assert_int_equal(count, 2);
    assert_int_equal(js_int_or(parts, "[0].turn_deg", -1), 90);
    assert_true(js_real_or(parts, "[0].turn_score", 0) == 1);
    assert_true(js_real_or(parts, "[0].dpi", 0) == 300);
    while (count)
        fd_close(fds[--count]);
    ASSERT_ERR(ERR_NOT_FOUND, side_parts(rig->store, p[3], &parts, fds, &count, err));
}

/* ---- an older store ---- */

static void images_of_one_side_stay_so_through_the_migration(void **state)
{
    struct rig *rig = *state;
    AUTO(mem) char *path = mem_printf("%s/old.db", rig->folder);
    struct db *db = NULL;
    int64_t notes = 0;
    ASSERT_OK(db_open(path, true, &db, err));
    ASSERT_OK(migrate_run(db, rig->folder, store_migrations, 6, err));
    ASSERT_OK(db_script(
        db,
        "PRAGMA foreign_keys = OFF;"
        "INSERT INTO page (id, dossier_id, position, state, state_us, image_sha256, pixel_sha256, "
        "image_width_px, image_height_px, image_channels, image_bits, image_dpi, image_width_mm, "
        "image_height_mm, side, sheet, device, captured_us, captured_by, part_kind) SELECT "
        "value, 'd', 1, 'captured', 0, 'x', 'x', 1, 1, 3, 8, 300, 1, 1, 'front', 1, 'd', 0, 'c', "
        "value FROM json_each('[\"note\",\"overlap\"]');",
        err));
    ASSERT_OK(db_script(db, store_migrations[6].sql, err));
    ASSERT_OK(db_number(db, "SELECT count(*) FROM page WHERE part_kind = id", DB_BIND_NONE, 0,
                        &notes, err));
    assert_int_equal(notes, 2);
    ASSERT_OK(db_script(db, "UPDATE page SET part_kind = 'detail'", err));
    struct err err = ERR_INIT;
    assert_int_not_equal(db_script(db, "UPDATE page SET part_kind = 'copy'", &err), ERR_OK);
    db_close(db, false);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_detail_is_an_image_and_no_side_and_no_page_of_the_copy),
        T(the_reader_is_told_which_images_show_one_side),
        T(details_go_and_come_back_with_their_side),
        T(a_page_scanned_again_keeps_no_look_at_the_old_one),
        T(the_record_tells_sides_and_parts),
        T(a_card_on_the_glass_is_told_where_it_lies),
        T(writing_that_stands_another_way_up_than_expected_is_a_question),
        T(who_turns_the_page_has_answered),
        T(backs_go_to_the_pile_they_were_turned_over_with),
        T(a_blank_last_back_is_kept_and_counted_as_blank),
        T(no_backs_are_no_second_pass),
        T(the_parts_of_a_side_are_handed_out_together),
        T(images_of_one_side_stay_so_through_the_migration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
