#include "engine/loop/learning.h"

#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/base/memory.h"

static struct learnt *find(const struct class_entry *c, struct str type)
{
    for (size_t i = 0; i < c->learnt_count; i++)
        if (str_eq(type, (struct str){c->learnt[i].type, c->learnt[i].type_length}))
            return &c->learnt[i];
    return NULL;
}

static struct learnt *add(struct class_entry *c, struct str type)
{
    struct learnt new = {.memory_bytes = INT64_MAX, .type_length = type.len};

    if (type.len > sizeof(new.type))
        return NULL;
    memcpy(new.type, type.ptr, type.len);
    c->learnt = must_have(realloc(c->learnt, (c->learnt_count + 1) * sizeof(*c->learnt)));
    c->learnt[c->learnt_count] = new;
    return &c->learnt[c->learnt_count++];
}

/* The types are the class's own copies (fold.c). */
static struct instance_type *type_of(const struct class_entry *c, struct str name)
{
    return (struct instance_type *)(uintptr_t)catalog_type(&c->catalog, name);
}

static void learn(struct state *s, struct class_entry *class, struct instance_type *type,
                  int64_t has)
{
    struct learnt *known = find(class, type->name);

    if (!known)
        known = add(class, type->name);
    if (!known || known->memory_bytes <= has)
        return;
    known->memory_bytes = has;
    if (type->allocatable.amount[RESOURCE_MEMORY] == has)
        return;
    log_event(LOG_INFO, "learnt", LOG_STR("class", class->name.key), LOG_STR("type", type->name),
              LOG_INT("reckoned_memory_bytes", type->allocatable.amount[RESOURCE_MEMORY]),
              LOG_INT("memory_bytes", has));
    type->allocatable.amount[RESOURCE_MEMORY] = has;
    s->catalog_count++; /* the catalog is another now */
}

bool learning_look(struct state *s, struct claim_entry *c)
{
    struct class_entry *class = state_class(s, c->node_class);
    struct instance_type *type = class ? type_of(class, c->claim.instance_type) : NULL;
    int64_t has = c->known->said->allocatable.amount[RESOURCE_MEMORY];

    if (type && has > 0)
        learn(s, class, type, has);
    return class && class->answer;
}

void learning_apply(const struct class_entry *c, struct instance_type *types, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct learnt *known = find(c, types[i].name);
        if (known)
            types[i].allocatable.amount[RESOURCE_MEMORY] = known->memory_bytes;
    }
}

void learning_forget(struct class_entry *c)
{
    free(c->learnt);
    c->learnt = NULL;
    c->learnt_count = 0;
}
