#include "compare.h"
#include "daemon/base/mem.h"
#include "daemon/model/page_info.h"
#include "daemon/model/words.h"
#include "ocr/extract/understand.h"
#include "tests/unit/ocr/extract/typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * What is put on a paper after it was written: a visible signature, an incoming stamp, a label.
 * Wherever there is room for it, the paper stays what it is, and what the addition says is never
 * taken for the paper's own without asking. The sample's recorded words, with words set beside
 * them.
 */

#define SAMPLE SOHOA_SOURCE_DIR "/tests/data/sample"
#define WORDS SOHOA_SOURCE_DIR "/tests/golden/extract/words"
#define PAGES_MAX 8
/* Nearer than a space between words it would be part of the line. */
#define CLEARANCE_MM 2.5
#define STEP_X_MM 34
#define STEP_Y_MM 22
#define EDGE_MM 4

struct addition {
    const char *what;
    double points;
    const char *line[5];
};

static const struct addition additions[] = {
    {"a visible signature",
     7.5,
     {"Người ký: Lò Thị Mai", "Cơ quan: Ủy ban nhân dân xã Đồng Tiến",
      "Thời gian ký: 05/03/2025 08:30:12 +07:00", "Ký số bằng khóa phần mềm"}},
    {"a visible signature in full words",
     8,
     {"Ký bởi: ỦY BAN NHÂN DÂN XÃ VÂN NHAM", "Số: 77/QĐ-UBND", "Ngày 05 tháng 03 năm 2025",
      "Chức vụ: CHỦ TỊCH"}},
    {"an incoming stamp", 11, {"ĐẾN", "Số: 412", "Ngày: 05/3/2025", "Chuyển: Văn phòng"}},
    {"an incoming stamp with its office",
     11,
     {"UBND XÃ VÂN NHAM", "CÔNG VĂN ĐẾN", "Số: 412", "Ngày 05 tháng 3 năm 2025"}},
    {"a label", 8, {"MÃ HỒ SƠ", "000.00.12.H37-250305-0012"}},
    {"a stamp of capitals", 12, {"BẢN SAO ĐIỆN TỬ", "ĐÃ KÝ SỐ"}},
};

struct recorded {
    struct words words[PAGES_MAX];
    struct page_info info[PAGES_MAX];
    size_t count;
};

static void load_paper(const struct js *paper, struct recorded *out)
{
    struct err err = ERR_INIT;
    out->count = js_count(js_at(paper, "pages"));
    for (size_t i = 0; i < out->count; i++) {
        char path[300];
        AUTO(js) struct js *page = NULL;
        snprintf(path, sizeof path, WORDS "/%s.p%zu.json", js_text_or(paper, "folder", ""), i + 1);
        if (js_read_file(path, &page, &err) ||
            words_from_js(js_at(page, "words"), &out->words[i], &err) ||
            page_info_from_js(js_at(page, "page"), &out->info[i], &err))
            fail_msg("%s: %s", path, err.detail);
    }
}

static void unload_paper(struct recorded *paper)
{
    for (size_t i = 0; i < paper->count; i++) {
        words_done(&paper->words[i]);
        page_info_done(&paper->info[i]);
    }
}

/* The addition's words with its upper left corner at 0, 0; *out_size is its extent. */
static void set_addition(const struct addition *addition, struct typeset *set,
                         struct size_mm *out_size)
{
    double pitch_mm = addition->points * 25.4 / 72 * 1.25;
    *out_size = (struct size_mm){0};
    typeset_start(set);
    for (size_t i = 0; i < 5 && addition->line[i]; i++)
        typeset_at(set, 0, (double)(i + 1) * pitch_mm, addition->points, addition->line[i]);
    for (size_t i = 0; i < set->words.count; i++) {
        const struct word *word = &set->words.item[i];
        double right = word->box.x + word->box.w, bottom = word->box.y + word->box.h;
        out_size->w = right > out_size->w ? right : out_size->w;
        out_size->h = bottom > out_size->h ? bottom : out_size->h;
    }
}

static bool is_free(const struct words *words, struct rect_mm box)
{
    struct rect_mm wide = {box.x - CLEARANCE_MM, box.y - CLEARANCE_MM, box.w + 2 * CLEARANCE_MM,
                           box.h + 2 * CLEARANCE_MM};
    for (size_t i = 0; i < words->count; i++)
        if (rect_overlap_mm2(wide, words->item[i].box) > 0)
            return false;
    return true;
}

