#include "queue/upload/curl_transport.h"

#include "daemon/base/buf.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#define USER_AGENT "sohoa"
/* From here on a refusal is awaited before the body is sent. */
#define EXPECT_FROM_BYTES (1u << 20)
#define UNSENT_MAX (128 << 10)
#define SLOWEST_BYTES_S 50 /* below that, on an average of idle_s, nothing moves */

struct curl_transport {
    struct http_transport transport;
    CURL *handle;
    curl_socket_t socket; /* the newest connection's */
    char *ca_file, *cert_file, *key_file, *proxy;
    long connect_s, idle_s;
    struct flow *flow;
};

/* What libcurl's callbacks work on. */
struct exchange {
    const struct http_request *request;
    struct http_reply *reply;
    CURL *handle;
    curl_socket_t socket;
    uint64_t sent;
    struct hash *hash; /* NULL: the body is kept as text */
    struct buf text;
    bool too_much, no_memory, fields_ended;
    struct flow *flow;
    curl_off_t up, down; /* as libcurl last said */
    char said[CURL_ERROR_SIZE];
};

AUTO_DEFINE(hash_object, struct hash *, hash_free);

static void slist_auto(struct curl_slist **place)
{
    curl_slist_free_all(*place);
}

static uint64_t whole_size(const struct http_request *request)
{
    return request->body_size + (request->body_before ? strlen(request->body_before) : 0) +
           (request->body_after ? strlen(request->body_after) : 0);
}

/* At most `wanted` bytes of one of the three parts of a body from `at` of the whole on; -1: the
 * file cannot be read. */
static ssize_t read_part(const struct http_request *request, uint64_t at, char *to, size_t wanted)
{
    uint64_t before = request->body_before ? strlen(request->body_before) : 0;
    bool in_file = at >= before && at - before < request->body_size;
    if (in_file) {
        uint64_t left = request->body_size - (at - before);
        size_t size = wanted < left ? wanted : (size_t)left;
        ssize_t got =
            pread(request->body_fd, to, size, (off_t)(request->body_offset + at - before));
        return got == 0 ? -1 : got;
    }
    const char *text = at < before ? request->body_before + at
                                   : request->body_after + (at - before - request->body_size);
    size_t size = strlen(text) < wanted ? strlen(text) : wanted;
    memcpy(to, text, size);
    return (ssize_t)size;
}

static size_t read_body(char *to, size_t size, size_t count, void *payload)
{
    struct exchange *exchange = payload;
    if (exchange->sent == whole_size(exchange->request))
        return 0;
    ssize_t got = read_part(exchange->request, exchange->sent, to, size * count);
    if (got < 0)
        return CURL_READFUNC_ABORT;
    exchange->sent += (uint64_t)got;
    return (size_t)got;
}

