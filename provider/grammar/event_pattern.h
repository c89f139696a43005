#ifndef PROVIDER_GRAMMAR_EVENT_PATTERN_H
#define PROVIDER_GRAMMAR_EVENT_PATTERN_H

#include "engine/base/error.h"

/* EventBridge's language of event patterns: objects down to lists, of which one value has to match;
 * a value is a text, number, boolean or null, or an object with one matcher.  Every fault is found,
 * with its JSON pointer and position.  "" passes: no pattern. */
MUST_CHECK struct error *check_event_pattern(struct arena *a, struct str value);

#endif
