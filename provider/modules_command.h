#ifndef PROVIDER_MODULES_COMMAND_H
#define PROVIDER_MODULES_COMMAND_H

/* `tenon modules`: others' modules on this provider, without a change of theirs.  Part of the
 * wiring, for it asks the tables of types what there is. */
int run_modules(int argc, char **argv);

#endif
