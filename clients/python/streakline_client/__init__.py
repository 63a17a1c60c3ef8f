"""Python client of Streakline: post events, wait until they count, follow live numbers, query history.

    async with Client("http://127.0.0.1:8080") as client:
        receipt = await client.post([event])
        await client.settled(receipt.position)

It speaks the wire protocol and knows nothing of the server's insides.
"""

from streakline_client.client import Client
from streakline_client.errors import Incomplete, NotSettled, Refused, StreaklineError, Unreachable
from streakline_client.ids import uuid7
from streakline_client.live import Live, Message
from streakline_client.receipts import Receipt, Rejected
from streakline_client.retries import Patience

__all__ = [
    "Client",
    "Incomplete",
    "Live",
    "Message",
    "NotSettled",
    "Patience",
    "Receipt",
    "Refused",
    "Rejected",
    "StreaklineError",
    "Unreachable",
    "uuid7",
]
__version__ = "0.1.0"
