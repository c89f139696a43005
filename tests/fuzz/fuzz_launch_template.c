/* room: provider/resources
 * Whatever EC2 tells of a launch template's version is read or refused, and what was read can be
 * told to EC2 again. */
#include <assert.h>

#include "provider/resource/schema.h"
#include "provider/resources/launch_template_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct resource_type aws_launch_template;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO a = {0};
    struct launch_template read = {0};
    struct xml told;
    struct str text = {(const char *)data, size};

    struct error *e = xml_parse(&a, text, &told);
    if (!e)
        e = launch_template_take(&a, &aws_launch_template.model, &told, &read);
    if (!e)
        assert(launch_template_data(&a, &aws_launch_template.model, &read).kind == JSON_OBJECT);
    return 0;
}
