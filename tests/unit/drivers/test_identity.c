#include "drivers/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct usb_facts with_serial = {
    .vendor = 0x04b8, .product = 0x0142, .bus = 1, .address = 7, .serial = "K2", .port = "1-1.4"};
static const struct usb_facts without_serial = {
    .vendor = 0x04a9, .product = 0x190f, .bus = 3, .address = 4, .port = "3-2"};
static const struct usb_facts worthless_serial = {
    .vendor = 0x04a9, .product = 0x190f, .serial = "000000000000", .port = "3-2"};

static void a_name_of_every_backend_has_its_identity(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const struct usb_facts *usb;
        const char *identity, *bus, *host;
    } cases[] = {
        /* USB */
        {"pixma:04A91909_31D2C4", NULL, "pixma/04a9:1909/31D2C4", "usb", ""},
        {"pixma:04A91909", NULL, "pixma/04a9:1909", "usb", ""},
        {"pixma:04A9190F", &without_serial, "pixma/04a9:190f@3-2", "usb", ""},
        {"epson2:libusb:001:007", &with_serial, "epson2/04b8:0142/K2", "usb", ""},
        {"epson2:libusb:001:007", NULL, "epson2", "usb", ""},
        {"genesys:libusb:003:004", &without_serial, "genesys/04a9:190f@3-2", "usb", ""},
        {"genesys:libusb:003:004", &worthless_serial, "genesys/04a9:190f@3-2", "usb", ""},
        {"canon_dr:libusb:001:003", &with_serial, "canon_dr/04b8:0142/K2", "usb", ""},
        {"epjitsu:libusb:001:011", &with_serial, "epjitsu/04b8:0142/K2", "usb", ""},
        {"hp5590:libusb:001:011", &with_serial, "hp5590/04b8:0142/K2", "usb", ""},
        {"plustek:libusb:002:011", &with_serial, "plustek/04b8:0142/K2", "usb", ""},
        {"avision:libusb:002:011", &with_serial, "avision/04b8:0142/K2", "usb", ""},
        {"snapscan:libusb:002:011", &with_serial, "snapscan/04b8:0142/K2", "usb", ""},
        {"artec_eplus48u:libusb:002:011", &with_serial, "artec_eplus48u/04b8:0142/K2", "usb", ""},
        {"xerox_mfp:libusb:002:011", &with_serial, "xerox_mfp/04b8:0142/K2", "usb", ""},
        {"kvs20xx:libusb:002:011", &with_serial, "kvs20xx/04b8:0142/K2", "usb", ""},
        {"epkowa:interpreter:001:007", &with_serial, "epkowa/04b8:0142/K2", "usb", ""},
        {"brother4:bus4;dev1", &with_serial, "brother4/04b8:0142/K2", "usb", ""},
        {"brother4:bus4;dev1", NULL, "brother4", "usb", ""},
        {"dsseries:usb:0x04F9:0x60E0", NULL, "dsseries/04f9:60e0", "usb", ""},
        {"smfp:usb;04e8;344f;Z5HB", NULL, "smfp/04e8:344f/Z5HB", "usb", ""},
        {"v4l:/dev/video0", &with_serial, "v4l/04b8:0142/K2", "usb", ""},
        {"v4l:/dev/video0", NULL, "v4l", "other", ""},
        {"imagescan:esci:usb:/sys/devices/pci0000:00/usb1/1-1/1-1:1.0", &without_serial,
         "imagescan/04a9:190f@3-2", "usb", ""},
        {"hpaio:/usb/HP_LaserJet_M1132_MFP?serial=000QH1", NULL,
         "hpaio/HP_LaserJet_M1132_MFP/000QH1", "usb", ""},
        {"hpaio:/usb/HP_LaserJet_M1132_MFP?serial=000QH1", &with_serial,
         "hpaio/HP_LaserJet_M1132_MFP/000QH1", "usb", ""},
        /* network */
        {"airscan:e0:Brother MFC", NULL, "airscan/Brother MFC", "net", ""},
        {"airscan:w13:Brother MFC", NULL, "airscan/Brother MFC", "net", ""},
        {"airscan:e1f:HP A/B", NULL, "airscan/HP A_B", "net", ""},
        {"escl:https://192.168.1.5:443", NULL, "escl/192.168.1.5", "net", "192.168.1.5"},
        {"escl:http://[fe80::1]:80/eSCL", NULL, "escl/[fe80::1]", "net", "[fe80::1]"},
        {"escl:http://127.0.0.1:60001", NULL, "escl/127.0.0.1:60001", "net", "127.0.0.1:60001"},
        {"epson2:net:192.168.1.20", NULL, "epson2/192.168.1.20", "net", "192.168.1.20"},
        {"epsonds:net:printer.lan", NULL, "epsonds/printer.lan", "net", "printer.lan"},
        {"xerox_mfp:tcp 10.0.0.9", NULL, "xerox_mfp/10.0.0.9", "net", "10.0.0.9"},
        {"smfp:net;10.0.0.9", NULL, "smfp/10.0.0.9", "net", "10.0.0.9"},
        {"pixma:MF4410_192.168.0.5", NULL, "pixma/MF4410_192.168.0.5", "net", "192.168.0.5"},
        {"hpaio:/net/Officejet_6500?ip=10.5.50.35&queue=false", NULL, "hpaio/10.5.50.35", "net",
         "10.5.50.35"},
        {"brother4:net1;dev0", NULL, "brother4/net1;dev0", "net", ""},
        {"net:host:pixma:04A91909_31D2C4", NULL, "net/host/pixma/04a9:1909/31D2C4", "net", "host"},
        {"net:[fe80::2]:epson2:libusb:001:007", NULL, "net/[fe80::2]/epson2", "net", "[fe80::2]"},
        {"net:host:test:0", NULL, "net/host/test/0", "net", "host"},
        /* nothing in the name changes */
        {"fujitsu:fi-7160:12345", NULL, "fujitsu/fi-7160:12345", "other", ""},
        {"kodak:/dev/sg1", NULL, "kodak", "other", ""},
        {"test:0", NULL, "test/0", "other", ""},
        {"pnm:0", NULL, "pnm/0", "other", ""},
        {"test", NULL, "test", "other", ""},
        {"", NULL, "", "other", ""},
        {"sohoasim:counter", NULL, "sohoasim/counter", "other", ""},
        {"sohoasim:counter@7", NULL, "sohoasim/counter", "other", ""},
        {"sohoasim:counter@x", NULL, "sohoasim/counter@x", "other", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct identity identity;
        identity_make(cases[i].name, cases[i].usb, &identity);
        if (strcmp(identity.text, cases[i].identity) != 0)
            print_message("%s\n", cases[i].name);
        assert_string_equal(identity.text, cases[i].identity);
        assert_string_equal(device_bus_name(identity.bus), cases[i].bus);
        assert_string_equal(identity.host, cases[i].host);
    }
}

