#include "engine/aws/profile.h"

#include <errno.h>
#include <stdlib.h>

/* A '#' or ';' after white space begins a comment. */
static struct str without_comment(struct str line)
{
    for (size_t i = 0; i < line.len; i++)
        if ((line.ptr[i] == '#' || line.ptr[i] == ';') &&
            (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return str_slice(line, 0, i);
    return line;
}

/* A section's family, as the first word of its title says ("profile", "sso-session", "services"),
 * and its plain name.  No family: a section that nobody here reads. */
struct section {
    struct json *family;
    struct str name;
};

static struct section section_of(struct shared_config *into, struct str inside, bool prefixed)
{
    const struct {
        struct str word;
        struct json *family;
    } rows[] = {
        {STR("profile"), &into->profiles},
        {STR("sso-session"), &into->sso_sessions},
        {STR("services"), &into->services},
    };
    struct section s = {prefixed ? NULL : &into->profiles, str_trim(inside)};

    if (prefixed && str_eq(s.name, STR("default")))
        s.family = &into->profiles;
    for (size_t i = 0; prefixed && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (str_starts_with(s.name, rows[i].word) && s.name.len > rows[i].word.len &&
            strchr(" \t\"", s.name.ptr[rows[i].word.len])) {
            s.family = rows[i].family;
            s.name = str_trim(str_slice(s.name, rows[i].word.len, s.name.len));
            break;
        }
    if (s.name.len > 1 && s.name.ptr[0] == '"' && s.name.ptr[s.name.len - 1] == '"')
        s.name = str_slice(s.name, 1, s.name.len - 1);
    return s;
}

/* The object under that key, made when it is not there. */
static struct json *object_in(struct arena *a, struct json *parent, struct str key)
{
    if (json_get_str(parent, key)->kind != JSON_OBJECT)
        json_set(a, parent, arena_str(a, key), json_new_object());
    return (struct json *)json_get_str(parent, key);
}

static struct error *begin_section(struct arena *a, struct shared_config *into, struct str line,
                                   int number, bool prefixed, struct json **settings)
{
    size_t closing = str_find(line, ']');

    if (closing == line.len)
        return error_new(a, ERROR_INVALID, "line %d begins a section and lacks its ]", number);
    struct section s = section_of(into, str_slice(line, 1, closing), prefixed);
    *settings = s.family && s.name.len ? object_in(a, s.family, s.name) : NULL;
    return NULL;
}

static void ready(struct shared_config *c)
{
    if (c->profiles.kind != JSON_OBJECT)
        *c = (struct shared_config){json_new_object(), json_new_object(), json_new_object()};
}

struct error *shared_config_read(struct arena *a, struct str text, bool prefixed,
                                 struct shared_config *out)
{
    struct json *settings = NULL;
    struct str above = {0}; /* the setting that indented lines belong to */
    int number = 1;

    ready(out);
    for (struct str rest = text; rest.ptr; number++) {
        struct str line = str_cut(&rest, '\n');
        bool indented = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
        struct str value = str_trim(without_comment(line));
        if (value.len == 0)
            continue;
        if (value.ptr[0] == '[' && !indented) {
            TRY(begin_section(a, out, value, number, prefixed, &settings));
            above = (struct str){0};
            continue;
        }
        struct str key = arena_lower(a, str_trim(str_cut(&value, '=')));
        if (!settings || !value.ptr || !key.len)
            continue;
        struct json *into = settings;
        value = str_trim(value);
        if (indented && above.len)
            into = object_in(a, settings, above);
        else if (indented)
            continue;
        else
            above = value.len ? (struct str){0} : key;
        json_set(a, into, key, json_new_string(arena_str(a, value)));
    }
    return NULL;
}

static struct error *load_file(struct arena *a, struct str path, bool must_exist, bool prefixed,
                               struct shared_config *out)
{
    struct str full = path_expanded(a, path), text = {0};
    bool there = true;

    TRY(must_exist ? file_text(a, full, &text) : file_text_if_there(a, full, &text, &there));
    if (!there)
        return NULL;
    struct error *e = shared_config_read(a, text, prefixed, out);
    if (e)
        e->summary = arena_printf(a, STR_FMT ": " STR_FMT, STR_ARG(full), STR_ARG(e->summary));
    return e;
}

static const struct file_kind {
    const char *variable, *standard, *attribute;
    bool prefixed;
} config_file = {"AWS_CONFIG_FILE", "~/.aws/config", "shared_config_files", true},
  credentials_file = {"AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials",
                      "shared_credentials_files", false};

static struct error *load_files(struct arena *a, const struct file_kind *kind,
                                const struct str *paths, size_t count, struct shared_config *out)
{
    struct str variable = str_of(getenv(kind->variable));

    ready(out);
    for (size_t i = 0; i < count; i++)
        TRY(error_at(load_file(a, paths[i], true, kind->prefixed, out), str_of(kind->attribute)));
    if (count)
        return NULL;
    return load_file(a, variable.len ? variable : str_of(kind->standard), false, kind->prefixed,
                     out);
}

/* Key, secret and token are one setting in three parts: no part is taken from another file. */
static void forget_keys(struct arena *a, struct json *section)
{
    static const char *const parts[] = {"aws_access_key_id", "aws_secret_access_key",
                                        "aws_session_token"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        json_set(a, section, str_of(parts[i]), json_new_string(STR("")));
}

static void add_profiles(struct arena *a, struct json *into, const struct json *more)
{
    for (size_t i = 0; i < more->count; i++) {
        struct json *section = object_in(a, into, more->keys[i]);
        const struct json *later = &more->items[i];
        if (json_get(later, "aws_access_key_id")->kind == JSON_STRING)
            forget_keys(a, section);
        for (size_t k = 0; k < later->count; k++)
            json_set(a, section, later->keys[k], later->items[k]);
    }
}

struct error *shared_config_load(struct arena *a, const struct aws_config *config,
                                 struct shared_config *out)
{
    struct shared_config later = {0};

    *out = (struct shared_config){0};
    TRY(load_files(a, &config_file, config->config_files, config->config_file_count, out));
    TRY(load_files(a, &credentials_file, config->credentials_files, config->credentials_file_count,
                   &later));
    add_profiles(a, &out->profiles, &later.profiles);
    return NULL;
}

struct profile profile_of(const struct shared_config *files, struct str name)
{
    const struct json *settings = json_get_str(&files->profiles, name);

    return (struct profile){name, settings->kind == JSON_OBJECT, settings};
}

struct profile profile_in_force(const struct shared_config *files, const struct aws_config *config)
{
    struct str variable = str_of(getenv("AWS_PROFILE"));

    return profile_of(files, config->profile.len ? config->profile
                             : variable.len      ? variable
                                                 : STR("default"));
}

struct str profile_setting(const struct profile *p, const char *name)
{
    return json_string_or(json_get(p->settings, name), STR(""));
}
