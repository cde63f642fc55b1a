#include "tests/fault/power/journey.h"

#include "daemon/base/hash.h"
#include "daemon/base/id.h"

#include <dirent.h>

#define CONTENT_SIZE 6000
#define DOCUMENTS 3
#define LETTERS 26
#define LOOK_SIZE (LETTERS * 4)

struct journey {
    struct life *life;
    char dossier[ID_SIZE], document[DOCUMENTS][ID_SIZE], fronts[ID_SIZE], backs[ID_SIZE];
    char page[LETTERS][ID_SIZE], sha256[LETTERS][HASH_HEX_SIZE]; /* by letter, the latest try */
    bool kept[LETTERS];                                          /* its commit was acknowledged */
    struct answer held; /* a page that has begun before all others and comes last */
};

struct step {
    enum err_code (*run)(struct journey *j, const struct step *step);
    int document;
    const char *letters; /* of the pages it is about */
    const char *after;   /* how the document looks then */
    char beside;         /* the page that is replaced, or that a note is for */
    const char *how;
};

static void copy_id(const struct js *ok, const char *path, char out[ID_SIZE])
{
    snprintf(out, ID_SIZE, "%s", js_text_or(ok, path, ""));
    assert_true(id_is_valid(out));
}

/* ---- how a document looks ---- */

static char letter_of(const struct journey *j, const char *id)
{
    for (int i = 0; i < LETTERS; i++)
        if (strcmp(j->page[i], id) == 0)
            return (char)('a' + i);
    return '?';
}

/* Its pages that count, in order; + turned by a person, ' a back, ~ a further image of the side. */
static void look_at(struct journey *j, int document, char out[LOOK_SIZE])
{
    AUTO_ANSWER view = {.fd = -1};
    AUTO(js) struct js *args = js_pack("{s:s}", "id", j->document[document]);
    life_must(j->life, "document_get", args, &view);
    const struct js *pages = js_at(view.ok, "pages");
    int64_t position = 0;
    *out = 0;
    for (size_t i = 0; i < js_count(pages); i++) {
        const struct js *page = js_item(pages, i);
        const char *state = js_text_or(page, "state", "");
        if (strcmp(state, "rejected") == 0 || strcmp(state, "failed") == 0)
            continue;
        assert_int_equal(js_int_or(page, "position", 0), ++position);
        char text[5];
        snprintf(text, sizeof text, "%c%s%s%s", letter_of(j, js_text_or(page, "id", "")),
                 js_int_or(page, "turned_deg", 0) ? "+" : "",
                 strcmp(js_text_or(page, "side", ""), "back") == 0 ? "'" : "",
                 js_has(page, "part_of") ? "~" : "");
        strcat(out, text);
    }
}

/* ---- scanning ---- */

static struct js *begin_args(const struct journey *j, const struct step *s)
{
    struct js *args =
        js_pack("{s:s, s:s}", "dossier_id", j->dossier, "document_id", j->document[s->document]);
    if (s->beside)
        js_set(args, strcmp(s->how, "note") == 0 ? "part_of" : "replaces",
               js_text(j->page[s->beside - 'a']));
    return args;
}

