/* room: provider/grammar
 * The small languages of rules, targets and queues: any bytes have an answer that says something.
 */
#include <assert.h>

#include "provider/grammar/arn.h"
#include "provider/grammar/event_target.h"
#include "provider/grammar/names.h"
#include "provider/grammar/redrive.h"
#include "provider/grammar/schedule.h"
#include "provider/grammar/value_forms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct error *(*const checks[])(struct arena * a, struct str value) = {
        check_schedule,    check_redrive_policy,  check_redrive_allow_policy,
        check_target_arn,  check_json_path,       check_policy_arn,
        check_role_of_iam, check_dead_letter_arn, check_policy_path,
        check_iam_path,    check_role_name,       check_queue_url,
    };
    ARENA_AUTO a = {0};
    struct str text = {(const char *)data, size}, rest = text, key = str_cut(&rest, '=');

    for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
        for (const struct error *e = checks[i](&a, text); e; e = e->next)
            assert(e->summary.len);
    for (const struct error *e = check_iam_tags(&a, &key, &rest, 1); e; e = e->next)
        assert(e->summary.len);
    for (const struct error *e = check_template(&a, text, &key, 1); e; e = e->next)
        assert(e->summary.len);
    for (const struct error *e = check_input_paths(&a, &key, &rest, 1); e; e = e->next)
        assert(e->summary.len);
    /* What compares with dates and addresses may be any text. */
    assert(!is_date(text) || size);
    assert(!is_ip_range(text) || size);
    assert(!is_number(text) || size);
    redrive_target(&a, text);
    return 0;
}
