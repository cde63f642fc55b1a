#include "ocr/classify/classify.h"
#include "ocr/classify/starts.h"
#include "tests/unit/ocr/extract/typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct title_rule decision_titles[] = {{"quyetdinh", true}};
static const struct title_rule birth_titles[] = {{"giaykhaisinh", false}};
static const struct title_rule slip_titles[] = {{"giaytiepnhanhosovahentraketqua", false}};
static const char *const decision_symbols[] = {"QĐ"};
static const char *const birth_wording[] = {"hochudemtennguoime", "noidangkykhaisinh",
                                            "nguoidikhaisinh", "quequan"};
static const struct class_rule rules[] = {
    {.type = DOC_TYPE_decision,
     .title = decision_titles,
     .title_count = 1,
     .symbol = decision_symbols,
     .symbol_count = 1},
    {.type = DOC_TYPE_birth_certificate,
     .title = birth_titles,
     .title_count = 1,
     .wording = birth_wording,
     .wording_count = 4},
    {.type = DOC_TYPE_receipt_slip, .title = slip_titles, .title_count = 1},
    {.type = DOC_TYPE_official_letter, .is_letter = true},
};

struct line {
    double x_mm, baseline_mm;
    const char *text; /* centred on x */
};

static const double *model_says; /* what a model told of the next pages; NULL: none was asked */

static void check_page(const char *why, const struct line *lines, size_t count, const char *kind,
                       bool has_kind, enum doc_type wanted)
{
    struct typeset set;
    struct page_text text;
    struct head head;
    struct classification found;
    typeset_start(&set);
    for (size_t i = 0; i < count; i++)
        typeset_centred(&set, lines[i].x_mm, lines[i].baseline_mm, 13, lines[i].text);
    assert_int_equal(page_text_make(&set.words, &text, NULL), ERR_OK);
    head_find(&text, &head);
    struct class_evidence evidence = {&text, &head, kind, has_kind, model_says};
    classify(rules, sizeof rules / sizeof *rules, &evidence, &found);
    enum doc_type type = found.rule ? found.rule->type : DOC_TYPE_unknown;
    if (type != wanted || (found.score >= CLASS_THRESHOLD) != (found.rule != NULL))
        fail_msg("%s: %s with %.2f", why, doc_type_slug(type), found.score);
    page_text_done(&text);
    typeset_done(&set);
}

