#include "drivers/identity.h"

#include "daemon/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *device_bus_name(enum device_bus bus)
{
    static const char *const names[] = {"usb", "net", "other"};
    return names[bus];
}

/* ---- pieces of a name --------------------------------------------------------------------------
 */

/* Copies what fits; control characters, and '/' inside a part, would break the identity. */
static void copy_part(char *out, size_t size, const char *text, size_t length)
{
    size_t used = 0;
    for (; used + 1 < size && used < length && text[used]; used++)
        out[used] = iscntrl((unsigned char)text[used]) || text[used] == '/' ? '_' : text[used];
    out[used] = 0;
}

static void copy_host(struct identity *out, const char *text, size_t length)
{
    out->bus = BUS_NETWORK;
    copy_part(out->host, sizeof out->host, text, length);
}

/* Length of a host name or address; one of IPv6 stands in brackets. */
static size_t host_length(const char *text, const char *ends)
{
    const char *bracket = *text == '[' ? strchr(text, ']') : NULL;
    return bracket ? (size_t)(bracket + 1 - text) : strcspn(text, ends);
}

static const char *after(const char *text, const char *start)
{
    size_t length = strlen(start);
    return strncmp(text, start, length) == 0 ? text + length : NULL;
}

static bool serial_is_useful(const char *serial)
{
    static const char *const worthless[] = {"none",       "unknown",          "n/a",
                                            "123456789",  "1234567890",       "12345678",
                                            "0123456789", "0123456789ABCDEF", "0123456789abcdef"};
    for (size_t i = 0; i < sizeof worthless / sizeof *worthless; i++)
        if (strcasecmp(serial, worthless[i]) == 0)
            return false;
    return serial[strspn(serial, "0 -_.")] != 0;
}

/* ---- the forms of names ------------------------------------------------------------------------
 */

typedef bool name_form_fn(const char *rest, struct identity *out);

/* "net:host:pixma:…" is the identity the other machine would give it. */
static bool take_net(const char *rest, struct identity *out)
{
    size_t length = host_length(rest, ":");
    struct identity there = {.text = ""};
    copy_host(out, rest, length);
    if (rest[length] == ':' && strncmp(rest + length + 1, "net:", 4) != 0)
        identity_make(rest + length + 1, NULL, &there);
    snprintf(out->text, sizeof out->text, "net/%.90s/%.150s", out->host, there.text);
    return true;
}

static bool take_simulator(const char *rest, struct identity *out)
{
    char name[IDENTITY_SIZE];
    copy_part(name, sizeof name, rest, strlen(rest));
    char *at = strrchr(name, '@');
    if (at && at[1] && at[1 + strspn(at + 1, "0123456789")] == 0)
        *at = 0;
    snprintf(out->text, sizeof out->text, "sohoasim/%.200s", name);
    return true;
}

/* "e0:Brother MFC": e for eSCL, w for WSD, and the place in the list of this run. */
static bool take_airscan(const char *rest, struct identity *out)
{
    char name[IDENTITY_SIZE];
    size_t digits = strspn(rest + (*rest != 0), "0123456789abcdef");
    if ((*rest == 'e' || *rest == 'w') && digits && rest[1 + digits] == ':')
        rest += 2 + digits;
    copy_part(name, sizeof name, rest, strlen(rest));
    out->bus = BUS_NETWORK;
    snprintf(out->text, sizeof out->text, "airscan/%.200s", name);
    return true;
}

/* An address of this machine is ipp-usb: each of its devices has a port of its own. */
static bool take_escl(const char *rest, struct identity *out)
{
    const char *host = strstr(rest, "://");
    if (!host)
        return false;
    host += 3;
    size_t length = host_length(host, ":/");
    bool local = !strncmp(host, "127.", 4) || !strncmp(host, "localhost", 9);
    copy_host(out, host, local ? strcspn(host, "/") : length);
    return true;
}

