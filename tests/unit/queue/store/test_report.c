#include "tests/unit/queue/store/rig.h"

#include "queue/store/report.h"
#include "queue/store/task.h"

/* The figures of the morning report, counted from the audit between two moments. */

#define HOUR_US INT64_C(3600000000)
#define NIGHT_US (INT64_C(1795305600) * 1000000) /* when the span begins; it is 10 h long */
#define LENGTH_H 10

/* What becomes of one delivery: at which hour (before the night: negative), by whom, what. */
struct event {
    int hour;
    const char *role, *event, *to, *detail;
};

struct story {
    const char *name, *target;
    const char *state; /* now */
    struct event events[8];
};

static void tell(struct rig *rig, const struct story *story, const char *document)
{
    AUTO(mem)
    char *sql = mem_printf(
        "INSERT INTO delivery (id, document_id, target, state, created_us, state_us, held_from, "
        "held_reason) VALUES ('%s', '%s', '%s', '%s', %lld, %lld, %s, %s)",
        story->name, document, story->target, story->state,
        (long long)(NIGHT_US + story->events[0].hour * HOUR_US), (long long)NIGHT_US,
        strcmp(story->state, "held") == 0 ? "'sending'" : "NULL",
        strcmp(story->state, "held") == 0 ? "'TARGET_CONFLICT'" : "NULL");
    ASSERT_OK(db_script(rig->store->db, sql, err));
    for (const struct event *event = story->events; event->event; event++)
        ASSERT_OK(db_run(
            rig->store->db,
            "INSERT INTO audit (at_us, principal, role, kind, subject_id, event, to_state, detail) "
            "VALUES (?, 'x', ?, 'delivery', ?, ?, ?, ?)",
            DB_BIND(DB_INT(NIGHT_US + event->hour * HOUR_US), DB_TEXT(event->role),
                    DB_TEXT(story->name), DB_TEXT(event->event), DB_TEXT(event->to),
                    DB_TEXT(event->detail)),
            err));
}

static struct js *report(struct rig *rig)
{
    struct js *span = NULL;
    ASSERT_OK(store_report_span(rig->store, NIGHT_US, NIGHT_US + LENGTH_H * HOUR_US, &span, err));
    return span;
}

#define M "machine"
static const struct event CREATED = {-5, M, "create", "queued", NULL};

