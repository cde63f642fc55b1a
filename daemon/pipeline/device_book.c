#include "daemon/pipeline/device_book.h"

#include "daemon/base/log.h"
#include "daemon/base/mem.h"
#include "daemon/ipc/store_client.h"
#include "daemon/pipeline/devices.h"

#include <string.h>

struct device_book {
    struct devices *devices;
    struct store_client *store;
    struct js *present;  /* last look's array; NULL: none yet */
    struct js *settled;  /* store: [{"identity","label","profile"}] */
    struct js *profiles; /* store: [{"name","settings","locked"}] */
};

struct search {
    struct device_book *book;
    char *wanted;
    bool seen_only;
    device_book_found_fn *found;
    device_book_done_fn *listed;
    void *payload;
};

enum err_code device_book_new(struct devices *devices, struct store_client *store,
                              struct device_book **out, struct err *err)
{
    struct device_book *book = mem_alloc(sizeof *book);
    if (!book)
        return err_set(err, ERR_NO_MEMORY, "devices");
    *book = (struct device_book){.devices = devices, .store = store};
    *out = book;
    return ERR_OK;
}

void device_book_free(struct device_book *book)
{
    if (!book)
        return;
    js_free(book->present);
    js_free(book->settled);
    js_free(book->profiles);
    mem_free(book);
}

/* ---- what people settled ------------------------------------------------------------------------
 */

void device_book_take(struct device_book *book, const struct js *settings)
{
    js_free(book->settled);
    js_free(book->profiles);
    book->settled = js_ref(js_at(settings, "devices"));
    book->profiles = js_ref(js_at(settings, "profiles"));
}

struct js *device_book_profiles(const struct device_book *book)
{
    return js_pack("{s:o}", "profiles", book->profiles ? js_ref(book->profiles) : js_array());
}

static void on_settings(void *payload, struct ipc_message *message, const struct js *ok,
                        const struct err *err)
{
    (void)message;
    struct device_book *book = payload;
    if (err) {
        log_err(err, NULL, "labels and profiles of the scanners cannot be read, continuing");
        return;
    }
    device_book_take(book, ok);
}

void device_book_load(struct device_book *book)
{
    store_client_call(book->store, "device_settings",
                      js_pack("{s:o}", "principal", store_client_machine()), NULL, 0, on_settings,
                      book);
}

static const struct js *find_by(const struct js *list, const char *key, const char *value)
{
    for (size_t i = 0; i < js_count(list); i++)
        if (strcmp(js_text_or(js_item(list, i), key, ""), value) == 0)
            return js_item(list, i);
    return NULL;
}

const struct js *device_book_profile(const struct device_book *book, const char *name)
{
    return find_by(book->profiles, "name", name);
}

const struct js *device_book_profile_of(const struct device_book *book, const char *key)
{
    const struct js *settled = find_by(book->settled, "identity", key);
    return device_book_profile(book, js_text_or(settled, "profile", ""));
}

const char *device_book_label_of(const struct device_book *book, const char *key)
{
    return js_text_or(find_by(book->settled, "identity", key), "label", NULL);
}

/* ---- one device ---------------------------------------------------------------------------------
 */

static const char *identity_of(const struct js *device)
{
    return js_text_or(device, "identity", js_text_or(device, "name", ""));
}

static struct device_ref ref_of(const struct js *device)
{
    return (struct device_ref){.key = identity_of(device),
                               .name = js_text_or(device, "name", ""),
                               .vendor = js_text_or(device, "vendor", ""),
                               .model = js_text_or(device, "model", "")};
}

void device_book_each(const struct device_book *book, device_book_each_fn *each, void *payload)
{
    for (size_t i = 0; i < js_count(book->present); i++) {
        struct device_ref device = ref_of(js_item(book->present, i));
        each(payload, &device);
    }
}

static const struct js *find_present(const struct device_book *book, const char *wanted)
{
    if (!*wanted)
        return js_item(book->present, 0);
    const struct js *settled = find_by(book->settled, "label", wanted);
    const char *identity = js_text_or(settled, "identity", wanted);
    for (size_t i = 0; i < js_count(book->present); i++)
        if (strcmp(identity_of(js_item(book->present, i)), identity) == 0)
            return js_item(book->present, i);
    return find_by(book->present, "name", wanted);
}

static const struct js *find_settled(const struct device_book *book, const char *wanted)
{
    const struct js *by_label = find_by(book->settled, "label", wanted);
    return by_label ? by_label : find_by(book->settled, "identity", wanted);
}

static enum err_code describe(const struct device_book *book, const char *wanted,
                              struct device_ref *out, struct err *err)
{
    const struct js *device = find_present(book, wanted);
    if (!device && !*wanted)
        return err_set(err, ERR_NO_SCANNER, "SANE lists no device");
    if (!device && find_settled(book, wanted))
        return err_set(err, ERR_UNKNOWN_DEVICE, "'%s' is not connected", wanted);
    *out = ref_of(device);
    if (!device)
        out->key = out->name = wanted;
    return ERR_OK;
}

