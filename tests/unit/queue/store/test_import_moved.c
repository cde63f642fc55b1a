#include "tests/unit/queue/store/import_place.h"

/* Files that were imported and lie elsewhere afterwards, by what their folder says is one paper. */

enum { RENAMED, INTO_ANOTHER, TO_THE_TOP, WHOLE_FOLDER, COPIED, NAME_TAKEN, BEFORE_TAKEN };

struct counted {
    int64_t imported, duplicate, refused, papers, pages;
};

static struct counted count(struct place *place)
{
    return (struct counted){.imported = place_balance(place, "imported"),
                            .duplicate = place_balance(place, "duplicate"),
                            .refused = place_balance(place, "refused"),
                            .papers = rig_number(place->rig, "SELECT count(*) FROM document"),
                            .pages = rig_number(place->rig, "SELECT count(*) FROM page")};
}

/* `first` and the one behind it lie in one sub-folder. */
static void move(struct place *place, size_t first, int what)
{
    int content = place->files[first].content;
    char path[40];
    snprintf(path, sizeof path, "an%d/p 1.jpg", what);
    switch (what) {
    case RENAMED:
    case NAME_TAKEN:
        place_rename(place, first, what == RENAMED ? "an0/x 7.jpg" : "an5/x 7.jpg");
        break;
    case INTO_ANOTHER:
        place_rename(place, first, "bình/p 1.jpg");
        break;
    case TO_THE_TOP:
        place_rename(place, first, "p 1.jpg");
        break;
    case BEFORE_TAKEN:
        place_rename(place, first, "q 1.jpg");
        break;
    case WHOLE_FOLDER:
        place_rename(place, first, "cũ/p 1.jpg");
        place_rename(place, first + 1, "cũ/p 2.jpg");
        break;
    default:
        place_lay(place, "an4/copy.jpg", content);
    }
    if (what == NAME_TAKEN)
        place_lay(place, path, content + 5);
}

static struct counted bring_and_move(struct place *place, int what, bool *out_is_itself)
{
    char path[40], id[ID_SIZE];
    size_t first = place->count;
    struct counted before = count(place);
    for (int i = 1; i <= 2; i++) {
        snprintf(path, sizeof path, "an%d/p %d.jpg", what, i);
        place_lay(place, path, 10 * (what + 1) + i);
    }
    place_sweep(place);
    if (what != BEFORE_TAKEN)
        place_work_all(place);
    snprintf(id, sizeof id, "%s", place_item(place, place->files[first].path, "id"));
    move(place, first, what);
    place_import(place);
    *out_is_itself = strcmp(place_item(place, place->files[first].path, "id"), id) == 0;
    struct counted after = count(place);
    return (struct counted){after.imported - before.imported, after.duplicate - before.duplicate,
                            after.refused - before.refused, after.papers - before.papers,
                            after.pages - before.pages};
}

static void a_file_is_known_by_its_bytes_wherever_it_lies(void **state)
{
    static const struct {
        enum import_papers papers;
        int what;
        struct counted wanted;
    } cases[] = {
        /* images lying in one sub-folder are one paper under "file", too */
        {PAPERS_FILE, RENAMED, {2, 0, 0, 1, 2}},
        {PAPERS_FILE, INTO_ANOTHER, {2, 0, 0, 1, 2}},
        {PAPERS_FILE, TO_THE_TOP, {2, 0, 0, 1, 2}},
        {PAPERS_FILE, WHOLE_FOLDER, {2, 0, 0, 1, 2}},
        {PAPERS_FILE, COPIED, {2, 1, 0, 1, 2}},
        {PAPERS_FILE, NAME_TAKEN, {3, 0, 0, 2, 3}},
        {PAPERS_FILE, BEFORE_TAKEN, {2, 0, 1, 2, 2}},
        {PAPERS_FOLDER, RENAMED, {2, 0, 0, 1, 2}},
        {PAPERS_FOLDER, INTO_ANOTHER, {2, 0, 0, 1, 2}},
        {PAPERS_FOLDER, TO_THE_TOP, {2, 0, 0, 1, 2}},
        {PAPERS_FOLDER, WHOLE_FOLDER, {2, 0, 0, 1, 2}},
        {PAPERS_FOLDER, COPIED, {2, 1, 0, 1, 2}},
        {PAPERS_FOLDER, NAME_TAKEN, {3, 0, 0, 1, 3}}, /* one more page of that paper */
        {PAPERS_FOLDER, BEFORE_TAKEN, {2, 0, 1, 2, 2}},
        {PAPERS_NAME, RENAMED, {2, 0, 0, 1, 2}},
        {PAPERS_NAME, INTO_ANOTHER, {2, 0, 0, 1, 2}},
        {PAPERS_NAME, TO_THE_TOP, {2, 0, 0, 1, 2}},
        {PAPERS_NAME, WHOLE_FOLDER, {2, 0, 0, 1, 2}},
        {PAPERS_NAME, COPIED, {2, 1, 0, 1, 2}},
        {PAPERS_NAME, NAME_TAKEN, {3, 0, 0, 1, 3}},
        {PAPERS_NAME, BEFORE_TAKEN, {2, 0, 1, 2, 2}},
        {PAPERS_SPLIT, RENAMED, {2, 0, 0, 2, 2}},
        {PAPERS_SPLIT, INTO_ANOTHER, {2, 0, 0, 2, 2}},
        {PAPERS_SPLIT, TO_THE_TOP, {2, 0, 0, 2, 2}},
        {PAPERS_SPLIT, WHOLE_FOLDER, {2, 0, 0, 2, 2}},
        {PAPERS_SPLIT, COPIED, {2, 1, 0, 2, 2}},
        {PAPERS_SPLIT, NAME_TAKEN, {3, 0, 0, 3, 3}},
        {PAPERS_SPLIT, BEFORE_TAKEN, {2, 0, 1, 2, 2}},
    };
    struct place place = {0};
    void *rig = NULL;
    bool is_itself = false;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (!rig || cases[i].papers != place.papers) {
            if (rig)
                rig_teardown(&rig);
            assert_int_equal(rig_setup(&rig), 0);
            place = (struct place){.rig = rig, .papers = cases[i].papers};
        }
        struct counted got = bring_and_move(&place, cases[i].what, &is_itself);
        if (memcmp(&got, &cases[i].wanted, sizeof got) != 0)
            fail_msg("papers = %s, move %d: %d imported, %d duplicate, %d refused, %d papers, %d "
                     "pages",
                     import_papers_name(cases[i].papers), cases[i].what, (int)got.imported,
                     (int)got.duplicate, (int)got.refused, (int)got.papers, (int)got.pages);
        assert_int_equal(is_itself, cases[i].what != BEFORE_TAKEN);
        place_check_balance(&place);
    }
    rig_teardown(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_known_by_its_bytes_wherever_it_lies)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
