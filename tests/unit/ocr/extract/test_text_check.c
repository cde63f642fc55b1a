#include "daemon/base/mem.h"
#include "ocr/extract/text_check.h"
#include "typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct templates *templates;

static int load(void **state)
{
    struct err err = ERR_INIT;
    (void)state;
    return templates_load(NULL, &templates, &err) == ERR_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    templates_free(templates);
    return 0;
}

static size_t find_word(const struct words *words, size_t from, const char *text)
{
    for (size_t i = from; i < words->count; i++)
        if (strcmp(words->item[i].text, text) == 0)
            return i;
    fail_msg("no word %s", text);
    return 0;
}

/* A text on the first line, `rest` in the body; one word of each with a confidence of its own. */
struct sheet {
    enum field_name field;
    const char *text, *word;
    double confidence;
    const char *rest, *rest_word;
    double rest_confidence;
    double wider;      /* the word's box, when not 0 */
    const char *value; /* what was made of the text; NULL: the text */
    const char *place; /* where the paper was signed, surely read; NULL: not known */
};

static bool asks(const struct sheet *sheet)
{
    struct typeset set;
    struct err err = ERR_INIT;
    typeset_start(&set);
    typeset_at(&set, 30, 60, 14, sheet->text);
    size_t count = set.words.count;
    if (sheet->rest)
        typeset_at(&set, 30, 100, 14, sheet->rest);
    if (sheet->word) {
        struct word *word = &set.words.item[find_word(&set.words, 0, sheet->word)];
        word->confidence = sheet->confidence;
        word->box.w *= sheet->wider > 0 ? sheet->wider : 1;
    }
    if (sheet->rest_word)
        set.words.item[find_word(&set.words, count, sheet->rest_word)].confidence =
            sheet->rest_confidence;
    AUTO(page_text) struct page_text text = {0};
    assert_int_equal(page_text_make(&set.words, &text, &err), ERR_OK);
    struct field place = {.name = FIELD_issue_place, .value = (char *)sheet->place};
    struct fields fields = {.item = {place}, .count = sheet->place != NULL};
    struct paper paper = {
        .templates = templates, .page = &text, .page_count = 1, .fields = &fields};
    struct found found = {
        .value = sheet->value ? sheet->value : sheet->text, .count = count, .confidence = 0.96};
    double worth = text_check(&paper, sheet->field, &found);
    typeset_done(&set);
    return worth < CONFIDENCE_SURE;
}

