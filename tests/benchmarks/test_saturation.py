"""The saturation benchmark's own parts: its articles, its bars."""

from benchmarks.saturated.runs import Run
from benchmarks.saturated.site import story
from benchmarks.saturation import ADAPTIVE, FIXED, is_met, judge


def run(seconds: float, stories: int = 100) -> Run:
    return Run(
        seconds=seconds,
        floor_s=100.0,
        start_s=0.0,
        first_fetch_s=0.0,
        stories=stories,
        requests=100,
        alone_s=1.5,
        queueing=0.1,
        slots_busy=1.0,
        outcomes={},
        failures={},
        ways={},
    )


def test_the_articles_are_all_different() -> None:
    stories = [story(number) for number in range(1, 101)]
    assert len({title for title, _ in stories}) == 100
    assert len({"".join(paragraphs) for _, paragraphs in stories}) == 100


def test_each_number_of_slots_has_its_bar_and_a_missed_one_shows() -> None:
    runs = {f"adaptive_{n}": run(109) for n in ADAPTIVE} | {f"fixed_{n}": run(109) for n in FIXED}
    figures, bars = judge({**runs, "plain": run(600)}, 100)
    missed = {name for name, bar in bars.items() if not is_met(name, figures[name], bar)}
    assert missed == {"fixed_1_over_floor", "fixed_2_over_floor", "fixed_4_over_floor"}
    assert bars["adaptive_8_over_floor"] == 1.15


def test_less_than_the_servers_own_speed_up_is_missed() -> None:
    for plain_s, met in ((560.0, True), (500.0, False)):
        figures, bars = judge({"adaptive_8": run(109), "plain": run(plain_s)}, 100)
        name = "adaptive_8_share_of_speed_up"
        assert is_met(name, figures[name], bars[name]) == met


def test_a_missing_story_and_a_slow_recovery_are_missed() -> None:
    figures, bars = judge({"adaptive_4": run(100), "faults_4": run(140, stories=99)}, 100)
    missed = {name for name, bar in bars.items() if not is_met(name, figures[name], bar)}
    assert missed == {"faults_4_missing_stories", "faults_4_over_faultless"}
