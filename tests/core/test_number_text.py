"""Numbers with what is known of them."""

from swmr_viewer.core.number_text import uncertain_text


def test_numbers_with_the_uncertainty_of_their_last_digit() -> None:
    told = {
        (0.3012, 0.004): "0.301(4)", (0.744, 0.0096): "0.74(1)", (1234, 56): "1230(60)", (47350, 6320): "4.7(6)e4",
        (1.2345e-9, 3e-11): "1.23(3)e-9", (0.3, 5): "0(5)", (-7000.3, 12): "\u22127000(10)", (7112.70001, 2e-5): "7112.70001(2)",
        (7112.7, 1e-9): "7112.7", (5, None): "5", (-1e-5, 0.01): "0.00(1)", (1.7e308, 1e308): "2(1)e308", (5e-324, 5e-324): "5(5)e-324",
        (float("nan"), 1): "nan", (2, float("inf")): "2", (0, 0): "0",
    }  # fmt: skip
    assert {pair: uncertain_text(*pair) for pair in told} == told
