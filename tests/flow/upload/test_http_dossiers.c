/* Records to a receiving system of dossiers: DongBoHoSoMC by session login, files by tus to a real
 * tus server. What arrives is judged over there, by regulations 11.2 and not by our mapping. */
#include "tests/flow/upload/line.h"
#include "tests/flow/upload/receiver.h"
#include "tests/harness/test.h"

#include <sys/stat.h>

#define MAPPING SOHOA_SOURCE_DIR "/packaging/config/mapping-dongbohosomc.json"
#define CODE "H99.14-261120-0001"

struct scene {
    struct receiver receiver;
    char *notes;
    struct target *target;
    char endpoint[60];
};

static struct http_options options_of(const struct scene *scene)
{
    return (struct http_options){.mapping = MAPPING,
                                 .endpoint = scene->endpoint,
                                 .username = "tram-1",
                                 .password = "mật khẩu",
                                 .notes = scene->notes};
}

static int open_scene(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    receiver_open(&scene->receiver, "dossiers.mjs");
    scene->notes = test_make_folder();
    snprintf(scene->endpoint, sizeof scene->endpoint, "http://127.0.0.1:%d", scene->receiver.port);
    const struct http_options options = options_of(scene);
    assert_int_equal(receiver_target(&options, &scene->target, NULL), ERR_OK);
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

static enum err_code send(struct scene *scene, struct sent_record *record, struct target_sent *out,
                          struct err *err)
{
    return target_send(scene->target, &record->record, out, err);
}

static void must_send(struct scene *scene, struct sent_record *record, struct target_sent *out)
{
    struct err err = ERR_INIT;
    if (send(scene, record, out, &err))
        fail_msg("%s: %s (%s)", err_name(err.code), err.detail, err.said);
}

static enum err_code verify(struct scene *scene, const struct sent_record *record, const char *name,
                            struct target_receipt *out)
{
    return target_verify(scene->target, name, record->pdf_sha256, record->json_sha256, out, NULL);
}

static void a_record_arrives_as_the_regulations_want_it_and_is_proven_by_its_bytes(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    struct target_receipt receipt;
    sent_record_open(&record, CODE, 150000, NULL);
    must_send(scene, &record, &sent);
    assert_false(sent.already_there);
    assert_int_equal(verify(scene, &record, sent.remote_name, &receipt), ERR_OK);
    assert_int_equal(receipt.pdf_proof, TARGET_PROOF_READ);
    assert_int_equal(receipt.json_proof, TARGET_PROOF_ANSWER);
    assert_int_equal(receipt.pdf.size_bytes, 150000);

    AUTO(js) struct js *report = receiver_ask(&scene->receiver, "{\"report\":true}");
    static const struct {
        const char *path, *text;
    } texts[] = {
        {"dossiers[0].MaHoSo", CODE},
        {"dossiers[0].NgayTiepNhan", "20261120000000"},
        {"dossiers[0].KenhThucHien", "1"},
        {"dossiers[0].DinhDanhCHS[0].LoaiDinhDanh", "1"},
        {"dossiers[0].TaiLieuNop[0].TenTepDinhKem", "Giấy khai sinh"},
        {"dossiers[0].TaiLieuNop[1].MaKetQuaThayThe", "KQ.1"},
        {"fields[0].madonvi", "000.00.01.H99"},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_string_equal(js_text_or(report, texts[i].path, texts[i].path), texts[i].text);
    assert_int_equal(js_int_or(report, "dossiers[0].HoSoCoThanhPhanSoHoa", -1), 1);
    assert_int_equal(js_int_or(report, "dossiers[0].TaiLieuNop[0].DuocSoHoa", -1), 1);
    assert_int_equal(js_int_or(report, "dossiers[0].TaiLieuNop[1].DuocTaiSuDung", -1), 2);
    assert_int_equal(js_int_or(report, "dossiers[0].TaiLieuNop[1].DuocLayTuKhoDMQG", -1), 1);
    assert_string_equal(js_text_or(report, "dossiers[0].files[0]", ""), record.pdf_sha256);
    sent_record_close(&record);
}

static void the_second_paper_of_a_case_updates_it(void **state)
{
    struct scene *scene = *state;
    struct sent_record first, second;
    struct target_sent sent;
    struct target_receipt receipt;
    sent_record_open(&first, CODE, 3000, NULL);
    sent_record_open(&second, CODE, 4000, "{\"stage\": \"result\"}");
    must_send(scene, &first, &sent);
    must_send(scene, &second, &sent);
    assert_false(sent.already_there);
    assert_int_equal(verify(scene, &second, sent.remote_name, &receipt), ERR_OK);
    assert_int_equal(receiver_count(&scene->receiver, "updates"), 1);
    AUTO(js) struct js *report = receiver_ask(&scene->receiver, "{\"report\":true}");
    assert_int_equal(js_count(js_at(report, "dossiers")), 1);
    assert_string_equal(js_text_or(report, "dossiers[0].TaiLieuNop[0].TepDinhKemId", ""), first.id);
    assert_string_equal(js_text_or(report, "dossiers[0].DanhSachGiayToKetQua[0].GiayToId", ""),
                        second.id);
    sent_record_close(&first);
    sent_record_close(&second);
}

static void what_is_there_already_is_delivered_only_when_its_bytes_are_ours(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    char order[100];
    sent_record_open(&record, CODE, 3000, NULL);
    must_send(scene, &record, &sent);
    must_send(scene, &record, &sent);
    assert_true(sent.already_there);
    snprintf(order, sizeof order, "{\"tamper\":\"%s\"}", record.id);
    receiver_order(&scene->receiver, order);
    assert_int_equal(send(scene, &record, &sent, NULL), ERR_TARGET_CONFLICT);
    struct target_receipt receipt;
    assert_int_equal(verify(scene, &record, sent.remote_name, &receipt), ERR_TARGET_MISMATCH);
    assert_int_equal(receiver_count(&scene->receiver, "updates"), 0);
    sent_record_close(&record);
}

static void after_a_crash_the_receiver_is_asked_before_anything_is_sent(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    sent_record_open(&record, CODE, 3000, NULL);
    /* twice: libcurl by itself sends once more on a connection that was kept and ended */
    receiver_order(&scene->receiver, "{\"drop\":{\"times\":2,\"path\":\"/DongBoHoSoMC\"}}");
    assert_int_equal(send(scene, &record, &sent, NULL), ERR_TARGET_UNREACHABLE);
    int64_t syncs = receiver_count(&scene->receiver, "syncs");
    record.record.ask_first = true;
    must_send(scene, &record, &sent);
    assert_true(sent.already_there);
    assert_int_equal(receiver_count(&scene->receiver, "syncs"), syncs);
    assert_int_equal(receiver_count(&scene->receiver, "creations"), 1);
    sent_record_close(&record);
}

static void a_refusal_reaches_the_clerk_in_the_receivers_own_words(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    struct err err = ERR_INIT;
    sent_record_open(&record, CODE, 3000, "{\"procedure_code\": \"x\"}");
    receiver_order(&scene->receiver,
                   "{\"refuse\":\"Mã thủ tục hành chính\\n không có trong danh mục\"}");
    assert_int_equal(send(scene, &record, &sent, &err), ERR_TARGET_REFUSED);
    assert_string_equal(err.said, "Mã thủ tục hành chính không có trong danh mục");
    assert_null(strstr(err.detail, "danh mục"));
    sent_record_close(&record);
}

static void each_trouble_has_its_name(void **state)
{
    struct scene *scene = *state;
    static const struct {
        const char *order;
        enum err_code code;
        int64_t retry_after_us;
    } cases[] = {
        {"{\"portal\":9}", ERR_TARGET_BAD_REPLY, 0},
        {"{\"fail\":{\"status\":503,\"retry_after\":\"7\",\"times\":9}}", ERR_TARGET_BUSY, 7000000},
        {"{\"fail\":{\"status\":429,\"retry_after\":\"90\",\"times\":9,\"html\":true}}",
         ERR_TARGET_BUSY, 90000000},
        {"{\"fail\":{\"status\":403,\"times\":9}}", ERR_TARGET_AUTH, 0},
        {"{\"fail\":{\"status\":502,\"times\":9,\"html\":true}}", ERR_TARGET_BUSY, 0},
        {"{\"fail\":{\"status\":413,\"times\":9,\"html\":true,\"path\":\"/files\"}}",
         ERR_TARGET_REFUSED, 0},
        {"{\"fail\":{\"status\":507,\"times\":9,\"path\":\"/files\"}}", ERR_TARGET_FULL, 0},
    };
    struct sent_record record;
    struct target_sent sent;
    sent_record_open(&record, CODE, 3000, NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = ERR_INIT;
        receiver_order(&scene->receiver, cases[i].order);
        enum err_code code = send(scene, &record, &sent, &err);
        if (code != cases[i].code || err.retry_after_us != cases[i].retry_after_us)
            fail_msg("case %zu: %s: %s, wait %lld", i, err_name(code), err.detail,
                     (long long)err.retry_after_us);
        receiver_order(&scene->receiver, "{\"portal\":0}");
        receiver_order(&scene->receiver, "{\"fail\":{\"times\":0}}");
    }
    must_send(scene, &record, &sent);
    sent_record_close(&record);
}

static void wrong_words_at_the_door_are_told_apart_from_a_session_that_ended(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    sent_record_open(&record, CODE, 3000, NULL);
    must_send(scene, &record, &sent);
    receiver_order(&scene->receiver, "{\"forget\":true}");
    struct target_receipt receipt;
    assert_int_equal(verify(scene, &record, sent.remote_name, &receipt), ERR_OK);
    assert_int_equal(receiver_count(&scene->receiver, "logins"), 2);

    struct http_options options = options_of(scene);
    AUTO(target) struct target *stranger = NULL;
    struct err err = ERR_INIT;
    options.password = "sai";
    assert_int_equal(receiver_target(&options, &stranger, NULL), ERR_OK);
    assert_int_equal(target_send(stranger, &record.record, &sent, &err), ERR_TARGET_AUTH);
    assert_null(strstr(err.detail, "sai"));
    sent_record_close(&record);
}

static void what_the_record_lacks_is_not_sent(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    struct err err = ERR_INIT;
    sent_record_open(&record, CODE, 3000, "{\"received_on\": null}");
    assert_int_equal(send(scene, &record, &sent, &err), ERR_FIELD_MISSING);
    assert_non_null(strstr(err.detail, "NgayTiepNhan"));
    assert_int_equal(receiver_count(&scene->receiver, "syncs"), 0);
    sent_record_close(&record);
}

static void
a_withdrawn_record_is_gone_over_there_and_a_newer_one_says_what_it_replaces(void **state)
{
    struct scene *scene = *state;
    struct sent_record old, newer;
    struct target_sent sent;
    struct target_mark mark;
    struct target_receipt receipt;
    sent_record_open(&old, CODE, 3000, NULL);
    sent_record_open(&newer, CODE, 3100, NULL);
    must_send(scene, &old, &sent);
    newer.record.replaces = old.id;
    struct target_sent newer_sent;
    must_send(scene, &newer, &newer_sent);
    assert_int_equal(verify(scene, &old, sent.remote_name, &receipt), ERR_NOT_FOUND);
    assert_int_equal(verify(scene, &newer, newer_sent.remote_name, &receipt), ERR_OK);
    const struct target_withdrawal what = {
        .remote_name = newer_sent.remote_name,
        .record_id = newer.id,
        .dossier_code = CODE,
        .key = newer.id,
        .reason_code = "wrong-person",
        .by = "uid:1000",
        .at_us = 1763600000000000,
        .pdf_sha256 = newer.pdf_sha256,
        .json_sha256 = newer.json_sha256,
    };
    receiver_order(&scene->receiver, "{\"deaf\":true}");
    assert_int_equal(target_withdraw(scene->target, &what, &mark, NULL), ERR_TARGET_MISMATCH);
    receiver_order(&scene->receiver, "{\"deaf\":false}");
    assert_int_equal(target_withdraw(scene->target, &what, &mark, NULL), ERR_OK);
    assert_int_equal(target_withdraw(scene->target, &what, &mark, NULL), ERR_OK);
    assert_int_equal(verify(scene, &newer, newer_sent.remote_name, &receipt), ERR_NOT_FOUND);
    sent_record_close(&old);
    sent_record_close(&newer);
}

static void a_hidden_result_is_shown_when_it_was_handed_over(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    struct target_mark mark;
    const char *path = "dossiers[0].DanhSachGiayToKetQua[0].AnGiayTo";
    sent_record_open(&record, CODE, 3000, "{\"stage\": \"result\"}");
    record.record.hidden = true;
    must_send(scene, &record, &sent);
    assert_int_equal(receiver_count(&scene->receiver, path), 1);
    const struct target_showing what = {sent.remote_name, record.id, record.id, "uid:1000", 1};
    assert_int_equal(target_show(scene->target, &what, &mark, NULL), ERR_OK);
    assert_int_equal(receiver_count(&scene->receiver, path), 0);
    sent_record_close(&record);
}

static void held_results_are_looked_up_fetched_and_codes_reserved(void **state)
{
    struct scene *scene = *state;
    receiver_order(&scene->receiver,
                   "{\"hold\":[{\"MaKetQua\":\"KQ.G15.000031\",\"TenGiayTo\":\"Giấy khai sinh\","
                   "\"SoKyHieu\":\"12/2019\",\"CoQuanChuQuan\":\"H99\",\"NgayCap\":"
                   "\"20190305000000\",\"ThoiHanVinhVien\":true,\"SoDinhDanhChuSoHuu\":"
                   "\"001099000001\",\"DanhSachTepDinhKem\":[{\"TenTep\":\"a.pdf\","
                   "\"DuongDan\":\"/kho/a.pdf\"}]}]}");
    AUTO(js)
    struct js *question =
        js_pack("{s:s, s:[{s:s}]}", "owner_id", "001099000001", "results", "code", "KQ.G15.000031");
    AUTO(js) struct js *answer = NULL;
    assert_int_equal(target_look_up(scene->target, question, &answer, NULL), ERR_OK);
    assert_int_equal(js_count(js_at(answer, "held")), 1);
    assert_string_equal(js_text_or(answer, "held[0].issue_date", ""), "2019-03-05");
    assert_string_equal(js_text_or(answer, "held[0].files[0].fetch", ""), "/kho/a.pdf");
    assert_true(js_bool_or(answer, "held[0].no_expiry", false));
    assert_false(js_bool_or(answer, "held[0].replaced", true));
    assert_true(js_is_null(js_at(answer, "held[0].valid_until")));

    struct transport_held file;
    char sha256[HASH_HEX_SIZE];
    hash_bytes("%PDF-1.7 H99 /kho/a.pdf", 23, sha256);
    AUTO(js) struct js *what = js_pack("{s:s, s:s}", "issuer", "H99", "fetch", "/kho/a.pdf");
    assert_int_equal(target_fetch(scene->target, what, &file, NULL), ERR_OK);
    assert_string_equal(file.sha256, sha256);

    AUTO(js) struct js *nobody = js_object();
    AUTO(js) struct js *none = NULL;
    assert_int_equal(target_look_up(scene->target, nobody, &none, NULL), ERR_FIELD_MISSING);

    AUTO(js)
    struct js *about = js_pack("{s:s, s:{s:s}}", "provisional_code", "TAM-1", "fields", "owner_id",
                               "001099000001");
    AUTO(js) struct js *code = NULL;
    AUTO(js) struct js *again = NULL;
    assert_int_equal(target_reserve_code(scene->target, about, &code, NULL), ERR_OK);
    assert_int_equal(target_reserve_code(scene->target, about, &again, NULL), ERR_OK);
    assert_string_equal(js_text_or(code, "result_code", ""), "001099000001.KQ.G15.000031.1");
    assert_true(js_equal(code, again));
}

/* ---- tus over a bad line ---------------------------------------------------------------------
 */

#define LARGE (50u << 20)

/* Held to: at most 15 % of a file of 50 MB is sent again after a cut at 90 %. */
static void a_cut_upload_goes_on_where_it_was_even_in_another_process(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    struct line line;
    line_open(&line, scene->receiver.port);
    snprintf(scene->endpoint, sizeof scene->endpoint, "http://127.0.0.1:%d", line.port);
    const struct http_options options = options_of(scene);
    AUTO(target) struct target *first = NULL;
    AUTO(target) struct target *second = NULL;
    assert_int_equal(receiver_target(&options, &first, NULL), ERR_OK);
    sent_record_open(&record, CODE, LARGE, NULL);
    line_order(&line, "cut-after 47185920");
    assert_int_equal(target_send(first, &record.record, &sent, NULL), ERR_TARGET_UNREACHABLE);
    line_order(&line, "clear");
    assert_true(line_sent(&line) > LARGE * 8 / 10);
    assert_int_equal(receiver_target(&options, &second, NULL), ERR_OK);
    assert_int_equal(target_send(second, &record.record, &sent, NULL), ERR_OK);
    uint64_t again = line_sent(&line) - LARGE;
    printf("sent again after a cut at 90 %% of 50 MB: %.1f %%\n", 100.0 * (double)again / LARGE);
    assert_true(again <= LARGE * 15 / 100);
    assert_int_equal(receiver_count(&scene->receiver, "creations"), 1);
    struct target_receipt receipt;
    assert_int_equal(target_verify(second, sent.remote_name, record.pdf_sha256, record.json_sha256,
                                   &receipt, NULL),
                     ERR_OK);
    sent_record_close(&record);
    line_close(&line);
}

static void an_upload_that_expired_begins_anew(void **state)
{
    struct scene *scene = *state;
    struct sent_record record;
    struct target_sent sent;
    sent_record_open(&record, CODE, 9u << 20, NULL);
    receiver_order(&scene->receiver, "{\"refuse\":\"Chưa nhận\"}");
    assert_int_equal(send(scene, &record, &sent, NULL), ERR_TARGET_REFUSED);
    receiver_order(&scene->receiver, "{\"refuse\":null}");
    receiver_order(&scene->receiver, "{\"expire\":true}");
    must_send(scene, &record, &sent);
    assert_int_equal(receiver_count(&scene->receiver, "creations"), 2);
    struct target_receipt receipt;
    assert_int_equal(verify(scene, &record, sent.remote_name, &receipt), ERR_OK);
    sent_record_close(&record);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    int lacks = receiver_lacks(NULL);
    if (lacks >= 0)
        return lacks;
    const struct CMUnitTest tests[] = {
        TEST(a_record_arrives_as_the_regulations_want_it_and_is_proven_by_its_bytes),
        TEST(the_second_paper_of_a_case_updates_it),
        TEST(what_is_there_already_is_delivered_only_when_its_bytes_are_ours),
        TEST(after_a_crash_the_receiver_is_asked_before_anything_is_sent),
        TEST(a_refusal_reaches_the_clerk_in_the_receivers_own_words),
        TEST(each_trouble_has_its_name),
        TEST(wrong_words_at_the_door_are_told_apart_from_a_session_that_ended),
        TEST(what_the_record_lacks_is_not_sent),
        TEST(a_withdrawn_record_is_gone_over_there_and_a_newer_one_says_what_it_replaces),
        TEST(a_hidden_result_is_shown_when_it_was_handed_over),
        TEST(held_results_are_looked_up_fetched_and_codes_reserved),
        TEST(a_cut_upload_goes_on_where_it_was_even_in_another_process),
        TEST(an_upload_that_expired_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
