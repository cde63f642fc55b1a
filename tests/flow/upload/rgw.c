#include "tests/flow/upload/rgw.h"

#include "tests/harness/test.h"

#include "daemon/base/sys.h"
#include "queue/upload/curl_transport.h"
#include "queue/upload/s3_transport.h"
#include "queue/upload/target_s3.h"

static const struct curl_options quick = {.connect_s = 5, .idle_s = 20};

static void start(struct rgw *rgw, const char *program, const char *script, const char *arguments)
{
    test_need_file(program);
    char *folder = test_make_folder();
    snprintf(rgw->folder, sizeof rgw->folder, "%s", folder);
    free(folder);
    rgw->script = script;
    char path[300];
    rgw_order(rgw, "start", arguments);
    snprintf(path, sizeof path, "%s/env", rgw->folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "ENDPOINT=%99s ACCESS_KEY=%63s SECRET_KEY=%63s", rgw->endpoint,
                            rgw->access_key, rgw->secret_key),
                     3);
    if (fscanf(file, " TLS_ENDPOINT=%99s", rgw->tls_endpoint) != 1)
        *rgw->tls_endpoint = '\0';
    fclose(file);
}

void rgw_start(struct rgw *rgw, int osds)
{
    char count[20];
    snprintf(count, sizeof count, "%d", osds);
    start(rgw, "/usr/bin/radosgw", "rgw", count);
}

void rgw_start_tls(struct rgw *rgw, const char *certificate, const char *key)
{
    char arguments[900];
    snprintf(arguments, sizeof arguments, "1 '%s' '%s'", certificate, key);
    start(rgw, "/usr/bin/radosgw", "rgw", arguments);
}

void rgw_start_swift(struct rgw *rgw)
{
    start(rgw, "/usr/bin/swift-proxy-server", "swift", "");
}

void rgw_order(const struct rgw *rgw, const char *verb, const char *arguments)
{
    char command[1200];
    assert_true((size_t)snprintf(command, sizeof command, "%s/tests/harness/%s %s '%s' %s",
                                 SOHOA_SOURCE_DIR, rgw->script, verb, rgw->folder,
                                 arguments) < sizeof command);
    assert_int_equal(system(command), 0);
}

void rgw_stop(struct rgw *rgw)
{
    char command[600];
    snprintf(command, sizeof command, "%s/tests/harness/%s stop '%s' && rm -rf '%s'",
             SOHOA_SOURCE_DIR, rgw->script, rgw->folder, rgw->folder);
    if (system(command) != 0)
        fprintf(stderr, "the object store did not end\n");
}

void rgw_place(const struct rgw *rgw, const char *bucket, struct s3_place *out)
{
    *out = (struct s3_place){
        .endpoint = rgw->endpoint,
        .bucket = bucket,
        .keys = {rgw->access_key, rgw->secret_key, "us-east-1", "s3"},
    };
}

int rgw_ask(const struct s3_place *place, const struct s3_call *call)
{
    AUTO(http_transport) struct http_transport *http = NULL;
    AUTO(http_request) struct http_request request = HTTP_REQUEST_INIT;
    AUTO(http_reply) struct http_reply reply = {0};
    assert_int_equal(curl_transport_new(&quick, &http, NULL), ERR_OK);
    assert_int_equal(s3_build(place, call, sys_now_us(), &request, NULL), ERR_OK);
    assert_int_equal(http_exchange(http, &request, &reply, NULL), ERR_OK);
    return reply.status;
}

struct target *rgw_target(const struct s3_place *place, const char *prefix)
{
    struct http_transport *http = NULL;
    struct transport *transport = NULL;
    struct target *target = NULL;
    assert_int_equal(curl_transport_new(&quick, &http, NULL), ERR_OK);
    assert_int_equal(s3_transport_new(http, place, prefix, &transport, NULL), ERR_OK);
    assert_int_equal(target_s3_new(transport, &target, NULL), ERR_OK);
    return target;
}
