#include "tests/harness/test.h"

#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "daemon/model/words.h"
#include "daemon/pipeline/alto.h"

struct fixture {
    struct words words;
    struct js *info;
    int fd;
};

static struct document_page page_of(struct fixture *f, int turn)
{
    AUTO(js) struct js *list = words_to_js(&f->words);
    assert_int_equal(js_to_memfd(list, "words", &f->fd, NULL), ERR_OK);
    f->info = js_pack("{s:i}", "rotation_deg", turn);
    return (struct document_page){f->info, f->fd, 0.5};
}

static void fixture_done(struct fixture *f)
{
    words_done(&f->words);
    js_free(f->info);
    fd_close(f->fd);
}

static char *write_page(struct fixture *f, int turn, const char *source)
{
    char *text = NULL;
    struct document_page page = page_of(f, turn);
    assert_int_equal(alto_write(source, "vie", &page, 1, &text, NULL), ERR_OK);
    return text;
}

static void expect(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no %s in %s", part, text);
}

static void words_have_boxes_confidence_and_reading_order(void **state)
{
    (void)state;
    struct fixture f = {.fd = -1};
    words_init(&f.words, (struct size_mm){210, 297}, 0);
    words_add(&f.words, "QUYẾT", 0.97, (struct rect_mm){80, 50, 20.55, 4}, 54, 0, 0, NULL);
    words_add(&f.words, "ĐỊNH", 0.5, (struct rect_mm){103, 50, 18, 4}, 54, 0, 0, NULL);
    words_add(&f.words, "Điều", 1, (struct rect_mm){30, 70, 9, 4}, 74, 1, 1, NULL);
    AUTO(mem) char *text = write_page(&f, 90, "p1.jpg");
    fixture_done(&f);
    static const char *const parts[] = {
        "<MeasurementUnit>mm10</MeasurementUnit>",
        "<fileName>p1.jpg</fileName>",
        "rotation_deg=90",
        "<Page ID=\"page1\" PHYSICAL_IMG_NR=\"1\" PROCESSINGREFS=\"ocr turn1\" WIDTH=\"2100.0\" "
        "HEIGHT=\"2970.0\" PC=\"0.82\">",
        "<TextBlock ID=\"page1-block1\" IDNEXT=\"page1-block2\" HPOS=\"800.0\"",
        "<TextBlock ID=\"page1-block2\" HPOS=\"300.0\"",
        "LANG=\"vi\"",
        "BASELINE=\"800.0,540.0 1210.0,540.0\"",
        "<String CONTENT=\"QUYẾT\" HPOS=\"800.0\" VPOS=\"500.0\" WIDTH=\"205.5\" HEIGHT=\"40.0\" "
        "WC=\"0.97\"/>",
        "<SP WIDTH=\"24.5\"/>",
        "WC=\"1.00\"",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        expect(text, parts[i]);
    assert_null(strstr(text, "ROTATION"));
    assert_true(strstr(text, "QUYẾT") < strstr(text, "Điều"));
    assert_true(alto_is_ours(text));
}

static void leaning_lines_say_so_and_have_upright_boxes(void **state)
{
    (void)state;
    struct fixture f = {.fd = -1};
    words_init(&f.words, (struct size_mm){200, 200}, 2.5);
    words_add(&f.words, "a", 0.9, (struct rect_mm){180, 98, 10, 4}, 102, 0, 0, NULL);
    AUTO(mem) char *text = write_page(&f, 0, "a.png");
    fixture_done(&f);
    expect(text, "ROTATION=\"2.50\"");
    /* text that rises to the right lies higher at the right */
    expect(text, "VPOS=\"94");
}

static void signs_are_escaped_and_letters_composed(void **state)
{
    (void)state;
    struct fixture f = {.fd = -1};
    words_init(&f.words, (struct size_mm){200, 200}, 0);
    words_add(&f.words, "<b>&\"'", 0.9, (struct rect_mm){10, 10, 10, 4}, 14, 0, 0, NULL);
    words_add(&f.words,
              "Ho\xcc\x80"
              "a\x07",
              0.9, (struct rect_mm){30, 10, 10, 4}, 14, 0, 0, NULL);
    AUTO(mem) char *text = write_page(&f, 0, "a & <b>.png");
    fixture_done(&f);
    expect(text, "CONTENT=\"&lt;b&gt;&amp;&quot;'\"");
    expect(text, "CONTENT=\"Hòa\"");
    expect(text, "<fileName>a &amp; &lt;b&gt;.png</fileName>");
}

static void words_written_by_hand_are_tagged(void **state)
{
    (void)state;
    struct fixture f = {.fd = -1};
    words_init(&f.words, (struct size_mm){210, 297}, 0);
    words_add(&f.words, "Số:", 0.97, (struct rect_mm){30, 50, 8, 4}, 54, 0, 0, NULL);
    words_add(&f.words, "123", 0.4, (struct rect_mm){40, 50, 8, 4}, 54, 0, 0, NULL);
    f.words.item[0].hand = 0.1;
    f.words.item[1].hand = 0.9;
    AUTO(mem) char *text = write_page(&f, 0, "a.png");
    fixture_done(&f);
    expect(text, "<OtherTag ID=\"handwritten\"");
    expect(text, "HEIGHT=\"40.0\" WC=\"0.40\" TAGREFS=\"handwritten\"/>");
    expect(text, "HEIGHT=\"40.0\" WC=\"0.97\"/>");
}

static void a_page_without_words_is_an_empty_print_space(void **state)
{
    (void)state;
    struct fixture f = {.fd = -1};
    words_init(&f.words, (struct size_mm){200, 100}, 0);
    AUTO(mem) char *text = write_page(&f, 0, "a.png");
    fixture_done(&f);
    expect(text, "<PrintSpace HPOS=\"0.0\" VPOS=\"0.0\" WIDTH=\"2000.0\" HEIGHT=\"1000.0\">\n"
                 "</PrintSpace>");
    assert_null(strstr(text, "PC="));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_boxes_confidence_and_reading_order),
        cmocka_unit_test(leaning_lines_say_so_and_have_upright_boxes),
        cmocka_unit_test(signs_are_escaped_and_letters_composed),
        cmocka_unit_test(words_written_by_hand_are_tagged),
        cmocka_unit_test(a_page_without_words_is_an_empty_print_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