/* A connection that was kept and turns out dead: libcurl sends once more, from the start. */
static int seek_body(void *payload, curl_off_t offset, int origin)
{
    struct exchange *exchange = payload;
    bool is_second = exchange->request->once && exchange->sent > 0;
    if (is_second || origin != SEEK_SET || offset < 0 ||
        (uint64_t)offset > whole_size(exchange->request))
        return CURL_SEEKFUNC_FAIL;
    exchange->sent = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* libcurl says so at each step of a transfer, and once a second while nothing moves. */
static int on_moved(void *payload, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                    curl_off_t up)
{
    (void)down_total, (void)up_total;
    struct exchange *exchange = payload;
    curl_off_t more = (up > exchange->up ? up - exchange->up : 0) +
                      (down > exchange->down ? down - exchange->down : 0);
    exchange->up = up;
    exchange->down = down;
    flow_add(exchange->flow, (uint64_t)more);
    return 0;
}

static bool is_hashed(const struct exchange *exchange)
{
    long status = 0;
    curl_easy_getinfo(exchange->handle, CURLINFO_RESPONSE_CODE, &status);
    return exchange->hash && status >= 200 && status < 300;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *payload)
{
    struct exchange *exchange = payload;
    exchange->reply->size += size * count;
    if (exchange->reply->size > HTTP_BODY_MAX) {
        exchange->too_much = true;
        return 0;
    }
    if (is_hashed(exchange)) {
        hash_update(exchange->hash, bytes, size * count);
        return size * count;
    }
    buf_append(&exchange->text, bytes, size * count);
    exchange->too_much = !buf_ok(&exchange->text);
    return exchange->too_much ? 0 : size * count;
}

/* Many servers write a reply's head and its body one after the other and hold the second back until
 * the first is acknowledged (Nagle), which the kernel puts off by 40 ms for each small reply. */
static void acknowledge(const struct exchange *exchange)
{
    setsockopt(exchange->socket, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
}

/* A status line begins the fields anew: those of a "100 Continue" are not the reply's. */
static size_t take_field(char *line, size_t size, size_t count, void *payload)
{
    struct exchange *exchange = payload;
    if (size * count > 5 && memcmp(line, "HTTP/", 5) == 0)
        http_reply_done(exchange->reply);
    exchange->fields_ended = size * count == 2;
    if (exchange->fields_ended)
        acknowledge(exchange);
    exchange->no_memory = !http_reply_add_line(exchange->reply, line, size * count);
    return exchange->no_memory ? 0 : size * count;
}

/* With TLS 1.3 a server refuses our certificate only when we read: an alert instead of a reply. */
static bool refuses_our_certificate(const struct exchange *exchange)
{
    const char *alert = strstr(exchange->said, "alert");
    return alert && (strstr(alert, "certificate") || strstr(alert, "unknown ca"));
}

static bool wants_proxy_login(const struct exchange *exchange)
{
    long status = 0;
    curl_easy_getinfo(exchange->handle, CURLINFO_HTTP_CONNECTCODE, &status);
    return status == 407;
}

/* A line may be cut in the middle of a handshake, and a server may not speak TLS at all: neither is
 * about certificates. */
static enum err_code fail_handshake(const struct exchange *exchange, struct err *err)
{
    static const char *const cut[] = {"SSL_ERROR_SYSCALL", "reset by peer", "unexpected eof",
                                      "Broken pipe"};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++)
        if (strstr(exchange->said, cut[i]))
            return err_set(err, ERR_TARGET_UNREACHABLE, "cut in the TLS handshake");
    if (strstr(exchange->said, "wrong version number") || strstr(exchange->said, "packet length"))
        return err_set(err, ERR_TARGET_BAD_REPLY, "no TLS is spoken there");
    return err_set(err, ERR_TARGET_CERTIFICATE, "%s", curl_easy_strerror(CURLE_SSL_CONNECT_ERROR));
}

static enum err_code fail(const struct exchange *exchange, CURLcode result, struct err *err)
{
    if (exchange->no_memory)
        return err_set(err, ERR_NO_MEMORY, "no memory for an exchange");
    if (result == CURLE_OUT_OF_MEMORY) /* libcurl says the same of a field of over 100 KB */
        return err_set(err, ERR_TARGET_BAD_REPLY, "a field too long, or no memory for it");
    if (exchange->too_much)
        return err_set(err, ERR_TARGET_BAD_REPLY, "a reply of more than %u bytes", HTTP_TEXT_MAX);
    if (refuses_our_certificate(exchange))
        return err_set(err, ERR_TARGET_CERTIFICATE, "the station's own certificate is refused");
    if (wants_proxy_login(exchange))
        return err_set(err, ERR_TARGET_PROXY, "the proxy wants a login");
    switch (result) {
    case CURLE_SSL_CONNECT_ERROR:
        return fail_handshake(exchange, err);
    case CURLE_COULDNT_RESOLVE_PROXY:
        return err_set(err, ERR_TARGET_PROXY, "%s", curl_easy_strerror(result));
    case CURLE_FILESIZE_EXCEEDED:
        return err_set(err, ERR_TARGET_BAD_REPLY, "%s", curl_easy_strerror(result));
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return err_set(err, ERR_TARGET_CERTIFICATE, "%s", curl_easy_strerror(result));
    case CURLE_URL_MALFORMAT:
        return err_set(err, ERR_BAD_CONFIG, "%s", curl_easy_strerror(result));
    case CURLE_UNSUPPORTED_PROTOCOL: /* what is no HTTP at all is taken for HTTP/0.9 */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return err_set(err, ERR_TARGET_BAD_REPLY, "%s", curl_easy_strerror(result));
    case CURLE_ABORTED_BY_CALLBACK:
        return err_set(err, ERR_IO, "what is to be sent cannot be read");
    default:
        return err_set(err, ERR_TARGET_UNREACHABLE, "%s", curl_easy_strerror(result));
    }
}

static enum err_code list_fields(const struct http_request *request, struct curl_slist **out,
                                 struct err *err)
{
    __attribute__((cleanup(slist_auto))) struct curl_slist *list = NULL;
    bool expects = request->body_fd >= 0 && request->body_size >= EXPECT_FROM_BYTES;
    for (size_t i = 0; i <= request->field_count; i++) {
        AUTO(mem)
        char *line = i < request->field_count
                         ? mem_printf("%s: %s", request->fields[i].name, request->fields[i].value)
                         : mem_strdup(expects ? "Expect: 100-continue" : "Expect:");
        struct curl_slist *longer = line ? curl_slist_append(list, line) : NULL;
        if (!longer)
            return err_set(err, ERR_NO_MEMORY, "no memory for a request");
        list = longer;
    }
    *out = TAKE(list);
    return ERR_OK;
}

/* A capped line gets small bites: libcurl hands out a buffer at once and pauses behind it. */
static void set_pace(CURL *handle, const struct flow *flow)
{
    curl_off_t bytes = flow && flow->rate_bps > 0 ? (flow->rate_bps + 7) / 8 : 0;
    curl_easy_setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, bytes ? 1L << 14 : 1L << 17);
    curl_easy_setopt(handle, CURLOPT_MAX_SEND_SPEED_LARGE, bytes);
    curl_easy_setopt(handle, CURLOPT_MAX_RECV_SPEED_LARGE, bytes);
}