static void a_name_tells_what_to_look_for_on_usb(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct usb_key key;
    } cases[] = {
        {"genesys:libusb:003:014", {.kind = USB_KEY_ADDRESS, .bus = 3, .address = 14}},
        {"pixma:04A91909_AB",
         {.kind = USB_KEY_IDS, .vendor = 0x04a9, .product = 0x1909, .serial = "AB"}},
        {"hpaio:/usb/X?serial=AB", {.kind = USB_KEY_SERIAL, .serial = "AB"}},
        {"brother4:bus4;dev1", {.kind = USB_KEY_VENDOR, .vendor = 0x04f9}},
        {"v4l:/dev/video0", {.kind = USB_KEY_NODE, .node = "/dev/video0"}},
        {"escl:https://192.168.1.5:443", {.kind = USB_KEY_NONE}},
        {"fujitsu:fi-7160:12345", {.kind = USB_KEY_NONE}},
        {"epson2:net:10.0.0.1:007", {.kind = USB_KEY_NONE}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct identity identity;
        identity_make(cases[i].name, NULL, &identity);
        assert_int_equal(identity.key.kind, cases[i].key.kind);
        assert_int_equal(identity.key.bus, cases[i].key.bus);
        assert_int_equal(identity.key.address, cases[i].key.address);
        assert_int_equal(identity.key.vendor, cases[i].key.vendor);
        assert_int_equal(identity.key.product, cases[i].key.product);
        assert_string_equal(identity.key.serial, cases[i].key.serial);
        assert_string_equal(identity.key.node, cases[i].key.node);
    }
}

static void a_device_plugged_in_again_keeps_its_identity(void **state)
{
    (void)state;
    struct usb_facts again = with_serial;
    struct identity before, after;
    again.address = 19;
    strcpy(again.port, "2-3"); /* another socket, too: it has a serial */
    identity_make("epson2:libusb:001:007", &with_serial, &before);
    identity_make("epson2:libusb:002:019", &again, &after);
    assert_string_equal(before.text, after.text);
}

static void names_of_any_length_and_bytes_fit(void **state)
{
    (void)state;
    static const char *const starts[] = {"net:",
                                         "net:[",
                                         "airscan:e0:",
                                         "escl:http://",
                                         "pixma:",
                                         "hpaio:/usb/",
                                         "smfp:usb;04e8;344f;",
                                         "v4l:/dev/",
                                         "sohoasim:",
                                         "x"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        char name[2000];
        memset(name, i % 2 ? 0xc3 : '7', sizeof name - 1);
        memcpy(name, starts[i], strlen(starts[i]));
        name[sizeof name - 1] = 0;
        struct identity identity;
        identity_make(name, NULL, &identity);
        assert_true(strlen(identity.text) < sizeof identity.text);
    }
    struct identity nested;
    identity_make("net:a:net:b:net:c:test:0", NULL, &nested);
    assert_string_equal(nested.text, "net/a/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_of_every_backend_has_its_identity),
        cmocka_unit_test(a_name_tells_what_to_look_for_on_usb),
        cmocka_unit_test(a_device_plugged_in_again_keeps_its_identity),
        cmocka_unit_test(names_of_any_length_and_bytes_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
