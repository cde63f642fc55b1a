#include "daemon/base/mem.h"
#include "ocr/papers/compose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char wording_folder[] = SOHOA_SOURCE_DIR "/ocr/papers/wording";

/* A folder with one file. */
static void make_folder(char folder[64], const char *text)
{
    snprintf(folder, 64, "/tmp/sohoa-papers-XXXXXX");
    assert_non_null(mkdtemp(folder));
    char path[100];
    snprintf(path, sizeof path, "%s/a.paper", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void remove_folder(const char *folder)
{
    char path[100];
    snprintf(path, sizeof path, "%s/a.paper", folder);
    unlink(path);
    rmdir(folder);
}

static char *compose_text(const struct wording *wording, const char *name, uint64_t seed,
                          enum wording_part part)
{
    struct err err = ERR_INIT;
    AUTO(paper) struct paper paper = {0};
    if (paper_compose(wording, name, seed, part, &paper, &err))
        fail_msg("%s: %s", name, err.detail);
    return paper_text(&paper);
}

static void every_paper_can_be_made_and_leaves_nothing_unsaid(void **state)
{
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    (void)state;
    if (wording_load(wording_folder, &wording, &err))
        fail_msg("%s", err.detail);
    const char *const *name = wording_papers(wording);
    assert_non_null(*name);
    for (; *name; name++)
        for (uint64_t seed = 0; seed < 40; seed++) {
            enum wording_part part = seed % 2 ? WORDING_TRAIN : WORDING_HELD_OUT;
            AUTO(mem) char *text = compose_text(wording, *name, seed, part);
            assert_non_null(text);
            if (strpbrk(text, "{}<>~"))
                fail_msg("%s, seed %d: %s", *name, (int)seed, text);
        }
}

static void the_same_seed_gives_the_same_paper(void **state)
{
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    (void)state;
    assert_int_equal(wording_load(wording_folder, &wording, &err), ERR_OK);
    AUTO(mem) char *a = compose_text(wording, "decision", 7, WORDING_ALL);
    AUTO(mem) char *b = compose_text(wording, "decision", 7, WORDING_ALL);
    AUTO(mem) char *c = compose_text(wording, "decision", 8, WORDING_ALL);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
}

static void what_a_paper_says_is_told_with_it(void **state)
{
    char folder[64];
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    AUTO(paper) struct paper paper = {0};
    (void)state;
    make_folder(folder, "= family\nVõ\n= middle.man\nVăn\n= middle.woman\nVăn\n= given.man\nÍt\n"
                        "= given.woman\nÍt\n= id.province\n052\n"
                        "paper x\nlet o = person 1980 1980\nlet s = date 2020 2020\n"
                        "let v = later s 10 10\nset issuer = Xã {o.name}\n"
                        "Lb: Số: <number_symbol>~{7..7}~/QĐ</>\n"
                        "F: {o.name|caps}, <owner_id>{o.id}</> <issue_date={s.iso}>{s.long}</>\n"
                        "? 0 F: never\n-:\nP\nT: a|b\n");
    assert_int_equal(wording_load(folder, &wording, &err), ERR_OK);
    remove_folder(folder);
    if (paper_compose(wording, "x", 3, WORDING_ALL, &paper, &err))
        fail_msg("%s", err.detail);
    assert_int_equal(paper.count, 5);
    assert_int_equal(paper.line[0].place, PLACE_LEFT);
    assert_true(paper.line[0].bold && paper.line[0].run[1].hand && !paper.line[0].run[0].hand);
    assert_string_equal(js_text_or(paper.fields, "number_symbol.value", ""), "7/QĐ");
    assert_true(js_bool_or(paper.fields, "number_symbol.hand", false));
    assert_string_equal(js_text_or(paper.fields, "issuer.value", ""), "Xã Võ Văn Ít");
    const char *id = js_text_or(paper.fields, "owner_id.value", "");
    assert_int_equal(strlen(id), 12);
    assert_memory_equal(id, "052", 3);
    assert_memory_equal(id + 4, "80", 2);
    assert_memory_equal(js_text_or(paper.fields, "issue_date.value", ""), "2020-", 5);
    assert_memory_equal(paper.line[1].run[0].text, "VÕ VĂN ÍT, ", strlen("VÕ VĂN ÍT, "));
    assert_int_equal(paper.line[3].place, PLACE_PAGE);
}

static void what_is_held_out_is_never_seen_in_training(void **state)
{
    char folder[64];
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    bool seen[2][16] = {{false}};
    int held_out = 0;
    (void)state;
    make_folder(folder, "= word\na\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\no\np\n"
                        "paper x\nF: {word}\n");
    assert_int_equal(wording_load(folder, &wording, &err), ERR_OK);
    remove_folder(folder);
    for (uint64_t seed = 0; seed < 400; seed++) {
        AUTO(mem)
        char *text = compose_text(wording, "x", seed, seed % 2 ? WORDING_TRAIN : WORDING_HELD_OUT);
        seen[seed % 2][text[0] - 'a'] = true;
    }
    for (int i = 0; i < 16; i++) {
        assert_true(seen[0][i] != seen[1][i]);
        held_out += seen[0][i];
    }
    assert_true(held_out > 0 && held_out < 9);
}

static void a_fault_names_file_and_line(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"F: alone\n", "a.paper:1: belongs to no"},
        {"paper x\nF: {nobody}\n", "a.paper:2: no such list or name 'nobody'"},
        {"paper x\n\nF: {open\n", "a.paper:3: '}' is missing"},
        {"paper x\nF: <issuer>a\n", "a.paper:2: open at the end of the line"},
        {"paper x\nF: a</>\n", "a.paper:2: ends a field that is not open"},
        {"paper x\nF: ~a\n", "a.paper:2: open at the end of the line"},
        {"paper x\n> x.block\n", "a.paper:2: no such block"},
        {"paper x\n> b\nblock b\n> b\n", "a.paper:4: blocks call each other too deep"},
        {"= a\n{a}\npaper x\nF: {a}\n", "a.paper:4: lists call each other too deep"},
        {"paper x\nFq: a\n", "a.paper:2: no such style"},
        {"paper x\nlet s = date 2020\n", "a.paper:2: two years are wanted"},
        {"paper x\nlet s = clock\n", "a.paper:2: no such kind of thing"},
        {"paper x\nlet s = later d 1 2\n", "a.paper:2: no such date"},
        {"paper x\nF: {a|loud}\n= a\nb\n", "a.paper:2: no such filter 'loud'"},
        {"= a\nb\n= a\nc\n", "a.paper:3: list 'a' is there twice"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folder[64];
        struct err err = ERR_INIT;
        AUTO(wording) struct wording *wording = NULL;
        AUTO(paper) struct paper paper = {0};
        make_folder(folder, cases[i].text);
        enum err_code code = wording_load(folder, &wording, &err);
        remove_folder(folder);
        if (!code)
            code = paper_compose(wording, "x", 1, WORDING_ALL, &paper, &err);
        assert_int_equal(code, ERR_TEMPLATE_BAD);
        if (!strstr(err.detail, cases[i].says))
            fail_msg("'%s' does not say '%s'", err.detail, cases[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_paper_can_be_made_and_leaves_nothing_unsaid),
        cmocka_unit_test(the_same_seed_gives_the_same_paper),
        cmocka_unit_test(what_a_paper_says_is_told_with_it),
        cmocka_unit_test(what_is_held_out_is_never_seen_in_training),
        cmocka_unit_test(a_fault_names_file_and_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
