#include "daemon/base/mem.h"
#include "ocr/classify/page_terms.h"
#include "ocr/classify/type_model.h"
#include "ocr/learn/misread.h"
#include "ocr/learn/samples.h"
#include "ocr/learn/type_train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MODEL_MAX (64u << 20)
static const char wording_folder[] = SOHOA_SOURCE_DIR "/ocr/papers/wording";

/* ---- terms ---- */

static void terms_of(struct page_terms *out, const char *const *word, size_t count)
{
    page_terms_begin(out);
    assert_true(page_terms_line(out, word, count));
    page_terms_end(out);
}

static void numbers_are_not_terms(void **state)
{
    (void)state;
    static struct page_terms one, other;
    const char *const a[] = {"Số", "036173521904", "ngày", "12/5/2024"};
    const char *const b[] = {"Số", "079300000001", "ngày", "1/12/1999"};
    terms_of(&one, a, 4);
    terms_of(&other, b, 4);
    assert_int_equal(one.count, other.count);
    assert_memory_equal(one.id, other.id, one.count * sizeof *one.id);
}

static void lost_marks_leave_half_of_the_terms(void **state)
{
    (void)state;
    static struct page_terms marked, plain;
    const char *const a[] = {"QUYẾT", "ĐỊNH"}, *const b[] = {"QUYET", "DINH"};
    size_t same = 0;
    terms_of(&marked, a, 2);
    terms_of(&plain, b, 2);
    for (size_t i = 0; i < marked.count; i++)
        for (size_t j = 0; j < plain.count; j++)
            same += marked.id[i] == plain.id[j];
    assert_int_equal(same, 5); /* two words, two near the top, the pair */
    assert_int_equal(marked.count, 7);
}

static void a_page_without_end_keeps_within_the_limits(void **state)
{
    (void)state;
    static struct page_terms terms;
    char text[8] = "aaaaa";
    const char *const word[] = {text};
    page_terms_begin(&terms);
    for (size_t i = 0; i < 100000; i++) {
        text[i % 5] = (char)('a' + (i * 7 + i / 5) % 26);
        assert_true(page_terms_line(&terms, word, 1));
    }
    page_terms_end(&terms);
    assert_true(terms.count > 0 && terms.count <= PAGE_TERMS_MAX);
}

/* ---- training ---- */

/* Samples of two types: the first terms are the type's, the last is one paper's own. */
#define OWN_TERMS 70
#define PAPERS 40
static uint16_t term[PAPERS][OWN_TERMS + 1];
static struct type_sample sample[PAPERS];

static void make_samples(void)
{
    for (size_t i = 0; i < PAPERS; i++) {
        size_t first = i % 2 ? 1000 : 2000;
        for (size_t t = 0; t < OWN_TERMS; t++)
            term[i][t] = (uint16_t)(first + t);
        term[i][OWN_TERMS] = (uint16_t)(3000 + i);
        sample[i] = (struct type_sample){i % 2 ? DOC_TYPE_decision : DOC_TYPE_contract, term[i],
                                         OWN_TERMS + 1};
    }
}

static bool model_has_term(const struct type_model *model, unsigned wanted)
{
    for (size_t i = 0; i < model->weight_count; i++) {
        const unsigned char *weight = model->weights + i * TYPE_MODEL_WEIGHT;
        if ((weight[0] | (unsigned)weight[1] << 8) == wanted)
            return true;
    }
    return false;
}

static void a_model_tells_what_it_was_taught(void **state)
{
    (void)state;
    AUTO(buf) struct buf bytes;
    buf_init(&bytes, MODEL_MAX);
    struct type_model model;
    double probable[DOC_TYPE_COUNT];
    make_samples();
    assert_int_equal(type_train(sample, PAPERS, 3, NULL, &bytes, NULL), ERR_OK);
    assert_int_equal(type_model_open(bytes.bytes, bytes.size, &model, NULL), ERR_OK);
    for (size_t i = 0; i < 2; i++) {
        type_model_score(&model, sample[i].term, sample[i].count, probable);
        assert_true(probable[sample[i].type] > 0.9);
        assert_true(probable[sample[!i].type] < 0.1);
    }
    /* too little was read */
    type_model_score(&model, sample[0].term, TYPE_MODEL_LEAST_TERMS - 1, probable);
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++)
        assert_true(probable[i] == 0);
}

static void what_few_papers_say_is_not_in_a_model(void **state)
{
    (void)state;
    make_samples();
    for (size_t i = 0; i < 4; i++) {
        memcpy(term[i], term[1], sizeof term[i]);
        term[i][OWN_TERMS] = i % 2 ? 9 : 10; /* all that parts them, on two papers each */
    }
    for (size_t least = 1; least <= 3; least++) {
        struct type_model model;
        AUTO(buf) struct buf bytes;
        buf_init(&bytes, MODEL_MAX);
        assert_int_equal(type_train(sample, 4, least, NULL, &bytes, NULL), ERR_OK);
        assert_int_equal(type_model_open(bytes.bytes, bytes.size, &model, NULL), ERR_OK);
        assert_int_equal(model_has_term(&model, 9) || model_has_term(&model, 10), least <= 2);
    }
}

