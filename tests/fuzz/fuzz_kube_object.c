/* room: engine/adapters
 * Whatever is put into a custom resource by hand is a record that can be read, or an error; and its
 * status is one that stays when it is looked at again. */
#include <assert.h>

#include "engine/adapters/kube_records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(struct arena *a, enum custom_kind kind, struct json *object)
{
    struct store_record r;
    struct error *faults;
    struct str text;
    struct json body;

    if (!kube_record_of(a, kind, object, &r, &faults))
        assert(r.kind.len && r.key.len && r.body.ptr);
    if (kind != CUSTOM_POOL && kind != CUSTOM_CLASS)
        return;
    assert(!json_parse(a, r.body, &body) && body.kind == JSON_OBJECT);
    kube_with_status(a, kind, object, STR(""), 1000, &text);
    assert(!kube_with_status(a, kind, object, STR(""), 2000, &text));
    if (kube_spec_to_hold(a, object, &text))
        assert(!kube_spec_to_hold(a, object, &text));
    kube_spec_let_go(a, object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct str text = {(const char *)data, size};
    struct json object;

    for (enum custom_kind kind = 0; kind < CUSTOM_KINDS; kind++) {
        if (json_parse(&a, text, &object) || object.kind != JSON_OBJECT)
            return 0;
        look_at(&a, kind, &object);
    }
    return 0;
}
