#include "daemon/base/mem.h"
#include "ocr/recognize/noughts.h"
#include "ocr/recognize/word_pairs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Words of one line, parted by spaces, all read as surely; '|' begins another block. */
static void put_line(struct words *words, const char *text, double confidence)
{
    AUTO(mem) char *copy = mem_strdup(text);
    int block = 0;
    words_init(words, (struct size_mm){210, 297}, 0);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        if (strcmp(word, "|") == 0)
            block++;
        else
            assert_int_equal(words_add(words, word, confidence, (struct rect_mm){20, 50, 8, 3}, 53,
                                       block, block, NULL),
                             ERR_OK);
    }
}

static const char *const cases[][2] = {
    {"có thẩm quyên.", "có thẩm quyền."},
    {"Thời hạn ủy quyên: 12 tháng", "Thời hạn ủy quyền: 12 tháng"},
    {"đối chiếu giẫy tờ", "đối chiếu giấy tờ"},
    {"BIỂN BẢN", "BIÊN BẢN"},
    {"HẸN TRẢ KẾT QUẢ", "HẸN TRẢ KẾT QUẢ"},
    {"sửa đối, bổ sung", "sửa đổi, bổ sung"},
    /* names, foreign words and words without a neighbour stay */
    {"ông Nguyễn Văn Quyên", "ông Nguyễn Văn Quyên"},
    {"Thẩm Quyên", "Thẩm Quyên"},
    {"REPUBLIC OF VIET NAM", "REPUBLIC OF VIET NAM"},
    {"quyên góp", "quyên góp"},
    {"thẩm, quyên", "thẩm, quyên"},
    {"thẩm (quyên)", "thẩm (quyên)"},
    {"THẨM quyên", "THẨM quyên"},
    {"thẩm 2quyên", "thẩm 2quyên"},
    {"nhân dân", "nhân dân"},
    {"quả thăm", "quả thăm"},
    {"quả thẩm", "quả thẩm"},
    {"số hoá hồ sơ", "số hoá hồ sơ"},
    {"số hóa hồ sơ", "số hóa hồ sơ"},
};

static void what_a_neighbour_tells_of_a_words_marks_is_followed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(words) struct words words;
        put_line(&words, cases[i][0], 0.8);
        assert_int_equal(word_pairs_settle(&words, NULL), ERR_OK);
        AUTO(mem) char *text = words_text(&words);
        assert_string_equal(text, cases[i][1]);
    }
}

static char *settled(const char *text, double confidence, size_t asked, double *out_confidence)
{
    AUTO(words) struct words words;
    put_line(&words, text, confidence);
    assert_int_equal(word_pairs_settle(&words, NULL), ERR_OK);
    *out_confidence = words.item[asked].confidence;
    return words_text(&words);
}

static void a_sure_word_is_read_anew_only_when_both_neighbours_say_so(void **state)
{
    (void)state;
    double confidence;
    AUTO(mem) char *one = settled("có thẩm quyên", 0.96, 2, &confidence);
    assert_string_equal(one, "có thẩm quyên");
    assert_float_equal(confidence, 0.96, 0.001);
    AUTO(mem) char *both = settled("GẮN LIÊN VỚI", 0.97, 1, &confidence);
    assert_string_equal(both, "GẮN LIỀN VỚI");
}

static void a_word_that_was_read_anew_is_never_sure(void **state)
{
    (void)state;
    double confidence;
    AUTO(mem) char *sure = settled("vào số gốc", 0.97, 1, &confidence);
    assert_string_equal(sure, "vào sổ gốc");
    assert_float_equal(confidence, WORD_PAIRS_SURE, 0.001);
    AUTO(mem) char *unsure = settled("thẩm quyên", 0.5, 1, &confidence);
    assert_string_equal(unsure, "thẩm quyền");
    assert_float_equal(confidence, 0.5, 0.001);
}

static void words_of_two_blocks_are_no_pair(void **state)
{
    (void)state;
    double confidence;
    AUTO(mem) char *text = settled("thẩm | quyên", 0.5, 1, &confidence);
    assert_string_equal(text, "thẩm\n\nquyên");
}

static void an_o_between_digits_is_a_nought(void **state)
{
    (void)state;
    static const char *const noughts[][2] = {
        {"O2", "02"},           {"O8/O9/1956", "08/09/1956"},
        {"O2OO56,", "020056,"}, {"O", "O"},
        {"OO", "OO"},           {"CO2", "CO2"},
        {"Ô2", "Ô2"},           {"o2", "o2"},
        {"12/TO-2", "12/TO-2"},
    };
    for (size_t i = 0; i < sizeof noughts / sizeof *noughts; i++) {
        AUTO(mem) char *text = mem_strdup(noughts[i][0]);
        bool changed = strcmp(noughts[i][0], noughts[i][1]) != 0;
        assert_int_equal(noughts_from_letters(text), changed);
        assert_string_equal(text, noughts[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_neighbour_tells_of_a_words_marks_is_followed),
        cmocka_unit_test(a_sure_word_is_read_anew_only_when_both_neighbours_say_so),
        cmocka_unit_test(a_word_that_was_read_anew_is_never_sure),
        cmocka_unit_test(words_of_two_blocks_are_no_pair),
        cmocka_unit_test(an_o_between_digits_is_a_nought),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
