#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "ocr/classify/page_number.h"
#include "ocr/extract/sides.h"
#include "typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Where papers start in a pile. A page is one letter:
 *   D decision, L covering letter that sends one, A annex, R regulation with a head of its own that
 *   a decision carries, F form without a motto, p page inside, b blank, | patch sheet, # own sheet,
 *   P form with a patch printed on it, G paper of an unknown kind, C chapter inside; a digit behind
 * a letter is the page number it bears */

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

static void set_body(struct typeset *set, double from_mm, int lines)
{
    for (int i = 0; i < lines; i++)
        typeset_at(set, 30, from_mm + 7 * i, 13,
                   "Những nội dung chưa nêu rõ áp dụng quy định chung hiện hành của");
}

static void set_head(struct typeset *set, const char *number, const char *title)
{
    typeset_head(set, "ỦY BAN NHÂN DÂN", "XÃ ĐỒNG TIẾN", number,
                 "Đồng Tiến, ngày 05 tháng 3 năm 2024");
    if (title)
        typeset_centred(set, 111, 55, 14, title);
}

static void set_letter(struct typeset *set)
{
    set_head(set, "Số: 81/UBND-VP", NULL);
    typeset_centred(set, 60, 46, 12, "V/v gửi kèm Quyết định công nhận hộ nghèo");
    typeset_centred(set, 111, 58, 14, "Kính gửi: Trưởng các thôn trên địa bàn xã");
    typeset_at(set, 38, 72, 14, "Ủy ban nhân dân xã gửi kèm theo Quyết định số 99/QĐ-UBND để các");
    typeset_at(set, 30, 79, 14, "thôn niêm yết và thông báo tới từng hộ.");
    set_body(set, 90, 6);
}

static void set_page(struct typeset *set, char kind, const char *number)
{
    typeset_start(set);
    if (number)
        typeset_centred(set, 105, 15, 13, number);
    switch (kind) {
    case 'D':
        set_head(set, "Số: 99/QĐ-UBND", "QUYẾT ĐỊNH");
        set_body(set, 80, 12);
        break;
    case 'L':
        set_letter(set);
        break;
    case 'A':
        typeset_centred(set, 105, 28, 14, "PHỤ LỤC");
        typeset_centred(set, 105, 36, 14, "DANH SÁCH CÁC HỘ");
        typeset_centred(set, 105, 43, 13, "(Kèm theo Quyết định số 99/QĐ-UBND ngày 05/3/2024)");
        set_body(set, 55, 12);
        break;
    case 'R':
        set_head(set, NULL, "QUY CHẾ");
        typeset_centred(set, 105, 62, 13,
                        "(Ban hành kèm theo Quyết định số 99/QĐ-UBND ngày 05/3/2024)");
        set_body(set, 80, 12);
        break;
    case 'F':
    case 'P':
        typeset_centred(set, 105, 30, 14, "TỜ KHAI ĐĂNG KÝ KHAI SINH");
        set_body(set, 50, 14);
        break;
    case 'G':
        typeset_centred(set, 105, 30, 14, "GIẤY RA VIỆN");
        set_body(set, 50, 14);
        break;
    case 'X':
    case 'Y':
        typeset_centred(set, 105, 30, 14, "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ");
        set_body(set, 50, 14);
        break;
    case 'C':
        typeset_centred(set, 105, 30, 14, "CHƯƠNG II");
        set_body(set, 50, 14);
        break;
    case '|':
        typeset_centred(set, 105, 150, 20, "PATCH T");
        break;
    case '#':
        typeset_centred(set, 105, 150, 20, "TỜ PHÂN CÁCH");
        break;
    case 'b':
        break;
    default:
        set_body(set, 30, 20);
    }
}

#define PAGES_MAX 16

struct pile_of {
    struct typeset set[PAGES_MAX];
    struct page_info info[PAGES_MAX];
    struct side_image image[PAGES_MAX];
    size_t count;
};

static void set_info(struct page_info *info, char kind)
{
    *info = (struct page_info){
        .width_px = 2480, .height_px = 3508, .dpi = 300, .size = {210, 297}, .blank = kind == 'b'};
    bool patch = kind == '|' || kind == 'P';
    if (!patch && !strchr("#xyzXY", kind))
        return;
    info->code_count = 1; /* x, y: pages with the codes of two dossiers; X, Y: their receipts; z:
                             our sheet with one */
    snprintf(info->codes[0].kind, sizeof info->codes[0].kind, "%s", patch ? PATCH_KIND : "QR");
    info->codes[0].text =
        (char *)(uintptr_t)(patch                        ? "T"
                            : kind == '#'                ? SEPARATOR_TEXT
                            : kind == 'z'                ? SEPARATOR_TEXT ";H42.31-210315-0194"
                            : kind == 'x' || kind == 'X' ? "H42.31-210315-0192|1.000894"
                                                         : "H42.31-210315-0193|1.000894");
}

