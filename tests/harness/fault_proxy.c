/*
 * A bad line on loopback:
 *
 *   fault_proxy UPSTREAM_PORT     prints the port it listens on, then reads what to do from stdin
 *   fault_proxy forward           the same as a forward proxy (CONNECT, absolute form) to loopback
 *
 *   delay MS            every byte is that late, each way
 *   rate BYTES          bytes a second, each way, of all connections together (0: no limit)
 *   seed NUMBER         what is random begins anew from there
 *   cut PERCENT         that share of connections is reset, after 0 to 64 KB; one that is kept
 *                       takes the same chance again with every 256 KB that went up
 *   cut-after BYTES     the next connection is reset once that much went up; then no more
 *   half-close BYTES    new connections get that much of the reply and then its end, but stay
 *                       open
 *   hole                new connections are taken and never answered
 *   twice [MS]          replies of up to 32 KB are sent twice, the second time that late
 *   answer FILE         new connections get the bytes of FILE instead of the server
 *   busy STATUS [S]     new connections get that status, with Retry-After: S
 *   portal              new connections get the login page of a network, with status 200
 *   endless             and behind those come bytes for ever
 *   login BASE64        a forward proxy wants this "user:password"
 *   clear               all of that ends
 *   count               prints "up BYTES down BYTES connections N cut N"
 *
 * It ends with its stdin.
 */
#include "tests/harness/fault_proxy_forward.h"
#include "tests/harness/fault_proxy_orders.h"

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
#define CHUNKS_MAX 64      /* on their way in one direction */
#define REPLY_ENDS_US 2000 /* a reply is over when nothing more came for so long */
#define STUFFED_US 2000    /* until what could not be written is tried again */
#define CUT_WITHIN (64 * 1024)
#define CUT_AGAIN (256 * 1024)

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
    bool used, hole, endless;
    int client, server;
    struct way up, down;
    long long cut_after, half_after; /* -1: not */
    uint64_t up_bytes, down_bytes, chance_at;
    struct forward *forward; /* NULL: to the one server */
    size_t copied;           /* of the reply that may be sent again */
    long long copied_us;
    char copy[CHUNK];
};

static struct pair pairs[PAIRS_MAX];
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
    free(pair->forward);
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
        return rand() % CUT_WITHIN;
    return -1;
}

static void push_chunk(struct way *way, const char *bytes, size_t size, long long late_ms)
{
    struct chunk *chunk = malloc(sizeof *chunk);
    if (!chunk || way->count == CHUNKS_MAX)
        die("chunk");
    chunk->due_us = now_us() + (fault.delay_ms + late_ms) * 1000;
    chunk->size = size;
    chunk->sent = 0;
    memcpy(chunk->bytes, bytes, size);
    way->chunks[(way->first + way->count++) % CHUNKS_MAX] = chunk;
}

/* A slow line takes no more than it can carry: the rest waits where it came from. */
static bool has_room(const struct way *way)
{
    size_t most = fault.rate ? 1 : CHUNKS_MAX - 2;
    return !way->ended && way->count < most;
}

/* The answer instead of a server's, once something was asked. */
static void give_answer(struct pair *pair)
{
    char dropped[CHUNK];
    poll(&(struct pollfd){pair->client, POLLIN, 0}, 1, 2000);
    if (read(pair->client, dropped, sizeof dropped) < 0)
        perror("answer");
    for (size_t at = 0; at < fault.answer_size && has_room(&pair->down); at += CHUNK) {
        size_t left = fault.answer_size - at;
        push_chunk(&pair->down, fault.answer + at, left < CHUNK ? left : CHUNK, 0);
    }
    pair->endless = fault.endless;
    pair->down.ended = !fault.endless;
    pair->hole = true;
}

static bool connect_server(struct pair *pair, int port)
{
    struct sockaddr_in address = loopback(port);
    pair->server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(pair->server, (struct sockaddr *)&address, sizeof address) < 0)
        return false;
    set_up(pair->server);
    pair->up.to = pair->down.from = pair->server;
    return true;
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
                          .up = {.from = client, .to = -1},
                          .down = {.from = -1, .to = client},
                          .cut_after = choose_cut(),
                          .half_after = fault.half_after,
                          .chance_at = CUT_AGAIN};
    set_up(client);
    if (fault.rate)
        setsockopt(client, SOL_SOCKET, SO_RCVBUF, &(int){CHUNK}, sizeof(int));
    if (fault.answer)
        give_answer(pair);
    if (pair->hole)
        return;
    if (!upstream) {
        pair->forward = calloc(1, sizeof *pair->forward);
        if (!pair->forward)
            die("forward");
    } else if (!connect_server(pair, upstream)) {
        close_pair(pair, true);
    }
}

