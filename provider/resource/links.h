#ifndef PROVIDER_RESOURCE_LINKS_H
#define PROVIDER_RESOURCE_LINKS_H

#include "engine/base/str.h"

/* What this provider put in place, by names that AWS knows it by.  An attachment, a rule or a
 * target is nothing but such a name: where Terraform makes it anew under the same name before it
 * destroys the old one (create_before_destroy, or two blocks of which one goes), both are one to
 * AWS, and the destroy would take away what was made last.  Counts for as long as the provider is
 * configured, which is one command of Terraform's.  Any thread. */
struct links;

struct links *links_new(void);
void links_free(struct links *l);

void links_note(struct links *l, struct str key);
bool links_has(struct links *l, struct str key);

#endif
