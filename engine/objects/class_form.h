#ifndef ENGINE_OBJECTS_CLASS_FORM_H
#define ENGINE_OBJECTS_CLASS_FORM_H

#include "engine/objects/class_document.h"

extern const struct form class_form;
/* Parts of it with rules of their own. */
extern const struct form kubelet_form;
extern const struct form image_term_form, subnet_term_form, group_term_form;

/* The family that an alias such as al2023@latest names; false when it names none. */
bool alias_family(struct str alias, enum ami_family *out);
/* The family of a class: as written, else the alias's, else AL2023. */
enum ami_family family_of(const struct json *document);

/* Rules of a list of image terms. */
void check_image_terms(struct reader *r, const struct place *at, const struct json *j,
                       const void *filled);

#endif
