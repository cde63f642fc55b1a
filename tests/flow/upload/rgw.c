#include "tests/flow/upload/rgw.h"

#include "tests/harness/test.h"

#include "daemon/base/sys.h"
#include "queue/upload/curl_transport.h"
#include "queue/upload/s3_transport.h"
#include "queue/upload/target_s3.h"

static const struct curl_options quick = {.connect_s = 5, .idle_s = 20};

void rgw_start(struct rgw *rgw, int osds)
{
    test_need_file("/usr/bin/radosgw");
    char *folder = test_make_folder();
    snprintf(rgw->folder, sizeof rgw->folder, "%s", folder);
    free(folder);
    char command[600], path[300];
    snprintf(command, sizeof command, "%s/tests/harness/rgw start '%s' %d", SOHOA_SOURCE_DIR,
             rgw->folder, osds);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/env", rgw->folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "ENDPOINT=%99s ACCESS_KEY=%63s SECRET_KEY=%63s", rgw->endpoint,
                            rgw->access_key, rgw->secret_key),
                     3);
    fclose(file);
}

void rgw_stop(struct rgw *rgw)
{
    char command[600];
    snprintf(command, sizeof command, "%s/tests/harness/rgw stop '%s' && rm -rf '%s'",
             SOHOA_SOURCE_DIR, rgw->folder, rgw->folder);
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