static void expect_asks(const struct sheet *rows, size_t count, bool wanted)
{
    for (size_t i = 0; i < count; i++)
        if (asks(&rows[i]) != wanted)
            fail_msg("row %zu '%s' %s", i, rows[i].text, wanted ? "is believed" : "asks");
}

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void texts_with_a_doubtful_word_ask_a_person(void **state)
{
    static const struct sheet rows[] = {
        {FIELD_abstract, "Về việc xác mỉnh thực địa", "mỉnh", 0.76, 0, 0, 0, 0},
        {FIELD_abstract, "Về việc xác minh thực địa", "minh", 0.92, 0, 0, 0, 0},
        {FIELD_abstract, "Về việc chuyến mục đích", "chuyến", 0.93, 0, 0, 0, 0},
        {FIELD_abstract, "Về việc để lại", "để", 0.96, 0, 0, 0, 0},
        {FIELD_signer, "Nông Diệu Chỉ", "Chỉ", 0.96, 0, 0, 0, 0},
        {FIELD_issuer, "ỦY BAN NHÂN DÂN TỈNH QUANG NGÃI", "QUANG", 0.97, 0, 0, 0, 0},
        {FIELD_owner_name, "Lò Thị Ngọc", "Ngọc", 0.78, 0, 0, 0, 0},
        {FIELD_owner_name, "Lò Thị Thúy", "Thúy", 0.90, 0, 0, 0, 0},
        {FIELD_issue_place, "Mộc Châu", "Châu", 0.96, "MỘC CHẦU", "CHẦU", 0.95, 0, 0, 0},
        {FIELD_abstract, "Về đơn của ông Đỉnh Văn Lộc", "Đỉnh", 0.97, 0, 0, 0, 0, 0, 0},
        {FIELD_abstract, "Về đơn xin Đinh Văn Lộc", "Đinh", 0.85, 0, 0, 0, 0, 0, 0},
        /* letters of the other size, too unsure themselves */
        {FIELD_owner_name, "LÒ THỊ MAI", "MAI", 0.80, "Lò Thị Mai", "Mai", 0.60, 0},
        {FIELD_abstract, "Về việc giải ciuyết hồ sơ", 0, 0, 0, 0, 0, 0},
        {FIELD_abstract, "Về việc „ hồ sơ", 0, 0, 0, 0, 0, 0},
        {FIELD_issuer, "ỦY BAN NHÂN DÂN XÃ HẢI HẬU", "HẢI", 0.87, 0, 0, 0, 0},
        {FIELD_issuer, "ỦY BẠN NHÂN DÂN XÃ", "BẠN", 0.97, 0, 0, 0, 0},
        {FIELD_issuer, "ỦY BAN NHÂN DÂN TÍNH HƯNG YÊN", "TÍNH", 0.97, 0, 0, 0, 0},
        {FIELD_issuer, "SỞ XAY DỰNG", "XAY", 0.97, 0, 0, 0, 0},
        {FIELD_issuer, "ỦY BAN NHÂN DÂN XÃ", "NHÂN", 0.45, 0, 0, 0, 0},
        {FIELD_owner_name, "Đỉnh Thị Mai", "Đỉnh", 0.97, 0, 0, 0, 0},
        /* no syllable of any language; impossible behind a Vietnamese family name */
        {FIELD_owner_name, "Đlnh Thị Mai", 0, 0, 0, 0, 0, 0},
        {FIELD_owner_name, "ĐLNH THỊ MAI", 0, 0, 0, 0, 0, 0},
        {FIELD_issue_place, "Yên Đlnh", 0, 0, 0, 0, 0, 0},
        {FIELD_issuer, "Ủy ban nhân dân xã Hưng Phmg", 0, 0, 0, 0, 0, 0},
        {FIELD_signer, "Trần Văn Lhanh", 0, 0, 0, 0, 0, 0},
        {FIELD_owner_name, "Ông Nguyễn Tuam", 0, 0, 0, 0, 0, 0},
        {FIELD_owner_name, "Pạm Thị Mai", 0, 0, 0, 0, 0, 0},
        {FIELD_owner_name, "Ông Tồn Quang Hào", "Tồn", 0.97, 0, 0, 0, 0},
        {FIELD_signer, "Đào Thi Mai", "Thi", 0.97, 0, 0, 0, 0},
        {FIELD_owner_name, "Lò Ihị Mai", "Ihị", 0.97, 0, 0, 0, 0},
        {FIELD_signer, "Nông Diệu Chỉ", "Chỉ", 0.93, 0, 0, 0, 0},
        {FIELD_owner_name, "Lò Thị Mai", "Mai", 0.90, 0, 0, 0, 0},
        {FIELD_issue_place, "Yên Đồng", "Yên", 0.90, 0, 0, 0, 0},
        /* an apostrophe lost, a capital taken for a small letter */
        {FIELD_owner_name, "K Văn Trọng", 0, 0, 0, 0, 0, 0},
        {FIELD_issue_place, "la Le", 0, 0, 0, 0, 0, 0},
        {FIELD_issuer, "ỦY BAN NHÂN DÂN XÃ CẢNH THUY", 0, 0, 0, 0, 0, 0},
        /* beside that neighbour it could have other marks, or a mark parts them */
        {FIELD_abstract, "Về hiện trạng đất", "trạng", 0.80, 0, 0, 0, 0},
        {FIELD_abstract, "Về công, dân số", "dân", 0.80, 0, 0, 0, 0},
    };
    (void)state;
    expect_asks(rows, COUNT_OF(rows), true);
}

