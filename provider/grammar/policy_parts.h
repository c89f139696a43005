#ifndef PROVIDER_GRAMMAR_POLICY_PARTS_H
#define PROVIDER_GRAMMAR_POLICY_PARTS_H

#include "provider/grammar/faults.h"
#include "provider/grammar/policy.h"

/* Private to the policy grammar: what its files share. */

/* How a kind differs from the others. */
struct policy_rules {
    const char *name;       /* "a trust policy" */
    const char *service;    /* whose actions alone it may name; NULL: any */
    bool of_iam;            /* kept by IAM: Latin-1, statement ids of letters and digits */
    bool is_2012;           /* no other version */
    bool principals;        /* wants them; else it may have none */
    bool resources;         /* wants them; else it may have none */
    size_t most_characters; /* without white space */
    size_t most_statements; /* 0: any number */
    size_t most_actions;    /* of a statement; 0: any number */
};

struct policy_reader {
    struct faults faults;
    const struct policy_rules *rules;
    bool has_variables; /* the version has them */
};

void check_action(struct policy_reader *r, const struct spot *at);
void check_resource(struct policy_reader *r, const struct spot *at);
void check_principal(struct policy_reader *r, const struct spot *at);
void check_condition(struct policy_reader *r, const struct spot *at);
/* Of a text that may have variables: ${...}. */
void check_variables(struct policy_reader *r, const struct spot *at);

/* A text, or a list of texts that is not empty: `check` is called for each. */
void each_text(struct policy_reader *r, const struct spot *at,
               void (*check)(struct policy_reader *r, const struct spot *at));

#endif
