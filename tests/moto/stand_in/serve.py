"""The HTTP server: binds, mends moto, seeds, says its URL, serves until told to stop."""
import os
import pathlib
import signal
import sys
import threading

from werkzeug.serving import WSGIRequestHandler, make_server

from . import catalog, events, fleet, front, health, iam, images, launch, seed, sqs, templates, world


class Handler(WSGIRequestHandler):
    """Keeps connections, as AWS does (werkzeug's own closes each after one answer), and sends an answer in one piece."""

    def run_wsgi(self):
        start = {}
        try:
            body = b"".join(self.server.app(self.make_environ(),
                                            lambda status, headers: start.update(status=status, headers=headers)))
            self.wfile.write(self.head(**start) + body)
        except ConnectionError:  # cut on request, or the client has gone
            self.close_connection = True

    def head(self, status, headers):
        names = {name.lower() for name, _ in headers}
        more = [("Date", self.date_time_string())] if "date" not in names else []
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in [*headers, *more]), "", ""]
        return "\r\n".join(lines).encode("latin-1")

    def log_request(self, *_):
        """GET /tenon/requests tells what was asked; a line each would drown what goes wrong."""


def run(arguments):
    for story in (iam, sqs, events, catalog, images, templates, launch, health, fleet):
        story.mend()
    world.settings.update(pending_ms=arguments.pending_ms, shutting_down_ms=arguments.shutting_down_ms)
    for name in arguments.seed_cluster:
        cluster, _, region = name.partition("@")
        seed.cluster(cluster, region or "us-east-1")
    server = make_server("127.0.0.1", arguments.port, front.Front(), threaded=True, request_handler=Handler)
    server.daemon_threads = True
    stop_on_signals()
    if arguments.with_parent:
        threading.Thread(target=stop_with_parent, daemon=True).start()
    announce(f"http://127.0.0.1:{server.port}", arguments.ready_file)
    server.serve_forever()


def stop_on_signals():
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os._exit(0))


def stop_with_parent():
    """The parent holds the other end of our standard input; the kernel closes it whatever kills the parent."""
    while os.read(0, 4096):
        pass
    os._exit(0)


def announce(url, ready_file):
    """The file appears whole: a reader never sees half a URL."""
    if ready_file:
        part = pathlib.Path(ready_file + ".part")
        part.write_text(url + "\n")
        part.rename(ready_file)
    print(url)
    sys.stdout.flush()