/* A whole head of a client of the proxy. false: the connection is over. */
static bool begin_request(struct pair *pair)
{
    char head[FORWARD_HEAD_MAX], refusal[200];
    int port = 0, status = forward_read_head(pair->forward, fault.login, &port, head);
    if (!status && pair->server < 0 && !connect_server(pair, port))
        status = 502;
    if (status) {
        int size =
            snprintf(refusal, sizeof refusal, "HTTP/1.1 %d Refused\r\n%sContent-Length: 0\r\n\r\n",
                     status, status == 407 ? "Proxy-Authenticate: Basic realm=\"x\"\r\n" : "");
        push_chunk(&pair->down, refusal, (size_t)size, 0);
        pair->down.ended = true;
        return true;
    }
    static const char connected[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    if (pair->forward->tunnel)
        push_chunk(&pair->down, connected, strlen(connected), 0);
    else
        push_chunk(&pair->up, head, strlen(head), 0);
    return true;
}

static bool pass_up(struct pair *pair, const char *bytes, size_t size)
{
    if (!pair->forward) {
        push_chunk(&pair->up, bytes, size, 0);
        return true;
    }
    while (size) {
        size_t used = forward_body(pair->forward, size);
        if (used)
            push_chunk(&pair->up, bytes, used, 0);
        else if (forward_take_head(pair->forward, bytes, size, &used) && !begin_request(pair))
            return false;
        if (!used)
            return false; /* a head without end */
        bytes += used;
        size -= used;
    }
    return true;
}

static void pass_down(struct pair *pair, const char *bytes, size_t size)
{
    long long left = pair->half_after - (long long)pair->down_bytes;
    pair->down_bytes += size;
    if (pair->half_after >= 0 && left <= (long long)size) {
        size = (size_t)left;
        pair->down.ended = true;
    }
    if (size)
        push_chunk(&pair->down, bytes, size, 0);
    pair->copied_us = now_us();
    bool fits = pair->copied + size <= sizeof pair->copy;
    if (fits)
        memcpy(pair->copy + pair->copied, bytes, size);
    pair->copied = fits && fault.twice ? pair->copied + size : 0;
}

/* A reply whose last piece came that long ago is sent once more. */
static void repeat_reply(struct pair *pair)
{
    if (!pair->copied || pair->down.ended || pair->down.count ||
        now_us() < pair->copied_us + REPLY_ENDS_US + fault.late_ms * 1000)
        return;
    push_chunk(&pair->down, pair->copy, pair->copied, 0);
    pair->copied = 0;
}

/* Does the cut come now? */
static bool is_cut(struct pair *pair)
{
    while (pair->cut_after < 0 && pair->up_bytes >= pair->chance_at) {
        pair->chance_at += CUT_AGAIN;
        if (rand() % 100 < fault.cut_percent)
            pair->cut_after = (long long)pair->up_bytes + rand() % CUT_WITHIN;
    }
    return pair->cut_after >= 0 && (long long)pair->up_bytes > pair->cut_after;
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
    bool is_up = way == &pair->up;
    *(is_up ? &counted.up : &counted.down) += (uint64_t)got;
    if (!is_up) {
        pass_down(pair, bytes, (size_t)got);
        return true;
    }
    pair->up_bytes += (uint64_t)got;
    return pass_up(pair, bytes, (size_t)got) && !is_cut(pair);
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
    while (way->count && way->to >= 0) {
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
        if (way->to >= 0)
            shutdown(way->to, SHUT_WR);
        way->shut = true;
    }
    return true;
}

/* Milliseconds until something is due, at most 50. */
static int patience_ms(void)
{
    long long soonest = 50000, now = now_us();
    for (struct pair *pair = pairs; pair < pairs + PAIRS_MAX; pair++) {
        const struct way *ways[] = {&pair->up, &pair->down};
        if (pair->copied && soonest > REPLY_ENDS_US)
            soonest = REPLY_ENDS_US;
        for (int i = 0; pair->used && i < 2; i++) {
            if (!ways[i]->count)
                continue;
            long long due = ways[i]->chunks[ways[i]->first % CHUNKS_MAX]->due_us - now;
            if (fault.rate && due < 5000)
                due = 5000;
            if (due < soonest)
                soonest = due < 0 ? STUFFED_US : due;
        }
    }
    return (int)((soonest + 999) / 1000);
}

static void serve_pair(struct pair *pair, bool client_readable, bool server_readable)
{
    if (pair->hole) {
        char dropped[CHUNK];
        bool gone = client_readable && read(pair->client, dropped, sizeof dropped) <= 0;
        memset(dropped, 'x', sizeof dropped);
        if (pair->endless && !pair->down.count)
            push_chunk(&pair->down, dropped, sizeof dropped, 0);
        if (gone || !give(&pair->down))
            close_pair(pair, false);
        return;
    }
    bool whole = (!client_readable || take(pair, &pair->up)) &&
                 (!server_readable || take(pair, &pair->down));
    repeat_reply(pair);
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
        orders_read();
    if (polled[0].revents)
        accept_one(listener, upstream);
}

int main(int argc, char **argv)
{
    if (argc != 2 || (strcmp(argv[1], "forward") != 0 && atoi(argv[1]) <= 0))
        return fprintf(stderr, "usage: fault_proxy UPSTREAM_PORT | forward\n"), 2;
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
