/*
 * A bad line on loopback:
 *
 *   fault_proxy UPSTREAM_PORT     prints the port it listens on, then reads what to do from stdin
 *
 *   delay MS            every byte is that late, each way
 *   rate BYTES          bytes a second, each way, of all connections together (0: no limit)
 *   cut PERCENT         that share of new connections is reset, after 0 to 64 KB
 *   cut-after BYTES     the next connection is reset once that much went up; then no more
 *   hole                new connections are taken and never answered
 *   twice               each reply is sent twice
 *   answer FILE         new connections get the bytes of FILE instead of the server
 *   clear               all of that ends
 *   count               prints "up BYTES down BYTES connections N cut N"
 *
 * It ends with its stdin.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PAIRS_MAX 128
#define CHUNK (32 * 1024)
#define CHUNKS_MAX 64 /* on their way in one direction */

struct chunk {
    long long due_us;
    size_t size, sent;
    char bytes[CHUNK];
};

/* One direction of a connection. */
struct way {
    int from, to;
    struct chunk *chunks[CHUNKS_MAX];
    size_t first, count;
    bool ended; /* nothing more comes from `from` */
    bool shut;  /* and `to` was told */
};

struct pair {
    bool used, hole;
    int client, server;
    struct way up, down;
    long long cut_after; /* -1: not */
    uint64_t up_bytes;
};

static struct pair pairs[PAIRS_MAX];
static struct {
    int delay_ms, cut_percent;
    long long rate, cut_after;
    bool hole, twice;
    char *answer;
    size_t answer_size;
} fault = {.cut_after = -1};
static struct {
    uint64_t up, down, connections, cut;
} counted;
static long long rate_from_us, rate_bytes;

static long long now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000ll + now.tv_nsec / 1000;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void set_up(int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

static void way_done(struct way *way)
{
    for (; way->count; way->count--, way->first++)
        free(way->chunks[way->first % CHUNKS_MAX]);
}

static void close_pair(struct pair *pair, bool reset)
{
    if (reset) {
        struct linger now = {1, 0};
        setsockopt(pair->client, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        setsockopt(pair->server, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        counted.cut++;
    }
    close(pair->client);
    if (pair->server >= 0)
        close(pair->server);
    way_done(&pair->up);
    way_done(&pair->down);
    *pair = (struct pair){0};
}

static long long choose_cut(void)
{
    if (fault.cut_after >= 0) {
        long long after = fault.cut_after;
        fault.cut_after = -1;
        return after;
    }
    if (rand() % 100 < fault.cut_percent)
        return rand() % (64 * 1024);
    return -1;
}

static void accept_one(int listener, int upstream)
{
    int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
        return;
    struct pair *pair = pairs;
    while (pair < pairs + PAIRS_MAX && pair->used)
        pair++;
    if (pair == pairs + PAIRS_MAX) {
        close(client);
        return;
    }
    counted.connections++;
    *pair = (struct pair){.used = true,
                          .hole = fault.hole,
                          .client = client,
                          .server = -1,
                          .cut_after = choose_cut()};
    set_up(client);
    if (fault.hole)
        return;
    if (fault.answer) {
        char dropped[CHUNK];
        poll(&(struct pollfd){client, POLLIN, 0}, 1, 2000);
        if (read(client, dropped, sizeof dropped) < 0 ||
            write(client, fault.answer, fault.answer_size) < 0)
            perror("answer");
        shutdown(client, SHUT_WR);
        pair->hole = true;
        return;
    }
    struct sockaddr_in address = loopback(upstream);
    pair->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(pair->server, (struct sockaddr *)&address, sizeof address) < 0) {
        close_pair(pair, true);
        return;
    }
    set_up(pair->server);
    pair->up = (struct way){.from = client, .to = pair->server};
    pair->down = (struct way){.from = pair->server, .to = client};
}

static void push_chunk(struct way *way, const char *bytes, size_t size)
{
    struct chunk *chunk = malloc(sizeof *chunk);
    if (!chunk || way->count == CHUNKS_MAX)
        die("chunk");
    chunk->due_us = now_us() + fault.delay_ms * 1000ll;
    chunk->size = size;
    chunk->sent = 0;
    memcpy(chunk->bytes, bytes, size);
    way->chunks[(way->first + way->count++) % CHUNKS_MAX] = chunk;
}

static bool has_room(const struct way *way)
{
    return !way->ended && way->count + 2 < CHUNKS_MAX;
}

/* false: the connection is over. */
static bool take(struct pair *pair, struct way *way)
{
    char bytes[CHUNK];
    ssize_t got = read(way->from, bytes, sizeof bytes);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    if (got == 0) {
        way->ended = true;
        return true;
    }
    push_chunk(way, bytes, (size_t)got);
    bool is_up = way == &pair->up;
    *(is_up ? &counted.up : &counted.down) += (uint64_t)got;
    if (is_up)
        pair->up_bytes += (uint64_t)got;
    else if (fault.twice)
        push_chunk(way, bytes, (size_t)got);
    return pair->cut_after < 0 || (long long)pair->up_bytes <= pair->cut_after;
}

/* Bytes that may go now; a limit is kept over a tenth of a second. */
static size_t allowed(size_t wanted)
{
    if (!fault.rate)
        return wanted;
    long long now = now_us();
    if (now - rate_from_us > 100000) {
        rate_from_us = now;
        rate_bytes = fault.rate / 10;
    }
    return rate_bytes < (long long)wanted ? (size_t)(rate_bytes > 0 ? rate_bytes : 0) : wanted;
}

static bool give(struct way *way)
{
    while (way->count) {
        struct chunk *chunk = way->chunks[way->first % CHUNKS_MAX];
        size_t size = allowed(chunk->size - chunk->sent);
        if (chunk->due_us > now_us() || size == 0)
            return true;
        ssize_t put = send(way->to, chunk->bytes + chunk->sent, size, MSG_NOSIGNAL);
        if (put < 0)
            return errno == EAGAIN || errno == EINTR;
        rate_bytes -= put;
        chunk->sent += (size_t)put;
        if (chunk->sent < chunk->size)
            return true;
        free(chunk);
        way->first++;
        way->count--;
    }
    if (way->ended && !way->shut) {
        shutdown(way->to, SHUT_WR);
        way->shut = true;
    }
    return true;
}

static void read_answer(const char *path)
{
    FILE *file = fopen(path, "rb");
    free(fault.answer);
    fault.answer = file ? malloc(1 << 20) : NULL;
    if (!fault.answer)
        die(path);
    fault.answer_size = fread(fault.answer, 1, 1 << 20, file);
    fclose(file);
}

static void obey(char *line)
{
    char *value = strchr(line, ' ');
    long long number = value ? atoll(value + 1) : 0;
    if (value)
        *value++ = '\0';
    if (strcmp(line, "delay") == 0)
        fault.delay_ms = (int)number;
    else if (strcmp(line, "rate") == 0)
        fault.rate = number;
    else if (strcmp(line, "cut") == 0)
        fault.cut_percent = (int)number;
    else if (strcmp(line, "cut-after") == 0)
        fault.cut_after = number;
    else if (strcmp(line, "hole") == 0)
        fault.hole = true;
    else if (strcmp(line, "twice") == 0)
        fault.twice = true;
    else if (strcmp(line, "answer") == 0 && value)
        read_answer(value);
    else if (strcmp(line, "clear") == 0) {
        free(fault.answer);
        memset(&fault, 0, sizeof fault);
        fault.cut_after = -1;
    } else if (strcmp(line, "count") == 0)
        printf("up %llu down %llu connections %llu cut %llu\n", (unsigned long long)counted.up,
               (unsigned long long)counted.down, (unsigned long long)counted.connections,
               (unsigned long long)counted.cut);
    else
        fprintf(stderr, "fault_proxy: what is '%s'?\n", line);
    if (strcmp(line, "count") != 0)
        puts("ok");
    fflush(stdout);
}

static void read_orders(void)
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
        size -= (size_t)(end + 1 - text);
        memmove(text, end + 1, size + 1);
    }
}

