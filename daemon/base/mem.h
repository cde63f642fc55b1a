#ifndef SOHOA_BASE_MEM_H
#define SOHOA_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Memory and ownership. Allocation goes through mem_* so that tests can make the n-th one fail.
 * Owning locals carry AUTO(type): the type's x_free runs when the name leaves scope.
 * TAKE hands the value over and leaves NULL behind.
 */

void *mem_alloc(size_t size);               /* zeroed; NULL when there is none */
void *mem_resize(void *old, size_t size);   /* contents kept; NULL leaves `old` valid */
void *mem_array(size_t count, size_t size); /* zeroed; NULL on overflow, too */
char *mem_strdup(const char *text);         /* NULL in, NULL out */
char *mem_strndup(const char *text, size_t max_bytes);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void mem_free(void *block);

/* Tests: the n-th allocation from now (1 = next) and all after it fail; 0 turns that off. */
void mem_fail_from(unsigned long nth);
/* Allocations since the last mem_fail_from call. */
unsigned long mem_allocations(void);

/* Usage: AUTO(mem) char *text = ...;  AUTO(js) struct js *doc = ...; AUTO(fd) int fd = -1; */
#define AUTO(type) __attribute__((cleanup(type##_auto)))

#define AUTO_DEFINE(type, c_type, free_function)                                                   \
    static inline void type##_auto(c_type *place)                                                  \
    {                                                                                              \
        free_function(*place);                                                                     \
    }                                                                                              \
    struct type##_auto_semicolon

static inline void mem_auto(void *place)
{
    mem_free(*(void **)place);
}

#define TAKE(name)                                                                                 \
    ({                                                                                             \
        __typeof__(name) taken_ = (name);                                                          \
        (name) = 0;                                                                                \
        taken_;                                                                                    \
    })

/* TAKE for descriptors: leaves -1 behind. */
#define TAKE_FD(name)                                                                              \
    ({                                                                                             \
        int taken_ = (name);                                                                       \
        (name) = -1;                                                                               \
        taken_;                                                                                    \
    })

void fd_close(int fd); /* -1 is fine; keeps errno */

static inline void fd_auto(int *place)
{
    fd_close(*place);
}

#endif
