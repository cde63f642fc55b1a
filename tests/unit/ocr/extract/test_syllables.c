#include "ocr/extract/templates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void judge(const char *const *words, bool possible)
{
    AUTO(templates) struct templates *templates = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(templates_load(NULL, &templates, &err), ERR_OK);
    for (; *words; words++)
        if (syllable_is_possible(templates_syllables(templates), *words) != possible)
            fail_msg("%s is %s", *words, possible ? "possible" : "not possible");
}

static void syllables_of_official_prose_are_possible(void **state)
{
    static const char *const words[] = {
        "Về",     "việc",  "quyết",  "định",   "nghị",   "giấy",   "gìn",   "giết",  "giêng",
        "khuyến", "quỳnh", "quốc",   "quýt",   "thuở",   "nghiêm", "ngoài", "huyện", "xã",
        "đường",  "hoạch", "nguyên", "khuỷu",  "uỷ",     "ủy",     "ương",  "yêu",   "ý",
        "thủy",   "kỹ",    "thuật",  "phường", "quản",   "lý",     "trích", "lục",   "mỉnh",
        "ĐẦU",    "TƯ",    "hoà",    "hòa",    "nghiệp", "cứu",    "đua",   "mưa",   NULL};
    (void)state;
    judge(words, true);
}

static void letters_that_make_no_syllable_are_not(void **state)
{
    static const char *const words[] = {"ệcc",
                                        "xáđ",
                                        "câng1",
                                        "ciuyết",
                                        "thựcc",
                                        "kàng",
                                        "ngị",
                                        "quyêt",
                                        "cach",
                                        "hộṕp",
                                        "l",
                                        "đ",
                                        "",
                                        "viẹ́c",
                                        "gên",
                                        "nhf",
                                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                        NULL};
    (void)state;
    judge(words, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(syllables_of_official_prose_are_possible),
        cmocka_unit_test(letters_that_make_no_syllable_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
