#include "daemon/base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long allocations, fail_from;

void mem_fail_from(unsigned long nth)
{
    allocations = 0;
    fail_from = nth;
}

unsigned long mem_allocations(void)
{
    return allocations;
}

static bool must_fail(void)
{
    allocations++;
    return fail_from && allocations >= fail_from;
}

void *mem_alloc(size_t size)
{
    return must_fail() ? NULL : calloc(1, size ? size : 1);
}

void *mem_resize(void *old, size_t size)
{
    return must_fail() ? NULL : realloc(old, size ? size : 1);
}

void *mem_array(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    return mem_alloc(count * size);
}

char *mem_strdup(const char *text)
{
    return text ? mem_strndup(text, strlen(text)) : NULL;
}

char *mem_strndup(const char *text, size_t max_bytes)
{
    size_t size = strnlen(text, max_bytes);
    char *copy = mem_alloc(size + 1);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

char *mem_printf(const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, fmt, args);
    char *text = size < 0 ? NULL : mem_alloc((size_t)size + 1);
    if (text)
        vsnprintf(text, (size_t)size + 1, fmt, again);
    va_end(again);
    va_end(args);
    return text;
}

void mem_free(void *block)
{
    free(block);
}

void fd_close(int fd)
{
    int saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
}
