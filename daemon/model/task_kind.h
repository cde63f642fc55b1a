#ifndef SOHOA_MODEL_TASK_KIND_H
#define SOHOA_MODEL_TASK_KIND_H

#include <stdbool.h>
#include <stddef.h>

/* Kinds of tasks, with what a person reads about them: the table is task_kind.def. */

struct task_kind {
    const char *name, *title, *happened, *to_do; /* all but the name Vietnamese */
};

struct task_closing {
    const char *kind, *how, *label;
};

extern const struct task_kind task_kinds[];
extern const size_t task_kind_count;
extern const struct task_closing task_closings[];
extern const size_t task_closing_count;

const struct task_kind *task_kind_find(const char *name); /* NULL: there is none */
bool task_may_close(const char *kind, const char *how);
/* What is offered first; "" for a kind that there is not. */
const char *task_first_closing(const char *kind);

#endif