/* What lies in the kernel's buffer has not moved: on a slow line a whole file would, and a line
 * that is busy for a minute with it would be taken for a dead one. */
static int set_socket(void *payload, curl_socket_t fd, curlsocktype purpose)
{
    (void)purpose;
    struct exchange *exchange = payload;
    exchange->socket = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &(int){UNSENT_MAX}, sizeof(int));
    return CURL_SOCKOPT_OK;
}

static void set_connection(const struct curl_transport *curl)
{
    CURL *handle = curl->handle;
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, USER_AGENT);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, curl->connect_s);
    curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, set_socket);
    curl_easy_setopt(handle, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)HTTP_BODY_MAX);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST_BYTES_S);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, curl->idle_s);
    curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, 1L << 17);
    set_pace(handle, curl->flow);
    curl_easy_setopt(handle, CURLOPT_PROXY, curl->proxy ? curl->proxy : "");
    if (curl->ca_file)
        curl_easy_setopt(handle, CURLOPT_CAINFO, curl->ca_file);
    if (curl->cert_file)
        curl_easy_setopt(handle, CURLOPT_SSLCERT, curl->cert_file);
    if (curl->cert_file)
        curl_easy_setopt(handle, CURLOPT_SSLKEY, curl->key_file ? curl->key_file : curl->cert_file);
}

static void set_request(CURL *handle, struct exchange *exchange, struct curl_slist *fields)
{
    const struct http_request *request = exchange->request;
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, exchange->said);
    curl_easy_setopt(handle, CURLOPT_URL, request->url);
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, (long)request->fresh);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_field);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_moved);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, exchange);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_SOCKOPTDATA, exchange);
    if (request->body_fd >= 0) {
        curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)whole_size(request));
        curl_easy_setopt(handle, CURLOPT_READFUNCTION, read_body);
        curl_easy_setopt(handle, CURLOPT_READDATA, exchange);
        curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, seek_body);
        curl_easy_setopt(handle, CURLOPT_SEEKDATA, exchange);
    } else if (request->body_text) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body_text);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)strlen(request->body_text));
    } else if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    }
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
}

