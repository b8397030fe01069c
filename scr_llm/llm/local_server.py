"""A model file as a server on 127.0.0.1: a program of its own, run by its path, that needs nothing but the package xllamacpp.

It is told what to serve in one line of JSON on its input, says its address in one line of JSON, and ends when its input does: so it
never outlives the command that started it, however that ended. A model that cannot be loaded, or that takes all memory, ends this
program and no other.
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
    params.hostnames, params.port = (
        ["127.0.0.1"],
        0,
    )  # any port that is free: found by binding it, so that nobody can be there before
    params.api_keys = [given["key"]]  # other users of this computer can connect too; they are refused
    params.n_parallel, params.n_ctx = given["at_once"], given["at_once"] * given["context_tokens"]
    params.cache_ram_mib = 0  # its default is up to 8 GB for prompts that are not asked about at the moment
    params.verbosity = 1  # errors: what is asked is case text and belongs into no log
    server = xllamacpp.Server(params)
    print(json.dumps({"address": server.listening_address}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
