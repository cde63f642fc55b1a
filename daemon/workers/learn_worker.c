#include "daemon/base/file.h"
#include "daemon/base/hash.h"
#include "daemon/model/words.h"
#include "daemon/workers/confine.h"
#include "daemon/workers/worker_main.h"
#include "ocr/classify/lines.h"
#include "ocr/classify/model_file.h"
#include "ocr/classify/page_terms.h"
#include "ocr/learn/teaching.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * sohoa-learn-worker: begin, paper (words of a confirmed paper's face → hashed terms) one after the
 * other, then teach (→ a model and its comparison with the one in use) or judge (one from another
 * station); look (is that a model?). Always at the lowest priority.
 */

#define LOWEST_PRIORITY 19
#define KEY_DIGITS 16

struct learn {
    struct wording *wording;
    struct teaching *teaching;
};

static enum err_code begin(void *self, struct worker_call *call, struct worker_answer *answer,
                           struct err *err)
{
    struct learn *learn = self;
    struct teaching *fresh = NULL;
    enum err_code code = ERR_OK;
    (void)call;
    (void)answer;
    worker_cancel_reset();
    if (!learn->wording)
        code = wording_read(wording_shipped, wording_shipped_count, &learn->wording, err);
    if (!code)
        code = teaching_new(learn->wording, &fresh, err);
    if (code)
        return code;
    teaching_free(learn->teaching);
    learn->teaching = fresh;
    return ERR_OK;
}

static enum err_code get_key(const struct js *args, const char *name, uint64_t *out,
                             struct err *err)
{
    const char *text;
    enum err_code code = js_get_text(args, name, &text, err);
    if (code)
        return code;
    if (strlen(text) != KEY_DIGITS || strspn(text, "0123456789abcdef") != KEY_DIGITS)
        return err_set(err, ERR_BAD_ARGUMENT, "'%s' is not %d hex digits", name, KEY_DIGITS);
    *out = strtoull(text, NULL, 16);
    return ERR_OK;
}

static enum err_code read_terms(int fd, struct page_terms *out, struct err *err)
{
    AUTO(words) struct words words = {0};
    struct page_text text = {0};
    enum err_code code = words_read_fd(fd, &words, err);
    if (code)
        return code;
    code = page_text_make(&words, &text, err);
    if (!code && !page_terms_of(&text, out))
        code = err_set(err, ERR_NO_MEMORY, "terms of a page");
    page_text_done(&text);
    return code;
}

