#include "daemon/base/file.h"
#include "daemon/base/mem.h"
#include "daemon/workers/worker_main.h"
#include "tests/unit/scanner/fake_log.h"

#include <string.h>
#include <unistd.h>

/* A store that keeps nothing and notes every command. FAKE_STORE "OP N CODE": the N-th OP is
 * refused; "OP N slow": answered after half a second; "OP N slow CODE": refused then. */

static enum err_code misbehave(const char *op, struct err *err)
{
    static char wanted[40], what[40], then[40];
    static int left;
    if (!*wanted && sscanf(getenv("FAKE_STORE") ? getenv("FAKE_STORE") : "", "%39s %d %39s %39s",
                           wanted, &left, what, then) < 3)
        return ERR_OK;
    if (strcmp(op, wanted) != 0 || --left != 0)
        return ERR_OK;
    bool slow = strcmp(what, "slow") == 0;
    if (slow)
        usleep(500000);
    const char *code = slow ? then : what;
    return *code ? err_set(err, err_from_name(code), "as asked") : ERR_OK;
}

static enum err_code note(const char *op, struct worker_call *call, struct err *err)
{
    fake_log_add("store", op, call->args);
    return misbehave(op, err);
}

static enum err_code document_create(void *self, struct worker_call *call,
                                     struct worker_answer *answer, struct err *err)
{
    (void)self;
    answer->ok = js_pack("{s:{s:s}}", "document", "id", "made");
    return note("document_create", call, err);
}

static enum err_code page_begin(void *self, struct worker_call *call, struct worker_answer *answer,
                                struct err *err)
{
    (void)self;
    static int pages;
    char page_id[20], blob[20];
    enum err_code code = note("page_begin", call, err);
    if (code)
        return code;
    snprintf(page_id, sizeof page_id, "page-%d", ++pages);
    snprintf(blob, sizeof blob, "blob-%d", pages);
    answer->ok = js_pack("{s:s, s:s}", "page_id", page_id, "blob", blob);
    return file_memfd("page", "", 0, &answer->fds[answer->fd_count++], err);
}

#define NOTED(op)                                                                                  \
    static enum err_code op(void *self, struct worker_call *call, struct worker_answer *answer,    \
                            struct err *err)                                                       \
    {                                                                                              \
        (void)self;                                                                                \
        (void)answer;                                                                              \
        return note(#op, call, err);                                                               \
    }

/* FAKE_REFED: a sheet that is fed again shows the very same front. */
static enum err_code page_commit(void *self, struct worker_call *call, struct worker_answer *answer,
                                 struct err *err)
{
    (void)self;
    const char *refed = js_text_or(call->args, "refed", NULL);
    if (refed && getenv("FAKE_REFED"))
        answer->ok = js_pack("{s:{s:s}}", "page", "replaces", refed);
    return note("page_commit", call, err);
}

NOTED(page_abort)
NOTED(document_finish_scan)
NOTED(document_reject)
NOTED(pages_check_fronts)
NOTED(pages_interleave)
NOTED(device_note)

int main(void)
{
    static const struct worker_op ops[] = {{"document_create", document_create},
                                           {"page_begin", page_begin},
                                           {"page_commit", page_commit},
                                           {"page_abort", page_abort},
                                           {"document_finish_scan", document_finish_scan},
                                           {"document_reject", document_reject},
                                           {"pages_check_fronts", pages_check_fronts},
                                           {"pages_interleave", pages_interleave},
                                           {"device_note", device_note},
                                           {0}};
    return worker_serve("fake-store-worker", ops, NULL);
}
