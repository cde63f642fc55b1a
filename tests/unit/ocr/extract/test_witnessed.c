#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "ocr/extract/understand.h"
#include "typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Values that ask nobody because something else on the paper, or the law's form of it, speaks for
 * them; and the same values where nothing does. Everybody is invented. */

#define LINES_MAX 12
#define CHANGED_MAX 2

struct line {
    double x_mm, y_mm; /* x: middle where `centred` */
    bool centred;
    const char *text;
};

/* Papers with the head of an office, or (issuer NULL) under the motto in the middle. */
struct sheet {
    const char *issuer, *issuer_rest, *number, *place_date;
    struct line line[LINES_MAX];
    struct {
        const char *word; /* NULL: no more */
        double confidence, hand, larger;
    } changed[CHANGED_MAX];
    const char *field, *value;
    bool asks;
};

static struct templates *templates;

static int load(void **state)
{
    struct err err = ERR_INIT;
    (void)state;
    return templates_load(NULL, &templates, &err) ? -1 : 0;
}

static int unload(void **state)
{
    (void)state;
    templates_free(templates);
    return 0;
}

static void change(struct typeset *set, const struct sheet *sheet)
{
    for (size_t k = 0; k < CHANGED_MAX && sheet->changed[k].word; k++)
        for (size_t i = 0; i < set->words.count; i++) {
            struct word *word = &set->words.item[i];
            if (strcmp(word->text, sheet->changed[k].word) != 0)
                continue;
            double larger = sheet->changed[k].larger > 0 ? sheet->changed[k].larger : 1;
            word->confidence = sheet->changed[k].confidence;
            word->hand = sheet->changed[k].hand;
            word->box.y -= word->box.h * (larger - 1);
            word->box.h *= larger;
            word->box.w *= larger;
        }
}