static enum err_code add_paper(void *self, struct worker_call *call, struct worker_answer *answer,
                               struct err *err)
{
    struct learn *learn = self;
    AUTO(fd) int fd = -1;
    AUTO(mem) struct page_terms *terms = mem_alloc(sizeof *terms);
    struct type_sample sample = {0};
    const char *type;
    uint64_t key = 0;
    if (!learn->teaching)
        return err_set(err, ERR_CONFLICT, "not begun");
    if (!terms)
        return err_set(err, ERR_NO_MEMORY, "terms of a page");
    enum err_code code = js_get_text(call->args, "type", &type, err);
    if (!code)
        code = get_key(call->args, "key", &key, err);
    if (!code)
        code = get_key(call->args, "dossier", &sample.dossier, err);
    if (!code)
        code = get_key(call->args, "owner", &sample.owner, err);
    if (!code)
        code = ipc_take_fd(call->message, 0, &fd, err);
    if (!code)
        code = read_terms(fd, terms, err);
    if (code)
        return code;
    bool says_enough = terms->count >= TYPE_MODEL_LEAST_TERMS;
    sample.type = doc_type_from_slug(type);
    sample.term = terms->id;
    sample.count = terms->count;
    if (says_enough)
        code = teaching_add(learn->teaching, key, &sample, err);
    if (code)
        return code;
    answer->ok = js_pack("{s:b}", "taken", (int)says_enough);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

/* ---- models ---- */

struct file {
    char *bytes;
    size_t size;
    struct model_facts facts;
    struct type_model model;
};

static void file_auto(struct file *file)
{
    mem_free(file->bytes);
}

static enum err_code open_file(struct worker_call *call, size_t at, struct file *out,
                               struct err *err)
{
    AUTO(fd) int fd = -1;
    enum err_code code = ipc_take_fd(call->message, at, &fd, err);
    if (!code)
        code = file_read_fd(fd, MODEL_FILE_MAX, &out->bytes, &out->size, err);
    if (code == ERR_TOO_LARGE)
        return err_set(err, ERR_MODEL_BAD, "longer than any model");
    return code ? code : model_file_open(out->bytes, out->size, &out->facts, &out->model, err);
}

/* The one in use, descriptor `at`; where there is none the shipped one. */
static enum err_code open_old(struct worker_call *call, size_t at, struct file *out,
                              struct err *err)
{
    if (call->message->fd_count > at)
        return open_file(call, at, out, err);
    return type_model_open(type_model_shipped, type_model_shipped_size, &out->model, err);
}

static struct js *tally_to_js(const struct tally *tally)
{
    return js_pack("{s:I, s:I, s:I}", "papers", (int64_t)tally->papers, "right",
                   (int64_t)tally->right, "wrong", (int64_t)tally->wrong);
}

static struct js *figures_to_js(const struct teaching *teaching, const struct comparison *found,
                                enum verdict verdict)
{
    size_t taught, held_out;
    teaching_count(teaching, &taught, &held_out);
    return js_pack("{s:s, s:I, s:I, s:{s:o, s:o}, s:{s:o, s:o}}", "verdict", verdict_name(verdict),
                   "taught", (int64_t)taught, "held_out", (int64_t)held_out, "station", "old",
                   tally_to_js(&found->station_old), "new", tally_to_js(&found->station_new),
                   "others", "old", tally_to_js(&found->wording_old), "new",
                   tally_to_js(&found->wording_new));
}

static struct js *facts_to_js(const struct model_facts *facts)
{
    AUTO(js) struct js *papers = js_object();
    int64_t all = 0;
    for (size_t i = 0; i < DOC_TYPE_COUNT; i++) {
        all += (int64_t)facts->papers[i];
        if (facts->papers[i] &&
            !js_set(papers, doc_type_slug((enum doc_type)i), js_int((int64_t)facts->papers[i])))
            return NULL;
    }
    return js_pack("{s:s, s:I, s:I, s:O}", "program", facts->program, "day", (int64_t)facts->day,
                   "from_papers", all, "papers", papers);
}

static enum err_code answer_figures(struct worker_answer *answer, struct js *figures,
                                    const struct model_facts *facts, struct err *err)
{
    answer->ok = js_pack("{s:o, s:o}", "figures", figures, "model", facts_to_js(facts));
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

static enum err_code teach(void *self, struct worker_call *call, struct worker_answer *answer,
                           struct err *err)
{
    struct learn *learn = self;
    __attribute__((cleanup(file_auto))) struct file old = {0};
    AUTO(buf) struct buf made;
    struct model_facts facts = {.program = "0", .day = 0};
    struct comparison found = {0};
    enum verdict verdict = VERDICT_TOO_FEW;
    buf_init(&made, MODEL_FILE_MAX);
    if (!learn->teaching)
        return err_set(err, ERR_CONFLICT, "not begun");
    strncpy(facts.program, js_text_or(call->args, "program", "0"), sizeof facts.program - 1);
    facts.day = (unsigned)js_int_or(call->args, "day", 0);
    enum err_code code = open_old(call, 0, &old, err);
    if (!code)
        code = teaching_train(learn->teaching, &old.model, &facts, worker_cancelled, &made, &found,
                              &verdict, err);
    if (!code && made.size)
        code = file_memfd("model", made.bytes, made.size, &answer->fds[0], err);
    if (code)
        return code;
    answer->fd_count = made.size ? 1 : 0;
    return answer_figures(answer, figures_to_js(learn->teaching, &found, verdict), &facts, err);
}

/* [offered, the one in use]. One that is as good may come: it knows what this station has not seen.
 */
static enum err_code judge(void *self, struct worker_call *call, struct worker_answer *answer,
                           struct err *err)
{
    struct learn *learn = self;
    __attribute__((cleanup(file_auto))) struct file offered = {0};
    __attribute__((cleanup(file_auto))) struct file old = {0};
    struct comparison found = {0};
    if (!learn->teaching)
        return err_set(err, ERR_CONFLICT, "not begun");
    enum err_code code = open_file(call, 0, &offered, err);
    if (!code)
        code = open_old(call, 1, &old, err);
    if (!code)
        code = teaching_compare(learn->teaching, &old.model, &offered.model, worker_cancelled,
                                &found, err);
    if (code)
        return code;
    return answer_figures(answer,
                          figures_to_js(learn->teaching, &found, verdict_of_offered(&found)),
                          &offered.facts, err);
}

static enum err_code look(void *self, struct worker_call *call, struct worker_answer *answer,
                          struct err *err)
{
    __attribute__((cleanup(file_auto))) struct file file = {0};
    (void)self;
    enum err_code code = open_file(call, 0, &file, err);
    if (code)
        return code;
    answer->ok = facts_to_js(&file.facts);
    return answer->ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "answer");
}

int main(void)
{
    static const struct worker_op ops[] = {
        {"begin", begin}, {"paper", add_paper}, {"teach", teach},
        {"judge", judge}, {"look", look},       {0},
    };
    struct learn learn = {0};
    errno = 0;
    (void)!nice(LOWEST_PRIORITY);
    confine_worker("sohoa-learn-worker", NULL);
    int status = worker_serve("sohoa-learn-worker", ops, &learn);
    teaching_free(learn.teaching);
    wording_free(learn.wording);
    return status;
}
