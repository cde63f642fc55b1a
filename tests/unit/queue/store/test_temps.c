#include "tests/unit/queue/store/rig.h"

#include "queue/store/resume.h"
#include "queue/store/temps.h"

#include <dirent.h>

/* Temps that nobody can finish, and scans whose daemon has died. */

static int temps_there(const struct rig *rig)
{
    char *path = mem_printf("%s/blobs/tmp", rig->options.folder);
    int count = 0;
    DIR *list = opendir(path);
    assert_non_null(list);
    for (struct dirent *entry; (entry = readdir(list));)
        count += entry->d_name[0] != '.';
    closedir(list);
    mem_free(path);
    return count;
}

static void begin_page(struct rig *rig, const struct paper *paper, char id[ID_SIZE],
                       char temp[PAGE_TEMP_SIZE])
{
    int fd;
    ASSERT_OK(page_begin(rig->store, paper->dossier, paper->document, id, temp, &fd, err));
    close(fd);
}

static int64_t sweep(struct rig *rig, const char *held)
{
    AUTO(js) struct js *names = held ? js_pack("[s]", held) : js_array();
    int64_t count = -1;
    ASSERT_OK(temps_sweep(rig->store, names, MACHINE, &count, err));
    return count;
}

static int64_t interrupted(struct rig *rig)
{
    return rig_number(rig, "SELECT count(*) FROM question WHERE code = 'interrupted'");
}

static int64_t released(struct rig *rig)
{
    int64_t count = -1;
    ASSERT_OK(claim_release_others(rig->store, "owner-2", MACHINE, &count, err));
    return count;
}

/* ---- the store worker died ---- */

static void a_sweep_leaves_what_is_held_or_claimed_and_asks_nobody(void **state)
{
    struct rig *rig = *state;
    rig_paper_in(rig, "copied", 1);
    struct paper paper = rig_paper(rig);
    char id[ID_SIZE], held[PAGE_TEMP_SIZE], lost[PAGE_TEMP_SIZE];
    rig_page(rig, &paper, "A", NULL);
    begin_page(rig, &paper, id, held);
    begin_page(rig, &paper, id, lost);
    AUTO(job) struct job *job = rig_claim(rig, "compose");
    assert_int_equal(temps_there(rig), 3);
    assert_int_equal(sweep(rig, held), 1);
    assert_int_equal(temps_there(rig), 2);
    ASSERT_OK(rig_complete(rig, job, err));
    assert_int_equal(sweep(rig, NULL), 1);
    assert_int_equal(temps_there(rig), 0);
    assert_int_equal(interrupted(rig), 0);
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
}

