#include "engine/base/log.h"

#include <errno.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/buf.h"

/* go-plugin reads lines through a buffer of 64 KiB and chops what is longer. */
enum { LINE_BYTES = 60 * 1024, VALUE_BYTES = 16 * 1024 };

/* The one process-wide state of base: written by log_init before there are threads, then read. */
static struct {
    enum log_form form;
    enum log_level level;
} log_settings = {.form = LOG_PLAIN, .level = LOG_INFO};

static const char *const level_names[] = {"trace", "debug", "info", "warn", "error"};

/* Terraform's words; JSON asks for everything, and so does a word that nobody knows, because
 * whoever set it wanted to see something. */
static enum log_level level_of(const char *word)
{
    for (size_t i = 0; i < sizeof(level_names) / sizeof(*level_names); i++)
        if (!strcasecmp(word, level_names[i]))
            return (enum log_level)i;
    return strcasecmp(word, "off") ? LOG_TRACE : LOG_OFF;
}

void log_init(enum log_form form)
{
    static const char *const variables[] = {"TF_LOG_PROVIDER", "TF_LOG", "TENON_LOG"};

    log_settings.form = form;
    log_settings.level = form == LOG_HCLOG ? LOG_OFF : LOG_INFO;
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
        const char *word = getenv(variables[i]);
        if (word && *word) {
            log_settings.level = level_of(word);
            return;
        }
    }
}

bool log_wants(enum log_level level)
{
    return level != LOG_OFF && level >= log_settings.level;
}

static void add_escaped_char(struct buf *b, struct str character)
{
    unsigned char c = (unsigned char)character.ptr[0];

    if (c == '"' || c == '\\')
        buf_printf(b, "\\%c", c);
    else if (c == '\n')
        buf_add(b, STR("\\n"));
    else if (c < 0x20 || c == 0x7f)
        buf_printf(b, "\\u%04x", c);
    else
        buf_add(b, character);
}

/* Quoted, valid JSON whatever the bytes; cut with an ellipsis when the value or the line is full.
 */
static void add_quoted(struct buf *b, struct str s)
{
    size_t room = b->len < LINE_BYTES ? LINE_BYTES - b->len : 0;
    size_t end = b->len + (room < VALUE_BYTES ? room : VALUE_BYTES);

    buf_add_char(b, '"');
    while (s.len > 0) {
        size_t n = str_utf8_length(s);
        if (b->len >= end) {
            buf_add(b, STR("\xe2\x80\xa6"));
            break;
        }
        if (n)
            add_escaped_char(b, str_slice(s, 0, n));
        else
            buf_add(b, STR("\xef\xbf\xbd"));
        s = str_slice(s, n ? n : 1, s.len);
    }
    buf_add_char(b, '"');
}

/* RFC 3339 in UTC with exactly six fraction digits: Terraform takes a line with any other form for
 * plain text. */
static struct str timestamp(struct arena *a)
{
    struct timespec now;
    struct tm t;
    char text[64];

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &t);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &t);
    return arena_printf(a, "%s.%06ldZ", text, now.tv_nsec / 1000);
}

static void add_hclog(struct buf *b, enum log_level level, struct str event,
                      const struct log_field *fields, size_t count)
{
    buf_printf(b, "{\"@level\":\"%s\",\"@timestamp\":\"" STR_FMT "\",\"@module\":\"tenon\"",
               level_names[level], STR_ARG(timestamp(b->arena)));
    buf_add(b, STR(",\"@message\":"));
    add_quoted(b, event);
    for (size_t i = 0; i < count && b->len < LINE_BYTES; i++) {
        buf_add_char(b, ',');
        add_quoted(b, str_of(fields[i].key));
        buf_add_char(b, ':');
        if (fields[i].is_int)
            buf_printf(b, "%lld", (long long)fields[i].number);
        else
            add_quoted(b, fields[i].text);
    }
    buf_add_char(b, '}');
}

static bool needs_quotes(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || (unsigned char)s.ptr[i] >= 0x7f || s.ptr[i] == '"' ||
            s.ptr[i] == '=')
            return true;
    return s.len == 0 || s.len > VALUE_BYTES;
}

static void add_plain(struct buf *b, enum log_level level, struct str event,
                      const struct log_field *fields, size_t count)
{
    buf_printf(b, STR_FMT " %-5s ", STR_ARG(timestamp(b->arena)), level_names[level]);
    for (size_t i = 0; i < event.len && i < VALUE_BYTES; i++) /* one event, one line */
        buf_add_char(b, (unsigned char)event.ptr[i] < ' ' ? ' ' : event.ptr[i]);
    for (size_t i = 0; i < count && b->len < LINE_BYTES; i++) {
        buf_printf(b, " %s=", fields[i].key);
        if (fields[i].is_int)
            buf_printf(b, "%lld", (long long)fields[i].number);
        else if (needs_quotes(fields[i].text))
            add_quoted(b, fields[i].text);
        else
            buf_add(b, fields[i].text);
    }
}

/* A pipe takes no more than 4 KiB in one piece, so lines are kept apart by stderr's own lock.  A
 * log that cannot be written is lost: there is nowhere to say so. */
static void write_whole(struct str line)
{
    flockfile(stderr);
    while (line.len > 0) {
        ssize_t n = write(STDERR_FILENO, line.ptr, line.len);
        if (n < 0 && errno != EINTR)
            break;
        if (n > 0)
            line = str_slice(line, (size_t)n, line.len);
    }
    funlockfile(stderr);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t count)
{
    ARENA_AUTO a = {0};
    struct buf b = buf_in(&a);

    if (!log_wants(level))
        return;
    if (log_settings.form == LOG_HCLOG)
        add_hclog(&b, level, str_of(event), fields, count);
    else
        add_plain(&b, level, str_of(event), fields, count);
    buf_add_char(&b, '\n');
    write_whole(buf_str(&b));
}