static enum err_code keep_reply(struct exchange *exchange, struct err *err)
{
    struct http_reply *reply = exchange->reply;
    long status = 0;
    curl_easy_getinfo(exchange->handle, CURLINFO_RESPONSE_CODE, &status);
    reply->status = (int)status;
    if (!exchange->fields_ended)
        return err_set(err, ERR_TARGET_UNREACHABLE, "cut in the head of a reply");
    if (is_hashed(exchange))
        hash_finish(exchange->hash, reply->sha256);
    buf_text(&exchange->text, "");
    reply->text_size = exchange->text.size;
    reply->text = buf_take(&exchange->text);
    return reply->text ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for a reply");
}

static enum err_code curl_exchange(struct http_transport *transport,
                                   const struct http_request *request, struct http_reply *out,
                                   struct err *err)
{
    struct curl_transport *curl = (struct curl_transport *)transport;
    AUTO(http_reply) struct http_reply reply = {0};
    AUTO(hash_object) struct hash *hash = request->hash_reply ? hash_new() : NULL;
    __attribute__((cleanup(slist_auto))) struct curl_slist *fields = NULL;
    enum err_code code = list_fields(request, &fields, err);
    if (code)
        return code;
    if (request->hash_reply && !hash)
        return err_set(err, ERR_NO_MEMORY, "no memory for an exchange");

    struct exchange exchange = {.request = request,
                                .reply = &reply,
                                .handle = curl->handle,
                                .socket = curl->socket,
                                .hash = hash,
                                .flow = curl->flow};
    buf_init(&exchange.text, HTTP_TEXT_MAX);
    curl_easy_reset(curl->handle);
    set_connection(curl);
    set_request(curl->handle, &exchange, fields);
    CURLcode result = curl_easy_perform(curl->handle);
    curl->socket = exchange.socket;
    code = result == CURLE_OK ? keep_reply(&exchange, err) : fail(&exchange, result, err);
    buf_done(&exchange.text);
    if (code)
        return code;
    *out = reply;
    reply = (struct http_reply){0};
    return ERR_OK;
}

static void curl_free_transport(struct http_transport *transport)
{
    struct curl_transport *curl = (struct curl_transport *)transport;
    if (curl->handle)
        curl_easy_cleanup(curl->handle);
    mem_free(curl->ca_file);
    mem_free(curl->cert_file);
    mem_free(curl->key_file);
    mem_free(curl->proxy);
    mem_free(curl);
}

static enum err_code check_file(const char *path, const char *what, struct err *err)
{
    return !path || access(path, R_OK) == 0
               ? ERR_OK
               : err_set(err, ERR_BAD_CONFIG, "the %s of a target cannot be read", what);
}

enum err_code curl_transport_new(const struct curl_options *options, struct http_transport **out,
                                 struct err *err)
{
    static const struct http_transport_ops ops = {curl_exchange, curl_free_transport};
    enum err_code code = check_file(options->ca_file, "authorities", err);
    if (!code)
        code = check_file(options->cert_file, "certificate", err);
    if (!code)
        code = check_file(options->key_file, "key", err);
    if (code)
        return code;
    AUTO(http_transport) struct http_transport *made = NULL;
    struct curl_transport *curl = mem_alloc(sizeof *curl);
    if (!curl)
        return err_set(err, ERR_NO_MEMORY, "no memory for a transport");
    *curl = (struct curl_transport){
        .transport.ops = &ops,
        .handle = curl_easy_init(),
        .socket = CURL_SOCKET_BAD,
        .ca_file = mem_strdup(options->ca_file),
        .cert_file = mem_strdup(options->cert_file),
        .key_file = mem_strdup(options->key_file),
        .proxy = mem_strdup(options->proxy),
        .connect_s = options->connect_s,
        .idle_s = options->idle_s,
        .flow = options->flow,
    };
    made = &curl->transport;
    bool copied = !options->ca_file == !curl->ca_file && !options->cert_file == !curl->cert_file &&
                  !options->key_file == !curl->key_file && !options->proxy == !curl->proxy;
    if (!curl->handle || !copied)
        return err_set(err, ERR_NO_MEMORY, "no memory for a transport");
    *out = TAKE(made);
    return ERR_OK;
}
