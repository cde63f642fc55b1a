#include "tests/harness/fault_proxy_orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX (1 << 20)

struct fault fault = {.cut_after = -1, .half_after = -1};
struct counted counted;

static void set_answer(const char *bytes, size_t size)
{
    free(fault.answer);
    fault.answer = malloc(size + 1);
    if (!fault.answer)
        exit(1);
    memcpy(fault.answer, bytes, size);
    fault.answer_size = size;
}

static void delay(const char *value)
{
    fault.delay_ms = atoi(value);
}

static void rate(const char *value)
{
    fault.rate = atoll(value);
}

static void seed(const char *value)
{
    srand((unsigned)atoi(value));
}

static void cut(const char *value)
{
    fault.cut_percent = atoi(value);
}

static void cut_after(const char *value)
{
    fault.cut_after = atoll(value);
}

static void half_close(const char *value)
{
    fault.half_after = atoll(value);
}

static void hole(const char *value)
{
    (void)value;
    fault.hole = true;
}

static void twice(const char *value)
{
    fault.twice = true;
    fault.late_ms = atoi(value);
}

static void answer(const char *path)
{
    static char bytes[ANSWER_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    set_answer(bytes, fread(bytes, 1, sizeof bytes, file));
    fclose(file);
}

static void busy(const char *value)
{
    char text[300], after[60] = "";
    int status = 503, seconds = -1;
    sscanf(value, "%d %d", &status, &seconds);
    if (seconds >= 0)
        snprintf(after, sizeof after, "Retry-After: %d\r\n", seconds);
    int size = snprintf(text, sizeof text, "HTTP/1.1 %d Busy\r\n%sContent-Length: 0\r\n\r\n",
                        status, after);
    set_answer(text, (size_t)size);
}

static void portal(const char *value)
{
    (void)value;
    static const char page[] = "HTTP/1.1 200 OK\r\nServer: wifi\r\nContent-Type: text/html\r\n"
                               "Content-Length: 61\r\n\r\n"
                               "<html><body><form>Sign in to use the net</form></body></html>";
    set_answer(page, strlen(page));
}

static void endless(const char *value)
{
    (void)value;
    fault.endless = true;
}

static void login(const char *value)
{
    free(fault.login);
    fault.login = strdup(value);
}

static void clear(const char *value)
{
    (void)value;
    free(fault.answer);
    free(fault.login);
    fault = (struct fault){.cut_after = -1, .half_after = -1};
}

static void obey(char *line)
{
    static const struct {
        const char *name;
        void (*set)(const char *value);
    } orders[] = {
        {"delay", delay}, {"rate", rate},           {"seed", seed},
        {"cut", cut},     {"cut-after", cut_after}, {"half-close", half_close},
        {"hole", hole},   {"twice", twice},         {"answer", answer},
        {"busy", busy},   {"portal", portal},       {"endless", endless},
        {"login", login}, {"clear", clear},
    };
    char *value = line + strcspn(line, " ");
    if (*value)
        *value++ = '\0';
    if (strcmp(line, "count") == 0) {
        printf("up %llu down %llu connections %llu cut %llu\n", (unsigned long long)counted.up,
               (unsigned long long)counted.down, (unsigned long long)counted.connections,
               (unsigned long long)counted.cut);
        return;
    }
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (strcmp(line, orders[i].name) == 0) {
            orders[i].set(value);
            puts("ok");
            return;
        }
    }
    printf("what is '%s'?\n", line);
}

void orders_read(void)
{
    static char text[4096];
    static size_t size;
    ssize_t got = read(STDIN_FILENO, text + size, sizeof text - 1 - size);
    if (got <= 0)
        exit(0);
    size += (size_t)got;
    text[size] = '\0';
    for (char *end; (end = strchr(text, '\n'));) {
        *end = '\0';
        obey(text);
        fflush(stdout);
        size -= (size_t)(end + 1 - text);
        memmove(text, end + 1, size + 1);
    }
}
