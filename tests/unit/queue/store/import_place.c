#include "tests/unit/queue/store/import_place.h"

#include "daemon/base/hash.h"

#include <inttypes.h>

static const char *kind_of(int content)
{
    return content == 0 ? "text" : content <= 3 ? "pdf" : "jpeg";
}

static void text_of(int content, char out[40])
{
    snprintf(out, 40, "file of content %d", content);
}

static int64_t pages_of(int content)
{
    return content == 3 ? 3 : 1;
}

/* ---- sweeps ---- */

void place_sweep(struct place *place)
{
    place->sweep++;
    for (size_t i = 0; i < place->count; i++) {
        const struct lying *lying = &place->files[i];
        struct import_file file = {.path = lying->path,
                                   .kind = kind_of(lying->content),
                                   .size_bytes = 100 + lying->content,
                                   .mtime_us = lying->mtime,
                                   .stable = true,
                                   .papers = place->papers};
        ASSERT_OK(import_see(place->rig->store, PLACE_FOLDER, place->sweep, &file, MACHINE, err));
    }
    ASSERT_OK(import_swept(place->rig->store, PLACE_FOLDER, place->sweep, (int64_t)place->count,
                           MACHINE, err));
}

int64_t place_balance(struct place *place, const char *key)
{
    AUTO(js) struct js *told = NULL;
    char path[40];
    snprintf(path, sizeof path, "balance.%s", key);
    ASSERT_OK(import_balance_of(place->rig->store, PLACE_FOLDER, &told, err));
    return js_int_or(told, path, -1);
}

void place_check_balance(struct place *place)
{
    assert_int_equal(place_balance(place, "difference"), 0);
    assert_int_equal(place_balance(place, "found"),
                     place_balance(place, "imported") + place_balance(place, "duplicate") +
                         place_balance(place, "refused") + place_balance(place, "waiting"));
}

/* ---- work ---- */

static int content_of(struct place *place, const struct js *item)
{
    const char *path = js_text_or(item, "path", "");
    for (size_t i = 0; i < place->count; i++)
        if (strcmp(place->files[i].path, path) == 0 &&
            place->files[i].mtime == js_int_or(item, "mtime_us", 0))
            return place->files[i].content;
    return -1; /* gone meanwhile */
}

static void fill(int fd, const char *text, char out_sha256[HASH_HEX_SIZE])
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    hash_bytes(text, strlen(text), out_sha256);
}

static void take(struct place *place, const struct import_step *step)
{
    char text[40], sha256[HASH_HEX_SIZE];
    const char *id = js_text_or(step->item, "id", "");
    int content = content_of(place, step->item);
    if (content < 0) {
        ASSERT_OK(import_fail(place->rig->store, id, "NOT_FOUND", IMPORT_REFUSE, MACHINE, err));
        return;
    }
    text_of(content, text);
    fill(step->temp_fd, text, sha256);
    struct import_take taken = {
        .id = id, .temp = step->temp, .sha256 = sha256, .size_bytes = (int64_t)strlen(text)};
    ASSERT_OK(import_took(place->rig->store, &taken, MACHINE, err));
}

static int content_in(const struct import_step *step)
{
    char text[40] = "";
    int content = -1;
    assert_true(pread(step->file_fd, text, sizeof text - 1, 0) > 0);
    assert_int_equal(sscanf(text, "file of content %d", &content), 1);
    return content;
}

static void count(struct place *place, const struct import_step *step)
{
    struct store *store = place->rig->store;
    const char *id = js_text_or(step->item, "id", "");
    int content = content_in(step);
    if (content == 1)
        ASSERT_OK(import_fail(store, id, "PDF_ENCRYPTED", IMPORT_REFUSE, MACHINE, err));
    else if (content == 2)
        ASSERT_OK(import_fail(store, id, "FILE_SIGNED", IMPORT_WAIT, MACHINE, err));
    else
        ASSERT_OK(import_counted(store, id, pages_of(content), NULL, MACHINE, err));
}

static void page(struct place *place, const struct import_step *step)
{
    char text[60], sha256[HASH_HEX_SIZE];
    if (step->page == place->broken_page) {
        page_abort(place->rig->store, step->temp);
        ASSERT_OK(import_fail(place->rig->store, js_text_or(step->item, "id", ""), "WORKER_DIED",
                              IMPORT_WAIT, MACHINE, err));
        return;
    }
    snprintf(text, sizeof text, "page %" PRId64 " of content %d", step->page, content_in(step));
    fill(step->temp_fd, text, sha256);
    struct page_capture capture =
        rig_page_of_file(step, "import/" PLACE_FOLDER, sha256, strlen(text));
    ASSERT_OK(page_commit(place->rig->store, &capture, MACHINE, err));
}

static void start_anew(struct place *place)
{
    int64_t released;
    rig_reopen(place->rig);
    ASSERT_OK(claim_release_others(place->rig->store, "after", MACHINE, &released, err));
}

bool place_work(struct place *place, bool killed)
{
    struct import_step step;
    ASSERT_OK(import_next(place->rig->store, PLACE_FOLDER, MACHINE, &step, err));
    bool any = step.what != IMPORT_NOTHING;
    if (killed)
        start_anew(place);
    else if (step.what == IMPORT_TAKE)
        take(place, &step);
    else if (step.what == IMPORT_COUNT)
        count(place, &step);
    else if (step.what == IMPORT_PAGE)
        page(place, &step);
    import_step_done(&step);
    return any;
}

void place_work_all(struct place *place)
{
    while (place_work(place, false))
        ;
}

void place_import(struct place *place)
{
    place_sweep(place);
    place_work_all(place);
}

const char *place_item(struct place *place, const char *path, const char *column)
{
    static char told[80];
    AUTO(mem) char *text = NULL;
    AUTO(js) struct js *items = NULL;
    struct import_query query = {.folder = PLACE_FOLDER, .limit = 1000};
    ASSERT_OK(import_list(place->rig->store, &query, &items, err));
    for (size_t i = 0; i < js_count(items); i++) {
        const struct js *item = js_item(items, i);
        if (strcmp(js_text_or(item, "path", ""), path) != 0 || !js_bool_or(item, "present", false))
            continue;
        snprintf(told, sizeof told, "%s", js_text_or(item, column, ""));
        return told;
    }
    fail_msg("no item at that path");
    return NULL;
}

void place_lay(struct place *place, const char *path, int content)
{
    struct lying *lying = &place->files[place->count++];
    snprintf(lying->path, sizeof lying->path, "%s", path);
    lying->content = content;
    lying->mtime = ++place->clock;
}

void place_remove(struct place *place, size_t i)
{
    place->files[i] = place->files[--place->count];
}

void place_rename(struct place *place, size_t i, const char *path)
{
    snprintf(place->files[i].path, sizeof place->files[i].path, "%s", path);
}
