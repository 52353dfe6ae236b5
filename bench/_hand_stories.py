"""Twelve stories of a day, by keyboard and accessibility tree alone, at two sizes.

400 % is a screen of 1280 x 1024 magnified four times: a page of 320 x 256 CSS pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Page

from bench._hand_sight import Sight
from bench._hands import WIDE, Desk, Hands, StuckError, leave, tell
from tests.e2e.test_connecting import make_keys
from tests.house import ALICE

SIZES: Final = {"100 %": WIDE, "400 %": (320, 256)}
SEND: Final = "Control+Enter"


@dataclass
class Scene:
    """A story under way: its page, what is seen of it, and words of its own for this play."""

    desk: Desk
    page: Page
    sight: Sight
    mark: str

    def open(self, path: str) -> None:
        """Go to an address, as from a bookmark."""
        self.page.goto(path)
        self.sight.hands.settle()
        self.sight.look()


def signs_in(scene: Scene) -> None:
    """A password, and in."""
    sight = scene.sight
    scene.page.context.clear_cookies()
    scene.open("/login/")
    sight.to("textbox", "E-mail")
    sight.write(ALICE["email"])
    sight.to("textbox", "Password")
    sight.write(ALICE["password"])
    sight.press("Enter")
    sight.reads("Inbox", "heading")


def finds_an_urgent_case(scene: Scene) -> None:
    """From the list of queues to what burns."""
    sight = scene.sight
    scene.open("/inbox/")
    sight.press("q")
    sight.to("link", "^Urgent")
    sight.press("Enter")
    sight.to("link", f"Urgent {scene.mark}")
    sight.press("Enter")
    sight.hears(f"Conversation with Urgent {scene.mark}")
    sight.reads("smoke in the cabin")


def answers(scene: Scene) -> None:
    """Search for a customer, open the case, answer it."""
    sight = scene.sight
    scene.open("/inbox/")
    sight.press("/")
    sight.write(f"tuba{scene.mark}")
    sight.press("Enter")
    sight.to("link", f"Answer {scene.mark}")
    sight.press("Enter")
    sight.hears(f"Conversation with Answer {scene.mark}")
    sight.press("r")
    sight.write("Your tuba flies on a seat of its own")
    sight.to("button", "^Post publicly")
    sight.press("Enter")
    sight.hears("goes out publicly")


def takes_it_back(scene: Scene) -> None:
    """Send, and think again."""
    sight = scene.sight
    scene.open(f"/inbox/q/all/?q=cello{scene.mark}")
    sight.press("j", "Enter", "r")
    sight.write("Noo")
    sight.press(SEND)
    sight.hears("goes out publicly")
    sight.press("Escape")
    sight.to("button", "^Undo")
    sight.press("Enter")
    sight.hears("Not sent. Your text is a draft again")
    sight.reads("Noo")


def searches_and_keeps_a_view(scene: Scene) -> None:
    """What one looks for each morning becomes a view."""
    sight = scene.sight
    scene.open("/inbox/q/all/")
    sight.press("/")
    sight.write(f"tuba{scene.mark}")
    sight.press("Enter")
    sight.to("DisclosureTriangle", "Save as a view")
    sight.press("Enter")
    sight.to("textbox", "^Name")
    sight.write(f"Tubas {scene.mark}")
    sight.press("Enter")
    sight.hears(f"Tubas {scene.mark}")


def acts_on_many_and_takes_it_back(scene: Scene) -> None:
    """Two cases get a label at once, and lose it again."""
    sight = scene.sight
    scene.open(f"/inbox/q/all/?q=zebra{scene.mark}")
    sight.press("j", "x")
    sight.hears("1 chosen")
    sight.to("button", "All of this list", back=True)
    sight.press("Enter")
    sight.hears("2 chosen")
    sight.to("DisclosureTriangle", "^Label")
    sight.press("Enter")
    sight.to("(combobox|textbox)", "^Label")
    sight.write(f"stripes{scene.mark}")
    sight.press("Enter")
    sight.hears("2 cases labelled")
    sight.press("z")
    sight.hears("2 cases are as they were")


def makes_an_approval_rule(scene: Scene) -> None:
    """Somebody in training is read first."""
    sight = scene.sight
    scene.open("/inbox/")
    sight.press("g", "s")
    sight.to("link", "^Approval")
    sight.press("Enter")
    sight.reads("Approval", "heading")
    sight.to("combobox", "Whose replies")
    sight.write(f"In training: Tia {scene.mark}")
    sight.to("button", "^Add")
    sight.press("Enter")
    sight.hears("Saved")
    sight.reads(f"Tia {scene.mark} is in training")


def approves(scene: Scene) -> None:
    """A reply that waits is read and let go."""
    sight = scene.sight
    _hand_in(scene)
    scene.open("/inbox/")
    sight.press("g", "a")
    sight.reads("Waiting for approval", "heading")
    sight.reads(f"We look into it, {scene.mark}")
    sight.press("y")
    sight.to("button", "^Approve and send")
    sight.press("Enter")
    sight.hears("Approved. It goes out now")


def _hand_in(scene: Scene) -> None:
    """Tia answers; her replies wait. This part is hers, not the story's."""
    context = scene.desk.colleagues[f"Tia {scene.mark}"]
    tia = context.new_page()
    tia.goto(f"/inbox/q/all/?q=wheel{scene.mark}")
    tia.keyboard.press("j")
    tia.keyboard.press("Enter")
    tia.locator("#ed").wait_for()
    tia.keyboard.press("r")
    tia.keyboard.type(f"We look into it, {scene.mark}")
    tia.keyboard.press(SEND)
    tia.get_by_text("Waiting for approval").first.wait_for()
    tia.close()


