"""Documents read and coded by Ray Data, on a cluster or by a Ray on this computer that lasts as long as the run.

Ray has the queue, the retries and the workers. What comes back is in the order of the files, since which of two copies
is coded depends on it. Nothing that a worker does is saved there, so that a run can lose any of them.
"""

import importlib.util
import logging
import os
import pickle
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from scr_llm.engines.one_document import Coded, coded
from scr_llm.engines.worker import Done, Work, Worker
from scr_llm.errors import MissingExtraError, StopError
from scr_llm.records import Codebook, Reading
from scr_llm.stages.code import AskingCoder, Coder
from scr_llm.stages.read.apart import Limits, Processes, Wanted

OBJECT_STORE_BYTES = 200_000_000
"""Shared memory of a Ray that is started for a run: some hundred documents on their way."""
_MOST_PARTS = 10_000
"""Parts into which the files are divided, at most. Up to so many files, each comes back by itself."""
_FOLDER = "scr-ray-"
"""How the folder of a Ray of our own begins; the id of the process that started it follows."""
Note = Callable[[Sequence[Wanted]], None]
"""Told which files will be read."""
_AGAIN = "What was finished is saved. Run again to go on."


class OnRay:
    """Reads and codes on Ray. Used where a Ray is connected, which `connected` does."""

    def __init__(self, work: Work, coder: Coder, workers: int, note: Note) -> None:
        """`coder` is the one of the run; if it asks, it is given the questions that the workers make."""
        self.workers = workers
        self._note = note
        self._work, self._coder = work, coder
        self._made: dict[str, Coded] = {}
        self.processes = Processes(work.limits)
        """Here, where the replies come in, codings are made from them."""

    def read(self, files: Sequence[Wanted]) -> Iterator[Reading | Exception]:
        """Read files, in order. Each is coded too, or the questions about it are made, as far as that is possible.

        Raises:
            StopError: Ray failed, or cannot do this work.
        """
        from ray.exceptions import RayError

        if not files:
            return
        self._note(files)
        try:
            for row in self._mapped(files):
                done: Done = pickle.loads(row["done"])
                if isinstance(done.reading, StopError):
                    raise done.reading
                if isinstance(done.reading, Reading):
                    self._keep(done.reading.document_id, done.made)
                yield done.reading
        except RayError as error:
            raise StopError(f"Ray stopped working: {_first_line(error)}.", next_step=_AGAIN) from error

    def coded(self, coder: Coder, reading: Reading, codebook: Codebook) -> Coded:
        """A document's coding as a worker made it; made here where there is none, or a model is asked."""
        made = self._made.pop(reading.document_id, None)
        return made or coded(coder, reading, codebook, self.processes.do)

    def stop(self) -> None:
        """Do nothing more."""
        self.processes.stop()

    def close(self) -> None:
        """End the processes."""
        self.processes.close()

    def _keep(self, document_id: str, made: Coded | bytes | None) -> None:
        if isinstance(made, Coded):
            self._made[document_id] = made
        elif made is not None and isinstance(self._coder, AskingCoder):
            self._coder.keep_plan(document_id, made)

    def _mapped(self, files: Sequence[Wanted]) -> Iterator[Mapping[str, Any]]:
        """One row for each file, in order, as Ray Data gives them."""
        from ray.data import ActorPoolStrategy, DataContext, from_items

        context = DataContext.get_current()
        context.enable_progress_bars = False
        context.execution_options.preserve_order = True
        rows = [{"path": str(f.path.absolute()), "id": f.document_id, "sha256": f.sha256} for f in files]
        mapped = from_items(rows, override_num_blocks=min(len(rows), _MOST_PARTS)).map(
            Worker,
            fn_constructor_args=(self._work,),
            compute=ActorPoolStrategy(size=min(self.workers, len(rows)), max_tasks_in_flight_per_actor=2),
        )
        return iter(mapped.iter_rows())


@contextmanager
def opened(coder: Coder, codebook: Codebook, limits: Limits, address: str, workers: int, note: Note) -> Iterator[OnRay]:
    """Ray, ready to work until the end of the block.

    Args:
        coder: who codes. One that asks a model is not sent: only how it asks.
        codebook: the codes.
        limits: the most that reading one file may cost.
        address: of a cluster; empty for a Ray that is started here and ended with the block.
        workers: documents at once; 0 for all processors of a cluster, or as many as are read at once on this computer.
        note: told what will be read, before anything is.

    Raises:
        MissingExtraError: Ray is not installed.
        StopError: the cluster does not answer.
    """
    if isinstance(coder, AskingCoder):
        work = Work(limits, None, coder.how, codebook)
    else:
        work = Work(limits, coder, None, codebook)
    with connected(address, workers or limits.workers) as processors:
        at_once = workers or (processors if address else limits.workers)
        with closing(OnRay(work, coder, at_once, note)) as engine:
            yield engine


@contextmanager
def connected(address: str, workers: int) -> Iterator[int]:
    """Connect to a Ray cluster, or start one here. Gives the number of processors that it has. Raises as `opened`."""
    if importlib.util.find_spec("ray") is None or importlib.util.find_spec("pyarrow") is None:
        raise MissingExtraError("the engine ray needs Ray Data", "ray", otherwise="or run with --engine local")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # or Ray reports to its makers
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what matters is raised; the rest would be on the screen
    folder = None if address else _own_folder()
    import ray
    import ray.data

    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        if folder:
            ray.init(
                address="local",
                num_cpus=workers,
                object_store_memory=OBJECT_STORE_BYTES,
                include_dashboard=False,
                _node_ip_address="127.0.0.1",
                _temp_dir=str(folder),
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        else:
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
        yield int(ray.cluster_resources().get("CPU", 1))
    except (ConnectionError, TimeoutError) as error:
        raise StopError(
            f"the Ray cluster at {address} does not answer: {_first_line(error)}.",
            next_step="Start it, or correct [engine] address in project.toml or RAY_ADDRESS.",
        ) from error
    finally:
        ray.shutdown()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _own_folder() -> Path:
    """A folder that only this user can read, where a Ray of our own puts its files; and a password for that Ray.

    Without the password, others who can reach this computer's ports could give it work. Folders that killed runs left
    behind are deleted: there may be text in them.
    """
    import psutil

    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*-*"):
        pid = left.name.removeprefix(_FOLDER).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(".")
