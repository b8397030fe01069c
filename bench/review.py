"""How soon the review page answers, on a project of 13 reviews and on one of 1,000, over a real socket.

    python bench/review.py

The reviews of the large project are those of the fixtures under many ids, and every request opens another cell. Prints
milliseconds: the median and the 95th percentile of 60 requests each. `decide` is a scripted reviewer who decides 60
cells in a row.
"""

import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from served import ALEX, ROOT, Served, coded_project, review_page

from scr_llm.project import load_project
from scr_llm.review.session import ReviewSession
from scr_llm.store import Store

ASKED = 60
NAMES = tuple(sorted(p.stem for p in ROOT.glob("fixtures/batch-[12]/*.pdf")))


def grown(root: Path, count: int) -> None:
    """Give every review of a project further ids until there are `count`."""
    with Store(load_project(root).store_path) as store:
        own = [d for d in store.documents() if d.status == "coded"]
        for number in range(len(own), count):
            document = own[number % len(own)]
            reading, coding, draft = store.reading(document.id), store.coding(document.id), store.draft(document.id)
            assert reading and coding and draft
            new = f"{document.id}x{number}"
            store.save_document(document.model_copy(update={"id": new}))
            store.save_reading(reading.model_copy(update={"document_id": new}))
            store.save_coding(
                document.model_copy(update={"id": new}),
                draft.model_copy(update={"document_id": new}),
                coding.model_copy(update={"document_id": new}),
            )


def measured(root: Path) -> dict[str, list[float]]:
    session = ReviewSession(load_project(root))
    random.seed(1)
    cells = random.sample([k for k in session.proposals if k[1] in session.codes], ASKED)
    pages = [(d, session.documents[d].pages) for d, _ in cells]
    asked = {
        "cell": [f"/cell/{d}/{k}" for d, k in cells],
        "picture": [f"/page/{d}/{random.randint(1, n)}.png" for d, n in pages],
        "next": ["/next"] * ASKED,
        "matrix": ["/matrix"] * 10,
        "explain": ["/explain/workforce"] * 3,
        "sign-off": ["/sign-off"] * 3,
    }
    found = {}
    with review_page(root, *ALEX) as served, httpx.Client(follow_redirects=True, timeout=120) as client:
        client.get(served.address)
        for what, paths in asked.items():
            times = []
            for path in paths:
                started = time.perf_counter()
                client.get(served.base + path).raise_for_status()
                times.append(1000 * (time.perf_counter() - started))
            found[what] = times
        found["decide"] = decided(client, served, session)
    session.close()
    return found


def decided(client: httpx.Client, served: Served, session: ReviewSession) -> list[float]:
    """One form a cell, as one key sends it: accept what is proposed, and the page of the next cell comes back."""
    import html
    import re

    times, before = [], len(session.store.decisions())
    page = client.get(served.base + "/next")
    for _ in range(ASKED):
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text.split("</form>")[1]))
        button = re.search(r'name="value" value="(\w+)" data-key="[ax]"', page.text)
        assert button
        keep = [html.unescape(k) for k in re.findall(r'name="keep" value="([^"]*)" checked', page.text)]
        started = time.perf_counter()
        page = client.post(
            page.url, data={**fields, "value": button[1], "keep": keep}, headers={"origin": served.origin}
        ).raise_for_status()
        times.append(1000 * (time.perf_counter() - started))
    assert len(session.store.decisions()) - before == ASKED
    return times


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    root = coded_project(folder / "p", NAMES)
    print(f"{'':10}" + "".join(f"{n:>26}" for n in ("13 reviews", "1,000 reviews")))
    grown(root, 13)
    small = measured(root)
    grown(root, 1000)
    large = measured(root)
    for what, times in small.items():
        line = f"{what:10}"
        for found in (times, large[what]):
            line += f"{statistics.median(found):14.0f} ms {sorted(found)[int(0.95 * (len(found) - 1))]:6.0f} ms"
        print(line)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