/* "04A91909_31D2C4"; on the network "MG5300_host". */
static bool take_pixma(const char *rest, struct identity *out)
{
    unsigned vendor, product;
    const char *serial = strchr(rest, '_');
    size_t ids = serial ? (size_t)(serial - rest) : strlen(rest);
    if (ids != 8 || strspn(rest, "0123456789ABCDEFabcdef") < 8) {
        if (serial)
            copy_host(out, strrchr(rest, '_') + 1, strlen(rest));
        return false;
    }
    sscanf(rest, "%4x%4x", &vendor, &product);
    out->key = (struct usb_key){
        .kind = USB_KEY_IDS, .vendor = (uint16_t)vendor, .product = (uint16_t)product};
    if (serial)
        copy_part(out->key.serial, sizeof out->key.serial, serial + 1, strlen(serial));
    return true;
}

/* "/usb/HP_LaserJet_M1132?serial=X", "/net/HP_LaserJet_M1132?ip=A", "?hostname=H", "?zc=N" */
static bool take_hpaio(const char *rest, struct identity *out)
{
    const char *query = strchr(rest, '?'), *value = query ? strchr(query, '=') : NULL;
    const char *model = after(rest, "/usb/");
    if (!value)
        return false;
    value++;
    if (!model) {
        if (after(rest, "/net/"))
            copy_host(out, value, strcspn(value, "&"));
        return after(rest, "/net/") != NULL;
    }
    char name[USB_TEXT_SIZE];
    copy_part(name, sizeof name, model, (size_t)(query - model));
    copy_part(out->key.serial, sizeof out->key.serial, value, strcspn(value, "&"));
    out->key.kind = USB_KEY_SERIAL;
    if (serial_is_useful(out->key.serial))
        snprintf(out->text, sizeof out->text, "hpaio/%s/%s", name, out->key.serial);
    else
        snprintf(out->text, sizeof out->text, "hpaio/%s", name);
    return true;
}

/* Samsung's: "net;10.0.0.9", "usb;04e8;344f;SERIAL" */
static bool take_smfp(const char *rest, struct identity *out)
{
    unsigned vendor, product;
    int used = 0;
    const char *host = after(rest, "net;");
    if (host)
        copy_host(out, host, host_length(host, ";"));
    else if (sscanf(rest, "usb;%4x;%4x%n", &vendor, &product, &used) == 2 && used) {
        out->key = (struct usb_key){
            .kind = USB_KEY_IDS, .vendor = (uint16_t)vendor, .product = (uint16_t)product};
        if (rest[used] == ';')
            copy_part(out->key.serial, sizeof out->key.serial, rest + used + 1, strlen(rest));
    } else {
        return false;
    }
    return true;
}

/* "bus4;dev1": numbers of this run; "net1;dev0": its place in the vendor's configuration. */
static bool take_brother(const char *rest, struct identity *out)
{
    if (after(rest, "net")) {
        out->bus = BUS_NETWORK;
        return false;
    }
    if (!after(rest, "bus"))
        return false;
    out->key = (struct usb_key){.kind = USB_KEY_VENDOR, .vendor = 0x04f9};
    return true;
}

/* "net:192.168.1.20" of epson2, epsonds, magicolor, kodakaio; "tcp 192.168.1.20" of xerox_mfp. */
static bool take_host(const char *rest, struct identity *out)
{
    const char *host = after(rest, "net:");
    if (!host)
        host = after(rest, "tcp ");
    if (host)
        copy_host(out, host, host_length(host, ": "));
    return host != NULL;
}

/* "libusb:001:007", epkowa's "interpreter:001:007": the number of the bus and the address there. */
static bool take_address(const char *rest, struct identity *out)
{
    size_t length = strlen(rest);
    const char *tail = length >= 7 ? rest + length - 7 : rest;
    int used = 0;
    unsigned bus, address;
    if (sscanf(tail, "%3u:%3u%n", &bus, &address, &used) != 2 || used != 7 ||
        !(tail == rest || tail[-1] == ':'))
        return false;
    out->key = (struct usb_key){.kind = USB_KEY_ADDRESS, .bus = (int)bus, .address = (int)address};
    return true;
}

