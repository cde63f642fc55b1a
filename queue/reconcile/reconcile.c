#include "queue/reconcile/reconcile.h"

#include "daemon/base/mem.h"

#include <stdlib.h>
#include <string.h>

static int by_belief_name(const void *a, const void *b)
{
    const struct reconcile_belief *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static int by_listed_name(const void *a, const void *b)
{
    const struct reconcile_listed *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

/* Both sorted by name: one walk over the two lists. */
static size_t merge(const struct reconcile_belief **beliefs, size_t belief_count,
                    const struct reconcile_listed **listed, size_t listed_count,
                    struct reconcile_finding *findings)
{
    size_t b = 0, l = 0, count = 0;
    while (b < belief_count || l < listed_count) {
        int order = b == belief_count   ? 1
                    : l == listed_count ? -1
                                        : strcmp(beliefs[b]->name, listed[l]->name);
        if (order > 0) {
            const char *name = listed[l]->name;
            bool known = b > 0 && strcmp(beliefs[b - 1]->name, name) == 0;
            bool repeated = l > 0 && strcmp(listed[l - 1]->name, name) == 0;
            if (!known && !repeated)
                findings[count++] = (struct reconcile_finding){RECONCILE_EXTRA, NULL, name};
            l++;
            continue;
        }
        const struct reconcile_belief *belief = beliefs[b++];
        if (order < 0)
            findings[count++] =
                (struct reconcile_finding){RECONCILE_MISSING, belief->record_id, belief->name};
        else if (belief->sha256 && listed[l]->sha256 &&
                 strcmp(belief->sha256, listed[l]->sha256) != 0)
            findings[count++] =
                (struct reconcile_finding){RECONCILE_DIFFERENT, belief->record_id, belief->name};
    }
    return count;
}

enum err_code reconcile_compare(const struct reconcile_belief *beliefs, size_t belief_count,
                                const struct reconcile_listed *listed, size_t listed_count,
                                struct reconcile_finding **out_findings, size_t *out_count,
                                struct err *err)
{
    /* One element more, so that an empty list is no failed allocation. */
    AUTO(mem) const struct reconcile_belief **ours = mem_array(belief_count + 1, sizeof *ours);
    AUTO(mem) const struct reconcile_listed **theirs = mem_array(listed_count + 1, sizeof *theirs);
    AUTO(mem)
    struct reconcile_finding *findings =
        mem_array(belief_count + listed_count + 1, sizeof *findings);
    if (!ours || !theirs || !findings)
        return err_set(err, ERR_NO_MEMORY, "no memory to compare %zu with %zu files", belief_count,
                       listed_count);
    for (size_t i = 0; i < belief_count; i++)
        ours[i] = &beliefs[i];
    for (size_t i = 0; i < listed_count; i++)
        theirs[i] = &listed[i];
    qsort(ours, belief_count, sizeof *ours, by_belief_name);
    qsort(theirs, listed_count, sizeof *theirs, by_listed_name);

    size_t count = merge(ours, belief_count, theirs, listed_count, findings);
    *out_findings = count ? TAKE(findings) : NULL;
    *out_count = count;
    return ERR_OK;
}
