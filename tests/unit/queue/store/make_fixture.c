#include "tests/unit/queue/store/rig.h"

/* Writes the store of tests/data/store/v<n>.sql: two dossiers, one with its paper queued, one being
 * scanned. Once per schema version; see tests/data/store/README.md. */

/* What a migration may have to take along: what a case wants, and a register. */
static const char more[] =
    "UPDATE dossier SET procedure_code = '1.000894', owner_id = '001099000001';"
    "UPDATE document SET stage = 'component', paper_code = 'P1', paper_from = 'said' "
    "WHERE state = 'queued';"
    "INSERT INTO register VALUES ('r1', 'old', 'so', 'so.csv', "
    "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '{}', 'current', 1, 1, "
    "'uid:1000');"
    "INSERT INTO register_row (register_id, line, number_key, issue_date, issuer_key, data) VALUES "
    "('r1', 2, '5/qd', '2019-03-05', NULL, "
    "'{\"line\":2,\"texts\":{},\"path\":\"a.jpg\",\"values\":{\"number_symbol\":\"5/QĐ\","
    "\"issue_date\":\"2019-03-05\"}}');"
    "INSERT INTO register_path VALUES ('r1', 'Aa.jpg', 2, 'Aa.jpg');"
    "INSERT INTO register_folder (folder) VALUES ('old');";

int main(void)
{
    void *state = NULL;
    if (rig_setup(&state))
        return 1;
    struct rig *rig = state;
    struct paper open = rig_paper(rig);
    rig_paper_in(rig, "queued", 2);
    rig_page(rig, &open, "one", NULL);
    rig_page(rig, &open, "two", NULL);
    if (db_script(rig->store->db, more, NULL))
        return 1;
    store_close(rig->store);
    printf("%s/store.db\n", rig->folder);
    return 0;
}
