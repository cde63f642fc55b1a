#include "tests/flow/store/process.h"

/* Everything that shows what citizens trust the station with leaves the name of who saw it. */

static int setup(void **state)
{
    *state = test_make_folder();
    return 0;
}

static int teardown(void **state)
{
    test_remove_folder(*state);
    return 0;
}

struct ground {
    struct process_paper paper;
    char page[ID_SIZE];
};

static const struct {
    const char *op, *more;
    enum { OF_NOTHING, OF_DOSSIER, OF_DOCUMENT, OF_PAGE } of;
    const char *subject, *kind, *detail; /* subject NULL: the id */
} reads[] = {
    {"dossier_list", "", OF_NOTHING, "dossier_list", "station", "list"},
    {"dossier_get", "", OF_DOSSIER, NULL, "dossier", "view"},
    {"document_get", "", OF_DOCUMENT, NULL, "document", "view"},
    {"page_image", ",\"what\":\"image\"", OF_PAGE, NULL, "page", "image"},
    {"audit_list", "", OF_DOCUMENT, NULL, "audit", "history"},
    {"queue_list", "", OF_NOTHING, "queue_list", "station", "list"},
};

static const char *subject_of(const struct ground *g, size_t i)
{
    const char *const ids[] = {"", g->paper.dossier, g->paper.document, g->page};
    return reads[i].of == OF_NOTHING ? reads[i].subject : ids[reads[i].of];
}

static void arguments(const struct ground *g, size_t i, const char *principal, char out[500])
{
    bool has_id = reads[i].of != OF_NOTHING;
    snprintf(out, 500, "{%s%s%s\"principal\":%s%s}", has_id ? "\"id\":\"" : "",
             has_id ? subject_of(g, i) : "", has_id ? "\"," : "", principal, reads[i].more);
}

static enum err_code look(struct store_process *p, const struct ground *g, size_t i,
                          const char *principal, struct err *err)
{
    char args[500];
    arguments(g, i, principal, args);
    return process_call(p, reads[i].op, args, NULL, 0, NULL, NULL, 0, err);
}

/* Rows of that read; the list cannot be asked for what is no id, so the database is. */
static int rows_of(const char *folder, const struct ground *g, size_t i, const char *who)
{
    char command[1000];
    int count = -1;
    snprintf(command, sizeof command,
             "sqlite3 -readonly '%s/store.db' \"SELECT count(*) FROM audit WHERE event = 'read' "
             "AND subject_id = '%s' AND kind = '%s' AND detail = '%s' AND principal = '%s' "
             "AND role = 'clerk'\"",
             folder, subject_of(g, i), reads[i].kind, reads[i].detail, who);
    FILE *pipe = popen(command, "r");
    assert_int_equal(fscanf(pipe, "%d", &count), 1);
    pclose(pipe);
    return count;
}

static void make_ground(struct store_process *p, struct ground *g)
{
    struct err err = ERR_INIT;
    g->paper = process_paper(p);
    assert_int_equal(process_page(p, &g->paper, "II*\001 one", g->page, &err), ERR_OK);
}

static void a_read_is_answered_to_nobody_without_a_name(void **state)
{
    struct store_process p;
    struct ground g;
    process_start(&p, *state, NULL);
    make_ground(&p, &g);
    static const char *const nobody[] = {"{}", "{\"id\":\"\",\"role\":\"clerk\"}",
                                         "{\"id\":\"uid:1\"}"};
    for (size_t i = 0; i < COUNT_OF(reads); i++) {
        for (size_t n = 0; n < COUNT_OF(nobody); n++) {
            struct err err = ERR_INIT;
            look(&p, &g, i, nobody[n], &err);
            if (!strstr(err.detail, "'principal."))
                fail_msg("%s: %s (%s)", reads[i].op, err_name(err.code), err.detail);
        }
    }
    assert_int_equal(process_end(&p), 0);
}

/* The worker is killed as soon as it has answered. */
static void who_saw_it_is_durable_before_the_answer(void **state)
{
    struct store_process p;
    struct ground g;
    process_start(&p, *state, NULL);
    make_ground(&p, &g);
    for (size_t i = 0; i < COUNT_OF(reads); i++) {
        struct err err = ERR_INIT;
        if (look(&p, &g, i, "{\"id\":\"uid:7/web-1\",\"role\":\"clerk\"}", &err) ||
            look(&p, &g, i, "{\"id\":\"uid:8\",\"role\":\"clerk\"}", &err))
            fail_msg("%s: %s", reads[i].op, err.detail);
        process_kill(&p);
        if (rows_of(*state, &g, i, "uid:7/web-1") != 1 || rows_of(*state, &g, i, "uid:8") != 1)
            fail_msg("%s is not in the audit", reads[i].op);
        process_start(&p, *state, NULL);
    }
    for (size_t i = 0; i < COUNT_OF(reads); i++) {
        struct err err = ERR_INIT;
        assert_int_equal(look(&p, &g, i, "{\"id\":\"uid:8\",\"role\":\"clerk\"}", &err), ERR_OK);
        assert_int_equal(rows_of(*state, &g, i, "uid:8"), 1);
    }
    assert_int_equal(process_end(&p), 0);
}

static void the_history_shows_reads_when_asked(void **state)
{
    struct store_process p;
    struct ground g;
    process_start(&p, *state, NULL);
    make_ground(&p, &g);
    js_free(process_ok(&p, NULL, "document_get", "{\"id\":\"%s\"}", g.paper.document));
    AUTO(js)
    struct js *plain = process_ok(&p, NULL, "document_get", "{\"id\":\"%s\"}", g.paper.document);
    AUTO(js)
    struct js *all =
        process_ok(&p, NULL, "document_get", "{\"id\":\"%s\",\"reads\":true}", g.paper.document);
    AUTO(js)
    struct js *list =
        process_ok(&p, NULL, "audit_list", "{\"id\":\"%s\",\"reads\":true}", g.paper.document);
    size_t count = js_count(js_at(plain, "audit"));
    assert_int_equal(js_count(js_at(all, "audit")), count + 1);
    assert_int_equal(js_count(js_at(list, "audit")), count + 1);
    const struct js *last = js_item(js_at(all, "audit"), count);
    assert_string_equal(js_text_or(last, "event", ""), "read");
    assert_string_equal(js_text_or(last, "principal", ""), "uid:1000");
    assert_string_equal(js_text_or(last, "detail", ""), "view");
    assert_int_equal(process_end(&p), 0);
}

static void what_was_not_shown_is_not_noted(void **state)
{
    struct store_process p;
    struct ground g;
    process_start(&p, *state, NULL);
    make_ground(&p, &g);
    process_expect(&p, ERR_NOT_FOUND, "page_image", "{\"id\":\"%s\",\"what\":\"thumb\"}", g.page);
    process_expect(&p, ERR_NOT_FOUND, "document_file", "{\"id\":\"%s\",\"what\":\"signed\"}",
                   g.paper.document);
    AUTO(js)
    struct js *page = process_ok(&p, NULL, "audit_list", "{\"id\":\"%s\",\"reads\":true}", g.page);
    assert_int_equal(js_count(js_at(page, "audit")), 1);
    AUTO(js)
    struct js *document =
        process_ok(&p, NULL, "audit_list", "{\"id\":\"%s\",\"reads\":true}", g.paper.document);
    assert_int_equal(js_count(js_at(document, "audit")), 1);
    assert_int_equal(process_end(&p), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_read_is_answered_to_nobody_without_a_name),
        T(who_saw_it_is_durable_before_the_answer),
        T(the_history_shows_reads_when_asked),
        T(what_was_not_shown_is_not_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