/* Capitals lose their accents; what an agency can only be called is spelled as it is called. */
static void what_an_agency_is_spelled_as_is_believed(void **state)
{
    static const struct {
        const char *printed, *value, *place;
        bool asks;
    } rows[] = {
        {"SỞ XAY DỰNG", "Sở Xây dựng", NULL, false},
        {"SỞ XAY DỰNG", "Sở Xay dựng", NULL, true},
        {"ỦY BẠN NHÂN DÂN XÃ", "Ủy ban nhân dân xã", NULL, false},
        {"ỦY BAN NHÂN DÂN TÍNH QUANG NGÃI", "Ủy ban nhân dân tỉnh Quảng Ngãi", NULL, false},
        {"Sở Xay dựng", "Sở Xây dựng", NULL, true},
        {"HUYỆN PHU YEN", "Huyện Phù Yên", "Phù Yên", false},
        {"HUYỆN PHU YEN", "Huyện Phu Yen", "Phù Yên", true},
        {"SƠ XÂY DỰNG", "Sở Xây dựng", NULL, false},
        {"SƠ XÂY DỰNG", "Sơ Xây dựng", NULL, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sheet sheet = {.field = FIELD_issuer,
                              .text = rows[i].printed,
                              .value = rows[i].value,
                              .place = rows[i].place};
        if (asks(&sheet) != rows[i].asks)
            fail_msg("'%s' as '%s' %s", rows[i].printed, rows[i].value,
                     rows[i].asks ? "is believed" : "asks");
    }
}

static void texts_surely_read_are_believed(void **state)
{
    static const struct sheet rows[] = {
        {FIELD_abstract, "Về việc xác minh thực địa", 0, 0, 0, 0, 0, 0},
        {FIELD_abstract, "Về việc giải quyết hồ sơ – đợt hai", 0, 0, 0, 0, 0, 0},
        {FIELD_abstract, "V/v rà soát thủ tục của UBND", 0, 0, 0, 0, 0, 0},
        {FIELD_issuer, "ỦY BAN NHÂN DÂN XÃ", "NHÂN", 0.91, 0, 0, 0, 0},
        {FIELD_signer, "Lò Thị Mai", 0, 0, 0, 0, 0, 0},
        /* what only one word can be in its place */
        {FIELD_issuer, "ỦY BAN NHÂN DÂN XÃ", "NHÂN", 0.60, 0, 0, 0, 0},
        {FIELD_issuer, "ỦY BAN NHÂN DÂN TỈNH GIA LAI", "TỈNH", 0.60, 0, 0, 0, 0},
        {FIELD_issuer, "SỞ XÂY DỰNG", "XÂY", 0.60, 0, 0, 0, 0},
        {FIELD_owner_name, "Bà Đinh Thị Mai", "Đinh", 0.60, 0, 0, 0, 0},
        {FIELD_signer, "Lò Thị Mai", "Thị", 0.80, 0, 0, 0, 0},
        {FIELD_abstract, "V/v rà soát thủ tục", "V/v", 0.60, 0, 0, 0, 0},
        {FIELD_doc_name, "ciuyết", "ciuyết", 0.3, 0, 0, 0, 0},
        /* a province's name, a usual given name */
        {FIELD_issuer, "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI", "QUẢNG", 0.60, 0, 0, 0, 0},
        {FIELD_issue_place, "Quảng Ngãi", "Ngãi", 0.70, 0, 0, 0, 0},
        {FIELD_owner_name, "Lò Thị Ngọc", "Ngọc", 0.85, 0, 0, 0, 0},
        {FIELD_issue_place, "Phù Yên", 0, 0, 0, 0, 0, 0, 0, 0},
        {FIELD_issue_place, "Mộc Châu", "Châu", 0.96, "MỘC CHẦU", "CHẦU", 0.86, 0, 0, 0},
        {FIELD_abstract, "Về đơn của ông Đinh Văn Lộc", "Đinh", 0.85, 0, 0, 0, 0, 0, 0},
        {FIELD_issuer, "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "VÀ", 0.75, 0, 0, 0, 0, 0, 0},
        /* the same name in letters of the other size */
        {FIELD_owner_name, "LÒ THỊ MAI", "MAI", 0.80, "Lò Thị Mai", "Mai", 0.75, 0},
        {FIELD_abstract, "Về việc chuẩn hóa", "chuẩn", 0.95, 0, 0, 0, 0},
        /* what administrative Vietnamese knows beside that neighbour */
        {FIELD_abstract, "Về tiếp công dân thường kỳ", "dân", 0.75, 0, 0, 0, 0},
        {FIELD_abstract, "Kết quả năm 2018", "năm", 0.60, "của năm 2018", "của", 0, 0},
        {FIELD_owner_name, "Y Văn Trọng", 0, 0, 0, 0, 0, 0},
        {FIELD_issue_place, "Ia Le", 0, 0, 0, 0, 0, 0},
        /* names of other languages, abbreviations */
        {FIELD_owner_name, "H'Hen Niê", 0, 0, 0, 0, 0, 0},
        {FIELD_owner_name, "Y Moan Ênuôl", 0, 0, 0, 0, 0, 0},
        {FIELD_owner_name, "Kpă Thị Mai", 0, 0, 0, 0, 0, 0},
        {FIELD_owner_name, "John Smith", 0, 0, 0, 0, 0, 0},
        {FIELD_signer, "Ths. Lò Thị Mai", 0, 0, 0, 0, 0, 0},
        {FIELD_issue_place, "Krông Pắc", 0, 0, 0, 0, 0, 0},
        {FIELD_issuer, "Ủy ban nhân dân xã Pú Nhung", 0, 0, 0, 0, 0, 0},
        {FIELD_issuer, "Công ty TNHH Hòa Bình", 0, 0, 0, 0, 0, 0},
    };
    (void)state;
    expect_asks(rows, COUNT_OF(rows), false);
}

static void numerals_need_more_than_words(void **state)
{
    static const struct sheet asked[] = {
        {FIELD_abstract, "Kết quả năm 2018", "2018", 0.94, 0, 0, 0, 0},
        {FIELD_abstract, "Kết quả quý II năm", "II", 0.94, 0, 0, 0, 0},
        {FIELD_abstract, "Kết quả quý II năm", "II", 0.96, 0, 0, 0, 1.6},
        {FIELD_abstract, "Kết quả quý I năm", 0, 0, 0, 0, 0, 0},
        {FIELD_abstract, "Kết quả quý 1 năm", 0, 0, 0, 0, 0, 0},
        {FIELD_abstract, "Kết quả quý l năm", 0, 0, 0, 0, 0, 0},
        {FIELD_issuer, "PHƯỜNG 5", "5", 0.94, 0, 0, 0, 0},
    };
    static const struct sheet believed[] = {
        {FIELD_abstract, "Kết quả năm 2018", 0, 0, 0, 0, 0, 0},
        {FIELD_abstract, "Kết quả quý II năm", 0, 0, 0, 0, 0, 0},
        {FIELD_abstract, "Kết quả quý II năm", "II", 0.90, "Trong quý II. Đã", 0, 0, 0},
        {FIELD_abstract, "Kết quả quý I năm", 0, 0, "Trong quý I đã", 0, 0, 0},
    };
    (void)state;
    expect_asks(asked, COUNT_OF(asked), true);
    expect_asks(believed, COUNT_OF(believed), false);
}

static void the_rest_of_the_paper_is_a_witness(void **state)
{
    static const struct sheet asked[] = {
        /* the same place read differently, however sure the first reading is */
        {FIELD_abstract, "Về việc để nghị hỗ trợ", "để", 0.97, "Xét đề nghị của", "đề", 0.77, 0},
        /* another place, but surer */
        {FIELD_signer, "Lò Thị Mai", "Mai", 0.92, "ông Mải về", "Mải", 0.96, 0},
        /* a witness who is not sure, or speaks of something else */
        {FIELD_abstract, "Về việc xác minh đất", "minh", 0.80, "đã xác minh là", "minh", 0.90, 0},
        {FIELD_abstract, "Về việc xác minh đất", "minh", 0.80, "ông minh là", 0, 0, 0},
    };
    static const struct sheet believed[] = {
        {FIELD_abstract, "Về việc xác minh đất", "minh", 0.80, "đã xác minh, là", 0, 0, 0},
        {FIELD_abstract, "Về việc xác minh đất", "minh", 0.97, "ông mình là", 0, 0, 0},
        /* no name */
        {FIELD_signer, "LÒ THỊ HOA", "HOA", 0.90, "văn hóa xã", 0, 0, 0},
        /* read alike beside its neighbour; elsewhere another word has other accents */
        {FIELD_signer, "Lò Thị Hoa", "Hoa", 0.80, "Thị Hoa là văn hóa xã", 0, 0, 0},
        {FIELD_abstract, "Về việc xác minh đất", "minh", 0.97, "đã xác mình là", "mình", 0.5, 0},
        /* elsewhere the word belongs to another neighbour */
        {FIELD_abstract, "Công tác tuyên truyền", 0, 0, "công tác tuyển dụng", 0, 0, 0},
    };
    (void)state;
    expect_asks(asked, COUNT_OF(asked), true);
    expect_asks(believed, COUNT_OF(believed), false);
}

static void foreign_words_make_a_name_less_sure_but_stay(void **state)
{
    struct sheet name = {FIELD_signer, "Y Thịnh Mlô", 0, 0, 0, 0, 0, 0};
    (void)state;
    assert_false(asks(&name));
    name.field = FIELD_abstract;
    assert_true(asks(&name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_with_a_doubtful_word_ask_a_person),
        cmocka_unit_test(texts_surely_read_are_believed),
        cmocka_unit_test(what_an_agency_is_spelled_as_is_believed),
        cmocka_unit_test(numerals_need_more_than_words),
        cmocka_unit_test(the_rest_of_the_paper_is_a_witness),
        cmocka_unit_test(foreign_words_make_a_name_less_sure_but_stay),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
