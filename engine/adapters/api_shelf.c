#include "engine/adapters/api_shelf.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/base/memory.h"

struct shelf_item *shelf_find(const struct shelf *s, struct str name)
{
    return index_find(&s->items, name);
}

static struct str put_text(char **at, struct str text)
{
    struct str kept = {*at, text.len};

    if (text.len)
        memcpy(*at, text.ptr, text.len);
    *at += text.len;
    return kept;
}

static struct shelf_item *item_new(struct str name, struct str uid, struct str uses)
{
    size_t length = name.len + uid.len + uses.len;
    struct shelf_item *i = must_have(calloc(1, sizeof(*i) + length + 1));
    char *at = i->bytes;

    i->name.key = put_text(&at, name);
    i->uid = put_text(&at, uid);
    i->uses = put_text(&at, uses);
    return i;
}

struct shelf_item *shelf_put(struct shelf *s, struct str name, struct str uid, struct str uses)
{
    struct shelf_item *i = shelf_find(s, name);

    if (i && !(str_eq(i->uid, uid) && str_eq(i->uses, uses))) {
        shelf_remove(s, i);
        i = NULL;
    }
    if (!i) {
        i = item_new(name, uid, uses);
        index_add(&s->items, &i->name);
    }
    i->listing = s->listing;
    return i;
}

bool shelf_keep(struct shelf_item *i, struct str text)
{
    if (i->text && str_eq((struct str){i->text, i->text_length}, text))
        return false;
    free(i->text);
    i->text = must_have(malloc(text.len + 1));
    memcpy(i->text, text.ptr, text.len);
    i->text[text.len] = '\0';
    i->text_length = text.len;
    return true;
}

static void item_free(struct shelf_item *i)
{
    free(i->text);
    free(i);
}

void shelf_touch(struct shelf *s, struct shelf_item *i)
{
    s->touched += !i->touched;
    i->touched = true;
}

void shelf_settle(struct shelf *s, struct shelf_item *i)
{
    s->touched -= i->touched;
    i->touched = false;
}

void shelf_remove(struct shelf *s, struct shelf_item *i)
{
    shelf_settle(s, i);
    index_remove(&s->items, i->name.key);
    item_free(i);
}

bool shelf_sweep(struct shelf *s)
{
    struct index_walk w = {.of = &s->items};
    size_t before = s->items.count;

    for (struct shelf_item *i; (i = index_next(&w));)
        if (i->listing != s->listing)
            shelf_remove(s, i);
    return s->items.count < before;
}

void shelf_clear(struct shelf *s)
{
    struct index_walk w = {.of = &s->items};

    for (struct shelf_item *i; (i = index_next(&w));)
        item_free(i);
    index_free(&s->items);
    *s = (struct shelf){0};
}

static int by_name(const void *x, const void *y)
{
    return str_cmp((*(struct shelf_item *const *)x)->name.key,
                   (*(struct shelf_item *const *)y)->name.key);
}

struct shelf_item **shelf_sorted(struct arena *a, const struct shelf *s)
{
    struct shelf_item **all = ARENA_ARRAY(a, struct shelf_item *, s->items.count);
    struct index_walk w = {.of = &s->items};
    size_t count = 0;

    for (struct shelf_item *i; (i = index_next(&w));)
        all[count++] = i;
    if (count)
        qsort(all, count, sizeof(*all), by_name);
    return all;
}

/* Members that say who wrote an object, and when: another of them is no change to us.  Images and
 * addresses of a node are long, and nobody looks at them. */
static const char *const metadata_passed[] = {"managedFields", "resourceVersion", "generation",
                                              "selfLink", NULL};
static const char *const annotations_passed[] = {"kubectl.kubernetes.io/last-applied-configuration",
                                                 NULL};
static const char *const status_passed[] = {
    "images",          "volumesInUse", "volumesAttached", "nodeInfo",
    "daemonEndpoints", "addresses",    "runtimeHandlers", NULL};

static struct json without(struct arena *a, const struct json *object, const char *const *names)
{
    struct json out = json_new_object();

    for (size_t i = 0; i < object->count; i++) {
        bool passed = false;
        for (size_t k = 0; names[k]; k++)
            passed |= str_eq(object->keys[i], str_of(names[k]));
        if (!passed)
            json_set(a, &out, object->keys[i], object->items[i]);
    }
    return out;
}

static void replace(struct arena *a, struct json *object, const char *name,
                    const char *const *passed)
{
    const struct json *before = json_get(object, name);

    if (before->kind == JSON_OBJECT)
        json_set(a, object, str_of(name), without(a, before, passed));
}

struct str shelf_text(struct arena *a, const struct json *object, bool with_status)
{
    static const char *const nothing[] = {NULL}, *const status[] = {"status", NULL};
    struct json all = without(a, object, with_status ? nothing : status);
    const struct json *metadata = json_get(&all, "metadata");
    struct buf out = buf_in(a);

    if (metadata->kind == JSON_OBJECT) {
        struct json kept = without(a, metadata, metadata_passed);
        replace(a, &kept, "annotations", annotations_passed);
        json_set(a, &all, STR("metadata"), kept);
    }
    replace(a, &all, "status", status_passed);
    json_print(&out, &all, true);
    return buf_str(&out);
}

const struct json *shelf_tree(struct arena *a, const struct shelf_item *i)
{
    struct json *tree = ARENA_NEW(a, struct json);
    struct error *e = json_parse(a, arena_str(a, (struct str){i->text, i->text_length}), tree);

    assert(!e); /* it was written by shelf_text */
    return tree;
}
