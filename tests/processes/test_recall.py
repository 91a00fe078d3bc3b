"""What was made of things is made once for as long as somebody asks for it."""

from app_controller.recall import Recall


def test_a_thing_that_is_asked_for_each_turn_is_made_once() -> None:
    made: list[str] = []
    recall = Recall(lambda thing: made.append(thing) or thing.upper())
    for _ in range(5):
        assert recall("a") == "A"
        recall.turn()
    assert made == ["a"]


def test_a_thing_that_nobody_asked_for_is_forgotten_in_the_second_turn() -> None:
    made: list[str] = []
    recall = Recall(lambda thing: made.append(thing) or thing)
    recall("a")
    recall.turn()
    recall.turn()
    recall("a")
    assert made == ["a", "a"]


def test_what_was_made_elsewhere_is_remembered_too() -> None:
    recall: Recall[str, str] = Recall(str.upper)
    recall.put("a", "elsewhere")
    assert recall("a") == "elsewhere"
