#include "tests/harness/test.h"

#include "queue/upload/mapping_apply.h"
#include "queue/upload/mapping_line.h"
#include "queue/upload/mapping_when.h"

/* A mapping with that at its top level beside what every one has. */
static enum err_code parse(const char *more, struct mapping **out, struct err *err)
{
    AUTO(mem)
    char *text =
        mem_printf("{\n\"schema\": \"sohoa.mapping/1\",\n\"proof\": \"answer\",\n%s\n}", more);
    return mapping_parse("kho.json", text, strlen(text), out, err);
}

#define SEND "\"send\": {\"path\": \"/s\", \"body\": {}}"
#define ASK "\"ask\": {\"path\": \"/a\"}"

static void a_bad_mapping_is_refused_with_file_line_key_and_reason(void **state)
{
    (void)state;
    static const struct {
        const char *more, *detail;
    } cases[] = {
        {"\"operations\": {},\n\"colour\": 1", "line 1: 'colour' is not known here"},
        {"\"operations\": {" ASK "}", "line 4: operations: 'send' is missing"},
        {"\"operations\": {" SEND "}", "line 3: proof: needs operations.ask"},
        {"\"operations\": {" SEND ", " ASK ",\n\"fly\": {}}", "operations: 'fly' is not known"},
        {"\"operations\": {" SEND ", \"ask\": {}}", "operations.ask: 'path' is missing"},
        {"\"operations\": {" SEND ", \"ask\": {\n\"path\": \"a\"}}",
         "line 5: operations.ask.path: is no path"},
        {"\"operations\": {" ASK ", \"send\": {\"path\": \"/\",\n\"body\": {\"A\": 1,\n\"MaHoSo\": "
         "{\"$frm\": \"record.x\"}}}}",
         "line 6: operations.send.body.MaHoSo: '$frm'"},
        {"\"operations\": {" ASK
         ", \"send\": {\"path\": \"/\",\n\"body\": [1, {\n\"a\": {\"$from\": "
         "\"recrd.x\"}}]}}",
         "line 6: operations.send.body[1].a.$from: 'recrd.x' begins with no known name"},
        {"\"operations\": {" ASK ", \"send\": {\"path\": \"/\", \"body\": {\"a\": {\"$from\": "
         "\"record.x\", \"$map\": \"kinds\"}}}}",
         "there is no list of values 'kinds'"},
        {"\"operations\": {" ASK ", \"send\": {\"path\": \"/\", \"body\": {\"a\": {\"$from\": "
         "\"record.x\", \"$date\": \"yyyyQQ\"}}}}",
         "is no pattern of yyyy"},
        {"\"operations\": {" ASK ", \"send\": {\"path\": \"/\", \"body\": {\"a\": {\"$from\": "
         "\"record.x\", \"$max\": 0}}}}",
         "$max: is no whole number"},
        {"\"operations\": {" ASK ", \"send\": {\"path\": \"/\", \"body\": {\"a\": {\"$each\": "
         "\"record.x\"}}}}",
         "$each and $item belong together"},
        {"\"operations\": {" ASK ", \"send\": {\"path\": \"/{record.x\"}}",
         "a '{' without its '}'"},
        {"\"operations\": {" ASK ", \"send\": {\"path\": \"/{constants.base}\"}}",
         "there is no constant 'base'"},
        {"\"operations\": {" SEND ", " ASK "},\n\"replies\": {\"outcomes\": [{\"means\": "
         "\"fine\", \"status\": [200]}]}",
         "line 5: replies.outcomes[0].means: 'fine' is none"},
        {"\"operations\": {" SEND ", " ASK "},\n\"replies\": {\"outcomes\": [{\"means\": \"ok\"}]}",
         "neither 'status' nor 'at'"},
        {"\"operations\": {" SEND ", " ASK "},\n\"login\": {\"by\": \"magic\", \"path\": \"/\"}",
         "login.by: 'magic'"},
        {"\"operations\": {" SEND ", " ASK "},\n\"login\": {\"by\": \"session\", \"path\": \"/\"}",
         "'take.token' is missing"},
        {"\"operations\": {" SEND ", " ASK "},\n\"file\": {\"by\": \"pigeon\", \"path\": \"/\"}",
         "file.by: 'pigeon'"},
        {"\"operations\": {" SEND ", " ASK "},\n\"name\": [\"record.dossier_code\"]",
         "name: lacks record.record_id"},
        {"\"operations\": {" SEND ", " ASK ", \"update\": {\"like\": \"show\"}}",
         "operations.update.like: is no other operation"},
        {"\"operations\": {" SEND ", " ASK "},\n\"constants\": {\"a b\": 1}", "constants: 'a b'"},
        {"\"operations\": {" SEND ", " ASK "},\n\"values\": {\"x\": 1}", "values.x: is no object"},
        {"\"operations\": {" SEND ",,}", "'kho.json': JSON line 4"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct mapping *mapping = NULL;
        struct err err = ERR_INIT;
        enum err_code code = parse(cases[i].more, &mapping, &err);
        mapping_free(mapping);
        if (code != ERR_MAPPING_BAD || !strstr(err.detail, cases[i].detail) ||
            !strstr(err.detail, "'kho.json'"))
            fail_msg("case %zu: %s: %s", i, err_name(code), err.detail);
    }
}

static void proofs_that_cannot_be_had_are_not_promised(void **state)
{
    (void)state;
    static const char *const proofs[] = {"read", "hash"};
    for (size_t i = 0; i < COUNT_OF(proofs); i++) {
        struct mapping *mapping = NULL;
        AUTO(mem)
        char *text = mem_printf("{\"schema\": \"sohoa.mapping/1\", \"proof\": \"%s\", "
                                "\"operations\": {" SEND ", " ASK "}}",
                                proofs[i]);
        assert_int_equal(mapping_parse("k", text, strlen(text), &mapping, NULL), ERR_MAPPING_BAD);
    }
}

static void a_line_is_found_by_its_path(void **state)
{
    (void)state;
    static const char text[] =
        "{\n \"a\": {\"b\\\"\": [1,\n 2, {\n \"c\": \"}]\"}\n ]},\n \"d\": 1}";
    static const struct {
        const char *path;
        int line;
    } cases[] = {{"", 1}, {"a", 2}, {"a.b\\\"", 2}, {"d", 6}, {"d.e", 6}, {"x", 1}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(mapping_line(text, strlen(text), cases[i].path), cases[i].line);
    static const char list[] = "{\"a\": [\n1,\n[2,\n3], \"x,]\",\n{\"c\":\n4}]}";
    assert_int_equal(mapping_line(list, strlen(list), "a[0]"), 2);
    assert_int_equal(mapping_line(list, strlen(list), "a[1][1]"), 4);
    assert_int_equal(mapping_line(list, strlen(list), "a[3].c"), 6);
}

static const char record[] =
    "{\"record\": {\"code\": \"H99/1\", \"day\": \"2026-11-20\", \"at\": "
    "\"2026-11-20T23:30:00Z\", \"long\": \"Đường đi rất dài\", \"no\": false, \"yes\": true, "
    "\"n\": 12, \"text_n\": \"12\", \"empty\": \"\", \"nothing\": null, \"kind\": \"person\", "
    "\"id\": \"001099000001\", \"list\": [{\"v\": 1, \"in\": [{\"w\": 7}]}, {\"v\": 2, \"in\": "
    "[]}]}, \"constants\": {\"agency\": \"G\"}}";

static void templates_say_what_is_sent(void **state)
{
    (void)state;
    static const struct {
        const char *template, *built; /* NULL: nothing */
    } cases[] = {
        {"\"as it is\"", "\"as it is\""},
        {"{\"$from\": \"record.code\"}", "\"H99/1\""},
        {"{\"$from\": [\"record.nothing\", \"record.missing\", \"record.n\"]}", "12"},
        {"{\"$from\": \"record.nothing\"}", NULL},
        {"{\"$from\": \"record.nothing\", \"$default\": 0}", "0"},
        {"{\"$from\": \"record.empty\", \"$default\": \"-\"}", "\"-\""},
        {"{\"$from\": \"record.n\", \"$as\": \"text\"}", "\"12\""},
        {"{\"$from\": \"record.text_n\", \"$as\": \"integer\"}", "12"},
        {"{\"$from\": \"record.no\", \"$as\": \"flag\"}", "0"},
        {"{\"$from\": \"record.yes\", \"$as\": \"flag\"}", "1"},
        {"{\"$from\": \"record.kind\", \"$map\": \"kinds\"}", "\"1\""},
        {"{\"$from\": \"record.code\", \"$map\": \"open\"}", NULL},
        {"{\"$from\": \"record.id\", \"$length\": true, \"$map\": \"lengths\"}", "\"1\""},
        {"{\"$from\": \"record.day\", \"$date\": \"yyyyMMddHHmmss\"}", "\"20261120000000\""},
        {"{\"$from\": \"record.at\", \"$date\": \"dd/MM/yyyy HH:mm:ss\"}",
         "\"21/11/2026 06:30:00\""},
        {"{\"$from\": \"record.kind\", \"$date\": \"yyyy\"}", NULL},
        {"{\"$from\": \"record.long\", \"$max\": 16}", "\"Đường đi rất dài\""},
        {"{\"$from\": \"record.long\", \"$max\": 6, \"$cut\": true}", "\"Đường…\""},
        {"{\"$from\": \"record.nothing\", \"$or\": {\"$from\": \"record.n\"}}", "12"},
        {"{\"$from\": \"record.code\", \"$or\": {\"$from\": \"record.n\"}}", "\"H99/1\""},
        {"{\"$text\": \"{record.code}-KQ{record.n}\"}", "\"H99/1-KQ12\""},
        {"{\"$text\": \"{record.code}-{record.nothing}\"}", NULL},
        {"{\"$from\": \"record.code\", \"$when\": {\"record.kind\": [\"person\", \"agency\"]}}",
         "\"H99/1\""},
        {"{\"$from\": \"record.code\", \"$when\": {\"record.kind\": \"agency\"}}", NULL},
        {"{\"$when\": {\"record.nothing\": null, \"record.n\": \"*\"}, \"a\": 1}", "{\"a\":1}"},
        {"{\"$when\": {\"record.nothing\": \"*\"}, \"a\": 1}", NULL},
        {"{\"a\": {\"$from\": \"record.nothing\"}, \"b\": {}}", "{\"b\":{}}"},
        {"{\"$each\": \"record.list\", \"$item\": {\"v\": {\"$from\": \"item.v\"}}}",
         "[{\"v\":1},{\"v\":2}]"},
        {"[0, {\"$each\": \"record.list\", \"$item\": {\"$from\": \"item.v\"}}, {\"$each\": "
         "\"record.nothing\", \"$item\": 1}, {\"$when\": {\"record.n\": 1}, \"x\": 1}]",
         "[0,1,2]"},
        {"{\"$each\": \"record.list\", \"$item\": {\"$each\": \"item.in\", \"$item\": {\"$text\": "
         "\"{outer.v}/{item.w}\"}}}",
         "[[\"1/7\"],[]]"},
    };
    AUTO(mapping) struct mapping *mapping = NULL;
    AUTO(js) struct js *roots = NULL;
    assert_int_equal(parse("\"values\": {\"kinds\": {\"person\": \"1\"}, \"open\": {\"*\": null}, "
                           "\"lengths\": {\"12\": \"1\"}}, \"operations\": {" SEND ", " ASK "}",
                           &mapping, NULL),
                     ERR_OK);
    assert_int_equal(js_parse(record, strlen(record), &roots, NULL), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *template = NULL;
        AUTO(js) struct js *built = NULL;
        struct err err = ERR_INIT;
        const char *text = cases[i].template;
        assert_int_equal(js_parse(text, strlen(text), &template, NULL), ERR_OK);
        if (mapping_build(mapping, template, roots, &built, &err))
            fail_msg("case %zu: %s", i, err.detail);
        AUTO(mem) char *shown = built ? js_dump(built) : NULL;
        if (!shown != !cases[i].built || (shown && strcmp(shown, cases[i].built) != 0))
            fail_msg("case %zu: %s", i, shown ? shown : "nothing");
    }
}

static void what_cannot_be_sent_names_the_wire_name_and_never_the_value(void **state)
{
    (void)state;
    static const struct {
        const char *template, *detail;
        enum err_code code;
    } cases[] = {
        {"{\"MaHoSo\": {\"$from\": \"record.nothing\", \"$required\": true}}",
         "MaHoSo:", ERR_FIELD_MISSING},
        {"{\"A\": [{\"Ten\": {\"$from\": \"record.long\", \"$max\": 5}}]}", "Ten: 16 letters",
         ERR_FIELD_INVALID},
        {"{\"Loai\": {\"$from\": \"record.long\", \"$map\": \"kinds\"}}", "Loai: values.kinds",
         ERR_MAPPING_BAD},
        {"{\"So\": {\"$from\": \"record.long\", \"$as\": \"integer\"}}", "So: cannot be sent",
         ERR_FIELD_INVALID},
    };
    AUTO(mapping) struct mapping *mapping = NULL;
    AUTO(js) struct js *roots = NULL;
    assert_int_equal(
        parse("\"values\": {\"kinds\": {}}, \"operations\": {" SEND ", " ASK "}", &mapping, NULL),
        ERR_OK);
    assert_int_equal(js_parse(record, strlen(record), &roots, NULL), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(js) struct js *template = NULL;
        struct js *built = NULL;
        struct err err = ERR_INIT;
        const char *text = cases[i].template;
        assert_int_equal(js_parse(text, strlen(text), &template, NULL), ERR_OK);
        assert_int_equal(mapping_build(mapping, template, roots, &built, &err), cases[i].code);
        assert_non_null(strstr(err.detail, cases[i].detail));
        assert_null(strstr(err.detail, "Đường"));
    }
}

static void an_operation_may_be_like_another(void **state)
{
    (void)state;
    AUTO(mapping) struct mapping *mapping = NULL;
    assert_int_equal(parse("\"operations\": {\"send\": {\"path\": \"/s\", \"body\": {\"a\": 1, "
                           "\"b\": 2}}, " ASK ", \"update\": {\"like\": \"send\", \"body\": "
                           "{\"b\": 3}}}",
                           &mapping, NULL),
                     ERR_OK);
    const struct js *update = mapping_operation(mapping, "update");
    assert_string_equal(js_text_or(update, "path", ""), "/s");
    assert_int_equal(js_int_or(update, "body.a", 0), 1);
    assert_int_equal(js_int_or(update, "body.b", 0), 3);
    assert_int_equal(js_int_or(mapping_operation(mapping, "send"), "body.b", 0), 2);
}

static void constants_are_said_by_the_station_or_by_the_file(void **state)
{
    (void)state;
    AUTO(mapping) struct mapping *mapping = NULL;
    AUTO(js) struct js *none = js_object();
    AUTO(js) struct js *agency = js_pack("{s:s}", "agency", "H99");
    AUTO(js) struct js *unknown = js_pack("{s:s, s:s}", "agency", "H99", "colour", "red");
    AUTO(js) struct js *constants = NULL;
    struct err err = ERR_INIT;
    assert_int_equal(parse("\"constants\": {\"agency\": null, \"kind\": \"1\"}, \"operations\": "
                           "{" SEND ", " ASK "}",
                           &mapping, NULL),
                     ERR_OK);
    assert_int_equal(mapping_constants(mapping, none, &constants, &err), ERR_MAPPING_BAD);
    assert_non_null(strstr(err.detail, "'agency'"));
    assert_int_equal(mapping_constants(mapping, unknown, &constants, &err), ERR_MAPPING_BAD);
    assert_non_null(strstr(err.detail, "'colour'"));
    assert_int_equal(mapping_constants(mapping, agency, &constants, NULL), ERR_OK);
    assert_string_equal(js_text_or(constants, "agency", ""), "H99");
    assert_string_equal(js_text_or(constants, "kind", ""), "1");
}

static void places_are_written_safe_for_a_url(void **state)
{
    (void)state;
    AUTO(js) struct js *roots = NULL;
    AUTO(mem) char *url = NULL;
    assert_int_equal(js_parse(record, strlen(record), &roots, NULL), ERR_OK);
    assert_int_equal(mapping_expand("/a/{record.code}?q={record.long}", roots, true, &url, NULL),
                     ERR_OK);
    assert_string_equal(url, "/a/H99%2F1?q=%C4%90%C6%B0%E1%BB%9Dng%20%C4%91i%20r%E1%BA%A5t%20d%C3%"
                             "A0i");
}

static void days_are_read_as_receivers_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *pattern, *day; /* NULL: none */
    } cases[] = {
        {"20190305000000", "yyyyMMddHHmmss", "2019-03-05"},
        {"05/03/2019", "dd/MM/yyyy", "2019-03-05"},
        {"20190230", "yyyyMMdd", NULL},
        {"2019030", "yyyyMMdd", NULL},
        {"201903051", "yyyyMMdd", NULL},
        {"2019-3-5", "yyyy-MM-dd", NULL},
        {"", "yyyy", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char day[11] = "";
        bool read = mapping_when_read(cases[i].text, cases[i].pattern, day);
        if (read != (cases[i].day != NULL) || (read && strcmp(day, cases[i].day) != 0))
            fail_msg("'%s': %s", cases[i].text, day);
    }
    static const char *const bad[] = {"", "dd", "yyyyyyyy", "yyyyQQ", "MMMM"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(mapping_pattern_is_good(bad[i]));
}

static void without_memory_a_mapping_fails_and_nothing_else_does(void **state)
{
    (void)state;
    static const char text[] =
        "{\"schema\": \"sohoa.mapping/1\", \"proof\": \"answer\", \"values\": {\"k\": {\"*\": 1}}, "
        "\"operations\": {\"ask\": {\"path\": \"/\"}, \"send\": {\"path\": \"/\", \"body\": "
        "{\"a\": "
        "{\"$text\": \"{record.code}\"}, \"b\": {\"$from\": \"record.kind\", \"$map\": \"k\"}, "
        "\"c\": "
        "{\"$each\": \"record.list\", \"$item\": {\"$from\": \"item.v\", \"$as\": \"text\"}}, "
        "\"d\": "
        "{\"$from\": \"record.long\", \"$max\": 3, \"$cut\": true}, \"e\": {\"$from\": "
        "\"record.day\", \"$date\": \"dd/MM/yyyy\"}}}, \"update\": {\"like\": "
        "\"send\"}}}";
    AUTO(js) struct js *roots = NULL;
    assert_int_equal(js_parse(record, strlen(record), &roots, NULL), ERR_OK);
    enum err_code code = ERR_NO_MEMORY;
    for (unsigned long nth = 1; code && nth < 2000; nth++) {
        struct mapping *mapping = NULL;
        struct js *built = NULL;
        mem_fail_from(nth);
        struct err err = ERR_INIT;
        code = mapping_parse("m", text, strlen(text), &mapping, &err);
        if (!code)
            code = mapping_build(mapping, js_at(mapping_operation(mapping, "update"), "body"),
                                 roots, &built, NULL);
        mem_fail_from(0);
        if (!code) {
            AUTO(mem) char *shown = js_dump(built);
            assert_string_equal(shown, "{\"a\":\"H99/1\",\"b\":1,\"c\":[\"1\",\"2\"],"
                                       "\"d\":\"Đư…\",\"e\":\"20/11/2026\"}");
        }
        mapping_free(mapping);
        js_free(built);
        /* the JSON library calls some of its own lacks of memory bad syntax */
        if (code && code != ERR_NO_MEMORY && !strstr(err.detail, "syntax"))
            fail_msg("allocation %lu: %s: %s", nth, err_name(code), err.detail);
    }
    assert_int_equal(code, ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_mapping_is_refused_with_file_line_key_and_reason),
        cmocka_unit_test(proofs_that_cannot_be_had_are_not_promised),
        cmocka_unit_test(a_line_is_found_by_its_path),
        cmocka_unit_test(templates_say_what_is_sent),
        cmocka_unit_test(what_cannot_be_sent_names_the_wire_name_and_never_the_value),
        cmocka_unit_test(an_operation_may_be_like_another),
        cmocka_unit_test(constants_are_said_by_the_station_or_by_the_file),
        cmocka_unit_test(places_are_written_safe_for_a_url),
        cmocka_unit_test(days_are_read_as_receivers_write_them),
        cmocka_unit_test(without_memory_a_mapping_fails_and_nothing_else_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
