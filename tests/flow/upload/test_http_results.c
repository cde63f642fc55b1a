/* Records to a receiving system of results: tokens from a real OpenID provider (OAuth 2.0 client
 * credentials), files as forms. */
#include "tests/flow/upload/receiver.h"
#include "tests/harness/test.h"

#define MAPPING SOHOA_SOURCE_DIR "/packaging/config/mapping-result-record.json"
#define CODE "H99.14-261120-0002"

struct scene {
    struct receiver receiver;
    char *notes;
    struct target *target;
    char endpoint[60], token_url[80];
};

static enum err_code new_target(struct scene *scene, const char *secret, const char *proof,
                                struct target **out)
{
    const struct http_options options = {.mapping = MAPPING,
                                         .proof = proof,
                                         .endpoint = scene->endpoint,
                                         .token_url = scene->token_url,
                                         .username = "tram-1",
                                         .password = secret,
                                         .notes = scene->notes};
    return receiver_target(&options, out, NULL);
}

static int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    receiver_open(&scene->receiver, "results.mjs");
    scene->notes = test_make_folder();
    snprintf(scene->endpoint, sizeof scene->endpoint, "http://127.0.0.1:%d", scene->receiver.port);
    snprintf(scene->token_url, sizeof scene->token_url, "%s/token", scene->endpoint);
    assert_int_equal(new_target(scene, "bi-mat:%+/=&", NULL, &scene->target), ERR_OK);
    *state = scene;
    return 0;
}

static int close_scene(void **state)
{
    struct scene *scene = *state;
    target_free(scene->target);
    receiver_close(&scene->receiver);
    test_remove_folder(scene->notes);
    free(scene);
    return 0;
}

static void must_send(struct scene *scene, struct sent_record *record, struct target_sent *out)
{
    struct err err = ERR_INIT;
    if (target_send(scene->target, &record->record, out, &err))
        fail_msg("%s: %s (%s)", err_name(err.code), err.detail, err.said);
}

static enum err_code verify(struct scene *scene, const struct sent_record *record, const char *name,
                            struct target_receipt *out)
{
    return target_verify(scene->target, name, record->pdf_sha256, record->json_sha256, out, NULL);
}

static void one_token_serves_many_records_and_is_asked_for_anew_once_it_is_refused(void **state)
{
    struct scene *scene = *state;
    struct sent_record records[3];
    struct target_sent sent;
    struct target_receipt receipt;
    for (size_t i = 0; i < COUNT_OF(records); i++) {
        sent_record_open(&records[i], CODE, 20000 + i, "{\"stage\": \"result\"}");
        if (i == 2)
            receiver_order(&scene->receiver, "{\"forget\":true}");
        must_send(scene, &records[i], &sent);
        assert_int_equal(verify(scene, &records[i], sent.remote_name, &receipt), ERR_OK);
        assert_int_equal(receipt.pdf_proof, TARGET_PROOF_READ);
    }
    AUTO(js) struct js *report = receiver_ask(&scene->receiver, "{\"report\":true}");
    assert_int_equal(js_int_or(report, "tokens", 0), 2);
    assert_int_equal(js_count(js_at(report, "results")), 3);
    for (size_t i = 0; i < COUNT_OF(records); i++) {
        char path[40];
        snprintf(path, sizeof path, "results[%zu].file", i);
        assert_string_equal(js_text_or(report, path, ""), records[i].pdf_sha256);
        sent_record_close(&records[i]);
    }
    assert_string_equal(js_text_or(report, "results[0].NgayCap", ""), "20190305000000");
    assert_false(js_has(report, "results[0].ThoiHanHieuLuc")); /* "unknown" is no day */
}

static void who_is_not_known_gets_no_token(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    struct err err = ERR_INIT;
    AUTO(target) struct target *stranger = NULL;
    assert_int_equal(new_target(scene, "khác", NULL, &stranger), ERR_OK);
    sent_record_open(&record, CODE, 2000, NULL);
    assert_int_equal(target_send(stranger, &record.record, &sent, &err), ERR_TARGET_AUTH);
    assert_null(strstr(err.detail, "khác"));
    assert_int_equal(receiver_count(&scene->receiver, "uploads"), 0);
    sent_record_close(&record);
}

static void an_answer_that_was_lost_is_no_second_record(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    sent_record_open(&record, CODE, 2000, NULL);
    receiver_order(&scene->receiver, "{\"drop\":{\"times\":2,\"path\":\"/results\"}}");
    assert_int_equal(target_send(scene->target, &record.record, &sent, NULL),
                     ERR_TARGET_UNREACHABLE);
    must_send(scene, &record, &sent);
    assert_true(sent.already_there);
    AUTO(js) struct js *report = receiver_ask(&scene->receiver, "{\"report\":true}");
    assert_int_equal(js_count(js_at(report, "results")), 1);

    char order[100];
    snprintf(order, sizeof order, "{\"tamper\":\"%s\"}", record.id);
    receiver_order(&scene->receiver, order);
    assert_int_equal(target_send(scene->target, &record.record, &sent, NULL), ERR_TARGET_CONFLICT);
    sent_record_close(&record);
}