/* What the scan worker writes, and says of it. */
static struct js *write_page(struct journey *j, const struct step *s, char letter,
                             const struct answer *begun)
{
    static unsigned made;
    char content[CONTENT_SIZE + 1];
    int i = letter - 'a';
    snprintf(content, sizeof content, "%-*u", CONTENT_SIZE, ++made); /* no two alike */
    assert_int_equal(write(begun->fd, content, CONTENT_SIZE), CONTENT_SIZE);
    assert_int_equal(fdatasync(begun->fd), 0);
    hash_bytes(content, CONTENT_SIZE, j->sha256[i]);
    copy_id(begun->ok, "page_id", j->page[i]);
    j->kept[i] = false;
    struct js *args =
        js_pack("{s:s, s:s, s:{s:s, s:i, s:s, s:i, s:i, s:i, s:i, s:f, s:f, s:f}, s:s, s:s, s:i}",
                "page_id", j->page[i], "blob", js_text_or(begun->ok, "blob", ""), "image", "sha256",
                j->sha256[i], "size_bytes", CONTENT_SIZE, "pixel_sha256", j->sha256[i], "width_px",
                10, "height_px", 10, "channels", 3, "bits", 8, "dpi", 300.0, "width_mm", 210.0,
                "height_mm", 297.0, "device", "sim:0", "side", "front", "sheet",
                (int)(strchr(s->letters, letter) - s->letters) + 1);
    assert_non_null(args);
    if (s->beside)
        js_set(args, strcmp(s->how, "note") == 0 ? "part_of" : "replaces",
               js_text(j->page[s->beside - 'a']));
    if (s->beside && strcmp(s->how, "note") == 0)
        js_set(args, "part_kind", js_text("note"));
    if (strcmp(s->how, "first") == 0)
        js_set(args, "position", js_int(1));
    if (strcmp(s->how, "fronts") == 0 || strcmp(s->how, "backs") == 0)
        js_set(args, "job", js_text(strcmp(s->how, "backs") == 0 ? j->backs : j->fronts));
    return args;
}

/* The place of the next page is asked for while the one before is committed, as in a feeder. */
static enum err_code scan(struct journey *j, const struct step *s)
{
    char look[LOOK_SIZE];
    AUTO_ANSWER place = {.fd = -1};
    look_at(j, s->document, look);
    const char *letter = s->letters;
    while (*letter && strchr(look, *letter))
        letter++;
    enum err_code code = life_ask(j->life, "page_begin", begin_args(j, s), &place);
    for (; !code && *letter; letter++) {
        AUTO_ANSWER committed = {.fd = -1};
        struct js *args = write_page(j, s, *letter, &place);
        life_send(j->life, "page_commit", args, &committed);
        if (letter[1])
            life_send(j->life, "page_begin", begin_args(j, s), &place);
        code = life_wait(j->life, &committed);
        j->kept[*letter - 'a'] = !code;
        if (!code && letter[1])
            code = life_wait(j->life, &place);
    }
    if (code && code != ERR_WORKER_DIED)
        fail_msg("scan of %s: %s", s->letters, err_name(code));
    return code;
}

static enum err_code commit_held(struct journey *j, const struct step *s)
{
    AUTO_ANSWER committed = {.fd = -1};
    if (j->life->noticed) /* it went with sohoad, the sheet is scanned again */
        return scan(j, s);
    enum err_code code =
        life_ask(j->life, "page_commit", write_page(j, s, *s->letters, &j->held), &committed);
    j->kept[*s->letters - 'a'] = !code;
    return code;
}

/* ---- what people do ---- */

static enum err_code ask_of_page(struct journey *j, const char *op, const struct step *s,
                                 const char *key, struct js *value)
{
    AUTO_ANSWER answer = {.fd = -1};
    struct js *args = js_pack("{s:s}", "id", j->page[*s->letters - 'a']);
    if (key)
        js_set(args, key, value);
    if (strcmp(op, "page_move") == 0)
        js_set(args, "document_id", js_text(j->document[s->document]));
    enum err_code code = life_ask(j->life, op, args, &answer);
    if (code && code != ERR_WORKER_DIED)
        fail_msg("%s: %s: %s", op, err_name(code), answer.detail);
    return code;
}

static enum err_code take_out(struct journey *j, const struct step *s)
{
    return ask_of_page(j, "page_remove", s, "reason", js_text("clerk"));
}

static enum err_code bring_back(struct journey *j, const struct step *s)
{
    return ask_of_page(j, "page_restore", s, NULL, NULL);
}

static enum err_code move_last(struct journey *j, const struct step *s)
{
    return ask_of_page(j, "page_move", s, "position", js_int(99));
}

