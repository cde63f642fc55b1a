#include "daemon/model/task_kind.h"

#include <string.h>

const struct task_kind task_kinds[] = {
#define TASK(kind, title, happened, to_do) {kind, title, happened, to_do},
#include "daemon/model/task_kind.def"
};
const size_t task_kind_count = sizeof task_kinds / sizeof *task_kinds;

const struct task_closing task_closings[] = {
#define CLOSE(kind, how, label) {kind, how, label},
#include "daemon/model/task_kind.def"
};
const size_t task_closing_count = sizeof task_closings / sizeof *task_closings;

const struct task_kind *task_kind_find(const char *name)
{
    for (size_t i = 0; i < task_kind_count; i++)
        if (strcmp(task_kinds[i].name, name) == 0)
            return &task_kinds[i];
    return NULL;
}

bool task_may_close(const char *kind, const char *how)
{
    for (size_t i = 0; i < task_closing_count; i++)
        if (strcmp(task_closings[i].kind, kind) == 0 && strcmp(task_closings[i].how, how) == 0)
            return true;
    return false;
}

const char *task_first_closing(const char *kind)
{
    for (size_t i = 0; i < task_closing_count; i++)
        if (strcmp(task_closings[i].kind, kind) == 0)
            return task_closings[i].how;
    return "";
}
