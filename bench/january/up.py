"""`streakline up` with the web server of this benchmark: `python -m bench.january.up up --data DIR`."""

from __future__ import annotations

from proofs.running.own_plan import planned
from stack.process import Part
from stack.supervision.plan import Plan
from stack.supervision.up import run


class JanuaryPlan(Plan):
    """A plan whose web server begins the job when it is asked to."""

    def web_servers(self) -> list[Part]:
        """Return the one web server."""
        return [self._ours("server", "bench.january.serving", answers=self.serves)]


def main() -> None:
    """Run the stack until it is told to stop."""
    run(*planned(JanuaryPlan, __doc__))


if __name__ == "__main__":
    main()
