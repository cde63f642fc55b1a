#include "drivers/simulator/acted.h"

#include "drivers/simulator/state_file.h"

#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* Records of one length: the first names the script, the others are its lines. */
#define RECORD_BYTES 48

struct record {
    unsigned count;
    long long first_us;
};

static long long now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool write_text(int fd, size_t place, const char *text)
{
    char record[RECORD_BYTES + 1];
    snprintf(record, sizeof record, "%-*s\n", RECORD_BYTES - 1, text);
    return pwrite(fd, record, RECORD_BYTES, (off_t)(place * RECORD_BYTES)) == RECORD_BYTES;
}

static bool read_text(int fd, size_t place, char out[RECORD_BYTES + 1])
{
    ssize_t got = pread(fd, out, RECORD_BYTES, (off_t)(place * RECORD_BYTES));
    out[got > 0 ? got : 0] = 0;
    return got == RECORD_BYTES;
}

/* The file for this script; an older script's is emptied. */
static int open_for(const char *state, const struct sim_script *script, bool locked)
{
    char wanted[RECORD_BYTES], found[RECORD_BYTES + 1];
    int fd = state_open(state, "acted", O_RDWR | O_CREAT);
    if (fd < 0)
        return -1;
    snprintf(wanted, sizeof wanted, "script %lld %lld ", (long long)script->stamp,
             (long long)script->size);
    if ((!locked || flock(fd, LOCK_EX) == 0) &&
        ((read_text(fd, 0, found) && strncmp(found, wanted, strlen(wanted)) == 0) ||
         (ftruncate(fd, 0) == 0 && write_text(fd, 0, wanted))))
        return fd;
    close(fd);
    return -1;
}

static struct record read_record(int fd, size_t index)
{
    char text[RECORD_BYTES + 1];
    struct record record = {0};
    if (!read_text(fd, index + 1, text) ||
        sscanf(text, "count %u since %lld", &record.count, &record.first_us) != 2)
        record = (struct record){0};
    return record;
}

static bool write_record(int fd, size_t index, struct record record)
{
    char text[RECORD_BYTES];
    snprintf(text, sizeof text, "count %u since %lld", record.count, record.first_us);
    return write_text(fd, index + 1, text) && fdatasync(fd) == 0;
}

bool acted_is_due(const char *state, const struct sim_script *script, size_t index)
{
    const struct sim_fault *fault = &script->list[index];
    bool window = fault->kind == SIM_FAULT_STATUS && fault->seconds > 0;
    if (!fault->times && !window)
        return true;
    /* A cancel may come in the middle of another call's count and would wait for itself. */
    int fd = open_for(state, script, fault->call != SIM_CALL_CANCEL);
    if (fd < 0)
        return false;
    struct record record = read_record(fd, index);
    long long now = now_us();
    if (record.count == 0)
        record.first_us = now;
    bool due = (!fault->times || record.count < (unsigned)fault->times) &&
               (!window || (double)(now - record.first_us) < fault->seconds * 1e6);
    record.count++;
    due = due && write_record(fd, index, record);
    close(fd);
    return due;
}

void acted_forget_sheets(const char *state, const struct sim_script *script)
{
    int fd = open_for(state, script, true);
    for (size_t i = 0; fd >= 0 && i < script->count; i++)
        if (script->list[i].call == SIM_CALL_PAGE && script->list[i].sheet > 0)
            write_record(fd, i, (struct record){0});
    if (fd >= 0)
        close(fd);
}
