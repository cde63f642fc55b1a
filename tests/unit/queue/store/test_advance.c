#include "tests/unit/queue/store/rig.h"

#include "queue/store/advance.h"
#include "queue/store/audit.h"

/* Generated from the tables: every pair of states of every machine, legal or not. */

static const char *const insert_sql[] = {
    [MACHINE_page] =
        "INSERT INTO page (id, dossier_id, position, state, state_us, held_from, image_sha256, "
        "pixel_sha256, image_width_px, image_height_px, image_channels, image_bits, image_dpi, "
        "image_width_mm, image_height_mm, side, sheet, device, captured_us, captured_by) VALUES "
        "(?1, ?4, 1, ?2, 0, ?3, ?5, 'p', 1, 1, 1, 8, 300, 1, 1, 'front', 0, 'd', 0, 'b')",
    [MACHINE_document] =
        "INSERT INTO document (id, dossier_id, ordinal, state, state_us, held_from, created_us, "
        "created_by) VALUES (?1, ?4, 1, ?2, 0, ?3, 0, ?5)",
    [MACHINE_delivery] =
        "INSERT INTO delivery (id, document_id, target, state, state_us, held_from, created_us) "
        "VALUES (?1, ?5, ?1 || ?4, ?2, 0, ?3, 0)",
};

struct ground {
    char dossier[ID_SIZE], document[ID_SIZE], blob[HASH_HEX_SIZE];
};

static struct ground ground_of(struct rig *rig)
{
    struct ground g;
    rig_dossier(rig, NULL, 1, g.dossier);
    rig_document(rig, g.dossier, g.document);
    ASSERT_OK(blob_put_text(rig->store->blobs, rig->store->db, "x", g.blob, err));
    return g;
}

/* A subject standing in that state (held: held in held_from). */
static void put_subject(struct rig *rig, const struct ground *g, enum machine machine,
                        const char *state, const char *held_from, char id[ID_SIZE])
{
    const char *link = machine == MACHINE_page       ? g->blob
                       : machine == MACHINE_document ? "b"
                                                     : g->document;
    id_new(id);
    ASSERT_OK(db_run(rig->store->db, insert_sql[machine],
                     DB_BIND(DB_TEXT(id), DB_TEXT(state), DB_TEXT(held_from), DB_TEXT(g->dossier),
                             DB_TEXT(link)),
                     err));
}

static enum err_code advance(struct rig *rig, enum machine machine, const char *id,
                             const char *from, const char *to, const char *event, struct err *err)
{
    return store_advance(rig->store,
                         &(struct advance){.machine = machine,
                                           .id = id,
                                           .from = from,
                                           .to = to,
                                           .event = event,
                                           .by = CLERK,
                                           .held_reason = "TEST"},
                         err);
}

static size_t audit_rows(struct rig *rig, const char *id)
{
    AUTO(js)
    struct js *list = NULL;
    ASSERT_OK(audit_list(rig->store, id, false, 100, &list, err));
    return js_count(list);
}

static void every_legal_move_is_made_once_with_one_audit_row(void **state)
{
    struct rig *rig = *state;
    struct ground g = ground_of(rig);
    for (size_t i = 0; i < state_move_count; i++) {
        const struct state_move *m = &state_moves[i];
        bool leaves_held = strcmp(m->from, "held") == 0;
        const char *any = m->machine == MACHINE_page       ? "captured"
                          : m->machine == MACHINE_document ? "open"
                                                           : "queued";
        const char *held_from = !leaves_held ? NULL : strcmp(m->to, "rejected") ? m->to : any;
        char id[ID_SIZE];
        put_subject(rig, &g, m->machine, m->from, held_from, id);
        ASSERT_OK(advance(rig, m->machine, id, m->from, m->to, m->event, err));
        assert_string_equal(state_of(rig, m->machine, id), m->to);
        assert_int_equal(audit_rows(rig, id), 1);
        ASSERT_ERR(ERR_STATE_CHANGED, advance(rig, m->machine, id, m->from, m->to, m->event, err));
        assert_int_equal(audit_rows(rig, id), 1);
    }
}