static void each_story_counts_where_it_belongs(void **state)
{
    struct rig *rig = *state;
    static const struct {
        struct story story;
        int sent, again, refused, withdrawn, waiting;
    } cases[] = {
        {{"sent in the night",
          "w",
          "accepted",
          {{-5, M, "create", "queued", NULL}, {2, M, "accept", "accepted", NULL}}},
         1,
         0,
         0,
         0,
         0},
        {{"lost and sent again in one night",
          "w",
          "accepted",
          {{-5, M, "create", "queued", NULL},
           {2, M, "accept", "accepted", NULL},
           {3, M, "missing", "queued", NULL},
           {4, M, "accept", "accepted", NULL}}},
         1,
         1,
         0,
         0,
         0},
        {{"sent the day before, again in the night",
          "w",
          "accepted",
          {{-5, M, "create", "queued", NULL},
           {-2, M, "accept", "accepted", NULL},
           {1, M, "missing", "queued", NULL},
           {4, M, "accept", "accepted", NULL}}},
         0,
         1,
         0,
         0,
         0},
        {{"sent after the night",
          "w",
          "accepted",
          {{-5, M, "create", "queued", NULL}, {11, M, "accept", "accepted", NULL}}},
         0,
         0,
         0,
         0,
         1},
        {{"begun after the night", "w", "queued", {{11, M, "create", "queued", NULL}}},
         0,
         0,
         0,
         0,
         0},
        {{"at its first and last moment",
          "w",
          "accepted",
          {{-5, M, "create", "queued", NULL}, {0, M, "accept", "accepted", NULL}}},
         1,
         0,
         0,
         0,
         0},
        {{"at the moment after",
          "w",
          "accepted",
          {{-5, M, "create", "queued", NULL}, {10, M, "accept", "accepted", NULL}}},
         0,
         0,
         0,
         0,
         1},
        {{"refused",
          "w",
          "held",
          {{-5, M, "create", "queued", NULL}, {2, M, "hold", "held", "TARGET_CONFLICT AB: x"}}},
         0,
         0,
         1,
         0,
         0},
        {{"refused, mended and sent in one night",
          "w",
          "accepted",
          {{-5, M, "create", "queued", NULL},
           {2, M, "hold", "held", "TARGET_CONFLICT AB: x"},
           {3, "clerk", "release", "queued", NULL},
           {4, M, "accept", "accepted", NULL}}},
         1,
         0,
         1,
         0,
         0},
        {{"held by a person",
          "w",
          "held",
          {{-5, M, "create", "queued", NULL}, {2, "clerk", "hold", "held", "chờ hỏi lại"}}},
         0,
         0,
         0,
         0,
         0},
        {{"held by a person after the night",
          "w",
          "held",
          {{-5, M, "create", "queued", NULL}, {12, "clerk", "hold", "held", "chờ hỏi lại"}}},
         0,
         0,
         0,
         0,
         1},
        {{"tried all night",
          "w",
          "queued",
          {{-5, M, "create", "queued", NULL},
           {1, M, "claim", "sending", NULL},
           {1, M, "retry", "queued", "TARGET_UNREACHABLE AB: x"}}},
         0,
         0,
         0,
         0,
         1},
        {{"sent and not yet shown",
          "w",
          "sent",
          {{-5, M, "create", "queued", NULL}, {1, M, "send", "sent", NULL}}},
         0,
         0,
         0,
         0,
         1},
        {{"withdrawn in the night",
          "w",
          "withdrawn",
          {{-50, M, "create", "queued", NULL},
           {-40, M, "accept", "accepted", NULL},
           {3, M, "tombstone", "withdrawn", NULL}}},
         0,
         0,
         0,
         1,
         0},
        {{"withdrawn before it left",
          "w",
          "withdrawn",
          {{-5, M, "create", "queued", NULL}, {3, "clerk", "withdraw", "withdrawn", NULL}}},
         0,
         0,
         0,
         1,
         0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct paper paper = rig_paper(rig);
        tell(rig, &cases[i].story, paper.document);
        AUTO(js) struct js *span = report(rig);
        bool ok = js_int_or(span, "sent.records", -1) == cases[i].sent &&
                  js_int_or(span, "sent.targets[0].again", 0) == cases[i].again &&
                  js_int_or(span, "refused.records", -1) == cases[i].refused &&
                  js_int_or(span, "withdrawn", -1) == cases[i].withdrawn &&
                  js_int_or(span, "waiting.deliveries", -1) == cases[i].waiting;
        AUTO(mem) char *text = js_dump(span);
        if (!ok)
            fail_msg("%s: %s", cases[i].story.name, text);
        ASSERT_OK(db_script(rig->store->db, "DELETE FROM delivery", err));
    }
}

static void versions_are_records_of_their_own_and_targets_are_told_apart(void **state)
{
    struct rig *rig = *state;
    struct paper first = rig_paper(rig), second = rig_paper(rig);
    struct event accepted = {3, M, "accept", "accepted", NULL};
    tell(rig, &(struct story){"v1-a", "a", "accepted", {CREATED, accepted}}, first.document);
    tell(rig, &(struct story){"v1-b", "b", "queued", {CREATED}}, first.document);
    tell(rig, &(struct story){"v2-a", "a", "accepted", {CREATED, accepted}}, second.document);
    tell(rig,
         &(struct story){
             "v2-b", "b", "held", {CREATED, {4, M, "hold", "held", "TARGET_AUTH REF12345: no"}}},
         second.document);
    AUTO(js) struct js *span = report(rig);
    assert_int_equal(js_int_or(span, "sent.records", 0), 2);
    assert_int_equal(js_count(js_at(span, "sent.targets")), 1);
    assert_int_equal(js_int_or(span, "sent.targets[0].records", 0), 2);
    assert_string_equal(js_text_or(span, "refused.reasons[0].reason", ""), "TARGET_AUTH");
    assert_string_equal(js_text_or(span, "refused.reasons[0].target", ""), "b");
    assert_int_equal(js_int_or(span, "waiting.deliveries", 0), 1);
    assert_string_equal(js_text_or(span, "waiting.targets[0].name", ""), "b");
}

static void what_waits_now_is_what_waited_at_the_end_of_a_span_that_ends_now(void **state)
{
    struct rig *rig = *state;
    static const char *const states[] = {"queued", "sending", "sent", "held", "accepted"};
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct paper paper = rig_paper(rig);
        struct event end = {1, M, "x", states[i], NULL};
        tell(rig, &(struct story){states[i], "w", states[i], {CREATED, end}}, paper.document);
    }
    AUTO(js) struct js *now = NULL;
    AUTO(js) struct js *then = NULL;
    ASSERT_OK(store_report_span(rig->store, NIGHT_US, 0, &now, err));
    ASSERT_OK(store_report_span(rig->store, NIGHT_US, NIGHT_US + 2 * HOUR_US, &then, err));
    assert_int_equal(js_int_or(now, "waiting.deliveries", 0), 3);
    assert_true(js_equal(js_at(now, "waiting"), js_at(then, "waiting")));
}

