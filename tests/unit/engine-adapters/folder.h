#ifndef TESTS_UNIT_ENGINE_ADAPTERS_FOLDER_H
#define TESTS_UNIT_ENGINE_ADAPTERS_FOLDER_H

/* What tests of files on disk share; included after cmocka.h. */

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/str.h"

/* A folder of a test's own, with an arena for what the test makes. */
struct folder {
    struct arena arena;
    char path[64];
};

static inline void folder_make(struct folder *f)
{
    snprintf(f->path, sizeof(f->path), "/tmp/tenon-manifests-XXXXXX");
    assert_non_null(mkdtemp(f->path));
}

static inline void folder_remove(struct folder *f)
{
    struct str command = arena_printf(&f->arena, "rm -rf '%s'", f->path);
    assert_int_equal(system(command.ptr), 0);
    arena_free(&f->arena);
}

static inline struct str path_of(struct folder *f, const char *name)
{
    return arena_printf(&f->arena, "%s/%s", f->path, name);
}

/* In place, as `>` in a shell does it. */
static inline void write_file(struct str path, const char *text)
{
    FILE *f = fopen(path.ptr, "we");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    fclose(f);
}

static inline const char *deployment(struct folder *f, const char *name, int replicas)
{
    return arena_printf(&f->arena,
                        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s}\n"
                        "spec:\n  replicas: %d\n  template:\n    spec:\n      containers:\n"
                        "      - {name: c, resources: {requests: {cpu: '1'}}}\n",
                        name, replicas)
        .ptr;
}

#endif
