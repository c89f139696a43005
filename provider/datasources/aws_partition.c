#include "engine/aws/aws.h"
#include "provider/resource/call.h"

struct partition {
    struct tf_string dns_suffix, id, partition, reverse_dns_prefix;
};

/* clang-format off */
static const struct attr partition_attrs[] = {
    ATTR(partition, dns_suffix,         COMPUTED, .describe = "What its host names end in, such as `amazonaws.com`."),
    ATTR(partition, id,                 OPTIONAL | COMPUTED, .describe = "The name again."),
    ATTR(partition, partition,          COMPUTED, .describe = "Its name in ARNs: `aws`, `aws-cn`, `aws-us-gov`."),
    ATTR(partition, reverse_dns_prefix, COMPUTED, .describe = "The suffix from behind, such as `com.amazonaws`."),
};
/* clang-format on */

/* "amazonaws.com.cn" becomes "cn.com.amazonaws". */
static struct str reversed(struct arena *a, struct str name)
{
    struct str out = STR("");

    for (struct str rest = name; rest.ptr;) {
        struct str part = str_cut(&rest, '.');
        out =
            arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(part), out.len ? "." : "", STR_ARG(out));
    }
    return out;
}

static struct error *partition_read(struct call *c, void *model)
{
    struct partition *m = model;

    m->partition = m->id = tf_string_of(call_partition(c));
    m->dns_suffix = tf_string_of(aws_dns_suffix_of(call_region(c)));
    m->reverse_dns_prefix = tf_string_of(reversed(c->arena, m->dns_suffix.v));
    return NULL;
}

extern const struct resource_type data_aws_partition;
const struct resource_type data_aws_partition = {
    .name = "aws_partition",
    .describe = "The partition of AWS that the provider's region lies in.",
    .subcategory = "Meta",
    .model = MODEL(partition, partition_attrs),
    .read = partition_read,
};