static enum err_code turn(struct journey *j, const struct step *s)
{
    return ask_of_page(j, "page_turn", s, "turned_deg", js_int(90));
}

static enum err_code ask_of_papers(struct journey *j, const char *op, struct js *args)
{
    AUTO_ANSWER answer = {.fd = -1};
    enum err_code code = life_ask(j->life, op, args, &answer);
    if (code && code != ERR_WORKER_DIED)
        fail_msg("%s: %s: %s", op, err_name(code), answer.detail);
    return code;
}

static enum err_code interleave(struct journey *j, const struct step *s)
{
    return ask_of_papers(j, "pages_interleave",
                         js_pack("{s:s, s:s, s:s}", "document_id", j->document[s->document], "job",
                                 j->backs, "order", "reversed"));
}

static enum err_code join(struct journey *j, const struct step *s)
{
    return ask_of_papers(
        j, "document_join",
        js_pack("{s:s, s:s}", "id", j->document[s->document], "with", j->document[1]));
}

static enum err_code finish(struct journey *j, const struct step *s)
{
    return ask_of_papers(j, "document_finish_scan",
                         js_pack("{s:s}", "id", j->document[s->document]));
}

static const struct step steps[] = {
    {scan, 0, "ab", "ab", 0, ""},
    {scan, 0, "c", "cb", 'a', "replaces"},
    {scan, 0, "d", "dcb", 0, "first"},
    {scan, 0, "e", "dcbe~", 'b', "note"},
    {take_out, 0, "c", "dbe~", 0, ""},
    {bring_back, 0, "c", "dcbe~", 0, ""},
    {move_last, 0, "d", "cbe~d", 0, ""},
    {turn, 0, "c", "c+be~d", 0, ""},
    {scan, 1, "fg", "fg", 0, "fronts"},
    {scan, 1, "ij", "fgij", 0, "backs"},
    {interleave, 1, "fgij", "fj'gi'", 0, ""},
    {commit_held, 2, "h", "h", 0, ""},
    {join, 0, "", "c+be~dfj'gi'", 0, ""},
    {finish, 0, "", "c+be~dfj'gi'", 0, ""},
};

/* A document whose first sheet was in motion when sohoad died waits for a person: did this one? */
static bool release(struct journey *j, int document)
{
    AUTO_ANSWER view = {.fd = -1}, released = {.fd = -1};
    AUTO(js) struct js *args = js_pack("{s:s}", "id", j->document[document]);
    life_must(j->life, "document_get", args, &view);
    if (strcmp(js_text_or(view.ok, "document.state", ""), "held") != 0)
        return false;
    assert_string_equal(js_text_or(view.ok, "document.held.reason", ""), "SCAN_INTERRUPTED");
    AUTO(js)
    struct js *which = js_pack("{s:s, s:s}", "kind", "document", "id", j->document[document]);
    life_must(j->life, "release", which, &released);
    return true;
}

/* As before, or as after; a scan of two sheets may have brought one. */
static void check_look(const struct step *s, const char *before, const char *now)
{
    bool half = s->run == scan && strncmp(now, s->after, strlen(now)) == 0;
    if (strcmp(now, before) != 0 && strcmp(now, s->after) != 0 && !half)
        fail_msg("step to '%s': was '%s', is '%s'", s->after, before, now);
}

static void take(struct journey *j, const struct step *s)
{
    char before[LOOK_SIZE], now[LOOK_SIZE];
    look_at(j, s->document, before);
    for (int tries = 0; tries < 2; tries++) {
        bool waited = release(j, s->document);
        if (s->run == commit_held)
            assert_int_equal(waited, j->life->noticed);
        enum err_code code = s->run(j, s);
        look_at(j, s->document, now);
        if (!code)
            assert_string_equal(now, s->after);
        else if (!j->life->takes_all && (s->run == scan || s->run == commit_held))
            fail_msg("a scan noticed that the store worker died");
        check_look(s, before, now);
        if (!code || (strcmp(now, s->after) == 0 && strcmp(now, before) != 0))
            return;
    }
    fail_msg("step to '%s' failed twice", s->after);
}

