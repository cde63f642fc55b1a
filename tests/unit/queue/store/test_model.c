#include "tests/unit/queue/store/rig.h"

#include "daemon/base/sys.h"
#include "queue/store/audit.h"
#include "queue/store/model.h"

#include <sys/mman.h>

static const struct principal IT = {"uid:0", "it"};
#define MINUTE_US (60 * INT64_C(1000000))
#define MODELS 8

static int file_of(const char *content)
{
    int fd = memfd_create("model", MFD_CLOEXEC);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    return fd;
}

/* Another model of that content; refused without one. */
static void add(struct rig *rig, const char *content, char out_id[ID_SIZE])
{
    static int64_t now_us = INT64_C(1800000000000000);
    AUTO(js) struct js *figures = js_pack("{s:s}", "verdict", content ? "used" : "no-gain");
    AUTO(js) struct js *model = NULL;
    AUTO(fd) int fd = content ? file_of(content) : -1;
    id_new(out_id);
    sys_clock_set(now_us += MINUTE_US);
    struct model_add wish = {.id = out_id,
                             .origin = "trained",
                             .used = content != NULL,
                             .from_papers = 30,
                             .figures = figures,
                             .fd = fd};
    ASSERT_OK(model_add(rig->store, &wish, IT, &model, err));
    assert_string_equal(js_text_or(model, "state", ""), content ? "used" : "refused");
}

/* What is in use, as its content; "" : the one built in. */
static const char *in_use(struct rig *rig)
{
    static char content[40];
    AUTO(js) struct js *model = NULL;
    AUTO(fd) int fd = -1;
    ASSERT_OK(model_in_use(rig->store, &model, &fd, err));
    memset(content, 0, sizeof content);
    if (fd >= 0)
        assert_true(pread(fd, content, sizeof content - 1, 0) > 0);
    assert_true(js_is_null(model) == (fd < 0));
    return content;
}

static void roll_back(struct rig *rig, const char *id)
{
    AUTO(js) struct js *model = NULL;
    ASSERT_OK(model_roll_back(rig->store, id, IT, &model, err));
}

static void one_model_is_in_use_and_the_one_before_comes_back(void **state)
{
    struct rig *rig = *state;
    char first[ID_SIZE], second[ID_SIZE], refused[ID_SIZE], third[ID_SIZE];
    assert_string_equal(in_use(rig), "");
    add(rig, "first", first);
    add(rig, "second", second);
    add(rig, NULL, refused);
    assert_string_equal(in_use(rig), "second");
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM model WHERE state = 'used'"), 1);
    roll_back(rig, second);
    assert_string_equal(in_use(rig), "first");
    add(rig, "third", third);
    roll_back(rig, third);
    assert_string_equal(in_use(rig), "first");
    roll_back(rig, first);
    assert_string_equal(in_use(rig), "");
    rig_reopen(rig);
    assert_string_equal(in_use(rig), "");
}

static const char *refused_of(struct rig *rig)
{
    static char id[ID_SIZE];
    add(rig, NULL, id);
    return id;
}

/* A lost answer is asked for again. */
static void twice_is_once(void **state)
{
    struct rig *rig = *state;
    char first[ID_SIZE], second[ID_SIZE];
    add(rig, "first", first);
    add(rig, "second", second);
    roll_back(rig, second);
    roll_back(rig, second);
    assert_string_equal(in_use(rig), "first");
    AUTO(js) struct js *figures = js_object();
    AUTO(js) struct js *model = NULL;
    AUTO(fd) int fd = file_of("another");
    struct model_add again = {
        .id = second, .origin = "trained", .used = true, .figures = figures, .fd = fd};
    ASSERT_OK(model_add(rig->store, &again, IT, &model, err));
    assert_string_equal(js_text_or(model, "state", ""), "rolled_back");
    assert_string_equal(in_use(rig), "first");
    ASSERT_ERR(ERR_STATE_CHANGED, model_roll_back(rig->store, refused_of(rig), IT, &model, err));
}

static void files_of_old_ones_are_given_up_and_what_is_left_comes_back(void **state)
{
    struct rig *rig = *state;
    char id[MODELS][ID_SIZE], content[20];
    for (int i = 0; i < MODELS; i++) {
        snprintf(content, sizeof content, "model %d", i);
        add(rig, content, id[i]);
    }
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM model WHERE sha256 IS NOT NULL"),
                     MODELS_KEPT + 1);
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM model"), MODELS);
    for (int i = MODELS - 1; i > MODELS - 1 - MODELS_KEPT; i--) {
        roll_back(rig, id[i]);
        snprintf(content, sizeof content, "model %d", i - 1);
        assert_string_equal(in_use(rig), content);
    }
    roll_back(rig, id[MODELS - 1 - MODELS_KEPT]); /* those before it are gone */
    assert_string_equal(in_use(rig), "");
}

static void a_damaged_file_is_told(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE], command[300];
    AUTO(js) struct js *model = NULL;
    AUTO(mem) char *path = NULL;
    int fd = -1;
    add(rig, "content of the model", id);
    ASSERT_OK(model_in_use(rig->store, &model, &fd, err));
    fd_close(fd);
    ASSERT_OK(blob_path(rig->store->blobs, js_text_or(model, "sha256", ""), &path, err));
    snprintf(command, sizeof command,
             "chmod 600 %s && printf X | dd of=%s conv=notrunc 2>/dev/null", path, path);
    assert_int_equal(system(command), 0);
    js_free(TAKE(model));
    ASSERT_ERR(ERR_BLOB_DAMAGED, model_in_use(rig->store, &model, &fd, err));
}

