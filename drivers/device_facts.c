#include "drivers/device_facts.h"

#include "drivers/usb_device.h"

#include <stdio.h>

void device_facts_look_up(struct device_facts *facts)
{
    identity_make(facts->name, NULL, &facts->identity);
    facts->on_usb = usb_device_find(&facts->identity.key, &facts->usb);
    if (!facts->on_usb)
        return;
    identity_make(facts->name, &facts->usb, &facts->identity);
    if (!*facts->vendor)
        snprintf(facts->vendor, sizeof facts->vendor, "%s", facts->usb.vendor_name);
    if (!*facts->model)
        snprintf(facts->model, sizeof facts->model, "%s", facts->usb.product_name);
}

static struct js *usb_to_js(const struct usb_facts *usb)
{
    char vendor[8], product[8];
    snprintf(vendor, sizeof vendor, "%04x", usb->vendor);
    snprintf(product, sizeof product, "%04x", usb->product);
    return js_pack("{s:s, s:s, s:s?, s:s}", "vendor", vendor, "product", product, "serial",
                   *usb->serial ? usb->serial : NULL, "port", usb->port);
}

struct js *device_facts_to_js(const struct device_facts *facts)
{
    AUTO(js)
    struct js *o =
        js_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "name", facts->name, "vendor", facts->vendor,
                "model", facts->model, "type", facts->type, "backend", facts->identity.backend,
                "identity", facts->identity.text, "bus", device_bus_name(facts->identity.bus));
    bool ok = o && (!facts->on_usb || js_set(o, "usb", usb_to_js(&facts->usb))) &&
              (!*facts->identity.host || js_set(o, "host", js_text(facts->identity.host)));
    return ok ? TAKE(o) : NULL;
}
