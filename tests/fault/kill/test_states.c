#include "tests/unit/queue/store/rig.h"

#include "queue/store/advance.h"
#include "queue/store/audit.h"

#include <signal.h>
#include <sys/wait.h>

/*
 * One kill test for every state of doc_state.def, generated from it: a process brings a subject
 * into the state by legal moves, reports each move once store_advance has returned, and is killed
 * with SIGKILL at once. Whatever was reported is there when the store is opened again, nothing was
 * moved twice, and the state can still be left by every legal move.
 */

static const char *first_state(enum machine machine)
{
    return machine == MACHINE_page ? "captured" : machine == MACHINE_document ? "open" : "queued";
}

/* Shortest way by legal moves (breadth first over the table); number of moves. */
static size_t find_way(const struct state_row *to, const struct state_move *way[], size_t max)
{
    const char *reached[64] = {first_state(to->machine)};
    const struct state_move *by[64] = {NULL};
    size_t came_from[64] = {0}, count = 1;
    for (size_t at = 0; at < count; at++) {
        if (strcmp(reached[at], to->name) == 0) {
            size_t length = 0;
            for (size_t i = at; by[i]; i = came_from[i])
                length++;
            assert_true(length <= max);
            size_t place = length;
            for (size_t i = at; by[i]; i = came_from[i])
                way[--place] = by[i];
            return length;
        }
        for (size_t i = 0; i < state_move_count; i++) {
            const struct state_move *m = &state_moves[i];
            /* held leads back only to where it was held: no way to anywhere new */
            bool known = m->machine != to->machine || strcmp(m->from, reached[at]) != 0 ||
                         strcmp(m->from, "held") == 0;
            for (size_t k = 0; k < count && !known; k++)
                known = strcmp(reached[k], m->to) == 0;
            if (known)
                continue;
            reached[count] = m->to;
            by[count] = m;
            came_from[count++] = at;
        }
    }
    fail_msg("no way to %s %s", machine_name(to->machine), to->name);
    return 0;
}

static enum err_code move(struct store *store, const struct state_move *m, const char *id,
                          struct err *err)
{
    struct advance advance = {.machine = m->machine,
                              .id = id,
                              .from = m->from,
                              .to = m->to,
                              .event = m->event,
                              .by = MACHINE,
                              .held_reason = "IO",
                              .held_ref = "TESTREF2"};
    return store_advance(store, &advance, err);
}

/* A page, document or delivery in its machine's first state. */
static void make_subject(struct rig *rig, enum machine machine, char out_id[ID_SIZE])
{
    if (machine == MACHINE_delivery) {
        struct paper paper = rig_paper_in(rig, "queued", 1);
        rig_delivery(rig, paper.document, out_id);
        return;
    }
    struct paper paper = rig_paper(rig);
    rig_page(rig, &paper, "II*.page", out_id);
    if (machine == MACHINE_document)
        memcpy(out_id, paper.document, ID_SIZE);
}

static void moving_process(struct rig *rig, const struct state_move *way[], size_t length,
                           const char *id, int report)
{
    struct store *store;
    if (store_open(&rig->options, &store, NULL))
        _exit(1);
    for (size_t i = 0; i < length; i++)
        if (move(store, way[i], id, NULL) || write(report, "x", 1) != 1)
            _exit(1);
    if (write(report, "x", 1) != 1)
        _exit(1);
    for (;;)
        pause();
}

static size_t audit_rows(struct rig *rig, const char *id)
{
    AUTO(js) struct js *rows = NULL;
    ASSERT_OK(audit_list(rig->store, id, true, 1000, &rows, err));
    return js_count(rows);
}

static void kill_in_state(struct rig *rig, const struct state_row *row)
{
    const struct state_move *way[32];
    char id[ID_SIZE];
    size_t length = find_way(row, way, COUNT_OF(way));
    make_subject(rig, row->machine, id);
    size_t audited = audit_rows(rig, id);
    store_close(TAKE(rig->store));

    int report[2];
    assert_int_equal(pipe(report), 0);
    pid_t pid = fork();
    if (pid == 0)
        moving_process(rig, way, length, id, report[1]);
    close(report[1]);
    char byte;
    size_t reported = 0;
    while (reported < length + 1 && read(report[0], &byte, 1) == 1)
        reported++;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(report[0]);
    assert_int_equal(reported, length + 1);

    ASSERT_OK(store_open(&rig->options, &rig->store, err));
    assert_string_equal(state_of(rig, row->machine, id), row->name);
    assert_int_equal(audit_rows(rig, id), audited + length);
    rig_check_invariants(rig);
}

/* The first way out of the state still works, and only once. */
static void leave_state(struct rig *rig, const struct state_row *row, const char *id)
{
    for (size_t i = 0; i < state_move_count; i++) {
        const struct state_move *m = &state_moves[i];
        bool out = m->machine == row->machine && strcmp(m->from, row->name) == 0 &&
                   strcmp(row->name, "held") != 0;
        if (!out)
            continue;
        ASSERT_OK(move(rig->store, m, id, err));
        ASSERT_ERR(ERR_STATE_CHANGED, move(rig->store, m, id, err));
        return;
    }
}

static void each_state_survives_a_kill(void **state)
{
    (void)state;
    for (size_t i = 0; i < state_row_count; i++) {
        void *rig;
        print_message("killed in %s %s\n", machine_name(state_rows[i].machine), state_rows[i].name);
        assert_int_equal(rig_setup(&rig), 0);
        kill_in_state(rig, &state_rows[i]);
        rig_teardown(&rig);
    }
}

static void a_killed_store_takes_the_next_move_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < state_row_count; i++) {
        const struct state_move *way[32];
        char id[ID_SIZE];
        void *fresh;
        size_t length = find_way(&state_rows[i], way, COUNT_OF(way));
        assert_int_equal(rig_setup(&fresh), 0);
        struct rig *rig = fresh;
        make_subject(rig, state_rows[i].machine, id);
        for (size_t k = 0; k < length; k++)
            ASSERT_OK(move(rig->store, way[k], id, err));
        rig_reopen(rig);
        leave_state(rig, &state_rows[i], id);
        rig_teardown(&fresh);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_survives_a_kill),
        cmocka_unit_test(a_killed_store_takes_the_next_move_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
