#include "daemon/base/js.h"
#include "daemon/base/mem.h"
#include "daemon/model/doc_type.h"
#include "ocr/extract/templates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char kinds[] = "{\"kinds\": [{\"abbr\": \"QĐ\", \"name\": \"Quyết định\"}]}";
static const char unknown[] =
    "{\"type\": \"unknown\", \"name\": \"x\", \"fields\": {\"doc_name\": {\"find\": \"title\"}}}";

static const char syllables[] =
    "{\"tones\": [\"aàảãáạ\"], \"stopped_tones\": [4, 5], \"stops\": [\"c\"], \"onsets\": [\"b\"], "
    "\"front_onsets\": [], \"back_onsets\": [], \"nuclei\": {\"a\": [\"\"]}, \"foreign\": []}";

struct folder {
    char path[64];
};

static void write_file(const struct folder *folder, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void make_folder(struct folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/sohoa-templates-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    write_file(folder, "kinds.json", kinds);
    write_file(folder, "unknown.json", unknown);
    write_file(folder, "syllables.json", syllables);
}

static void remove_folder(const struct folder *folder)
{
    static const char *const names[] = {"kinds.json", "unknown.json", "syllables.json",
                                        "notice.json", "head.json"};
    char path[200];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder->path, names[i]);
        unlink(path);
    }
    rmdir(folder->path);
}