def writes_a_saved_reply(scene: Scene) -> None:
    """An article with a reply, kept and published."""
    sight = scene.sight
    scene.open("/inbox/")
    sight.press("g", "s")
    sight.to("link", "^Knowledge")
    sight.press("Enter")
    sight.to("link", "^Write an article")
    sight.press("Enter")
    sight.to("textbox", "^Title")
    sight.write(f"Late trains {scene.mark}")
    sight.to("textbox", "^Saved reply")
    sight.write("The train waits for you.")
    sight.to("button", "^Keep draft")
    sight.press("Enter")
    sight.to("button", "^Publish")
    sight.press("Enter")
    sight.hears("Published")


def says_that_one_is_busy(scene: Scene) -> None:
    """By the key; the page says it back."""
    sight = scene.sight
    scene.open("/inbox/")
    sight.press("v")
    sight.to("button", "^Busy")
    sight.press("Enter")
    sight.hears("Busy")
    sight.press("v")
    sight.to("button", "^Available")
    sight.press("Enter")
    sight.hears("Available")


def connects_a_channel(scene: Scene) -> None:
    """Address and key are pasted; the network is asked at once."""
    sight = scene.sight
    address, key = make_keys(scene.page)
    scene.open("/settings/networks/")
    sight.to("link", "^Connect a channel")
    sight.press("Enter")
    sight.to("link", "Harbour")
    sight.press("Enter")
    sight.to("textbox", "^Address")
    _paste(scene, address)
    sight.to("textbox", "^Access key")
    _paste(scene, key)
    sight.to("button", "^Check and connect")
    sight.press("Enter")
    sight.reads("is connected", "heading")
    sight.to("link", "^To the inbox")


def _paste(scene: Scene, text: str) -> None:
    """Paste, as Ctrl+V does: the text comes at once."""
    scene.page.keyboard.insert_text(text)


def reads_the_wallboard(scene: Scene) -> None:
    """The figures, and how they are counted."""
    sight = scene.sight
    scene.open("/inbox/")
    sight.press("g", "w")
    sight.reads("Waiting for an answer")
    sight.to("button", "How it is counted: Waiting for an answer")
    sight.reads("Cases in which a customer waits", "tooltip")


STORIES: Final[Sequence[tuple[str, Callable[[Scene], None]]]] = (
    ("sign in", signs_in),
    ("find an urgent case", finds_an_urgent_case),
    ("answer", answers),
    ("take a reply back", takes_it_back),
    ("search and keep a view", searches_and_keeps_a_view),
    ("act on many and take it back", acts_on_many_and_takes_it_back),
    ("make an approval rule", makes_an_approval_rule),
    ("approve", approves),
    ("write a saved reply", writes_a_saved_reply),
    ("say that one is busy", says_that_one_is_busy),
    ("connect a channel", connects_a_channel),
    ("read the wallboard", reads_the_wallboard),
)


def prepare(desk: Desk, mark: str) -> None:
    """Have the customers of one play write and be heard, and its trainee come."""
    trainee = f"Tia {mark}"
    desk.colleagues[trainee] = desk.colleague(trainee, f"tia.{mark.lower()}@x.example")
    says = {
        f"Urgent {mark}": "There is smoke in the cabin, is anyone there?!",
        f"Answer {mark}": f"May I take my tuba{mark} along?",
        f"Undo {mark}": f"May I take my cello{mark} along?",
        f"Wheel {mark}": f"Who mends the wheel{mark} of my chair?",
        f"Zebra {mark}1": f"Where is the zebra{mark} gate 1?",
        f"Zebra {mark}2": f"Where is the zebra{mark} gate 2?",
    }
    for name, text in says.items():
        desk.customer(name, text)
    context = desk.context()
    page = context.new_page()
    page.goto("/inbox/q/all/")
    for name in says:
        desk.case_of(page, name)
    leave(context)


def tell_one(desk: Desk, size: tuple[int, int], mark: str, told: Callable[[Scene], None]) -> Sight:
    """Play one story at one size; return what was seen. Raises StuckError where it is blocked."""
    context = desk.context(size)
    page = context.new_page()
    page.set_default_timeout(15_000)
    sight = Sight(Hands(page))
    try:
        told(Scene(desk, page, sight, mark))
    except StuckError as stuck:
        sight.wrong.append(f"blocked: {stuck}")
        if desk.shots:
            page.screenshot(path=f"{desk.shots}/{told.__name__}-{mark}.png")
    finally:
        leave(context)
    return sight


def played(
    desk: Desk, stories: Sequence[tuple[str, Callable[[Scene], None]]] = STORIES
) -> dict[str, Any]:
    """Play the stories at both sizes; return the figures."""
    figures: dict[str, Any] = {}
    for mark, (name, size) in zip("AB", SIZES.items(), strict=True):
        prepare(desk, mark)
        lines = []
        for words, told in stories:
            sight = tell_one(desk, size, mark, told)
            tell(f"  {name}  {sight.stops:3} stops  {words}  {'; '.join(sight.wrong)}")
            lines.append(
                {
                    "story": words,
                    "stops": sight.stops,
                    "keys": sight.hands.strokes,
                    "least_seen": round(sight.least_seen, 2),
                    "wrong": sight.wrong,
                }
            )
        figures[name] = lines
    wrong = sum(bool(line["wrong"]) for lines in figures.values() for line in lines)
    return {**figures, "bar": {"blocked_or_wrong": wrong, "is_met": wrong == 0}}
