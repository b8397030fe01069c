"""A mock model that answers any number of requests at once, after a delay, and counts how many were under way.

    python bench/asking_server.py SECONDS     prints its address, then serves until it is ended

What it answers is worked out once for each question, before the delay begins, so that in later rounds it costs nothing.
`GET /v1/bodies` gives the bodies of all different requests so far; `GET /v1/most` gives the most that were under way
since the last such request.
"""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from scr_llm.llm.fake import answers


class Server:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[bytes, bytes] = {}
        self._under_way = self._most = 0

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                lines = head.lower().splitlines()
                length = next((int(x.partition(":")[2]) for x in lines if x.startswith("content-length:")), 0)
                answer = await self._answer(lines[0].split()[1], await reader.readexactly(length))
                size = len(answer)
                writer.write(
                    f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {size}\r\n\r\n".encode()
                )
                writer.write(answer)
                await writer.drain()
        writer.close()

    async def _answer(self, path: str, body: bytes) -> bytes:
        if path == "/v1/bodies":
            return json.dumps([json.loads(known) for known in self._known]).encode()
        if path == "/v1/most":
            most, self._most = self._most, 0
            return str(most).encode()
        if body not in self._known:
            self._known[body] = answers(json.loads(body)).body
        self._under_way += 1
        self._most = max(self._most, self._under_way)
        await asyncio.sleep(self._seconds)
        self._under_way -= 1
        return self._known[body]


async def main() -> None:
    server = await asyncio.start_server(Server(float(sys.argv[1])).connected, "127.0.0.1", 0, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