static void a_bad_template_is_named_by_file_key_and_fault(void **state)
{
    static const struct {
        const char *text, *key, *what;
    } rows[] = {
        {"{", "notice.json", ""},
        {"{\"type\": \"letter\", \"name\": \"x\", \"fields\": {}}", "'type'", "no document type"},
        {"{\"type\": \"notice\", \"fields\": {}}", "'name'", "missing"},
        {"{\"type\": \"notice\", \"name\": \"x\"}", "'fields'", "missing"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"fields\": {}}", "'titles'", "missing"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"titles\": [3], \"fields\": {}}", "'titles'",
         "not text"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"titles\": [\"--\"], \"fields\": {}}",
         "'titles'", "without letters"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"titles\": [\"T\"], \"fields\": {\"colour\": "
         "{}}}",
         "'fields.colour'", "no field name"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"titles\": [\"T\"], \"fields\": "
         "{\"issuer\": {\"find\": \"guess\"}}}",
         "'fields.issuer.find'", "'guess'"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"titles\": [\"T\"], \"fields\": "
         "{\"issuer\": {\"find\": \"issuer\", \"presence\": \"maybe\"}}}",
         "'fields.issuer.presence'", "'maybe'"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"titles\": [\"T\"], \"fields\": "
         "{\"issuer\": {\"find\": \"label\"}}}",
         "'fields.issuer'", "no labels"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"titles\": [\"T\"], \"fields\": "
         "{\"issuer\": {\"find\": \"issuer\", \"zone_mm\": [1, 2]}}}",
         "'fields.issuer.zone_mm'", "[x, y, width, height]"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"titles\": [\"T\"], \"include\": \"head\", "
         "\"fields\": {}}",
         "'include'", "'head'"},
        {"{\"type\": \"notice\", \"name\": \"x\", \"titles\": [\"T\"], \"without\": [\"colour\"], "
         "\"fields\": {}}",
         "'without'", "no field name"},
        {"{\"type\": \"unknown\", \"name\": \"x\", \"fields\": {}}", "'type'", "another template"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct err err = ERR_INIT;
        struct templates *templates = NULL;
        make_folder(&folder);
        write_file(&folder, "notice.json", rows[i].text);
        enum err_code code = templates_load(folder.path, &templates, &err);
        remove_folder(&folder);
        assert_int_equal(code, ERR_TEMPLATE_BAD);
        assert_null(templates);
        bool named = strstr(err.detail, ".json") && strstr(err.detail, rows[i].key) &&
                     strstr(err.detail, rows[i].what);
        if (!named)
            fail_msg("row %zu: '%s'", i, err.detail);
    }
}

static void bad_syllables_are_named_by_key(void **state)
{
    static const struct {
        const char *text, *key;
    } rows[] = {
        {"{}", "'stopped_tones'"},
        {"{\"stopped_tones\": [], \"stops\": [], \"onsets\": [], \"front_onsets\": [], "
         "\"back_onsets\": [], \"foreign\": [], \"nuclei\": {}}",
         "'tones'"},
        {"{\"stopped_tones\": [], \"stops\": [], \"onsets\": [], \"front_onsets\": [], "
         "\"back_onsets\": [], \"foreign\": [], \"nuclei\": {}, \"tones\": [\"aà\"]}",
         "'tones'"},
        {"{\"stopped_tones\": [], \"stops\": [], \"onsets\": [], \"front_onsets\": [], "
         "\"back_onsets\": [], \"foreign\": [], \"nuclei\": [], \"tones\": []}",
         "'nuclei'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder folder;
        struct err err = ERR_INIT;
        struct templates *templates = NULL;
        make_folder(&folder);
        write_file(&folder, "syllables.json", rows[i].text);
        enum err_code code = templates_load(folder.path, &templates, &err);
        remove_folder(&folder);
        assert_int_equal(code, ERR_TEMPLATE_BAD);
        bool named = strstr(err.detail, "syllables.json") && strstr(err.detail, rows[i].key);
        if (!named)
            fail_msg("row %zu: '%s'", i, err.detail);
    }
}

static void a_folder_that_is_not_there_or_empty_is_an_error(void **state)
{
    struct err err = ERR_INIT;
    struct templates *templates = NULL;
    struct folder folder;
    (void)state;
    assert_int_equal(templates_load("/nonexistent/templates", &templates, &err), ERR_TEMPLATE_BAD);
    make_folder(&folder);
    remove_folder(&folder);
    assert_int_equal(mkdir(folder.path, 0700), 0);
    assert_int_equal(templates_load(folder.path, &templates, &err), ERR_TEMPLATE_BAD);
    remove_folder(&folder);
    assert_null(templates);
}

static void a_template_overrides_what_it_includes(void **state)
{
    struct folder folder;
    struct err err = ERR_INIT;
    AUTO(templates) struct templates *templates = NULL;
    (void)state;
    make_folder(&folder);
    write_file(&folder, "head.json",
               "{\"fields\": {\"issuer\": {\"find\": \"issuer\", \"presence\": \"mandatory\"}, "
               "\"signer\": {\"find\": \"signer\"}, \"abstract\": {\"find\": \"abstract\"}}}");
    write_file(&folder, "notice.json",
               "{\"type\": \"notice\", \"name\": \"Thông báo\", \"titles\": [\"THÔNG BÁO\"], "
               "\"include\": \"head\", \"without\": [\"signer\"], \"fields\": "
               "{\"issuer\": {\"find\": \"issuer\", \"presence\": \"optional\"}}}");
    enum err_code code = templates_load(folder.path, &templates, &err);
    remove_folder(&folder);
    if (code)
        fail_msg("%s", err.detail);
    const char *const *fields = template_fields(templates, "notice");
    assert_string_equal(fields[0], "issuer");
    assert_string_equal(fields[1], "abstract");
    assert_null(fields[2]);
    assert_null(template_mandatory(templates, "notice")[0]);
}

static void check_list(const struct js *row, const char *key, const char *const *names,
                       const char *type)
{
    const struct js *list = js_at(row, key);
    size_t count = 0;
    for (; names[count]; count++)
        if (strcmp(js_text_or(js_item(list, count), "", ""), names[count]) != 0)
            fail_msg("required.json: %s.%s[%zu] is not %s", type, key, count, names[count]);
    if (js_count(list) != count)
        fail_msg("required.json: %s.%s has %zu names, the template %zu", type, key, js_count(list),
                 count);
}

static void required_json_says_what_the_templates_say(void **state)
{
    struct err err = ERR_INIT;
    AUTO(templates) struct templates *templates = NULL;
    AUTO(js) struct js *required = NULL;
    (void)state;
    if (templates_load(NULL, &templates, &err))
        fail_msg("%s", err.detail);
    if (js_read_file(SOHOA_SOURCE_DIR "/ocr/templates/required.json", &required, &err))
        fail_msg("%s", err.detail);
    size_t rows = 0;
    for (void *it = js_iter(required); it; it = js_iter_next(required, it), rows++) {
        const char *type = js_iter_key(it);
        const char *const *fields = template_fields(templates, type);
        assert_non_null(fields);
        check_list(js_iter_value(it), "fields", fields, type);
        check_list(js_iter_value(it), "mandatory", template_mandatory(templates, type), type);
    }
    size_t own = 0;
    for (int type = 0; type < DOC_TYPE_COUNT; type++)
        own += templates_find(templates, (enum doc_type)type)->type == (enum doc_type)type;
    assert_int_equal(rows, own);
}

static void the_folder_and_the_compiled_templates_are_the_same(void **state)
{
    struct err err = ERR_INIT;
    AUTO(templates) struct templates *compiled = NULL, *read = NULL;
    (void)state;
    if (templates_load(NULL, &compiled, &err) ||
        templates_load(SOHOA_SOURCE_DIR "/ocr/templates", &read, &err))
        fail_msg("%s", err.detail);
    for (int type = 0; type < DOC_TYPE_COUNT; type++) {
        const char *const *a = template_fields(compiled, doc_type_slug((enum doc_type)type));
        const char *const *b = template_fields(read, doc_type_slug((enum doc_type)type));
        for (; *a && *b; a++, b++)
            assert_string_equal(*a, *b);
        assert_true(!*a && !*b);
    }
    assert_null(template_fields(compiled, "no-such-type"));
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n += n < 40 ? 1 : 37) {
        struct err err = ERR_INIT;
        struct templates *templates = NULL;
        mem_fail_from(n);
        enum err_code code = templates_load(NULL, &templates, &err);
        mem_fail_from(0);
        if (code == ERR_OK) {
            templates_free(templates);
            return;
        }
        assert_null(templates);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_template_is_named_by_file_key_and_fault),
        cmocka_unit_test(bad_syllables_are_named_by_key),
        cmocka_unit_test(a_folder_that_is_not_there_or_empty_is_an_error),
        cmocka_unit_test(a_template_overrides_what_it_includes),
        cmocka_unit_test(required_json_says_what_the_templates_say),
        cmocka_unit_test(the_folder_and_the_compiled_templates_are_the_same),
        cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
