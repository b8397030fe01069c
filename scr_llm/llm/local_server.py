"""Serves a model file on 127.0.0.1: a separate program, run by its path, that needs only the package xllamacpp.

It reads what to serve from one line of JSON on its input, writes its address as one line of JSON, and ends when its
input does, so it never outlives the command that started it, however that ended. A model that cannot be loaded, or
that takes all memory, ends this program and no other.
"""

import json
import os
import sys
import threading


def _end_with_the_input() -> None:
    sys.stdin.read()
    os._exit(0)


def main() -> None:
    """Serve until the input ends."""
    import xllamacpp

    given = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_input, daemon=True).start()
    params = xllamacpp.CommonParams()
    params.model.path, params.model_alias = given["file"], {given["model"]}
    # Port 0 is any free port, found by binding it, so that no other program can take it first.
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [given["key"]]  # refuses other users of this computer, who can connect too
    params.n_parallel, params.n_ctx = given["max_concurrency"], given["max_concurrency"] * given["context_tokens"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = given["threads"]
    params.cache_ram_mib = 0  # by default up to 8 GB for prompts not in use
    params.verbosity = 1  # errors only: questions hold case text, which must not be logged
    server = xllamacpp.Server(params)
    print(json.dumps({"address": server.listening_address}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
