#include "daemon/base/hash.h"
#include "ocr/classify/model_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HASH_AT 8
#define PROGRAM_AT (HASH_AT + 64)
#define DAY_AT (PROGRAM_AT + MODEL_FILE_PROGRAM)
#define COUNT_AT (DAY_AT + 4)
#define TYPES_AT (COUNT_AT + 4)

static void make(struct buf *out)
{
    struct model_facts facts = {.program = "1.2.3", .day = 20261122};
    facts.papers[DOC_TYPE_decision] = 12;
    facts.papers[DOC_TYPE_application] = 30;
    buf_init(out, MODEL_FILE_MAX);
    assert_int_equal(
        model_file_write(&facts, type_model_shipped, type_model_shipped_size, out, NULL), ERR_OK);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    AUTO(buf) struct buf file;
    struct model_facts facts;
    struct type_model model, shipped;
    make(&file);
    assert_int_equal(model_file_open(file.bytes, file.size, &facts, &model, NULL), ERR_OK);
    assert_string_equal(facts.program, "1.2.3");
    assert_int_equal(facts.day, 20261122);
    assert_int_equal(facts.papers[DOC_TYPE_decision], 12);
    assert_int_equal(facts.papers[DOC_TYPE_application], 30);
    assert_int_equal(facts.papers[DOC_TYPE_contract], 0);
    type_model_open(type_model_shipped, type_model_shipped_size, &shipped, NULL);
    assert_int_equal(model.weight_count, shipped.weight_count);
}

/* Its length is that of what it may say: no room for anything else. */
static void a_file_holds_nothing_but_figures_and_weights(void **state)
{
    (void)state;
    AUTO(buf) struct buf file;
    make(&file);
    assert_int_equal(file.size, TYPES_AT + 2 * (TYPE_MODEL_SLUG + 4) + type_model_shipped_size);
}

static void sign(struct buf *file)
{
    char hex[HASH_HEX_SIZE];
    hash_bytes(file->bytes + PROGRAM_AT, file->size - PROGRAM_AT, hex);
    memcpy(file->bytes + HASH_AT, hex, 64);
}

static void what_is_damaged_is_refused_whole(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        size_t at;
        unsigned char bytes[4];
        size_t count;
        bool is_signed; /* by whoever made it */
    } damage[] = {
        {"magic", 7, "2", 1, false},
        {"another hash", HASH_AT, "x", 1, false},
        {"a byte of the model", TYPES_AT + 100, "x", 1, false},
        {"no version", PROGRAM_AT, "", 1, true},
        {"a version with an escape", PROGRAM_AT, "\x1b[2J", 4, true},
        {"counts without end", COUNT_AT, "\xff\xff\xff\xff", 4, true},
        {"one type too many", COUNT_AT, "\x03", 1, true},
        {"one type too few", COUNT_AT, "\x01", 1, true},
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        AUTO(buf) struct buf file;
        struct model_facts facts;
        struct type_model model;
        struct err err = ERR_INIT;
        make(&file);
        memcpy(file.bytes + damage[i].at, damage[i].bytes, damage[i].count);
        if (damage[i].is_signed)
            sign(&file);
        if (model_file_open(file.bytes, file.size, &facts, &model, &err) != ERR_MODEL_BAD)
            fail_msg("%s is taken", damage[i].what);
    }
}

static void a_file_that_is_cut_anywhere_is_refused(void **state)
{
    (void)state;
    AUTO(buf) struct buf file;
    struct model_facts facts;
    struct type_model model;
    make(&file);
    for (size_t size = 0; size < file.size; size += size < 300 ? 1 : 997) {
        AUTO(mem) char *part = mem_alloc(size + 1);
        memcpy(part, file.bytes, size);
        assert_int_equal(model_file_open(part, size, &facts, &model, NULL), ERR_MODEL_BAD);
    }
}

/* Weights that are numbers, but such that their sums would not be. */
static void weights_without_measure_are_refused(void **state)
{
    (void)state;
    struct type_model model;
    AUTO(mem) unsigned char *copy = mem_alloc(type_model_shipped_size);
    static const float values[] = {3e38f, -3e38f, 1.1e6f, (float)INFINITY, (float)NAN};
    memcpy(copy, type_model_shipped, type_model_shipped_size);
    assert_int_equal(type_model_open(copy, type_model_shipped_size, &model, NULL), ERR_OK);
    size_t first = TYPE_MODEL_HEAD + model.type_count * TYPE_MODEL_TYPE + 4;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        memcpy(copy + first, &values[i], 4);
        assert_int_equal(type_model_open(copy, type_model_shipped_size, &model, NULL),
                         ERR_MODEL_BAD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_holds_nothing_but_figures_and_weights),
        cmocka_unit_test(what_is_damaged_is_refused_whole),
        cmocka_unit_test(a_file_that_is_cut_anywhere_is_refused),
        cmocka_unit_test(weights_without_measure_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
