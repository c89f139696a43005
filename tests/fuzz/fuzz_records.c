/* room: engine/loop
 * A store of one record: "kind key" and, from the next line on, its body.  Any bytes are folded or
 * refused, and a claim that was taken is the same when it is written and read again. */
#include <stdint.h>
#include <stdlib.h>

#include "engine/base/log.h"
#include "engine/loop/claim_record.h"
#include "engine/loop/fold.h"
#include "engine/loop/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What cannot be read is logged, and here that is nearly all. */
__attribute__((constructor)) static void be_quiet(void)
{
    setenv("TENON_LOG", "off", 0);
    log_init(LOG_PLAIN);
}

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static struct error *no_pool(struct arena *a, struct str document, struct resource_table *resources,
                             struct pool *out)
{
    (void)resources, (void)out;
    return error_new(a, ERROR_INVALID, "%zu bytes", document.len);
}

static struct error *no_text(struct arena *a, struct str pool, struct str class, struct str *out)
{
    (void)out;
    return error_new(a, ERROR_INVALID, "%zu bytes", pool.len + class.len);
}

static void fold(struct state *s, struct str kind, struct str key, struct str body)
{
    static const struct document_port documents = {no_pool, no_text};
    struct store_record record = {kind, key, body};
    struct event e = {
        .kind = EVENT_RECORDS, .complete = true, .records = &record, .record_count = 1};
    fold_records(s, &documents, &e, 1000);
}

static void written_and_read_again(struct arena *a, const struct state *s)
{
    struct state again;
    struct str once = claim_record_write(a, s, CLAIM_AT(s, 0));
    state_init(&again, s->cluster);
    fold(&again, STR("claim"), CLAIM_AT(s, 0)->id.key, once);
    demand(again.claims.count == 1);
    demand(str_eq(once, claim_record_write(a, &again, CLAIM_AT(&again, 0))));
    state_finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct state s;
    struct decision d = {0};
    struct str body = {(const char *)data, size}, key = str_cut(&body, '\n');
    struct str kind = str_cut(&key, ' ');

    state_init(&s, STR("moon"));
    fold(&s, kind, key, body.ptr ? body : STR(""));
    demand(picture_of(&a, &s, &d).len > 0);
    if (s.claims.count)
        written_and_read_again(&a, &s);
    state_finish(&s);
    return 0;
}
