#ifndef ENGINE_OBJECTS_USER_DATA_H
#define ENGINE_OBJECTS_USER_DATA_H

#include "engine/objects/class_document.h"

/* A class's own user data, taken apart.
 *
 * It is one thing that cloud-init tells by its first line (a script, cloud-config), on AL2023 also
 * a bare NodeConfig, or a multipart MIME message of such.  nodeadm, which joins a node of AL2023,
 * looks at the parts of type application/node.eks.aws at the top of a message and merges them, the
 * last one winning; it refuses the whole message for one part that it cannot read. */
enum { USER_DATA_LIMIT = 16 * 1024 }; /* EC2's, of the plain bytes before base64 */

#define USER_DATA_NODE_CONFIG "application/node.eks.aws"

struct user_part {
    struct str text; /* as it stands in a message: header lines, a blank line, the body */
    struct str type; /* of its Content-Type, without parameters; empty: none is stated */
    struct str body;
};
struct user_parts {
    struct user_part *items;
    size_t count, capacity;
};

void user_part_add(struct arena *a, struct user_parts *parts, const char *content_type,
                   struct str body);

/* ERROR_INVALID (path user_data) for MIME that cannot be taken apart, with the part at fault. Parts
 * borrow from `text`; a text of blanks has none. */
MUST_CHECK struct error *user_data_split(struct arena *a, enum ami_family family, struct str text,
                                         struct user_parts *out);

/* Does one of the user's own NodeConfigs say spec.cluster.cidr? */
bool user_data_states_cidr(struct arena *a, const struct node_class *c);

#endif
