#ifndef PROVIDER_SCHEMA_COMMAND_H
#define PROVIDER_SCHEMA_COMMAND_H

/* `tenon schema`: documentation pages and tables of the provider and its types, on stdout or as
 * files in the Terraform registry's layout.  Part of the wiring, because the engine's commands may
 * not know the provider. */
int run_schema(int argc, char **argv);

#endif
