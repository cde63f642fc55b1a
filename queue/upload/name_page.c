#include "queue/upload/name_page.h"

#include "daemon/base/mem.h"

#include <stdlib.h>
#include <string.h>

/* A heap with the last name on top, so that a smaller one takes its place. */

bool name_page_init(struct name_page *page, size_t max)
{
    *page = (struct name_page){.max = max, .names = mem_array(max, sizeof(char *))};
    return page->names != NULL;
}

void name_page_done(struct name_page *page)
{
    for (size_t i = 0; i < page->count; i++)
        mem_free(page->names[i]);
    mem_free(page->names);
    *page = (struct name_page){0};
}

static void swap(char **a, char **b)
{
    char *name = *a;
    *a = *b;
    *b = name;
}

static void sift_up(struct name_page *page, size_t i)
{
    while (i > 0 && strcmp(page->names[i], page->names[(i - 1) / 2]) > 0) {
        swap(&page->names[i], &page->names[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

static void sift_down(struct name_page *page)
{
    for (size_t i = 0;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < page->count && strcmp(page->names[child + 1], page->names[child]) > 0)
            child++;
        if (child >= page->count || strcmp(page->names[child], page->names[i]) <= 0)
            return;
        swap(&page->names[i], &page->names[child]);
        i = child;
    }
}

bool name_page_offer(struct name_page *page, const char *name)
{
    bool full = page->count == page->max;
    page->more = page->more || full;
    if (full && strcmp(name, page->names[0]) >= 0)
        return true;
    char *copy = mem_strdup(name);
    if (!copy)
        return false;
    if (full) {
        mem_free(page->names[0]);
        page->names[0] = copy;
        sift_down(page);
    } else {
        page->names[page->count++] = copy;
        sift_up(page, page->count - 1);
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void name_page_sort(struct name_page *page)
{
    qsort(page->names, page->count, sizeof *page->names, compare);
}
