#include "drivers/folder/copy_exception.h"
#include "tests/harness/test.h"

#define B COPY_BILEVEL
#define LOW COPY_LOW_RESOLUTION
#define MISSING COPY_RESOLUTION_MISSING
#define LYING COPY_RESOLUTION_LYING

static const struct {
    const char *name;
    int width, height;
    double stated;
    bool bilevel;
    unsigned exceptions;
    double dpi;
    enum dpi_source source;
} cases[] = {
    {"A4 at 300", 2480, 3508, 300, false, 0, 300, DPI_FILE},
    {"A4 at 200", 1654, 2339, 200, false, 0, 200, DPI_FILE},
    {"A4 at 200, as a PDF's points round it", 1654, 2339, 199.6, false, 0, 199.6, DPI_FILE},
    {"the whole glass at 300", 2550, 3508, 300, false, 0, 300, DPI_FILE},
    {"A4 sideways at 300", 3508, 2480, 300, false, 0, 300, DPI_FILE},
    {"A3 at 300", 3508, 4961, 300, false, 0, 300, DPI_FILE},
    {"F4 at 300", 2540, 3898, 300, false, 0, 300, DPI_FILE},
    {"a card at 600", 2022, 1275, 600, false, 0, 600, DPI_FILE},
    {"A6, which is half of a half of A4 at 300", 1240, 1748, 300, false, 0, 300, DPI_FILE},
    {"a long slip at 300", 945, 2600, 300, false, 0, 300, DPI_FILE},
    {"a drawing, A2 at 300", 4961, 7016, 300, false, 0, 300, DPI_FILE},
    {"A4 at 150", 1240, 1754, 150, false, LOW, 150, DPI_FILE},
    {"A4 at 199", 1646, 2328, 198.5, false, LOW, 198.5, DPI_FILE},
    {"bilevel A4 at 300", 2480, 3508, 300, true, B, 300, DPI_FILE},
    {"bilevel A4 at 100", 827, 1169, 100, true, B | LOW, 100, DPI_FILE},
    {"A4 at 300 that does not say", 2480, 3508, 0, false, MISSING, 300, DPI_PAPER},
    {"A4 at 150 that does not say", 1240, 1754, 0, false, MISSING | LOW, 150, DPI_PAPER},
    {"no paper at all, does not say", 1000, 3000, 0, false, MISSING, 300, DPI_ASSUMED},
    {"a fax page, two resolutions", 1728, 1143, 0, true, MISSING | B, 300, DPI_ASSUMED},
    {"A4 at 300 that says 72", 2480, 3508, 72, false, LYING, 300, DPI_PAPER},
    {"A4 at 300 that says 96", 2480, 3508, 96, false, LYING, 300, DPI_PAPER},
    {"A4 at 300 that says 200", 2480, 3508, 200, false, LYING, 300, DPI_PAPER},
    {"A4 at 200 that says 72, which is nearly A1", 1654, 2339, 72, false, LYING, 200, DPI_PAPER},
    {"A4 at 200 that says 96", 1654, 2339, 96, false, LYING, 200, DPI_PAPER},
    {"A4 at 150 that says 72", 1240, 1754, 72, false, LYING | LOW, 150, DPI_PAPER},
    {"A4 at 300 that says 1", 2480, 3508, 1, false, LYING, 300, DPI_PAPER},
    {"A4 at 300 that says 3000", 2480, 3508, 3000, false, LYING, 300, DPI_PAPER},
    {"a camera's 72", 4032, 3024, 72, false, LYING, 300, DPI_ASSUMED},
    {"bilevel A4 at 200 that says 72", 1654, 2339, 72, true, B | LYING, 200, DPI_PAPER},
};

static void old_copies_are_taken_with_their_exceptions(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct image_info info = {.width = cases[i].width,
                                  .height = cases[i].height,
                                  .channels = 1,
                                  .dpi = cases[i].stated,
                                  .bilevel = cases[i].bilevel};
        struct copy_judgement judgement = copy_judge(&info);
        if (judgement.exceptions != cases[i].exceptions || judgement.source != cases[i].source ||
            judgement.dpi != cases[i].dpi)
            fail_msg("%s: exceptions %u, %.1f dpi, %s", cases[i].name, judgement.exceptions,
                     judgement.dpi, dpi_source_name(judgement.source));
    }
}

static void facts_name_the_exceptions(void **state)
{
    (void)state;
    struct image_info info = {.width = 1654, .height = 2339, .channels = 1, .bilevel = true};
    AUTO(js) struct js *facts = copy_facts_to_js(&info);
    AUTO(mem) char *text = js_dump(facts);
    assert_string_equal(text,
                        "{\"width_px\":1654,\"height_px\":2339,\"channels\":1,\"bilevel\":true,"
                        "\"stated_dpi\":null,\"dpi\":200.0,\"dpi_source\":\"paper\","
                        "\"exceptions\":[\"bilevel\",\"resolution_missing\"]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_copies_are_taken_with_their_exceptions),
        cmocka_unit_test(facts_name_the_exceptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