static void make_pile(const char *pages, bool duplex, struct pile_of *out)
{
    *out = (struct pile_of){0};
    for (const char *at = pages; *at; at++) {
        char number[2] = {at[1] >= '0' && at[1] <= '9' ? at[1] : 0};
        size_t i = out->count++;
        set_page(&out->set[i], *at, number[0] ? number : NULL);
        set_info(&out->info[i], *at);
        out->image[i] = (struct side_image){.words = &out->set[i].words,
                                            .info = &out->info[i],
                                            .side = (int64_t)i,
                                            .sheet = {duplex ? (int64_t)i / 2 : (int64_t)i, false}};
        at += number[0] != 0;
    }
}

static struct js *understand(struct pile_of *pile, const char *separators)
{
    struct js *answer = NULL;
    struct parting parting = {0};
    struct err err = ERR_INIT;
    if (parting_read(separators, NULL, &parting, &err) ||
        understand_sides(templates, pile->image, pile->count, &parting, NULL, &answer, &err))
        fail_msg("%s", err.detail);
    return answer;
}

/* One letter a page: S surely starts, s may, - does not, | is a separator. */
static void tell(const struct js *answer, char out[PAGES_MAX + 1])
{
    const struct js *pages = js_at(answer, "pages");
    size_t count = js_count(pages);
    for (size_t i = 0; i < count; i++) {
        const struct js *page = js_item(pages, i);
        bool starts = js_bool_or(page, "starts_document.value", false);
        bool sure = js_real_or(page, "starts_document.confidence", 0) >= 0.8;
        out[i] = js_has(page, "separator") ? '|' : !starts ? '-' : sure ? 'S' : 's';
    }
    out[count] = 0;
}

static void done(struct pile_of *pile)
{
    for (size_t i = 0; i < pile->count; i++)
        typeset_done(&pile->set[i]);
}

