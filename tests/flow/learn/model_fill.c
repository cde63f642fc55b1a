/*
 * Confirmed papers into the store of a station that does not run:
 *
 *   model_fill STORE-FOLDER LOCAL.paper NAME TYPE COUNT SEED
 *
 * Each is a dossier of its own with another owner; the machine had called it unknown.
 */
#include "daemon/model/field.h"
#include "tests/flow/learn/paper_words.h"
#include "tests/unit/queue/store/rig.h"

#include <stdlib.h>
#include <sys/mman.h>

static struct js *parsed(const char *text)
{
    struct js *value = NULL;
    return js_parse(text, strlen(text), &value, NULL) ? NULL : value;
}

static void complete(struct rig *rig, const char *stage, struct js *result, const int *fds,
                     size_t fd_count)
{
    AUTO(js) struct js *owned = result;
    AUTO(job) struct job *job = rig_claim(rig, stage);
    ASSERT_OK(
        store_complete(rig->store, job_text(job, "claim"), owned, fds, fd_count, MACHINE, err));
}

static void recognize(struct rig *rig, int words)
{
    int fds[2] = {words, memfd_create("thumbnail", MFD_CLOEXEC)};
    assert_int_equal(write(fds[1], "\xff\xd8\xff", 3), 3);
    complete(rig, "recognize",
             parsed("{\"page\":{\"width_px\":2480,\"height_px\":3508,\"dpi\":300,\"dpi_source\":"
                    "\"file\",\"rotation_deg\":0,\"skew_deg\":0,\"blank\":false,\"width_mm\":210.0,"
                    "\"height_mm\":297.0},\"zones\":[],\"words\":100,\"mean_confidence\":0.9}"),
             fds, 2);
    fd_close(fds[1]);
}

static void confirm(struct rig *rig, const char *document, const char *type, int number)
{
    AUTO(js) struct js *answers = js_object();
    char owner[] = "Người Mẫu AA";
    owner[sizeof owner - 3] = (char)('A' + number / 26 % 26);
    owner[sizeof owner - 2] = (char)('A' + number % 26);
    for (int i = 0; i < FIELD_COUNT; i++)
        assert_true(js_set(answers, field_key((enum field_name)i), js_null()));
    assert_true(js_set(answers, "doc_name", js_text("Giấy mẫu")) &&
                js_set(answers, "owner_name", js_text(owner)));
    struct comparison comparison = {.compared = true,
                                    .revision = rig_revision(rig, document),
                                    .answers = answers,
                                    .type = type};
    ASSERT_OK(document_confirm(rig->store, document, &comparison, CLERK, err));
}

int main(int argc, char **argv)
{
    static const char *const targets[] = {"warehouse"};
    if (argc != 7)
        return 2;
    struct rig rig = {.options = {.folder = argv[1], .targets = targets, .target_count = 1}};
    AUTO(wording) struct wording *wording = paper_wording(argv[2]);
    ASSERT_OK(store_open(&rig.options, &rig.store, err));
    for (int i = 0; i < atoi(argv[5]); i++) {
        char content[60];
        struct paper paper = rig_paper(&rig);
        AUTO(fd)
        int words = paper_words_fd(wording, argv[3], (uint64_t)atoi(argv[6]) + (uint64_t)i);
        snprintf(content, sizeof content, "II*.%s", paper.document);
        rig_page(&rig, &paper, content, NULL);
        ASSERT_OK(document_finish_scan(rig.store, paper.document, CLERK, err));
        recognize(&rig, words);
        complete(&rig, "understand",
                 parsed("{\"type\":\"unknown\",\"type_score\":0.2,\"fields\":{},\"pages\":[]}"),
                 NULL, 0);
        confirm(&rig, paper.document, argv[4], i);
    }
    store_close(rig.store);
    return 0;
}
