"""What PostgreSQL's errors mean for a person, and the next step."""

from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from scr_llm.store.backends.base import driver_message

Cause = tuple[str, str]
"""What is wrong, and the next step."""

_AGAIN = "Nothing saved so far is lost."
_ADMINISTRATOR = "Ask whoever runs the database server."
_CHECK = f"Check that it runs and that this computer reaches it, then try again. {_AGAIN}"
_LOST = (
    "the connection to the server was lost",
    f"Check that it runs, then look whether your last change is there before you repeat it. {_AGAIN}",
)
_PASSWORD = (
    "the server does not accept the user or the password",
    "Check the user in [store] url, and the password in the environment variable that [store] password_env names, or "
    "in the file that PGPASSFILE names.",
)
_NO_DATABASE = (
    "the server has no such database",
    f"Check the name at the end of [store] url, or have the database made: createdb NAME. {_ADMINISTRATOR}",
)
_INCOMPLETE = ("the project's record there is incomplete", "Restore a backup of the database.")
_DAMAGED = ("the project's record there is damaged", "Restore a backup of the database.")
_FORBIDDEN = (
    "the server does not permit this to the user",
    f"{_ADMINISTRATOR} The user needs CREATE on the database, or a schema of its own.",
)
_BUSY = (
    "the project is in use by another program, and was still in use after ten seconds",
    "Wait until it is done, then try again.",
)
_FULL = ("the server's disk is full", f"Have space freed there, then try again. {_AGAIN}")
_CROWDED = (
    "the server has no connection to spare",
    "Close other programs that use it, lower [store] connections, or have max_connections raised.",
)

_BY_CODE: tuple[tuple[str, Cause], ...] = (
    ("55P03", _BUSY),
    ("53100", _FULL),
    ("53300", _CROWDED),
    ("53", ("the server is short of memory or disk", f"{_ADMINISTRATOR} {_AGAIN}")),
    ("25006", ("the server takes no changes: it is a copy, or set to read only", "Name the main server in [store].")),
    ("25P03", ("the server ended a change that stood still for a minute", f"Try again. {_AGAIN}")),
    ("42501", _FORBIDDEN),
    ("42P01", _INCOMPLETE),
    ("42883", _INCOMPLETE),
    ("3F000", _INCOMPLETE),
    ("3D000", _NO_DATABASE),
    ("28", _PASSWORD),
    ("57P03", ("the server is starting or stopping", f"Try again in a minute. {_AGAIN}")),
    ("57P", _LOST),
    ("08", _LOST),
    ("40", ("two programs changed the same thing at once", f"Try again. {_AGAIN}")),
    ("XX", _DAMAGED),
)
"""Beginning of the server's code (SQLSTATE) and what it means. The first that matches counts."""

_BY_WORDS: tuple[tuple[str, Cause], ...] = (
    ("password authentication failed", _PASSWORD),
    ("no password supplied", _PASSWORD),
    ("authentication failed", _PASSWORD),
    ('role "', _PASSWORD),
    ("no pg_hba.conf entry", ("the server does not let this user in from this computer", _ADMINISTRATOR)),
    ('database "', _NO_DATABASE),
    (
        "ssl",
        (
            "no encrypted connection could be made",
            f"{_ADMINISTRATOR} To name another way, add ?sslmode=… to [store] url.",
        ),
    ),
    (
        "certificate",
        ("the server's certificate is not accepted", f"{_ADMINISTRATOR} docs/team.md has more."),
    ),
    ("too many clients", _CROWDED),
    ("connection slots", _CROWDED),
    ("starting up", ("the server is starting", f"Try again in a minute. {_AGAIN}")),
    ("shutting down", ("the server is stopping", f"Try again in a minute. {_AGAIN}")),
    ("not translate host name", ("the server's name is not known", "Check the host in [store] url.")),
    ("name or service not known", ("the server's name is not known", "Check the host in [store] url.")),
    ("resolve host", ("the server's name is not known", "Check the host in [store] url.")),
    ("connection refused", ("the server cannot be reached", _CHECK)),
    ("no such file", ("the server cannot be reached", _CHECK)),
    ("timeout", ("the server cannot be reached", _CHECK)),
    ("unreachable", ("the server cannot be reached", _CHECK)),
    ("server closed the connection", _LOST),
    ("connection is lost", _LOST),
    ("consuming input failed", _LOST),
    ("connection is closed", _LOST),
    ("terminating connection", _LOST),
)
"""Words in a message that has no code: libpq's while it connects, and the driver's own. The first that match count."""


def cause_of(error: BaseException, *, secret: str) -> Cause:
    """What an error means.

    Args:
        error: SQLAlchemy's or the driver's.
        secret: the password, which no message may hold.
    """
    if isinstance(error, PoolTimeoutError):
        return "every connection that this program may use is busy", "Try again, or raise [store] connections."
    code = getattr(getattr(error, "orig", None) or error, "sqlstate", None) or ""
    message = driver_message(error)
    for beginning, cause in _BY_CODE:
        if code.startswith(beginning):
            return cause
    lower = message.lower()
    for words, cause in _BY_WORDS:
        if not code and words in lower:
            return cause
    first = message.strip().partition("\n")[0]
    if secret:
        first = first.replace(secret, "…")
    return f"it cannot be used ({first})", "Check [store] in project.toml. Nothing was changed."
