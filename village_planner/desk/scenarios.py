"""What the planner does with scenarios: each an action of the session, undone like any other."""

from __future__ import annotations

from collections.abc import Callable

from village_planner.base import Feedback, Message, render
from village_planner.desk.session import PlanSession
from village_planner.desk.steps import who
from village_planner.plan import PlanFile, scenarios


class Scenarios:
    """The scenarios of the open plan."""

    def __init__(self, session: PlanSession) -> None:
        self._session = session

    def listed(self) -> list[tuple[str, str]]:
        """Code and title of each."""
        table = self._session.data.tables["scenario"]
        return list(zip(table["code"], table["title"]))

    def title(self, code: str) -> str:
        """Title of a scenario; its code where it is unknown."""
        return dict(self.listed()).get(code, code)

    def free_title(self) -> str:
        """A title that no scenario has, to begin with: 方案二 after 方案一."""
        taken = {title for _, title in self.listed()}
        numbers = [*"一二三四五六七八九十", *map(str, range(11, 1000))]
        return next(title for title in (f"方案{number}" for number in numbers) if title not in taken)

    def copying(self, source: str, title: str) -> Callable[[Feedback], str]:
        """A step for a task that copies a scenario and gives the code of the copy: a county's has thousands of rows."""
        session = self._session
        file, label = PlanFile(session.path), self._label("copy", source, to=title.strip())

        def copy(_: Feedback) -> str:
            with session.alone(), file.write(who(), label, session.profile) as tx:
                return scenarios.copy_scenario(tx, source, title)

        return copy

    def rename(self, code: str, title: str) -> None:
        """Give a scenario another title."""
        with self._session.writing(self._label("rename", code, to=title.strip())) as tx:
            scenarios.rename_scenario(tx, code, title)

    def delete(self, code: str) -> None:
        """Delete a scenario; where it was shown, the adopted one is shown then."""
        with self._session.writing(self._label("delete", code)) as tx:
            scenarios.delete_scenario(tx, code)

    def adopt(self, code: str) -> None:
        """Make a scenario the plan's adopted one."""
        with self._session.writing(self._label("adopt", code)) as tx:
            scenarios.adopt_scenario(tx, code)

    def _label(self, what: str, code: str, **more: str) -> str:
        return render(Message(f"desk.scenario_{what}", {"title": self.title(code), **more}))