/* "usb:0x04F9:0x60E0" */
static bool take_ids(const char *rest, struct identity *out)
{
    unsigned vendor, product;
    if (sscanf(rest, "usb:0x%4x:0x%4x", &vendor, &product) != 2)
        return false;
    out->key = (struct usb_key){
        .kind = USB_KEY_IDS, .vendor = (uint16_t)vendor, .product = (uint16_t)product};
    return true;
}

/* "/dev/video0", utsushi's "esci:usb:/sys/devices/…/1-1.2:1.0" */
static bool take_node(const char *rest, struct identity *out)
{
    const char *node = after(rest, "/dev/") ? rest : strstr(rest, "/sys/");
    if (!node)
        return false;
    out->key.kind = USB_KEY_NODE;
    snprintf(out->key.node, sizeof out->key.node, "%s", node);
    return true;
}

static const struct name_form {
    const char *backend; /* NULL: any */
    name_form_fn *take;
} forms[] = {
    {"net", take_net},          {"sohoasim", take_simulator}, {"airscan", take_airscan},
    {"escl", take_escl},        {"pixma", take_pixma},        {"hpaio", take_hpaio},
    {"smfp", take_smfp},        {"brother", take_brother},    {"brother2", take_brother},
    {"brother3", take_brother}, {"brother4", take_brother},   {"brother5", take_brother},
    {NULL, take_host},          {NULL, take_address},         {NULL, take_ids},
    {NULL, take_node},
};

/* ---- text --------------------------------------------------------------------------------------
 */

static void write_usb(struct identity *out, const struct usb_facts *usb)
{
    const struct usb_key *key = &out->key;
    bool ids = key->kind == USB_KEY_IDS || usb;
    const char *serial = serial_is_useful(key->serial) ? key->serial : usb ? usb->serial : "";
    unsigned vendor = usb ? usb->vendor : key->vendor, product = usb ? usb->product : key->product;
    char part[USB_TEXT_SIZE];
    copy_part(part, sizeof part, serial, strlen(serial));
    if (!ids)
        snprintf(out->text, sizeof out->text, "%s", out->backend);
    else if (serial_is_useful(part))
        snprintf(out->text, sizeof out->text, "%s/%04x:%04x/%s", out->backend, vendor, product,
                 part);
    else
        snprintf(out->text, sizeof out->text, "%s/%04x:%04x%s%s", out->backend, vendor, product,
                 usb && *usb->port ? "@" : "", usb ? usb->port : "");
}

static void write_text(const char *rest, const struct usb_facts *usb, struct identity *out)
{
    if (out->key.kind != USB_KEY_NONE) {
        write_usb(out, usb);
        return;
    }
    const char *tail = *out->host && strcmp(out->backend, "pixma") != 0 ? out->host : rest;
    snprintf(out->text, sizeof out->text, "%s%s%.150s", out->backend, *tail ? "/" : "", tail);
}

void identity_make(const char *sane_name, const struct usb_facts *usb, struct identity *out)
{
    *out = (struct identity){.bus = BUS_OTHER};
    size_t length = strcspn(sane_name, ":");
    const char *rest = sane_name + length + (sane_name[length] == ':');
    copy_part(out->backend, sizeof out->backend, sane_name, length);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if ((!forms[i].backend || strcmp(forms[i].backend, out->backend) == 0) &&
            forms[i].take(rest, out))
            break;
    if (out->key.kind != USB_KEY_NONE && (out->key.kind != USB_KEY_NODE || usb))
        out->bus = BUS_USB;
    if (!*out->text)
        write_text(rest, usb, out);
    text_printable(out->text, out->text, sizeof out->text); /* a part may have been cut short */
    text_printable(out->host, out->host, sizeof out->host);
}