static void set_sheet(struct typeset *set, const struct sheet *sheet)
{
    typeset_start(set);
    if (sheet->issuer) {
        typeset_head(set, sheet->issuer, sheet->issuer_rest, sheet->number, sheet->place_date);
    } else {
        typeset_centred(set, 111, 22, 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
        typeset_centred(set, 111, 28, 13, "Độc lập - Tự do - Hạnh phúc");
    }
    for (size_t i = 0; i < LINES_MAX && sheet->line[i].text; i++) {
        const struct line *line = &sheet->line[i];
        if (line->centred)
            typeset_centred(set, line->x_mm, line->y_mm, 13, line->text);
        else
            typeset_at(set, line->x_mm, line->y_mm, 13, line->text);
    }
    if (sheet->issuer) /* a page, not its upper half */
        typeset_at(set, 28, 220, 13, "Lập thành hai bản có giá trị như nhau, mỗi bên giữ một bản.");
    change(set, sheet);
}

static void check(const struct sheet *sheets, size_t count)
{
    static const struct page_info no_info[1];
    for (size_t i = 0; i < count; i++) {
        struct typeset set;
        struct err err = ERR_INIT;
        char path[100];
        AUTO(js) struct js *answer = NULL;
        set_sheet(&set, &sheets[i]);
        if (understand_document(templates, &set.words, no_info, 1, NULL, &answer, &err))
            fail_msg("%s", err.detail);
        typeset_done(&set);
        snprintf(path, sizeof path, "fields.%s.value", sheets[i].field);
        const char *value = js_text_or(answer, path, "nothing");
        if (strcmp(value, sheets[i].value) != 0)
            fail_msg("row %zu (%s): %s is '%s', not '%s'", i, js_text_or(answer, "type", ""),
                     sheets[i].field, value, sheets[i].value);
        snprintf(path, sizeof path, "fields.%s.needs_person", sheets[i].field);
        if (js_bool_or(answer, path, !sheets[i].asks) != sheets[i].asks)
            fail_msg("row %zu: %s '%s' %s", i, sheets[i].field, value,
                     sheets[i].asks ? "does not ask" : "asks");
    }
}

#define CHECK(sheets) check(sheets, sizeof(sheets) / sizeof *(sheets))

#define MINUTES                                                                                    \
    .issuer = "ỦY BAN NHÂN DÂN", .issuer_rest = "XÃ AN VINH", .number = "Số: 12/BB-UBND",          \
    .place_date = "An Vinh, ngày 14 tháng 10 năm 2023"

static void minutes_are_signed_by_who_presided(void **state)
{
    static const struct sheet sheets[] = {
        {MINUTES,
         .line = {{111, 60, true, "BIÊN BẢN LÀM VIỆC"},
                  {28, 75, false, "Hôm nay, ngày 14 tháng 10 năm 2023, chúng tôi gồm:"},
                  {60, 160, true, "THƯ KÝ"},
                  {150, 160, true, "CHỦ TỌA"},
                  {60, 190, true, "Võ Thị Sương"},
                  {150, 190, true, "Trịnh Quang Hào"}},
         .field = "signer", .value = "Trịnh Quang Hào", .asks = false},
        {MINUTES, /* two parties */
         .line = {{111, 60, true, "BIÊN BẢN LÀM VIỆC"},
                  {28, 75, false, "Hôm nay, ngày 14 tháng 10 năm 2023, chúng tôi gồm:"},
                  {150, 160, true, "GIÁM ĐỐC"},
                  {150, 190, true, "Trịnh Quang Hào"}},
         .field = "signer", .value = "Trịnh Quang Hào", .asks = true},
        {MINUTES, /* and two who presided */
         .line = {{111, 60, true, "BIÊN BẢN LÀM VIỆC"},
                  {28, 75, false, "Hôm nay, ngày 14 tháng 10 năm 2023, chúng tôi gồm:"},
                  {60, 160, true, "CHỦ TRÌ"},
                  {150, 160, true, "CHỦ TỌA"},
                  {60, 190, true, "Võ Thị Sương"},
                  {150, 190, true, "Trịnh Quang Hào"}},
         .field = "signer", .value = "Trịnh Quang Hào", .asks = true},
    };
    (void)state;
    CHECK(sheets);
}

#define LAND(address, signs)                                                                       \
    .line = {{111, 42, true, "GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT"},                                 \
             {28, 56, false, "I. Người sử dụng đất"},                                              \
             {28, 64, false, "Bà: Võ Thị Sương, sinh năm 1988, CCCD số: 052188004410"},            \
             {28, 72, false, address},                                                             \
             {150, 120, true, "An Vinh, ngày 06 tháng 5 năm 2021"},                                \
             {150, 127, true, signs},                                                              \
             {150, 133, true, "CHỦ TỊCH"},                                                         \
             {150, 160, true, "Trịnh Thị Ngân"}}

static void the_agency_that_signs_is_sure_where_the_land_lies_in_its_unit(void **state)
{
    static const struct sheet sheets[] = {
        {LAND("b) Địa chỉ: xã An Vinh, huyện Tây Sơn, tỉnh Gia Lai",
              "TM. ỦY BAN NHÂN DÂN HUYỆN TÂY SƠN"),
         .field = "issuer", .value = "Ủy ban nhân dân huyện Tây Sơn", .asks = false},
        {LAND("b) Địa chỉ: xã An Vinh, tỉnh Gia Lai", "TM. ỦY BAN NHÂN DÂN HUYỆN TÂY SƠN"),
         .field = "issuer", .value = "Ủy ban nhân dân huyện Tây Sơn", .asks = true},
        /* part of its name was not read */
        {LAND("b) Địa chỉ: xã An Vinh, huyện Tây Sơn, tỉnh Gia Lai",
              "TM. ỦY BAN NHÂN DÂN HUYỆN TÂY"),
         .field = "issuer", .value = "Ủy ban nhân dân huyện Tây", .asks = true},
    };
    (void)state;
    CHECK(sheets);
}

#define MARITAL(symbol, doubt, ink)                                                                \
    .issuer = "ỦY BAN NHÂN DÂN", .issuer_rest = "XÃ AN VINH", .number = "Số: " symbol,             \
    .place_date = "An Vinh, ngày 06 tháng 5 năm 2021",                                             \
    .line = {{111, 60, true, "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN"},                                 \
             {28, 96, false, "Họ, chữ đệm, tên: Võ Thị Sương"}},                                   \
    .changed = {{symbol, doubt, ink, 1}}, .field = "number_symbol", .value = symbol

static void a_number_is_sure_with_less_where_its_symbol_is_known(void **state)
{
    static const struct sheet sheets[] = {
        {MARITAL("447/UBND-XNTTHN", 0.70, 0), .asks = false},
        {MARITAL("447/UBND-XNTTHN", 0.60, 0), .asks = true},
        {MARITAL("447/UBND-XNTTHN", 0.70, 0.1), .asks = true},
        {MARITAL("447/UBND-XNTIHN", 0.70, 0), .asks = true},
        {MARITAL("447/SNV-XNTTHN", 0.70, 0), .asks = true},
        {MARITAL("448/UBND-XNTTHN", 0.70, 0), .asks = true}, /* or 446? */
    };
    (void)state;
    CHECK(sheets);
}

#define DATED(day, doubt, ink)                                                                     \
    .issuer = "ỦY BAN NHÂN DÂN", .issuer_rest = "XÃ AN VINH", .number = "Số: 12/QĐ-UBND",          \
    .place_date = "An Vinh, ngày " day " tháng 5 năm 2021",                                        \
    .line = {{111, 60, true, "QUYẾT ĐỊNH"}, {28, 96, false, "Căn cứ Luật Hộ tịch;"}},              \
    .changed = {{day, doubt, ink, 1}}, .field = "issue_date", .value = "2021-05-" day

static void a_printed_day_is_sure_with_less_where_nothing_looks_written(void **state)
{
    static const struct sheet sheets[] = {
        {DATED("11", 0.75, 0), .asks = false},
        {DATED("11", 0.65, 0), .asks = true},
        {DATED("11", 0.75, 0.1), .asks = true},
        {DATED("16", 0.75, 0), .asks = true}, /* or 18? */
    };
    (void)state;
    CHECK(sheets);
}

#define CARD(doubt, ink)                                                                           \
    .line = {{111, 42, true, "CĂN CƯỚC CÔNG DÂN"},                                                 \
             {60, 56, false, "Số / No.: 052188004410"},                                            \
             {60, 66, false, "Họ và tên / Full name: VÕ THỊ SƯƠNG"}},                              \
    .changed = {{"052188004410", doubt, ink, 1.3}}, .field = "owner_id", .value = "052188004410"

static void the_number_of_a_card_may_be_larger_than_its_label(void **state)
{
    static const struct sheet sheets[] = {
        {CARD(0.96, 0), .asks = false},
        {CARD(0.90, 0), .asks = true},
        {CARD(0.96, 0.1), .asks = true},
    };
    (void)state;
    CHECK(sheets);
}

static void the_end_of_an_agency_may_be_two_letters_and_its_beginning_a_speck(void **state)
{
    static const struct sheet sheets[] = {
        {.issuer = "CÔNG AN HUYỆN TÂY SƠN",
         .issuer_rest = "CÔNG AN XÃ THƯỜNG HẬU",
         .line = {{64, 36, true, "AN"},
                  {64, 44, true, "Số: 12/XN"},
                  {111, 60, true, "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ"},
                  {28, 80, false, "1. Họ, chữ đệm và tên: Võ Thị Sương"}},
         .field = "issuer",
         .value = "Công an xã Thường Hậu An",
         .asks = false},
        {.issuer = "ỦY BAN NHÂN DÂN TỈNH GIA LAI",
         .issuer_rest = "„ SỞ Y TẾ",
         .number = "Số: 12/QĐ-SYT",
         .place_date = "Gia Lai, ngày 06 tháng 5 năm 2021",
         .line = {{111, 60, true, "QUYẾT ĐỊNH"}},
         .field = "issuer",
         .value = "Sở Y tế tỉnh Gia Lai",
         .asks = false},
        /* its superior's line alone was read: the symbol names a department */
        {.issuer = "ỦY BAN NHÂN DÂN",
         .issuer_rest = "TỈNH GIA LAI",
         .number = "Số: 12/QĐ-SKHCN",
         .place_date = "Gia Lai, ngày 06 tháng 5 năm 2021",
         .line = {{111, 60, true, "QUYẾT ĐỊNH"}},
         .field = "issuer",
         .value = "Ủy ban nhân dân tỉnh Gia Lai",
         .asks = true},
        /* what hangs under a name may be its end, though it looks like small print */
        {.issuer = "HUYỆN VÂN HỒ",
         .issuer_rest = "ỦY BAN NHÂN DÂN XÃ QUANG",
         .line = {{64, 36, true, "MINH"}, {111, 60, true, "BÁO CÁO"}},
         .changed = {{"MINH", 0.92, 0, 0.6}},
         .field = "issuer",
         .value = "Ủy ban nhân dân xã Quang",
         .asks = true},
        /* the last line of the name was not read: the place knows it whole */
        {.issuer = "ỦY BAN NHÂN DÂN",
         .issuer_rest = "XÃ AN VINH",
         .number = "Số: 12/QĐ-UBND",
         .place_date = "An Vinh Hạ, ngày 06 tháng 5 năm 2021",
         .line = {{111, 60, true, "QUYẾT ĐỊNH"}},
         .field = "issuer",
         .value = "Ủy ban nhân dân xã An Vinh",
         .asks = true},
        {.issuer = "ỦY BAN NHÂN DÂN",
         .issuer_rest = "XÃ AN VINH",
         .number = "Số: 12/QĐ-UBND",
         .place_date = "An Vinh, ngày 06 tháng 5 năm 2021",
         .line = {{111, 60, true, "QUYẾT ĐỊNH"}},
         .field = "issuer",
         .value = "Ủy ban nhân dân xã An Vinh",
         .asks = false},
    };
    (void)state;
    CHECK(sheets);
}

static void the_motto_says_nothing_of_a_name(void **state)
{
    static const struct sheet sheets[] = {
        {.line = {{111, 42, true, "SƠ YẾU LÝ LỊCH"},
                  {28, 56, false, "Họ và tên: LÒ THỊ HOA"},
                  {28, 64, false, "Sinh ngày: 02/09/1988"}},
         .changed = {{"HOA", 0.90, 0, 1}},
         .field = "owner_name",
         .value = "Lò Thị Hoa",
         .asks = false},
    };
    (void)state;
    CHECK(sheets);
}

static void a_last_line_of_one_figure_belongs_to_the_abstract(void **state)
{
    static const struct sheet sheets[] = {
        {.issuer = "ỦY BAN NHÂN DÂN",
         .issuer_rest = "XÃ AN VINH",
         .number = "Số: 12/QĐ-UBND",
         .place_date = "An Vinh, ngày 06 tháng 5 năm 2021",
         .line = {{111, 60, true, "QUYẾT ĐỊNH"},
                  {111, 68, true, "Về việc giải quyết đơn của bà Võ Thị Sương, thường trú tại xóm"},
                  {111, 75, true, "3"},
                  {28, 90, false, "Căn cứ Luật Hộ tịch;"}},
         .field = "abstract",
         .value = "Về việc giải quyết đơn của bà Võ Thị Sương, thường trú tại xóm",
         .asks = true},
    };
    (void)state;
    CHECK(sheets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minutes_are_signed_by_who_presided),
        cmocka_unit_test(the_agency_that_signs_is_sure_where_the_land_lies_in_its_unit),
        cmocka_unit_test(a_number_is_sure_with_less_where_its_symbol_is_known),
        cmocka_unit_test(a_printed_day_is_sure_with_less_where_nothing_looks_written),
        cmocka_unit_test(the_number_of_a_card_may_be_larger_than_its_label),
        cmocka_unit_test(the_motto_says_nothing_of_a_name),
        cmocka_unit_test(a_last_line_of_one_figure_belongs_to_the_abstract),
        cmocka_unit_test(the_end_of_an_agency_may_be_two_letters_and_its_beginning_a_speck),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
