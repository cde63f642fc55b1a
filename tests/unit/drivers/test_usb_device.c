#include "drivers/device_facts.h"
#include "drivers/sane_device.h"
#include "drivers/usb_device.h"

#include "daemon/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* sysfs and /dev of umockdev: this program starts itself again under umockdev-run. */

static const char bed[] =
    "P: /devices/pci0000:00/usb1/1-1/1-1.4\nN: bus/usb/001/007\nE: SUBSYSTEM=usb\n"
    "E: DEVTYPE=usb_device\nE: DEVNAME=/dev/bus/usb/001/007\nA: busnum=1\\n\nA: devnum=7\\n\n"
    "A: idVendor=04b8\\n\nA: idProduct=0142\\n\nA: manufacturer=EPSON\\n\n"
    "A: product=WF-3520 Series\\n\nA: serial=K2  \\n\n\n"
    "P: /devices/pci0000:00/usb1/1-1/1-1.4/1-1.4:1.0\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n"
    "A: bInterfaceNumber=00\\n\n\n"
    "P: /devices/pci0000:00/usb1/1-1/1-1.4/1-1.4:1.0/video4linux/video0\nN: video0\n"
    "E: SUBSYSTEM=video4linux\nE: DEVNAME=/dev/video0\n\n"
    "P: /devices/pci0000:00/usb3/3-2\nN: bus/usb/003/004\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
    "E: DEVNAME=/dev/bus/usb/003/004\nA: busnum=3\\n\nA: devnum=4\\n\nA: idVendor=04a9\\n\n"
    "A: idProduct=190f\\n\n\n"
    "P: /devices/pci0000:00/usb3/3-3\nN: bus/usb/003/005\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
    "E: DEVNAME=/dev/bus/usb/003/005\nA: busnum=3\\n\nA: devnum=5\\n\nA: idVendor=04f9\\n\n"
    "A: idProduct=0001\\n\nA: serial=SAME\\n\n\n"
    "P: /devices/pci0000:00/usb3/3-4\nN: bus/usb/003/006\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
    "E: DEVNAME=/dev/bus/usb/003/006\nA: busnum=3\\n\nA: devnum=6\\n\nA: idVendor=04f9\\n\n"
    "A: idProduct=0001\\n\nA: serial=SAME\\n\n\n";

static void a_device_is_found_by_what_its_name_says(void **state)
{
    (void)state;
    static const struct {
        const char *name, *identity;
    } cases[] = {
        {"epson2:libusb:001:007", "epson2/04b8:0142/K2"},
        {"genesys:libusb:003:004", "genesys/04a9:190f@3-2"},
        {"pixma:04A9190F", "pixma/04a9:190f@3-2"},
        {"v4l:/dev/video0", "v4l/04b8:0142/K2"},
        {"imagescan:esci:usb:/sys/devices/pci0000:00/usb1/1-1/1-1.4/1-1.4:1.0",
         "imagescan/04b8:0142/K2"},
        {"v4l:/dev/video1", "v4l"},
        {"genesys:libusb:009:004", "genesys"},
        {"kvs20xx:libusb:003:005", "kvs20xx/04f9:0001@3-3"}, /* its twin has the same serial */
        {"kvs20xx:libusb:003:006", "kvs20xx/04f9:0001@3-4"},
        {"brother4:bus3;dev1", "brother4"}, /* which of the two? */
        {"test:0", "test/0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct device_facts facts = {0};
        strcpy(facts.name, cases[i].name);
        device_facts_look_up(&facts);
        assert_string_equal(facts.identity.text, cases[i].identity);
    }
}

static void what_the_device_says_of_itself_is_told(void **state)
{
    (void)state;
    struct device_facts facts = {.name = "epson2:libusb:001:007"};
    device_facts_look_up(&facts);
    assert_string_equal(facts.vendor, "EPSON");
    assert_string_equal(facts.model, "WF-3520 Series");
    AUTO(js) struct js *told = device_facts_to_js(&facts);
    assert_string_equal(js_text_or(told, "bus", ""), "usb");
    assert_string_equal(js_text_or(told, "backend", ""), "epson2");
    assert_string_equal(js_text_or(told, "usb.vendor", ""), "04b8");
    assert_string_equal(js_text_or(told, "usb.product", ""), "0142");
    assert_string_equal(js_text_or(told, "usb.serial", ""), "K2");
    assert_string_equal(js_text_or(told, "usb.port", ""), "1-1.4");
    struct device_facts plain = {.name = "genesys:libusb:003:004"};
    device_facts_look_up(&plain);
    AUTO(js) struct js *other = device_facts_to_js(&plain);
    assert_true(js_at(other, "usb.serial") && js_is_null(js_at(other, "usb.serial")));
    assert_false(js_has(other, "host"));
    struct device_facts net = {.name = "escl:https://10.0.0.4:443", .vendor = "eSCL"};
    device_facts_look_up(&net);
    AUTO(js) struct js *far = device_facts_to_js(&net);
    assert_string_equal(js_text_or(far, "host", ""), "10.0.0.4");
    assert_string_equal(js_text_or(far, "vendor", ""), "eSCL");
    assert_null(js_at(far, "usb"));
}

static void a_reset_of_what_is_gone_says_so(void **state)
{
    (void)state;
    const struct usb_facts gone = {.bus = 9, .address = 99};
    struct err err = ERR_INIT;
    assert_int_equal(usb_device_reset(&gone, &err), ERR_NO_SCANNER);
}

static void a_device_on_usb_is_reset_there(void **state)
{
    (void)state;
    struct err err = ERR_INIT;
    bool by_usb = false;
    assert_int_equal(device_reset("genesys:libusb:003:004", &by_usb, &err), ERR_OK);
    assert_true(by_usb);
    assert_int_equal(device_reset("test:0", &by_usb, &err), ERR_OK); /* nothing on USB */
    assert_false(by_usb);
    assert_int_equal(device_reset("nosuch:0", &by_usb, &err), ERR_UNKNOWN_DEVICE);
}

static int run_under_umockdev(char *self)
{
    char file[] = "/tmp/sohoa-usb-XXXXXX", command[64];
    if (system("command -v umockdev-run >/dev/null 2>&1")) {
        print_message("SKIP: no umockdev-run here\n");
        return getenv("CI") ? 1 : 0;
    }
    int fd = mkstemp(file);
    assert_int_equal(write(fd, bed, sizeof bed - 1), sizeof bed - 1);
    close(fd);
    setenv("SOHOA_TEST_USB", "1", 1);
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 1);
    snprintf(command, sizeof command, "umockdev-run -d %s -- \"$0\"", file);
    char shell[] = "sh", option[] = "-c";
    char *const args[] = {shell, option, command, self, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        execv("/bin/sh", args);
        _exit(127);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    unlink(file);
    return status != 0;
}

int main(int argc, char **argv)
{
    (void)argc;
    if (!getenv("SOHOA_TEST_USB"))
        return run_under_umockdev(argv[0]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_is_found_by_what_its_name_says),
        cmocka_unit_test(what_the_device_says_of_itself_is_told),
        cmocka_unit_test(a_reset_of_what_is_gone_says_so),
        cmocka_unit_test(a_device_on_usb_is_reset_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