/* ---- afterwards ---- */

static void check_images(struct journey *j)
{
    for (int i = 0; i < LETTERS; i++) {
        AUTO_ANSWER image = {.fd = -1};
        AUTO(js) struct js *args = js_pack("{s:s, s:s}", "id", j->page[i], "what", "image");
        char found[HASH_HEX_SIZE];
        uint64_t size;
        if (!j->kept[i])
            continue;
        life_must(j->life, "page_image", args, &image);
        assert_int_equal(hash_fd(image.fd, found, &size, NULL), ERR_OK);
        assert_string_equal(found, j->sha256[i]);
    }
}

/* Every page that counts is offered as work, once it is taken it is not offered again. */
static void check_queue(struct journey *j)
{
    char look[LOOK_SIZE], offered[LETTERS + 1] = "";
    for (;;) {
        AUTO_ANSWER job = {.fd = -1}, failed = {.fd = -1};
        enum err_code code = life_ask(
            j->life, "claim",
            js_pack("{s:[s], s:s, s:i}", "stages", "recognize", "owner", "w", "lease_us", 600000000),
            &job);
        if (code == ERR_WORKER_DIED)
            continue;
        assert_int_equal(code, ERR_OK);
        if (!js_has(job.ok, "job"))
            break;
        char letter = letter_of(j, js_text_or(job.ok, "job.id", ""));
        if (!strchr(offered, letter))
            strcat(offered, (char[]){letter, 0});
        AUTO(js)
        struct js *args = js_pack("{s:s, s:s, s:s}", "claim", js_text_or(job.ok, "job.claim", ""),
                                  "code", "IMAGE_UNREADABLE", "action", "hold");
        if (life_ask(j->life, "fail", js_copy(args), &failed) == ERR_STATE_CHANGED)
            assert_true(
                life_has_died(j->life)); /* it may never have been heard of: offered again */
    }
    for (int d = 0; d < DOCUMENTS; d++) {
        look_at(j, d, look);
        for (const char *c = look; *c; c++)
            if (*c >= 'a' && *c <= 'z' && !strchr(offered, *c))
                fail_msg("page %c of '%s' is not offered", *c, look);
    }
}

static void check_no_temp(struct life *life)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/blobs/tmp", life->store) > 0);
    DIR *list = opendir(path);
    assert_non_null(list);
    for (struct dirent *entry; (entry = readdir(list));)
        if (entry->d_name[0] != '.')
            fail_msg("left: %s", entry->d_name);
    closedir(list);
    free(path);
}

static void begin(struct journey *j)
{
    AUTO_ANSWER dossier = {.fd = -1};
    AUTO(js) struct js *none = js_object();
    life_must(j->life, "dossier_create", none, &dossier);
    copy_id(dossier.ok, "dossier.id", j->dossier);
    for (int i = 0; i < DOCUMENTS; i++) {
        AUTO_ANSWER document = {.fd = -1};
        AUTO(js) struct js *args = js_pack("{s:s}", "dossier_id", j->dossier);
        life_must(j->life, "document_create", args, &document);
        copy_id(document.ok, "document.id", j->document[i]);
    }
    id_new(j->fronts);
    id_new(j->backs);
    AUTO(js)
    struct js *args =
        js_pack("{s:s, s:s}", "dossier_id", j->dossier, "document_id", j->document[2]);
    life_must(j->life, "page_begin", args, &j->held);
}

bool journey_goes(struct life *life, unsigned nth, bool half)
{
    struct journey j = {.life = life, .held = {.fd = -1}};
    begin(&j);
    life_dies_at(life, nth, half);
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        take(&j, &steps[i]);
    check_queue(&j);
    bool died = life_has_died(life);
    life_dies_no_more(life);
    check_images(&j);
    check_no_temp(life);
    answer_done(&j.held);
    return died;
}