static void what_is_open_is_grouped_by_reason_with_some_of_its_ids(void **state)
{
    struct rig *rig = *state;
    AUTO(js) struct js *open = NULL;
    for (int i = 0; i < 7; i++) {
        struct paper paper = rig_paper(rig);
        char name[20];
        snprintf(name, sizeof name, "held-%d", i);
        tell(rig, &(struct story){name, i < 6 ? "a" : "b", "held", {CREATED}}, paper.document);
    }
    struct paper tried = rig_paper(rig), waits = rig_paper(rig), page = rig_paper(rig);
    tell(rig,
         &(struct story){
             "tried", "a", "queued", {CREATED, {1, M, "retry", "queued", "TARGET_BUSY XY: slow"}}},
         tried.document);
    tell(rig, &(struct story){"waits", "a", "queued", {CREATED}}, waits.document);
    ASSERT_OK(db_script(rig->store->db,
                        "UPDATE delivery SET attempts = 3 WHERE id = 'tried';"
                        "UPDATE delivery SET waits_for = 'handover' WHERE id = 'waits'",
                        err));
    ASSERT_OK(subject_hold(rig->store, MACHINE_document, page.document, "chờ hỏi", CLERK, err));
    ASSERT_OK(task_open(rig->store,
                        &(struct task){.kind = "extra", .target = "a", .remote_name = "x"}, MACHINE,
                        err));
    ASSERT_OK(store_report_open(rig->store, &open, err));
    assert_string_equal(js_text_or(open, "problems[0].code", ""), "TARGET_BUSY");
    assert_int_equal(js_int_or(open, "problems[0].count", 0), 1);
    assert_int_equal(js_int_or(open, "tried", 0), 1);
    assert_string_equal(js_text_or(open, "waits_for[0].what", ""), "handover");
    assert_int_equal(js_count(js_at(open, "held")), 3);
    assert_string_equal(js_text_or(open, "held[0].target", ""), "a");
    assert_int_equal(js_int_or(open, "held[0].count", 0), 6);
    assert_int_equal(js_count(js_at(open, "held[0].ids")), REPORT_IDS_MAX);
    assert_int_equal(js_int_or(open, "held[1].count", 0), 1);
    assert_string_equal(js_text_or(open, "held[1].ids[0]", ""), "held-6");
    assert_string_equal(js_text_or(open, "held[2].kind", ""), "document");
    assert_string_equal(js_text_or(open, "held[2].ids[0]", ""), page.document);
    assert_true(js_is_null(js_at(open, "held[2].target")));
    assert_int_equal(js_int_or(open, "tasks.extra", 0), 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(each_story_counts_where_it_belongs),
        T(versions_are_records_of_their_own_and_targets_are_told_apart),
        T(what_waits_now_is_what_waited_at_the_end_of_a_span_that_ends_now),
        T(what_is_open_is_grouped_by_reason_with_some_of_its_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