static void what_was_done_is_in_the_history(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    AUTO(js) struct js *rows = NULL;
    add(rig, "first", id);
    roll_back(rig, id);
    ASSERT_OK(audit_list(rig->store, id, false, 10, &rows, err));
    assert_int_equal(js_count(rows), 2);
    assert_string_equal(js_text_or(rows, "[0].event", ""), "train");
    assert_string_equal(js_text_or(rows, "[1].event", ""), "rollback");
    assert_string_equal(js_text_or(rows, "[1].principal", ""), "uid:0");
}

/* ---- papers that teach ---- */

static const char *papers_text(struct rig *rig)
{
    static char types[300];
    AUTO(js) struct js *list = NULL;
    ASSERT_OK(model_papers(rig->store, &list, err));
    types[0] = 0;
    for (size_t i = 0; i < js_count(list); i++)
        snprintf(types + strlen(types), sizeof types - strlen(types), "%s ",
                 js_text_or(js_item(list, i), "type", ""));
    return types;
}

static void run(struct rig *rig, const char *sql, const char *id)
{
    ASSERT_OK(db_run(rig->store->db, sql, DB_BIND(DB_TEXT(id)), err));
}

static void papers_that_people_confirmed_teach(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *what, *sql;
        bool teaches;
    } cases[] = {
        {"as it was proposed", "UPDATE document SET attempts = 0 WHERE id = ?", true},
        {"held for a signature",
         "UPDATE document SET state = 'held', held_from = 'copied' WHERE id = ?", true},
        {"a kind of its own", "UPDATE document SET kind_abbr = 'NQ' WHERE id = ?", false},
        {"of no type", "UPDATE document SET type = 'unknown' WHERE id = ?", false},
        {"superseded", "UPDATE document SET state = 'superseded' WHERE id = ?", false},
        {"rejected", "UPDATE document SET state = 'rejected' WHERE id = ?", false},
    };
    rig_paper_in(rig, "read", 1);
    assert_string_equal(papers_text(rig), "");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper_in(rig, "copied", 1);
        run(rig, cases[i].sql, paper.document);
        if (strcmp(papers_text(rig), cases[i].teaches ? "decision " : "") != 0)
            fail_msg("%s: '%s'", cases[i].what, papers_text(rig));
        run(rig, "UPDATE document SET confirmed_us = NULL WHERE id = ?", paper.document);
    }
}

static void a_key_tells_who_is_the_same_without_saying_who(void **state)
{
    struct rig *rig = *state;
    AUTO(js) struct js *list = NULL;
    AUTO(mem) char *text = NULL;
    rig_paper_in(rig, "copied", 1);
    rig_paper_in(rig, "copied", 1);
    ASSERT_OK(model_papers(rig->store, &list, err));
    assert_int_equal(js_count(list), 2);
    assert_string_equal(js_text_or(list, "[0].owner", "0"), js_text_or(list, "[1].owner", "1"));
    assert_string_not_equal(js_text_or(list, "[0].key", ""), js_text_or(list, "[1].key", ""));
    assert_string_not_equal(js_text_or(list, "[0].dossier", ""),
                            js_text_or(list, "[1].dossier", ""));
    text = js_dump(list);
    assert_null(strstr(text, "001099000001")); /* whose papers they are (rig_confirm) */
}

static void the_face_is_the_first_written_page_of_one_image(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper_in(rig, "copied", 2);
    AUTO(fd) int fd = -1;
    ASSERT_OK(model_words(rig->store, paper.document, &fd, err));
    assert_true(fd >= 0);
    run(rig, "UPDATE page SET word_count = 0 WHERE document_id = ?", paper.document);
    int none;
    ASSERT_OK(model_words(rig->store, paper.document, &none, err));
    assert_int_equal(none, -1);
}

static void corrections_are_counted_since_the_last_training(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    AUTO(js) struct js *status = NULL;
    AUTO(js) struct js *later = NULL;
    struct paper paper = rig_paper_in(rig, "copied", 1);
    rig_paper_in(rig, "copied", 1);
    run(rig, "UPDATE document SET type_score = NULL WHERE id = ?", paper.document);
    ASSERT_OK(model_status(rig->store, &status, err));
    assert_int_equal(js_int_or(status, "papers", -1), 2);
    assert_int_equal(js_int_or(status, "since.papers", -1), 2);
    assert_int_equal(js_int_or(status, "since.corrections", -1), 1);
    assert_true(js_int_or(status, "since.first_us", 0) > 0);
    add(rig, NULL, id); /* a try counts, whatever came of it */
    ASSERT_OK(model_status(rig->store, &later, err));
    assert_int_equal(js_int_or(later, "since.corrections", -1), 0);
    assert_int_equal(js_int_or(later, "papers", -1), 2);
    assert_string_equal(js_text_or(later, "models[0].figures.verdict", ""), "no-gain");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_model_is_in_use_and_the_one_before_comes_back),
        TEST(twice_is_once),
        TEST(files_of_old_ones_are_given_up_and_what_is_left_comes_back),
        TEST(a_damaged_file_is_told),
        TEST(what_was_done_is_in_the_history),
        TEST(papers_that_people_confirmed_teach),
        TEST(a_key_tells_who_is_the_same_without_saying_who),
        TEST(the_face_is_the_first_written_page_of_one_image),
        TEST(corrections_are_counted_since_the_last_training),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
