"""What is done to one document can be done in another process, with the same result."""

import itertools
import multiprocessing
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from coded_by_model import CODEBOOK, PROMPTS, reading

from scr_llm.codebook import load_codebook
from scr_llm.engines.one_document import Coded, code_document, coded, read_document
from scr_llm.errors import CoderError, StopError
from scr_llm.llm import Client, Endpoint, prompts
from scr_llm.llm.fake import MODEL, Answer, FakeServer, answers
from scr_llm.records import CoderIdentity, Page, Reading
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity
from scr_llm.stages.code.llm import STRATEGIES, LlmCoder, PromptingOptions
from scr_llm.stages.read.apart import Limits, Processes
from scr_llm.text.redact import Redaction

ROOT = Path(__file__).parent.parent
IDENTITY = CoderIdentity(kind="llm", version="0", codebook_version="1", codebook_sha256="0")


def sent(work: Callable[..., Any], *given: Any) -> Any:
    """Do work as another process would: what goes there and what comes back is written down and read again."""
    there, arguments = pickle.loads(pickle.dumps((work, given)))
    return pickle.loads(pickle.dumps(there(*arguments)))


def redaction() -> Redaction:
    return Redaction(["Anyshire"])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_model_is_asked_the_same_wherever_the_questions_are_made(strategy: str) -> None:
    prompting = PromptingOptions(strategy, context_tokens=32768, critic=True, redaction=redaction)
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    done: list[Coded] = []
    asked = []
    for do in (sent, None):
        with FakeServer(answers) as server:
            client = Client(Endpoint(server.base_url, MODEL))
            coder = LlmCoder(client, prompts.load(PROMPTS), IDENTITY, prompting)
            done.append(coded(coder, reading(), book, do) if do else coded(coder, reading(), book))
            client.close()
            asked.append(server.requests)
    assert done[0] == done[1] and asked[0] == asked[1]


def test_questions_about_one_document_are_asked_side_by_side_after_the_first() -> None:
    book, first_is_answered = load_codebook(ROOT / "prompts/codebook.yaml"), threading.Event()
    number, together = itertools.count(1), threading.Barrier(2)

    def answered(request: dict[str, Any]) -> Answer:
        match next(number):
            case 1:
                time.sleep(0.1)
                first_is_answered.set()
            case 2 | 3:
                assert first_is_answered.is_set()
                together.wait(timeout=20)  # each until the other is asked too
        return answers(request)

    prompting = PromptingOptions("themes", context_tokens=32768)
    with FakeServer(answered) as server, ThreadPoolExecutor(3) as pool:
        client = Client(Endpoint(server.base_url, MODEL))
        side_by_side = LlmCoder(client, prompts.load(PROMPTS), IDENTITY, prompting, pool.map).code(reading(), book)
        client.close()
        asked = len(server.requests)
    with FakeServer(answers) as server:
        client = Client(Endpoint(server.base_url, MODEL))
        assert side_by_side == LlmCoder(client, prompts.load(PROMPTS), IDENTITY, prompting).code(reading(), book)
        client.close()
        assert len(server.requests) == asked


def test_a_plan_that_was_made_ahead_is_asked_and_not_made_again() -> None:
    made: list[str] = []

    def counted(work: Callable[..., Any], *given: Any) -> Any:
        made.append(work.__name__)
        return sent(work, *given)

    with FakeServer(answers) as server:
        client = Client(Endpoint(server.base_url, MODEL))
        coder = LlmCoder(client, prompts.load(PROMPTS), IDENTITY)
        ahead = coder.plan_ahead(reading(), CODEBOOK, counted)
        assert coder.plan_ahead(reading(), CODEBOOK, counted).questions == ahead.questions
        coded(coder, reading(), CODEBOOK, counted)
        client.close()
    assert made == ["packed_plan", "finish_document"] and len(server.requests) == len(ahead.questions)


def test_the_embedded_coder_is_sent_like_a_record() -> None:
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    review = read_document(ROOT / "fixtures/batch-1/corriford-child-1.pdf", "d")
    coder = EmbeddedCoder(embedded_identity(book))
    assert sent(code_document, coder, review, book) == code_document(coder, review, book)


@pytest.mark.slow
def test_an_error_of_another_process_is_the_same_error() -> None:
    bare = Reading(document_id="d", sha256="0" * 64, pages=(Page(number=1, text=""),))
    coder = LlmCoder(None, prompts.load(PROMPTS), IDENTITY)  # type: ignore[arg-type]
    with Processes(Limits(workers=1)) as processes, pytest.raises(CoderError, match=r"d: There is no text.*by hand"):
        coded(coder, bare, CODEBOOK, processes.do)


@pytest.mark.slow
def test_what_a_process_cannot_do_is_done_here() -> None:
    with Processes(Limits(workers=1, seconds=0.5)) as processes:
        assert processes.do(nap_elsewhere) == "here"


def nap_elsewhere() -> str:
    """Take too long in a process of a pool, and no time in this one."""
    if multiprocessing.parent_process() is not None:
        time.sleep(60)
    return "here"


@pytest.mark.slow
def test_processes_that_are_stopped_do_no_more_and_keep_nobody_waiting() -> None:
    with Processes(Limits(workers=1)) as processes, ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(processes.do, nap_elsewhere) for _ in range(3)]
        time.sleep(0.5)  # one of them has begun, or is about to
        processes.stop()
        for each in waiting:
            with pytest.raises(StopError):
                each.result(timeout=20)