static void what_waited_for_a_page_that_will_not_come_goes_on(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig), second = paper, fresh = paper;
    char page[ID_SIZE], id[ID_SIZE], temp[PAGE_TEMP_SIZE];
    rig_document(rig, paper.dossier, second.document);
    rig_document(rig, paper.dossier, fresh.document);
    rig_page(rig, &paper, "A", page);
    rig_page(rig, &second, "B", NULL);
    begin_page(rig, &paper, id, temp);
    begin_page(rig, &second, id, temp);
    begin_page(rig, &fresh, id, temp);
    ASSERT_OK(page_remove(rig->store, page, "x", CLERK, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
    ASSERT_ERR(ERR_SCAN_RUNNING,
               document_join(rig->store, fresh.document, second.document, CLERK, err));
    ASSERT_OK(store_group_begin(rig->store, err)); /* the temps stay until the commit */
    assert_int_equal(sweep(rig, NULL), 3);
    ASSERT_OK(store_group_commit(rig->store, err));
    assert_string_equal(state_of(rig, MACHINE_document, paper.document), "rejected");
    assert_string_equal(state_of(rig, MACHINE_document, fresh.document), "open");
    ASSERT_OK(document_join(rig->store, fresh.document, second.document, CLERK, err));
}

/* A kill between the commit and the end of its temp. */
static void a_page_that_came_is_not_waited_for_and_asks_nothing(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char page[ID_SIZE], temp[PAGE_TEMP_SIZE];
    int fd;
    rig_page(rig, &paper, "A", page);
    snprintf(temp, sizeof temp, "page.%s.%s", page, paper.document);
    ASSERT_OK(blob_create(rig->store->blobs, temp, &fd, err));
    close(fd);
    bool coming = true;
    ASSERT_OK(page_is_coming(rig->store, paper.document, &coming, err));
    assert_false(coming);
    released(rig);
    assert_int_equal(interrupted(rig), 0);
    assert_int_equal(temps_there(rig), 0);
}

/* ---- sohoad died ---- */

static void a_temp_is_given_up_only_with_the_commit_of_what_it_means(void **state)
{
    struct rig *rig = *state;
    struct paper paper = rig_paper(rig);
    char id[ID_SIZE], temp[PAGE_TEMP_SIZE];
    rig_page(rig, &paper, "A", NULL);
    begin_page(rig, &paper, id, temp);
    ASSERT_OK(store_group_begin(rig->store, err));
    released(rig);
    assert_int_equal(temps_there(rig), 1); /* killed here, the next start finds it again */
    ASSERT_OK(store_group_commit(rig->store, err));
    assert_int_equal(temps_there(rig), 0);
    assert_int_equal(interrupted(rig), 1);
}

static void scan(struct rig *rig, const struct paper *paper, const char *contents,
                 struct page_capture like)
{
    for (const char *c = contents; *c; c++) {
        like.sheet = c - contents + 1;
        ASSERT_OK(rig_try_capture(rig, paper, (char[]){*c, 0}, like, (char[ID_SIZE]){""}, err));
    }
}

static void a_scan_that_would_have_finished_asks_whether_that_was_all(void **state)
{
    struct rig *rig = *state;
    static const struct {
        struct page_capture like;
        bool finished;
        int64_t asks;
    } cases[] = {{{.job = "j", .then_finish = true}, false, 1},
                 {{.job = "j", .then_finish = true}, true, 0},
                 {{.job = "j"}, false, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper(rig);
        int64_t before = interrupted(rig);
        scan(rig, &paper, "12", cases[i].like);
        if (cases[i].finished) { /* and opened again by a person */
            ASSERT_OK(document_finish_scan(rig->store, paper.document, MACHINE, err));
            ASSERT_OK(db_script(rig->store->db, "UPDATE document SET scan_finished = 0", err));
        }
        released(rig);
        released(rig);
        assert_int_equal(interrupted(rig) - before, cases[i].asks);
        assert_string_equal(state_of(rig, MACHINE_document, paper.document), "open");
        ASSERT_OK(document_reject(rig->store, paper.document, "x", CLERK, err));
    }
}

static void backs_that_were_not_laid_behind_their_fronts_are_laid_by_the_next_start(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *backs, *order;
        bool fits, finish;
    } cases[] = {{"34", "reversed", true, true},
                 {"34", "same", true, true},
                 {"34", "same", true, false},
                 {"3", "same", false, true}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper(rig);
        int64_t before = interrupted(rig);
        scan(rig, &paper, "12", (struct page_capture){.job = "fronts"});
        scan(rig, &paper, cases[i].backs,
             (struct page_capture){
                 .job = "backs", .then_backs = cases[i].order, .then_finish = cases[i].finish});
        released(rig);
        released(rig);
        assert_int_equal(interrupted(rig) - before, cases[i].fits ? 0 : 1);
        AUTO(js) struct js *view = NULL;
        AUTO(js) struct js *pages = NULL;
        ASSERT_OK(view_document(rig->store, paper.document, &view, err));
        ASSERT_OK(view_pages_of_document(rig->store, paper.document, &pages, err));
        assert_int_equal(js_bool_or(view, "scan_finished", false),
                         cases[i].fits && cases[i].finish);
        for (size_t n = 0; cases[i].fits && n < 4; n++)
            assert_string_equal(js_text_or(js_item(pages, n), "side", ""),
                                n % 2 ? "back" : "front");
        ASSERT_OK(document_reject(rig->store, paper.document, "x", CLERK, err));
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(a_sweep_leaves_what_is_held_or_claimed_and_asks_nobody),
        T(what_waited_for_a_page_that_will_not_come_goes_on),
        T(a_page_that_came_is_not_waited_for_and_asks_nothing),
        T(a_temp_is_given_up_only_with_the_commit_of_what_it_means),
        T(a_scan_that_would_have_finished_asks_whether_that_was_all),
        T(backs_that_were_not_laid_behind_their_fronts_are_laid_by_the_next_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