static void copy_words(const struct words *from, double x_mm, double y_mm, int line,
                       struct words *to)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct word *word = &from->item[i];
        struct rect_mm box = word->box;
        box.x += x_mm;
        box.y += y_mm;
        assert_int_equal(words_add(to, word->text, word->confidence, box, word->baseline_mm + y_mm,
                                   word->block, line + word->line, NULL),
                         ERR_OK);
    }
}

/* All of them are told, so that one run shows where it goes wrong. */
static size_t complaints;

static void complain(const struct js *paper, const char *what, struct rect_mm box,
                     const char *problem, const char *about, const char *value)
{
    complaints++;
    print_message("%s with %s at %.0f, %.0f: %s %s (%s)\n", js_text_or(paper, "folder", ""), what,
                  box.x, box.y, problem, about, value);
}

static void check_answer(const struct js *paper, const struct js *found, const char *what,
                         struct rect_mm box)
{
    const char *type = js_text_or(found, "type", "");
    if (strcmp(type, js_text_or(paper, "type", "")) != 0)
        complain(paper, what, box, "it is called", type, "type");
    const struct js *fields = js_at(found, "fields");
    for (void *it = js_iter(fields); it; it = js_iter_next(fields, it)) {
        char path[80];
        snprintf(path, sizeof path, "fields.%.60s", js_iter_key(it));
        if (compare_field(js_iter_value(it), js_text_or(paper, path, NULL)) == VERDICT_SILENT)
            complain(paper, what, box, "sure and wrong is", js_iter_key(it),
                     js_text_or(js_iter_value(it), "value", "none"));
    }
}

static void check_place(const struct templates *templates, const struct js *paper,
                        const struct recorded *recorded, const struct addition *addition,
                        const struct typeset *set, struct rect_mm box)
{
    const struct words *plain = &recorded->words[0];
    AUTO(words) struct words first = {0};
    AUTO(js) struct js *found = NULL;
    words_init(&first, plain->page, plain->skew_deg);
    copy_words(plain, 0, 0, 0, &first);
    copy_words(&set->words, box.x, box.y, 1000, &first);
    struct words pages[PAGES_MAX];
    memcpy(pages, recorded->words, sizeof pages);
    pages[0] = first;
    assert_int_equal(
        understand_document(templates, pages, recorded->info, recorded->count, NULL, &found, NULL),
        ERR_OK);
    check_answer(paper, found, addition->what, box);
}

/* Tries a grid of places that includes all edges; returns how many were free. */
static size_t check_addition(const struct templates *templates, const struct js *paper,
                             const struct recorded *recorded, const struct addition *addition)
{
    struct typeset set;
    struct size_mm size, page = recorded->words[0].page;
    size_t places = 0;
    set_addition(addition, &set, &size);
    int columns = (int)((page.w - size.w) / STEP_X_MM) + 1;
    int rows = (int)((page.h - size.h) / STEP_Y_MM) + 1;
    for (int row = 0; row <= rows; row++)
        for (int column = 0; column <= columns; column++) {
            struct rect_mm box = {EDGE_MM + (page.w - size.w - 2 * EDGE_MM) * column / columns,
                                  EDGE_MM + (page.h - size.h - 2 * EDGE_MM) * row / rows, size.w,
                                  size.h};
            if (!is_free(&recorded->words[0], box))
                continue;
            check_place(templates, paper, recorded, addition, &set, box);
            places++;
        }
    typeset_done(&set);
    return places;
}

static void an_addition_anywhere_leaves_the_paper_what_it_is(void **state)
{
    struct err err = ERR_INIT;
    AUTO(templates) struct templates *templates = NULL;
    AUTO(js) struct js *answers = NULL;
    size_t places = 0;
    (void)state;
    assert_int_equal(templates_load(NULL, &templates, &err), ERR_OK);
    assert_int_equal(js_read_file(SAMPLE "/answers.json", &answers, &err), ERR_OK);
    for (size_t i = 0; i < js_count(js_at(answers, "papers")); i++) {
        const struct js *paper = js_item(js_at(answers, "papers"), i);
        struct recorded recorded;
        load_paper(paper, &recorded);
        for (size_t k = 0; k < sizeof additions / sizeof *additions; k++)
            places += check_addition(templates, paper, &recorded, &additions[k]);
        unload_paper(&recorded);
    }
    print_message("%zu additions\n", places);
    assert_true(places > 500);
    assert_int_equal(complaints, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_addition_anywhere_leaves_the_paper_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
