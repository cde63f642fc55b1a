#include "daemon/base/file.h"
#include "ocr/extract/templates.h"
#include "ocr/text/text_layer.h"
#include "tests/harness/test.h"

#include <fcntl.h>

static struct templates *templates;

static int load(void **state)
{
    (void)state;
    return templates_load(NULL, &templates, NULL);
}

static int unload(void **state)
{
    (void)state;
    templates_free(templates);
    return 0;
}

static void read_layer(const char *bytes, size_t size, const char *font, struct text_layer *out)
{
    struct err err = ERR_INIT;
    if (text_layer_read(templates_syllables(templates), bytes, size, &font, font != NULL, out,
                        &err))
        fail_msg("%s", err.detail);
}

static void layers_are_judged_by_their_words(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        enum text_layer_kind kind;
        const char *reason;
    } cases[] = {
        {"nothing", "", TEXT_LAYER_NONE, NULL},
        {"page numbers", "1\n\f2\n\f3 / 12\n", TEXT_LAYER_NONE, NULL},
        {"a paper",
         "ỦY BAN NHÂN DÂN XÃ AN BÌNH\nSố: 12/QĐ-UBND\nQUYẾT ĐỊNH\nVề việc công nhận kết quả bầu "
         "trưởng thôn nhiệm kỳ 2020 - 2022\n",
         TEXT_LAYER_USEFUL, NULL},
        {"recognised without Vietnamese",
         "CQNG HOA xA HQI CHU NGHiA VIET NAM\nDQc lap - Tu do - H4nh phuc\nUy ban nhan dan xa An "
         "Binh da kiem tra ho so\n",
         TEXT_LAYER_USELESS, "no_vietnamese"},
        {"English", "The office takes every paper of a dossier and counts the sheets.\n",
         TEXT_LAYER_USELESS, "no_vietnamese"},
        {"a font with no known map",
         "ÐÞçð ßäð þüñ ðëæ ñðáß æðþü ßðæñ ðþáß þäçñ üñðß ßæþð ñçðä þßðñ çðþß ßüðñ\n",
         TEXT_LAYER_USELESS, "garbage"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(text_layer) struct text_layer layer = {0};
        read_layer(cases[i].text, strlen(cases[i].text), NULL, &layer);
        if (layer.kind != cases[i].kind)
            fail_msg("%s: %s (%zu words, %zu possible, %zu marked)", cases[i].name,
                     text_layer_name(layer.kind), layer.count.words, layer.count.possible,
                     layer.count.marked);
        assert_true(!layer.reason == !cases[i].reason);
        if (layer.reason)
            assert_string_equal(layer.reason, cases[i].reason);
        assert_int_equal(layer.text != NULL, layer.kind == TEXT_LAYER_USEFUL);
    }
}

static void a_layer_in_an_old_font_becomes_unicode(void **state)
{
    (void)state;
    static const char text[] = "ñy ban nh©n d©n x· An B×nh\nSè: 12/Q§-UBND\nVÒ viÖc c«ng nhËn kÕt "
                               "qu¶ bÇu tr­ëng th«n\n";
    AUTO(text_layer) struct text_layer layer = {0};
    read_layer(text, sizeof text - 1, "ABCDEF+.VnTime", &layer);
    assert_int_equal(layer.kind, TEXT_LAYER_USEFUL);
    assert_int_equal(layer.guess.encoding, LEGACY_TCVN3);
    assert_string_equal(layer.text, "ủy ban nhân dân xã An Bình\nSố: 12/QĐ-UBND\nVề việc công nhận "
                                    "kết quả bầu trưởng thôn\n");
}

static void lines_in_unicode_among_old_ones_stay(void **state)
{
    (void)state;
    static const char text[] = "Céng hßa x· héi chñ nghÜa ViÖt Nam\nĐộc lập, tự do, hạnh phúc\n"
                               "§Ò nghÞ cÊp b¶n sao trÝch lôc khai sinh\n";
    AUTO(text_layer) struct text_layer layer = {0};
    read_layer(text, sizeof text - 1, NULL, &layer);
    assert_int_equal(layer.kind, TEXT_LAYER_USEFUL);
    assert_string_equal(layer.text,
                        "Cộng hòa xã hội chủ nghĩa Việt Nam\nĐộc lập, tự do, hạnh phúc\n"
                        "Đề nghị cấp bản sao trích lục khai sinh\n");
}

static void plain_files_are_read_in_whatever_bytes_they_have(void **state)
{
    (void)state;
    static const char latin1[] = "C\xe9ng h\xdf"
                                 "a x\xb7 h\xe9i ch\xf1 ngh\xdc"
                                 "a Vi\xd6t Nam\n";
    static const char utf16[] =
        "\xff\xfeX\0\xe3\0 \0h\0\xd9\x1ei\0 \0t\0\xa1\x1ei\0 \0p\0h\0\xb0\x1"
        "\xdd\x1en\0g\0 \0n\0\xe0\0y\0";
    AUTO(text_layer) struct text_layer one = {0};
    AUTO(text_layer) struct text_layer two = {0};
    read_layer(latin1, sizeof latin1 - 1, NULL, &one);
    assert_string_equal(one.text, "Cộng hòa xã hội chủ nghĩa Việt Nam\n");
    read_layer(utf16, sizeof utf16 - 1, NULL, &two);
    assert_string_equal(two.text, "Xã hội tại phường này");
}

static void marks_written_apart_are_put_together(void **state)
{
    (void)state;
    static const char apart[] =
        "Xa\u0303 ho\u0323\u0302i ta\u0323i phu\u031bo\u031b\u0300ng na\u0300y";
    AUTO(text_layer) struct text_layer layer = {0};
    read_layer(apart, sizeof apart - 1, NULL, &layer);
    assert_string_equal(layer.text, "Xã hội tại phường này");
}

/* Texts of the reference sheets: true, without accents, and in both old encodings. */
static void papers_of_every_kind_are_useful(void **state)
{
    (void)state;
    size_t papers = 0;
    for (int i = 1; i <= 400; i++) {
        char pattern[512];
        snprintf(pattern, sizeof pattern, "ls %s/../shared/corpus/a%03d-*/p1.txt 2>/dev/null",
                 SOHOA_SOURCE_DIR, i);
        FILE *list = popen(pattern, "r");
        char path[512] = "";
        bool found = fgets(path, sizeof path, list) != NULL;
        pclose(list);
        if (!found)
            continue;
        path[strcspn(path, "\n")] = 0;
        AUTO(mem) char *text = NULL;
        size_t size = 0;
        assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &text, &size, NULL), ERR_OK);
        AUTO(text_layer) struct text_layer layer = {0};
        read_layer(text, size, NULL, &layer);
        if (layer.kind != TEXT_LAYER_USEFUL || layer.guess.encoding)
            fail_msg("%s: %s %s (%zu words, %zu possible, %zu marked)", path,
                     text_layer_name(layer.kind), legacy_encoding_name(layer.guess.encoding),
                     layer.count.words, layer.count.possible, layer.count.marked);
        papers++;
    }
    if (papers == 0)
        test_need_file(SOHOA_SOURCE_DIR "/../shared/corpus");
    print_message("%zu papers\n", papers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_judged_by_their_words),
        cmocka_unit_test(a_layer_in_an_old_font_becomes_unicode),
        cmocka_unit_test(lines_in_unicode_among_old_ones_stay),
        cmocka_unit_test(plain_files_are_read_in_whatever_bytes_they_have),
        cmocka_unit_test(marks_written_apart_are_put_together),
        cmocka_unit_test(papers_of_every_kind_are_useful),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
