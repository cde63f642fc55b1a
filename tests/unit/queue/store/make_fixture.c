#include "tests/unit/queue/store/rig.h"

/* Writes the store of tests/data/store/v<n>.sql: two dossiers, one with its paper queued, one being
 * scanned. Once per schema version; see tests/data/store/README.md. */

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
    store_close(rig->store);
    printf("%s/store.db\n", rig->folder);
    return 0;
}