static void the_same_papers_give_the_same_bytes(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    struct buf bytes[2];
    assert_int_equal(wording_load(wording_folder, &wording, &err), ERR_OK);
    for (size_t i = 0; i < 2; i++) {
        AUTO(samples) struct samples samples = {0};
        buf_init(&bytes[i], MODEL_MAX);
        assert_int_equal(samples_compose(wording, WORDING_TRAIN, 7, 4, &samples, &err), ERR_OK);
        assert_int_equal(type_train(samples.item, samples.count, 2, NULL, &bytes[i], &err), ERR_OK);
    }
    assert_int_equal(bytes[0].size, bytes[1].size);
    assert_memory_equal(bytes[0].bytes, bytes[1].bytes, bytes[0].size);
    buf_done(&bytes[0]);
    buf_done(&bytes[1]);
}

static void one_type_alone_teaches_nothing(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(buf) struct buf bytes;
    buf_init(&bytes, MODEL_MAX);
    make_samples();
    assert_int_equal(type_train(sample, 1, 1, NULL, &bytes, &err), ERR_BAD_ARGUMENT);
    assert_int_equal(type_train(sample, 0, 1, NULL, &bytes, &err), ERR_BAD_ARGUMENT);
}

/* ---- the bytes of a model ---- */

static void a_damaged_model_is_refused_whole(void **state)
{
    (void)state;
    struct type_model model;
    AUTO(mem) unsigned char *copy = mem_alloc(type_model_shipped_size + 1);
    size_t types = 0, weights;
    memcpy(copy, type_model_shipped, type_model_shipped_size);
    assert_int_equal(type_model_open(copy, type_model_shipped_size, &model, NULL), ERR_OK);
    types = TYPE_MODEL_HEAD;
    weights = types + model.type_count * TYPE_MODEL_TYPE;
    static const unsigned char nan[] = {0, 0, 0xc0, 0x7f};
    const struct {
        size_t at;
        unsigned char bytes[4];
        size_t count, size;
    } damage[] = {
        {0, {'X'}, 1, type_model_shipped_size},
        {8, {255}, 1, type_model_shipped_size},
        {12, {255, 255, 255, 255}, 4, type_model_shipped_size},
        {0, {'S'}, 1, type_model_shipped_size - 1},
        {0, {'S'}, 1, type_model_shipped_size + 1},
        {0, {'S'}, 1, 3},
        {types + TYPE_MODEL_SLUG, {nan[0], nan[1], nan[2], nan[3]}, 4, type_model_shipped_size},
        {weights + 4, {nan[0], nan[1], nan[2], nan[3]}, 4, type_model_shipped_size},
        {weights + 2, {255}, 1, type_model_shipped_size},
        {weights, {255, 255}, 2, type_model_shipped_size},
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        struct err err = ERR_INIT;
        memcpy(copy, type_model_shipped, type_model_shipped_size);
        memcpy(copy + damage[i].at, damage[i].bytes, damage[i].count);
        if (type_model_open(copy, damage[i].size, &model, &err) != ERR_MODEL_BAD)
            fail_msg("damage %zu is taken", i);
    }
}

static void a_type_of_a_later_version_is_passed_over(void **state)
{
    (void)state;
    uint16_t every[100];
    struct type_model model;
    double probable[DOC_TYPE_COUNT];
    AUTO(mem) unsigned char *copy = mem_alloc(type_model_shipped_size);
    memcpy(copy, type_model_shipped, type_model_shipped_size);
    memcpy(copy + TYPE_MODEL_HEAD, "type-to-come", sizeof "type-to-come");
    assert_int_equal(type_model_open(copy, type_model_shipped_size, &model, NULL), ERR_OK);
    for (size_t i = 0; i < 100; i++)
        every[i] = (uint16_t)i;
    type_model_score(&model, every, 100, probable);
    assert_true(probable[DOC_TYPE_unknown] == 0);
}

/* ---- the model that is shipped ---- */

/* Papers whose wording it never saw, a fifth of them without title (all figures:
 * tests/bench/classes). */
static void the_shipped_model_knows_wordings_it_never_saw(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    AUTO(wording) struct wording *wording = NULL;
    AUTO(samples) struct samples samples = {0};
    struct type_model model;
    size_t known = 0, right = 0, wrong = 0;
    assert_int_equal(wording_load(wording_folder, &wording, &err), ERR_OK);
    assert_int_equal(samples_compose(wording, WORDING_HELD_OUT, 900001, 6, &samples, &err), ERR_OK);
    assert_int_equal(type_model_open(type_model_shipped, type_model_shipped_size, &model, &err),
                     ERR_OK);
    for (size_t i = 0; i < samples.count; i++) {
        double probable[DOC_TYPE_COUNT];
        type_model_score(&model, samples.item[i].term, samples.item[i].count, probable);
        for (size_t type = 0; type < DOC_TYPE_COUNT; type++)
            if (probable[type] >= 0.9)
                *(type == samples.item[i].type ? &right : &wrong) += 1;
        known += samples.item[i].type != DOC_TYPE_unknown;
    }
    if (right * 100 < known * 85 || wrong * 100 > known)
        fail_msg("%zu of %zu papers surely right, %zu surely wrong", right, known, wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_not_terms),
        cmocka_unit_test(lost_marks_leave_half_of_the_terms),
        cmocka_unit_test(a_page_without_end_keeps_within_the_limits),
        cmocka_unit_test(a_model_tells_what_it_was_taught),
        cmocka_unit_test(what_few_papers_say_is_not_in_a_model),
        cmocka_unit_test(the_same_papers_give_the_same_bytes),
        cmocka_unit_test(one_type_alone_teaches_nothing),
        cmocka_unit_test(a_damaged_model_is_refused_whole),
        cmocka_unit_test(a_type_of_a_later_version_is_passed_over),
        cmocka_unit_test(the_shipped_model_knows_wordings_it_never_saw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