static enum err_code describe_seen(const struct device_book *book, const char *wanted,
                                   struct device_ref *out, struct err *err)
{
    const struct js *device = find_present(book, wanted), *settled = find_settled(book, wanted);
    if (!device && !settled)
        return err_set(err, ERR_UNKNOWN_DEVICE,
                       "'%s' was never seen; 'sohoa device list' names the scanners there are",
                       wanted);
    *out = ref_of(device ? device : settled);
    return ERR_OK;
}

static void answer_search(struct search *search, const struct err *problem)
{
    struct err err = ERR_INIT;
    struct device_ref ref;
    if (!problem)
        (search->seen_only ? describe_seen : describe)(search->book, search->wanted, &ref, &err);
    if (err.code)
        problem = &err;
    search->found(search->payload, problem ? NULL : &ref, problem);
    mem_free(search->wanted);
    mem_free(search);
}

static void keep_look(struct device_book *book, const struct js *ok)
{
    js_free(book->present);
    book->present = js_ref(js_at(ok, "devices"));
}

static void on_look_for_search(void *payload, const struct js *ok, const struct err *err)
{
    struct search *search = payload;
    if (!err)
        keep_look(search->book, ok);
    /* a list that fails must not keep a device from being opened by its SANE name */
    answer_search(search, err && !*search->wanted ? err : NULL);
}

/* `known`: what the last look told is enough. */
static void begin_search(const struct search *order, const char *wanted, bool known)
{
    struct err err = ERR_INIT;
    struct device_book *book = order->book;
    struct search *search = mem_alloc(sizeof *search);
    char *copy = mem_strdup(wanted);
    if (!search || !copy) {
        err_set(&err, ERR_NO_MEMORY, "device");
        mem_free(search);
        mem_free(copy);
        order->found(order->payload, NULL, &err);
        return;
    }
    *search = *order;
    search->wanted = copy;
    if (known)
        answer_search(search, NULL);
    else
        devices_list(book->devices, on_look_for_search, search);
}

void device_book_find(struct device_book *book, const char *wanted, bool again,
                      device_book_found_fn *found, void *payload)
{
    /* One that people know may have come back without a word: from the network, from sleep. */
    bool there = *wanted ? find_present(book, wanted) || !find_settled(book, wanted)
                         : js_count(book->present) > 0;
    bool known = !again && book->present && there;
    begin_search(&(struct search){.book = book, .found = found, .payload = payload}, wanted, known);
}

void device_book_find_seen(struct device_book *book, const char *wanted,
                           device_book_found_fn *found, void *payload)
{
    bool known = find_present(book, wanted) || find_settled(book, wanted);
    begin_search(
        &(struct search){.book = book, .seen_only = true, .found = found, .payload = payload},
        wanted, known);
}

/* ---- all devices --------------------------------------------------------------------------------
 */

static struct js *show(const struct device_book *book, const struct js *device)
{
    const struct js *settled = find_by(book->settled, "identity", identity_of(device));
    AUTO(js) struct js *shown = js_copy(device);
    bool whole = shown && js_set(shown, "label", js_text(js_text_or(settled, "label", NULL))) &&
                 js_set(shown, "profile", js_text(js_text_or(settled, "profile", NULL))) &&
                 js_set(shown, "present", js_bool(true));
    return whole ? TAKE(shown) : NULL;
}

static struct js *show_absent(const struct js *settled)
{
    const char *identity = js_text_or(settled, "identity", "");
    return js_pack("{s:s, s:s, s:s?, s:s?, s:b}", "name", identity, "identity", identity, "label",
                   js_text_or(settled, "label", NULL), "profile",
                   js_text_or(settled, "profile", NULL), "present", 0);
}

static struct js *show_all(const struct device_book *book)
{
    AUTO(js) struct js *list = js_array();
    for (size_t i = 0; i < js_count(book->present); i++)
        if (!js_push(list, show(book, js_item(book->present, i))))
            return NULL;
    for (size_t i = 0; i < js_count(book->settled); i++) {
        const struct js *settled = js_item(book->settled, i);
        bool absent = !find_present(book, js_text_or(settled, "identity", ""));
        if (absent && js_has(settled, "label") && !js_push(list, show_absent(settled)))
            return NULL;
    }
    return js_pack("{s:o}", "devices", TAKE(list));
}

static void on_look_for_list(void *payload, const struct js *ok, const struct err *problem)
{
    struct search *search = payload;
    struct err err = ERR_INIT;
    AUTO(js) struct js *shown = NULL;
    if (!problem) {
        keep_look(search->book, ok);
        shown = show_all(search->book);
        if (!shown) {
            err_set(&err, ERR_NO_MEMORY, "devices");
            problem = &err;
        }
    }
    search->listed(search->payload, shown, problem);
    mem_free(search);
}

void device_book_list(struct device_book *book, device_book_done_fn *done, void *payload)
{
    struct err err = ERR_INIT;
    struct search *search = mem_alloc(sizeof *search);
    if (!search) {
        err_set(&err, ERR_NO_MEMORY, "devices");
        done(payload, NULL, &err);
        return;
    }
    *search = (struct search){.book = book, .listed = done, .payload = payload};
    devices_list(book->devices, on_look_for_list, search);
}
