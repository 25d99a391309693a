"""Scenarios: batches."""

from cozecheck.exchange import Exchange
from cozecheck.scenarios.files import batch_file, line
from cozecheck.scenarios.forms import form
from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario, told

NO_SUCH_BATCH = "batch_no_such_batch_4711"
WAITS = (0.15, 0.3, 0.6, 1.2)
"""Seconds before each look at a batch: a real one takes minutes or hours, and is then cancelled."""
OPEN = ("validating", "in_progress", "finalizing")
CHAT = {"endpoint": "/v1/chat/completions", "completion_window": "24h"}


@scenario("batches.run", "batches.*", "files.create", "errors.*", "transport.*")
def run(subject: Subject) -> Steps:
    """A batch of three requests, of which one is to be refused."""
    wrong = {**subject.ask("Say hello.", 8), "temperature": "hot"}
    good = (line("größe-1", subject.ask("Say hello.", 8)), line("2", subject.ask("Say goodbye.", 8)))
    upload = yield form("upload", "/files", {"purpose": "batch"}, file=batch_file(*good, line("wrong", wrong)))
    if refuses(upload):
        return
    file = told(upload, "id", "file-one")
    body = {"input_file_id": file, **CHAT, "metadata": {"purpose": "conformance"}}
    made = yield Send("create", path="/batches", json=body)
    if not refuses(made):
        yield from _watched(told(made, "id", "batch_one"))
        unfounded = {"input_file_id": "file-no-such-file-4711", **CHAT}
        yield Send("no file", path="/batches", json=unfounded, wrong="there is no such file")
        yield Send("unknown", "GET", f"/batches/{NO_SUCH_BATCH}", wrong="nobody has it")
        yield Send("list", "GET", "/batches?limit=1")
        yield Send("listed", "GET", "/batches?limit=20")
    yield Send("delete", "DELETE", f"/files/{file}")


def _watched(batch: str) -> Steps:
    """Look at a batch until it is done; then read its files, or give it up."""
    for number, wait in enumerate(WAITS, 1):
        seen = yield Send(f"poll {number}", "GET", f"/batches/{batch}", after=wait)
        if seen.response is not None and told(seen, "status", "") not in OPEN:
            break
    if told(seen, "status", "") in OPEN:
        yield Send("give up", path=f"/batches/{batch}/cancel")
        return
    yield from _read("output", seen, "output_file_id")
    yield from _read("errors", seen, "error_file_id")


def _read(name: str, batch: Exchange, key: str) -> Steps:
    file = told(batch, key, "" if batch.response else "file-one")
    if file:
        yield Send(name, "GET", f"/files/{file}/content")
        yield Send(f"delete {name}", "DELETE", f"/files/{file}")


@scenario("batches.cancel", "batches.cancel", "batches.*")
def cancelled(subject: Subject) -> Steps:
    """A batch that is cancelled at once."""
    long = [line(str(number), subject.ask("Count from 1 to 200.", 600)) for number in range(8)]
    upload = yield form("upload", "/files", {"purpose": "batch"}, file=batch_file(*long))
    if refuses(upload):
        return
    file = told(upload, "id", "file-one")
    made = yield Send("create", path="/batches", json={"input_file_id": file, **CHAT})
    if not refuses(made):
        batch = told(made, "id", "batch_one")
        yield Send("cancel", path=f"/batches/{batch}/cancel")
        yield Send("after", "GET", f"/batches/{batch}", after=0.1)
    yield Send("delete", "DELETE", f"/files/{file}")
