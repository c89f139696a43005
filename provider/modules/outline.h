#ifndef PROVIDER_MODULES_OUTLINE_H
#define PROVIDER_MODULES_OUTLINE_H

#include "engine/base/error.h"

/* What the files of a module say of providers: which they require, and what they use of them. */
struct outline_names {
    struct str *items; /* each once, in the order in which they were met */
    size_t count, capacity;
};

/* An entry of required_providers. */
struct outline_entry {
    struct str local, source; /* the source is empty where none is said */
    struct str aliases;       /* configuration_aliases, as HCL has it: "[aws.replica]"; or empty */
};

struct outline {
    struct outline_names resources;    /* types: "aws_sqs_queue" */
    struct outline_names data_sources; /* types */
    struct outline_names functions;    /* "aws::arn_parse": the provider's local name first */
    struct outline_names configured;   /* local names of `provider` blocks */
    struct outline_entry *entries;
    size_t entry_count, entry_capacity;
};

/* Adds what a file says.  Everything that is kept is borrowed from `text` or the arena. */
MUST_CHECK struct error *outline_read_hcl(struct arena *a, struct str text, struct outline *out);
MUST_CHECK struct error *outline_read_json(struct arena *a, struct str text, struct outline *out);

/* Adds it unless it is there. */
void outline_name(struct arena *a, struct outline_names *names, struct str name);
/* Adds each function of a provider that is called somewhere in there. */
void outline_calls(struct arena *a, struct str text, struct outline *out);

#endif