static void papers_start_where_the_evidence_says(void **state)
{
    static const struct {
        const char *why, *pile, *separators, *starts;
        bool duplex;
    } rows[] = {
        {"a letter and the decision it carries", "LDpA", "none", "SS--", false},
        {"an annex with its decision", "DpAApD", "none", "S----S", false},
        {"a regulation with its decision", "DpRp", "none", "S---", false},
        {"a form without a motto", "DpF", "none", "S-s", false},
        {"a form counted on is none", "Dp2F3", "none", "S--", false},
        {"a form counted from one", "Dp2F1p2", "none", "S-S-", false},
        {"a page counted from one", "Dp2p3p1p2", "none", "S--s-", false},
        {"a motto that is counted on asks", "Dp2D3", "none", "S-s", false},
        {"patch sheets", "D|p|Fp", "patch,code", "S|S|S-", false},
        {"own sheets", "#Dp#p", "patch,code", "|S-|S", false},
        {"not wanted", "D|p", "none", "Ss-", false},
        {"blank leaf", "Dpbp", "patch,blank", "S-|S", false},
        {"blank not wanted", "Dpbp", "patch,code", "S---", false},
        {"blank back is none", "DbpbDb", "blank", "S---S-", true},
        {"both sides of a leaf blank", "Dbbbpb", "blank", "S-||S-", true},
        {"the blank back of a separator", "Db|bpb", "patch", "S-||S-", true},
        {"the code of another dossier", "xpxyp", "none", "S--S-", false},
        {"a patch on a form", "DpPp", "patch", "S-S-", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pile_of pile;
        char told[PAGES_MAX + 1];
        make_pile(rows[i].pile, rows[i].duplex, &pile);
        AUTO(js) struct js *answer = understand(&pile, rows[i].separators);
        tell(answer, told);
        done(&pile);
        if (strcmp(told, rows[i].starts) != 0)
            fail_msg("%s: %s, not %s", rows[i].why, told, rows[i].starts);
    }
}

/* Below PAPER_START_ASKED two papers would become one and nobody would look. */
static void what_names_a_paper_asks_and_a_heading_inside_does_not(void **state)
{
    static const struct {
        const char *pile;
        bool asks;
    } rows[] = {{"DpG", true}, {"DpC", false}, {"Dp2G3", false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pile_of pile;
        make_pile(rows[i].pile, false, &pile);
        AUTO(js) struct js *answer = understand(&pile, "none");
        const char *start = "pages[2].starts_document";
        bool asks = js_bool_or(js_at(answer, start), "value", false) &&
                    js_real_or(js_at(answer, start), "confidence", 0) >= PAPER_START_ASKED;
        done(&pile);
        if (asks != rows[i].asks)
            fail_msg("%s", rows[i].pile);
    }
}

/* One letter a page: x, y, z the dossier whose receipt or sheet was last seen, - none so far. An
 * old paper bears the code of its own case and says nothing of those behind it. */
static void a_page_knows_the_code_it_lies_behind(void **state)
{
    static const struct {
        const char *pile, *codes;
    } rows[] = {{"DpXpD", "--xxx"}, {"XpYDpXp", "xxyyyxx"}, {"XpzDp", "xxzzz"},
                {"Dp", "--"},       {"XpypDp", "xxxxxx"},   {"xpyp", "----"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pile_of pile;
        char told[PAGES_MAX + 1] = "";
        make_pile(rows[i].pile, false, &pile);
        AUTO(js) struct js *answer = understand(&pile, "patch,code");
        for (size_t k = 0; k < pile.count; k++) {
            char path[60];
            snprintf(path, sizeof path, "pages[%zu].starts_document.dossier_code", k);
            const char *code = js_text_or(answer, path, "");
            told[k] = *code ? (char)('x' + code[strlen(code) - 1] - '2') : '-';
        }
        done(&pile);
        if (strcmp(told, rows[i].codes) != 0)
            fail_msg("%s: %s, not %s", rows[i].pile, told, rows[i].codes);
    }
}

static void fields_are_those_of_the_first_paper_behind_a_separator(void **state)
{
    struct pile_of pile;
    (void)state;
    make_pile("|D|L", false, &pile);
    AUTO(js) struct js *answer = understand(&pile, "patch");
    done(&pile);
    assert_string_equal(js_text_or(answer, "type", ""), "decision");
    assert_string_equal(js_text_or(answer, "fields.number_symbol.value", ""), "99/QĐ-UBND");
    assert_int_equal(js_int_or(answer, "fields.number_symbol.page", 0), 2);
}

static void a_person_says_what_is_no_separator(void **state)
{
    struct pile_of pile;
    char told[PAGES_MAX + 1];
    (void)state;
    make_pile("Dp|p", false, &pile);
    pile.image[2].sheet.is_page = true;
    AUTO(js) struct js *answer = understand(&pile, "patch,blank");
    tell(answer, told);
    done(&pile);
    assert_string_equal(told, "S-s-");
}

static void a_missing_number_is_told(void **state)
{
    static const struct {
        const char *pile;
        int missing[4];
    } rows[] = {
        {"Dp2p3p4", {0, 0, 0, 0}}, {"Dp2p4p5", {0, 0, 3, 0}}, {"Dp3p4p5", {0, 2, 0, 0}},
        {"Dp2bp3", {0, 0, 0, 0}},  {"Dp2Dp2", {0, 0, 0, 0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pile_of pile;
        make_pile(rows[i].pile, false, &pile);
        AUTO(js) struct js *answer = understand(&pile, "none");
        for (size_t k = 0; k < pile.count; k++) {
            char path[60];
            snprintf(path, sizeof path, "pages[%zu].starts_document.missing", k);
            if (js_int_or(answer, path, 0) != rows[i].missing[k])
                fail_msg("%s, page %zu: %d", rows[i].pile, k + 1, (int)js_int_or(answer, path, 0));
        }
        done(&pile);
    }
}

static void page_numbers_are_read_as_they_are_printed(void **state)
{
    static const struct {
        const char *text;
        int number, of;
    } rows[] = {
        {"2", 2, 0},       {"- 2 -", 2, 0},   {"Trang 2", 2, 0},    {"Trang 2/5", 2, 5},
        {"2/5", 2, 5},     {"2 / 5", 2, 5},   {"TRANG: 12", 12, 0}, {"– 3 –", 3, 0},
        {"5/2", 0, 0},     {"12/2024", 0, 0}, {"Số 2", 0, 0},       {"2.1. Nội dung", 0, 0},
        {"0", 0, 0},       {"2024", 0, 0},    {"", 0, 0},           {"Trang", 0, 0},
        {"1234567", 0, 0}, {"(4)", 4, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page_number number = {0};
        bool read = page_number_read(rows[i].text, &number);
        bool wanted = rows[i].number > 0;
        if (read != wanted ||
            (read && (number.number != rows[i].number || number.of != rows[i].of)))
            fail_msg("'%s': %d of %d", rows[i].text, number.number, number.of);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_start_where_the_evidence_says),
        cmocka_unit_test(what_names_a_paper_asks_and_a_heading_inside_does_not),
        cmocka_unit_test(a_page_knows_the_code_it_lies_behind),
        cmocka_unit_test(fields_are_those_of_the_first_paper_behind_a_separator),
        cmocka_unit_test(a_person_says_what_is_no_separator),
        cmocka_unit_test(a_missing_number_is_told),
        cmocka_unit_test(page_numbers_are_read_as_they_are_printed),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