static void every_other_pair_of_states_is_refused(void **state)
{
    struct rig *rig = *state;
    struct ground g = ground_of(rig);
    int refused = 0;
    for (size_t a = 0; a < state_row_count; a++) {
        char id[ID_SIZE];
        const struct state_row *from = &state_rows[a];
        bool held = strcmp(from->name, "held") == 0;
        put_subject(rig, &g, from->machine, from->name, held ? "nowhere" : NULL, id);
        for (size_t b = 0; b < state_row_count; b++) {
            const struct state_row *to = &state_rows[b];
            if (to->machine != from->machine ||
                state_find_move(from->machine, from->name, to->name))
                continue;
            ASSERT_ERR(ERR_INTERNAL,
                       advance(rig, from->machine, id, from->name, to->name, "release", err));
            refused++;
        }
        assert_string_equal(state_of(rig, from->machine, id), from->name);
        assert_int_equal(audit_rows(rig, id), 0);
    }
    assert_true(refused > 200);
}

static void a_held_row_only_goes_back_to_where_it_was_held(void **state)
{
    struct rig *rig = *state;
    struct ground g = ground_of(rig);
    for (size_t i = 0; i < state_move_count; i++) {
        const struct state_move *m = &state_moves[i];
        if (strcmp(m->event, "hold") != 0)
            continue;
        char id[ID_SIZE];
        put_subject(rig, &g, m->machine, m->from, NULL, id);
        ASSERT_OK(advance(rig, m->machine, id, m->from, "held", "hold", err));
        for (size_t k = 0; k < state_move_count; k++) {
            const struct state_move *back = &state_moves[k];
            if (back->machine == m->machine && !strcmp(back->event, "release") &&
                strcmp(back->to, m->from) != 0)
                ASSERT_ERR(ERR_STATE_CHANGED,
                           advance(rig, m->machine, id, "held", back->to, "release", err));
        }
        ASSERT_OK(advance(rig, m->machine, id, "held", m->from, "release", err));
        assert_string_equal(state_of(rig, m->machine, id), m->from);
    }
}

static void a_legal_pair_under_another_event_is_refused(void **state)
{
    struct rig *rig = *state;
    struct ground g = ground_of(rig);
    char id[ID_SIZE];
    put_subject(rig, &g, MACHINE_document, "read", NULL, id);
    ASSERT_ERR(ERR_INTERNAL, advance(rig, MACHINE_document, id, "read", "copied", "sign", err));
}

static void moving_what_is_not_there_is_not_found(void **state)
{
    struct rig *rig = *state;
    char id[ID_SIZE];
    id_new(id);
    ASSERT_ERR(ERR_NOT_FOUND,
               advance(rig, MACHINE_page, id, "captured", "recognized", "recognize", err));
}

static void state_and_audit_row_go_together(void **state)
{
    struct rig *rig = *state;
    struct ground g = ground_of(rig);
    char id[ID_SIZE];
    put_subject(rig, &g, MACHINE_document, "read", NULL, id);
    ASSERT_OK(db_script(rig->store->db,
                        "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN "
                        "SELECT RAISE(ABORT, 'no'); END",
                        err));
    ASSERT_ERR(ERR_CONFLICT, advance(rig, MACHINE_document, id, "read", "copied", "compare", err));
    assert_string_equal(state_of(rig, MACHINE_document, id), "read");
}

static void audit_rows_cannot_be_changed_or_deleted(void **state)
{
    struct rig *rig = *state;
    ground_of(rig);
    int64_t before = rig_number(rig, "SELECT count(*) FROM audit");
    assert_true(before > 0);
    ASSERT_ERR(ERR_CONFLICT, db_script(rig->store->db, "UPDATE audit SET principal = 'x'", err));
    ASSERT_ERR(ERR_CONFLICT, db_script(rig->store->db, "DELETE FROM audit", err));
    assert_int_equal(rig_number(rig, "SELECT count(*) FROM audit"), before);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
    const struct CMUnitTest tests[] = {
        T(every_legal_move_is_made_once_with_one_audit_row),
        T(every_other_pair_of_states_is_refused),
        T(a_held_row_only_goes_back_to_where_it_was_held),
        T(a_legal_pair_under_another_event_is_refused),
        T(moving_what_is_not_there_is_not_found),
        T(state_and_audit_row_go_together),
        T(audit_rows_cannot_be_changed_or_deleted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
