#ifndef ENGINE_LOOP_LEARNING_H
#define ENGINE_LOOP_LEARNING_H

#include "engine/loop/nodes.h"

/* How much memory nodes of a type really have for pods.  What is reckoned of it beforehand is a
 * little off, for a hypervisor takes what nobody states; a pod that fits by the reckoning and not
 * on the node would buy one node after the other.  So what the first node of a class and a type
 * says is believed of the next ones before they are there, and of several nodes the least.
 *
 * It is remembered as long as the engine runs and the class stays as it is; to the next engine the
 * nodes that are there say it again. */
struct learnt {
    int64_t memory_bytes;
    size_t type_length;
    char type[32]; /* longer ones are not learnt of: EC2 has none */
};

/* From the claim's node, which is known to be ready; false: its class has no catalog yet. */
bool learning_look(struct state *s, struct claim_entry *c);
/* Puts what is known into a catalog of the class that has just come. */
void learning_apply(const struct class_entry *c, struct instance_type *types, size_t count);
void learning_forget(struct class_entry *c);

#endif
