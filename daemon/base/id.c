#include "daemon/base/id.h"

#include "daemon/base/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void random_bytes(unsigned char *out, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = getrandom(out + done, size - done, 0);
        if (got > 0)
            done += (size_t)got;
    }
}

void id_new(char out[ID_SIZE])
{
    unsigned char b[16];
    random_bytes(b, sizeof b);
    uint64_t now_us = (uint64_t)sys_now_us(), ms = now_us / 1000;
    /* the part of the millisecond follows it (RFC 9562, 6.2, method 3) */
    unsigned part = (unsigned)(now_us % 1000 * 4096 / 1000);
    for (int i = 0; i < 6; i++)
        b[i] = (unsigned char)(ms >> (40 - 8 * i));
    b[6] = (unsigned char)(0x70 | part >> 8);
    b[7] = (unsigned char)part;
    b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
    snprintf(out, ID_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
}

bool id_is_valid(const char *text)
{
    if (!text || strlen(text) != ID_SIZE - 1)
        return false;
    for (int i = 0; i < ID_SIZE - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !strchr("0123456789abcdef", text[i]))
            return false;
    }
    return true;
}

int64_t id_time_us(const char *id)
{
    unsigned long high, low;
    if (!id_is_valid(id) || id[14] != '7' || sscanf(id, "%8lx-%4lx", &high, &low) != 2)
        return 0;
    return (int64_t)(high << 16 | low) * 1000;
}

void ref_new(char out[REF_SIZE])
{
    static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"; /* no 0 O 1 I */
    unsigned char b[REF_SIZE - 1];
    random_bytes(b, sizeof b);
    for (size_t i = 0; i < sizeof b; i++)
        out[i] = letters[b[i] & 31];
    out[REF_SIZE - 1] = 0;
}

void token_new(char out[TOKEN_SIZE])
{
    unsigned char b[32];
    random_bytes(b, sizeof b);
    for (int i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", b[i]);
}

bool token_equal(const char *a, const char *b)
{
    if (!a || !b || strlen(a) != TOKEN_SIZE - 1 || strlen(b) != TOKEN_SIZE - 1)
        return false;
    unsigned char difference = 0;
    for (int i = 0; i < TOKEN_SIZE - 1; i++)
        difference |= (unsigned char)(a[i] ^ b[i]);
    return difference == 0;
}
