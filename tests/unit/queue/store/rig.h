#ifndef SOHOA_TESTS_STORE_RIG_H
#define SOHOA_TESTS_STORE_RIG_H

#include "tests/harness/test.h"

#include "daemon/base/id.h"
#include "daemon/base/mem.h"
#include "queue/store/blob.h"
#include "queue/store/claim.h"
#include "queue/store/complete.h"
#include "queue/store/confirm.h"
#include "queue/store/document.h"
#include "queue/store/dossier.h"
#include "queue/store/hold.h"
#include "queue/store/import.h"
#include "queue/store/inside.h"
#include "queue/store/page.h"
#include "queue/store/page_edit.h"
#include "queue/store/question.h"
#include "queue/store/reconcile.h"
#include "queue/store/revision.h"
#include "queue/store/status.h"
#include "queue/store/view.h"

/* A real store in a temp folder, and everything the daemon and its workers would do to it. */

struct rig {
    char *folder;
    struct store_options options;
    struct store *store;
};

extern const struct principal CLERK, MACHINE;

int rig_setup(void **state); /* one target, "warehouse" */
int rig_teardown(void **state);
void rig_reopen(struct rig *rig);

/* The macros' own `err` may hide one of the test, which wants to look at it later. */
#define SOHOA_NO_SHADOW(declaration)                                                               \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"")                  \
        declaration _Pragma("GCC diagnostic pop")

/* Fails the test with the error's detail. */
#define ASSERT_OK(call)                                                                            \
    do {                                                                                           \
        struct err err_ = ERR_INIT;                                                                \
        SOHOA_NO_SHADOW(struct err *err = &err_;)                                                  \
        if ((call) != ERR_OK)                                                                      \
            fail_msg("%s: %s", err_name(err_.code), err_.detail);                                  \
    } while (0)

/* The call uses `err` and ends with this code, which the error carries, too. */
#define ASSERT_ERR(wanted, call)                                                                   \
    do {                                                                                           \
        struct err err_ = ERR_INIT;                                                                \
        SOHOA_NO_SHADOW(struct err *err = &err_;)                                                  \
        enum err_code code_ = (call);                                                              \
        if (code_ != (wanted) || err_.code != (wanted))                                            \
            fail_msg("got %s (%s), wanted %s", err_name(code_), err_.detail, err_name(wanted));    \
    } while (0)

struct paper { /* a dossier with one document */
    char dossier[ID_SIZE], document[ID_SIZE];
};

void rig_dossier(struct rig *rig, const char *code, int64_t papers, char out_id[ID_SIZE]);
void rig_document(struct rig *rig, const char *dossier, char out_id[ID_SIZE]);
struct paper rig_paper(struct rig *rig);

/* What the scan worker writes and says about it. */
enum err_code rig_try_page(struct rig *rig, const struct paper *paper, const char *content,
                           char out_id[ID_SIZE], struct err *err);
/* The same with more said about it: what `like` leaves NULL or 0 is as above. */
enum err_code rig_try_capture(struct rig *rig, const struct paper *paper, const char *content,
                              struct page_capture like, char out_id[ID_SIZE], struct err *err);
void rig_page(struct rig *rig, const struct paper *paper, const char *content,
              char out_id[ID_SIZE]);
/* What the import worker says of the page a step asks for. */
struct page_capture rig_page_of_file(const struct import_step *step, const char *device,
                                     const char *sha256, size_t size_bytes);

/* The pages that count stand in this order, at 1, 2, 3…; "abc": pages[0], pages[1], pages[2]. */
#define RIG_PAGES_MAX 12
void rig_expect_order(struct rig *rig, const char *document, char pages[RIG_PAGES_MAX][ID_SIZE],
                      const char *wanted);
/* One page as people see it; the caller's. */
struct js *rig_view(struct rig *rig, const char *page);

/* What the tests' worker wants. */
#define RIG_WISH(of)                                                                               \
    (const struct claim_wish)                                                                      \
    {                                                                                              \
        .stage = (of), .owner = "owner-1", .lease_us = 60000000, .max_fds = 2000                   \
    }
struct job *rig_claim(struct rig *rig, const char *stage); /* NULL: nothing due */
const char *job_text(const struct job *job, const char *path);
/* A worker's plausible answer for the job; closes nothing. */
struct js *rig_result(const struct job *job, int out_fds[2]);
enum err_code rig_complete(struct rig *rig, const struct job *job, struct err *err);
/* One round of a stage; false when nothing was due. */
bool rig_work(struct rig *rig, const char *stage);
/* Answers what asks a person. */
void rig_confirm(struct rig *rig, const char *document);
/* What a person sees of it now; static text. */
const char *rig_revision(struct rig *rig, const char *document);
/* A paper of `pages` pages, taken on until its document is in that state (open … closed). */
/* Every accepted delivery is asked for by name; how many that are. */
int64_t rig_ask_reconcile(struct rig *rig);
struct paper rig_paper_in(struct rig *rig, const char *state, int pages);
/* The one delivery of a document. */
void rig_delivery(struct rig *rig, const char *document, char out_id[ID_SIZE]);

/* The record that is to be sent beside its PDF; the caller's. */
struct js *rig_record(struct rig *rig, const char *document);

/* State of a subject: static text. */
const char *state_of(struct rig *rig, enum machine machine, const char *id);
int64_t rig_number(struct rig *rig, const char *sql);

/* Row implies blob, nothing else refers to nothing, positions run 1, 2, 3. */
void rig_check_invariants(struct rig *rig);

#endif