#define MOTTO                                                                                      \
    {                                                                                              \
        146, 24, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"                                   \
    }
#define BODY                                                                                                       \
    {                                                                                                              \
        111, 250, "Điều khoản thi hành của văn bản này do các bên cùng thỏa thuận và ký tên" \
    }
#define CHECK(why, kind, has_kind, wanted, ...)                                                    \
    do {                                                                                           \
        const struct line lines[] = {__VA_ARGS__};                                                 \
        check_page(why, lines, sizeof lines / sizeof *lines, kind, has_kind, wanted);              \
    } while (0)

static void papers_are_told_by_title_symbol_and_head(void **state)
{
    (void)state;
    CHECK("title", "QĐ", true, DOC_TYPE_decision, MOTTO, {111, 55, "QUYẾT ĐỊNH"}, BODY);
    CHECK("title that goes on", NULL, false, DOC_TYPE_decision, MOTTO,
          {111, 55, "QUYẾT ĐỊNH CÔNG BỐ DANH MỤC"}, BODY);
    CHECK("title in two lines", NULL, false, DOC_TYPE_receipt_slip, MOTTO,
          {111, 55, "GIẤY TIẾP NHẬN HỒ SƠ"}, {111, 62, "VÀ HẸN TRẢ KẾT QUẢ"}, BODY);
    CHECK("the topmost title names the paper", NULL, false, DOC_TYPE_birth_certificate, MOTTO,
          {111, 45, "GIẤY KHAI SINH"}, {111, 90, "QUYẾT ĐỊNH"}, BODY);
    CHECK("letter", "UBND", false, DOC_TYPE_official_letter, MOTTO, {64, 50, "V/v rà soát thủ tục"},
          {111, 70, "Kính gửi: Các sở, ban, ngành"}, BODY);
}

static void what_is_not_evidence_enough_is_unknown(void **state)
{
    (void)state;
    CHECK("motto alone", NULL, false, DOC_TYPE_unknown, MOTTO, BODY);
    CHECK("title within a sentence", NULL, false, DOC_TYPE_unknown, MOTTO,
          {111, 55, "Căn cứ Quyết định số 12 của Ủy ban nhân dân"}, BODY);
    CHECK("another title", NULL, false, DOC_TYPE_unknown, MOTTO, {111, 55, "TRÍCH LỤC KHAI SINH"},
          BODY);
    CHECK("a title that may not go on", NULL, false, DOC_TYPE_unknown, MOTTO,
          {111, 55, "GIẤY KHAI SINH CỦA NGƯỜI NƯỚC NGOÀI TẠI VIỆT NAM"}, BODY);
    CHECK("wording alone", NULL, false, DOC_TYPE_unknown, MOTTO,
          {90, 60, "Họ, chữ đệm, tên người mẹ: Nông Thị Hoa"}, {80, 70, "Quê quán: Lạng Sơn"},
          {90, 80, "Nơi đăng ký khai sinh: xã Vân Nham"}, {90, 90, "Tên người đi khai sinh"}, BODY);
    CHECK("a symbol without kind and nobody addressed", "GPXD", false, DOC_TYPE_unknown, MOTTO,
          BODY);
    CHECK("title in the lower half", NULL, false, DOC_TYPE_unknown, MOTTO, {111, 220, "QUYẾT ĐỊNH"},
          BODY);
}

static void a_title_under_the_symbol_of_another_kind_is_less_sure(void **state)
{
    (void)state;
    struct typeset set;
    struct page_text text;
    struct head head;
    struct classification agree, differ;
    typeset_start(&set);
    typeset_centred(&set, 146, 24, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
    typeset_centred(&set, 111, 55, 14, "QUYẾT ĐỊNH");
    typeset_centred(&set, 111, 250, 14,
                    "Điều khoản thi hành của văn bản này do các bên thỏa thuận");
    assert_int_equal(page_text_make(&set.words, &text, NULL), ERR_OK);
    head_find(&text, &head);
    classify(rules, 4, &(struct class_evidence){&text, &head, "QĐ", true}, &agree);
    classify(rules, 4, &(struct class_evidence){&text, &head, "TB", true}, &differ);
    assert_true(differ.score < agree.score);
    assert_non_null(differ.rule);
    page_text_done(&text);
    typeset_done(&set);
}

static void number_lines_are_told_from_stamps_and_sentences(void **state)
{
    static const struct {
        const char *why, *above, *line;
        bool number;
    } rows[] = {
        {"plain", "XÃ ĐỒNG TIẾN", "Số: 12/QĐ-UBND", true},
        {"lost accent", "XÃ ĐỒNG TIẾN", "Sô: 12/QĐ-UBND", true},
        {"S6", "XÃ ĐỒNG TIẾN", "S6: 12/QĐ-UBND", true},
        {"capitals", "XÃ ĐỒNG TIẾN", "SỐ 12/QĐ-UBND", true},
        {"no slash", "GIẤY KHAI SINH", "Số: 12", true},
        {"no number", "XÃ ĐỒNG TIẾN", "Số: ngày", false},
        {"incoming stamp", "CÔNG VĂN ĐẾN", "Số: 412", false},
        {"sentence", "XÃ ĐỒNG TIẾN", "số 12/QĐ-UBND của xã", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        struct page_text text;
        struct head head;
        typeset_start(&set);
        typeset_centred(&set, 146, 24, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
        typeset_centred(&set, 64, 30, 12, rows[i].above);
        typeset_centred(&set, 64, 38, 13, rows[i].line);
        typeset_centred(&set, 111, 250, 13, "Điều khoản thi hành của văn bản này");
        assert_int_equal(page_text_make(&set.words, &text, NULL), ERR_OK);
        head_find(&text, &head);
        if ((head.number != NULL) != rows[i].number)
            fail_msg("%s", rows[i].why);
        page_text_done(&text);
        typeset_done(&set);
    }
}

static void a_second_number_leaves_doubt_and_the_papers_own_goes_first(void **state)
{
    static const struct {
        const char *why, *above, *own;
        double points; /* of what stands above */
        bool doubt;
        const char *taken;
    } rows[] = {
        {"one", NULL, "Số: 12/QĐ-UBND", 13, false, "so12qdubnd"},
        {"in a small block above", "Số: 77/TB-STP", "Số: 12/QĐ-UBND", 7, true, "so12qdubnd"},
        {"own one without a slash", "Số: 77/TB-STP", "Số: 12", 7, true, "so12"},
        {"both alike", "Số: 77/TB-STP", "Số: 12/QĐ-UBND", 13, true, "so77tbstp"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset set;
        struct page_text text;
        struct head head;
        typeset_start(&set);
        if (rows[i].above)
            typeset_at(&set, 40, 14, rows[i].points, rows[i].above);
        typeset_centred(&set, 64, 24, 12, "XÃ ĐỒNG TIẾN");
        typeset_centred(&set, 146, 24, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
        typeset_centred(&set, 64, 32, 13, rows[i].own);
        for (int k = 0; k < 12; k++)
            typeset_at(&set, 30, 60 + 7 * k, 13, "Điều khoản thi hành của văn bản này do các bên");
        assert_int_equal(page_text_make(&set.words, &text, NULL), ERR_OK);
        head_find(&text, &head);
        if (!head.number || strcmp(head.number->key, rows[i].taken) != 0 ||
            head.number_in_doubt != rows[i].doubt)
            fail_msg("%s: %s, %d", rows[i].why, head.number ? head.number->key : "none",
                     head.number_in_doubt);
        page_text_done(&text);
        typeset_done(&set);
    }
}

static void papers_start_at_a_motto_of_their_own(void **state)
{
    static const struct {
        const char *why;
        struct line line[4];
        bool starts;
        double least;
    } rows[] = {
        {"whole head",
         {MOTTO, {64, 38, "Số: 12/QĐ-UBND"}, {111, 55, "QUYẾT ĐỊNH"}, BODY},
         true,
         0.95},
        {"title only", {MOTTO, {111, 55, "GIẤY KHAI SINH"}, BODY}, true, 0.9},
        {"motto only", {MOTTO, BODY}, true, 0.5},
        {"second page",
         {{111, 20, "2"}, {111, 30, "Điều 2. Quyết định này có hiệu lực"}, BODY},
         false,
         0.9},
        {"annex title", {{111, 30, "DANH MỤC THỦ TỤC"}, BODY}, false, 0.9},
        {"motto in the middle",
         {{111, 20, "Mẫu số 01 ban hành kèm theo"},
          {111, 150, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
          BODY},
         false,
         0.9},
        {"blank", {{0}}, false, 0.9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct typeset first, later;
        struct page_text pages[2];
        struct paper_start start[2];
        typeset_start(&first);
        typeset_start(&later);
        for (size_t k = 0; k < 4 && rows[i].line[k].text; k++)
            typeset_centred(&later, rows[i].line[k].x_mm, rows[i].line[k].baseline_mm, 13,
                            rows[i].line[k].text);
        assert_int_equal(page_text_make(&first.words, &pages[0], NULL), ERR_OK);
        assert_int_equal(page_text_make(&later.words, &pages[1], NULL), ERR_OK);
        starts_find(pages, 2, start);
        assert_true(start[0].value);
        if (start[1].value != rows[i].starts || start[1].confidence < rows[i].least)
            fail_msg("%s: %d with %.2f", rows[i].why, start[1].value, start[1].confidence);
        page_text_done(&pages[0]);
        page_text_done(&pages[1]);
        typeset_done(&first);
        typeset_done(&later);
    }
}

static void a_model_decides_where_no_title_is_and_only_when_sure(void **state)
{
    (void)state;
    double probable[DOC_TYPE_COUNT] = {0};
    model_says = probable;
    probable[DOC_TYPE_birth_certificate] = 0.97;
    CHECK("no title", NULL, false, DOC_TYPE_birth_certificate, MOTTO, BODY);
    CHECK("no head", NULL, false, DOC_TYPE_birth_certificate, BODY);
    CHECK("a title of another type stands", NULL, false, DOC_TYPE_decision, MOTTO,
          {111, 55, "QUYẾT ĐỊNH"}, BODY);
    probable[DOC_TYPE_birth_certificate] = 0.85;
    CHECK("not sure", NULL, false, DOC_TYPE_unknown, MOTTO, BODY);
    model_says = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_are_told_by_title_symbol_and_head),
        cmocka_unit_test(a_model_decides_where_no_title_is_and_only_when_sure),
        cmocka_unit_test(what_is_not_evidence_enough_is_unknown),
        cmocka_unit_test(a_title_under_the_symbol_of_another_kind_is_less_sure),
        cmocka_unit_test(number_lines_are_told_from_stamps_and_sentences),
        cmocka_unit_test(a_second_number_leaves_doubt_and_the_papers_own_goes_first),
        cmocka_unit_test(papers_start_at_a_motto_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
