#include "engine/objects/documents.h"
#include "engine/host/inside.h"

const struct document_port host_documents = {documents_parse_pool, documents_drift_text};
