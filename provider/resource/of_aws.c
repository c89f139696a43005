#include "provider/resource/of_aws.h"

#include "engine/base/time.h"

struct aws_call aws_call_of(struct call *c)
{
    return (struct aws_call){
        .client = c->aws,
        .arena = c->arena,
        .cancel = c->cancel,
        .deadline_ms = c->deadline_ms,
        .agent = c->agent,
    };
}

struct tf_map tags_from_aws(struct call *c, const struct aws_tags *tags)
{
    struct tf_map out = {.state = TF_KNOWN, .count = tags->count};

    out.keys = ARENA_ARRAY(c->arena, struct str, tags->count);
    out.v = ARENA_ARRAY(c->arena, struct str, tags->count);
    for (size_t i = 0; i < tags->count; i++) {
        out.keys[i] = tags->items[i].key;
        out.v[i] = tags->items[i].value;
    }
    return out;
}

struct tf_map tags_shown(struct call *c, const struct aws_tags *tags)
{
    struct tf_map all = tags_from_aws(c, tags), own = {0}, shown;

    call_tags_read(c, &all, &own, &shown);
    return shown;
}

struct str to_the_second(struct arena *a, struct str date)
{
    int64_t instant_ms;
    return time_parse(date, &instant_ms) ? time_format(a, instant_ms, false) : date;
}