/* Milliseconds until something is due, at most 50. */
static int patience_ms(void)
{
    long long soonest = 50000, now = now_us();
    for (struct pair *pair = pairs; pair < pairs + PAIRS_MAX; pair++) {
        const struct way *ways[] = {&pair->up, &pair->down};
        for (int i = 0; pair->used && i < 2; i++) {
            if (!ways[i]->count)
                continue;
            long long due = ways[i]->chunks[ways[i]->first % CHUNKS_MAX]->due_us - now;
            if (fault.rate && due < 5000)
                due = 5000;
            if (due < soonest)
                soonest = due < 0 ? 0 : due;
        }
    }
    return (int)((soonest + 999) / 1000);
}

static void serve_pair(struct pair *pair, bool client_readable, bool server_readable)
{
    if (pair->hole) {
        char dropped[CHUNK];
        if (client_readable && read(pair->client, dropped, sizeof dropped) <= 0)
            close_pair(pair, false);
        return;
    }
    bool whole = (!client_readable || take(pair, &pair->up)) &&
                 (!server_readable || take(pair, &pair->down));
    whole = whole && give(&pair->up) && give(&pair->down);
    if (!whole)
        close_pair(pair, true);
    else if (pair->up.shut && pair->down.shut)
        close_pair(pair, false);
}

static void serve(int listener, int upstream)
{
    struct pollfd polled[2 + 2 * PAIRS_MAX];
    polled[0] = (struct pollfd){listener, POLLIN, 0};
    polled[1] = (struct pollfd){STDIN_FILENO, POLLIN, 0};
    for (int i = 0; i < PAIRS_MAX; i++) {
        const struct pair *pair = &pairs[i];
        bool up = pair->used && (pair->hole || has_room(&pair->up));
        bool down = pair->used && !pair->hole && has_room(&pair->down);
        polled[2 + 2 * i] = (struct pollfd){up ? pair->client : -1, POLLIN, 0};
        polled[3 + 2 * i] = (struct pollfd){down ? pair->server : -1, POLLIN, 0};
    }
    if (poll(polled, sizeof polled / sizeof *polled, patience_ms()) < 0 && errno != EINTR)
        die("poll");
    for (int i = 0; i < PAIRS_MAX; i++)
        if (pairs[i].used)
            serve_pair(&pairs[i], polled[2 + 2 * i].revents != 0, polled[3 + 2 * i].revents != 0);
    if (polled[1].revents)
        read_orders();
    if (polled[0].revents)
        accept_one(listener, upstream);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return fprintf(stderr, "usage: fault_proxy UPSTREAM_PORT\n"), 2;
    srand(1);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(listener, 64) < 0 || getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        die("listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;)
        serve(listener, atoi(argv[1]));
}