static void a_record_that_breaks_a_rule_is_the_clerks_with_the_rule(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    struct err err = ERR_INIT;
    sent_record_open(&record, CODE, 2000, NULL);
    receiver_order(&scene->receiver, "{\"refuse\":\"Số ký hiệu đã được dùng cho kết quả khác\"}");
    assert_int_equal(target_send(scene->target, &record.record, &sent, &err), ERR_TARGET_REFUSED);
    assert_string_equal(err.said, "Số ký hiệu đã được dùng cho kết quả khác");
    sent_record_close(&record);
}

static void a_name_longer_than_they_take_is_held_here(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    struct err err = ERR_INIT;
    char more[300];
    snprintf(more, sizeof more, "{\"fields\": {\"doc_name\": \"Đ\", \"number_symbol\": \"%061d\"}}",
             1);
    sent_record_open(&record, CODE, 2000, more);
    assert_int_equal(target_send(scene->target, &record.record, &sent, &err), ERR_FIELD_INVALID);
    assert_non_null(strstr(err.detail, "SoKyHieu: 61 letters, the receiver takes 60"));
    sent_record_close(&record);
}

static void a_withdrawal_says_why_and_is_proven_by_asking(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    struct target_mark mark;
    struct target_receipt receipt;
    sent_record_open(&record, CODE, 2000, NULL);
    must_send(scene, &record, &sent);
    const struct target_withdrawal what = {
        .remote_name = sent.remote_name,
        .record_id = record.id,
        .dossier_code = CODE,
        .key = record.id,
        .reason_code = "wrong-person",
        .by = "uid:1000",
        .at_us = 1763600000000000,
        .pdf_sha256 = record.pdf_sha256,
        .json_sha256 = record.json_sha256,
    };
    assert_int_equal(target_withdraw(scene->target, &what, &mark, NULL), ERR_OK);
    assert_false(mark.already_there);
    assert_int_equal(target_withdraw(scene->target, &what, &mark, NULL), ERR_OK);
    assert_true(mark.already_there);
    assert_int_equal(verify(scene, &record, sent.remote_name, &receipt), ERR_NOT_FOUND);
    AUTO(js) struct js *report = receiver_ask(&scene->receiver, "{\"report\":true}");
    assert_string_equal(js_text_or(report, "withdrawn[0].reason", ""), "wrong-person");
    sent_record_close(&record);
}

static void a_receipt_says_no_more_than_the_receiver_proves(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *proof;
        enum target_proof means;
        enum err_code tampered, again;
    } cases[] = {
        {"read", TARGET_PROOF_READ, ERR_TARGET_MISMATCH, ERR_TARGET_CONFLICT},
        {"hash", TARGET_PROOF_HASH, ERR_TARGET_MISMATCH, ERR_TARGET_CONFLICT},
        /* nothing shows it: what is there already may be anybody's */
        {"answer", TARGET_PROOF_ANSWER, ERR_OK, ERR_TARGET_CONFLICT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(target) struct target *target = NULL;
        struct sent_record record;
        struct target_sent sent;
        struct target_receipt receipt;
        char order[100];
        assert_int_equal(new_target(scene, "bi-mat:%+/=&", cases[i].proof, &target), ERR_OK);
        sent_record_open(&record, CODE, 2000, NULL);
        assert_int_equal(target_send(target, &record.record, &sent, NULL), ERR_OK);
        assert_int_equal(target_verify(target, sent.remote_name, record.pdf_sha256,
                                       record.json_sha256, &receipt, NULL),
                         ERR_OK);
        assert_int_equal(receipt.pdf_proof, cases[i].means);
        snprintf(order, sizeof order, "{\"tamper\":\"%s\"}", record.id);
        receiver_order(&scene->receiver, order);
        assert_int_equal(target_verify(target, sent.remote_name, record.pdf_sha256,
                                       record.json_sha256, &receipt, NULL),
                         cases[i].tampered);
        assert_int_equal(target_send(target, &record.record, &sent, NULL), cases[i].again);
        /* ours, since an earlier try may have sent it */
        record.record.ask_first = true;
        enum err_code ours = target_send(target, &record.record, &sent, NULL);
        assert_int_equal(ours, i == 2 ? ERR_OK : ERR_TARGET_CONFLICT);
        sent_record_close(&record);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    int lacks = receiver_lacks(NULL);
    if (lacks >= 0)
        return lacks;
    const struct CMUnitTest tests[] = {
        TEST(one_token_serves_many_records_and_is_asked_for_anew_once_it_is_refused),
        TEST(who_is_not_known_gets_no_token),
        TEST(an_answer_that_was_lost_is_no_second_record),
        TEST(a_record_that_breaks_a_rule_is_the_clerks_with_the_rule),
        TEST(a_name_longer_than_they_take_is_held_here),
        TEST(a_withdrawal_says_why_and_is_proven_by_asking),
        TEST(a_receipt_says_no_more_than_the_receiver_proves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
