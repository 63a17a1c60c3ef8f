"""What ClickHouse answers to a plain HTTP request."""

import http.client
from urllib.parse import urlencode, urlsplit


class Answer:
    """Status and body of one query over HTTP."""

    def __init__(self, url: str, query: str, user: str | None = None, **parameters: str) -> None:
        """Ask.

        Args:
            url: of ClickHouse, with user and password.
            query: the statement.
            user: another user, without a password; "" for none.
            parameters: of the address.
        """
        parts = urlsplit(url)
        headers = {"X-ClickHouse-User": parts.username or "", "X-ClickHouse-Key": parts.password or ""}
        if user is not None:
            headers = {"X-ClickHouse-User": user} if user else {}
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        path = "/?" + urlencode({"database": "streakline", **parameters} if user is None else parameters)
        connection.request("POST", path, query.encode(), headers)
        response = connection.getresponse()
        self.status = response.status
        self.bytes = response.read()
        connection.close()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.bytes.decode(errors="replace").strip()
